/** The complete definition of a table, as inspection returns it and as creation takes it. Texts of expressions and types are those of the database. */
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly primaryKey: PrimaryKey | null;
  readonly uniques: readonly Unique[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
  /** PostgreSQL only. */
  readonly exclusions: readonly Exclusion[];
  /** Indexes made by themselves; those that serve a constraint belong to the constraint. */
  readonly indexes: readonly Index[];
  readonly triggers: readonly Trigger[];
  readonly comment: string | null;
  /** Options of the table as a whole: SQLite `WITHOUT ROWID`, `STRICT`; PostgreSQL storage parameters, partitioning and the like. */
  readonly options: TableOptions;
  /** PostgreSQL: sequences that belong to a column (`serial`). */
  readonly sequences?: readonly OwnedSequence[];
  /** PostgreSQL: what else hangs on the table: owner, grants, policies, rules, extended statistics, publications. Not part of a repository's format. */
  readonly attachments?: readonly Attachment[];
}

export interface Column {
  readonly name: string;
  /** Exactly as the database writes it: `VARCHAR(32)`, `character varying(32)`. */
  readonly type: string;
  readonly nullable: boolean;
  /** Expression text, or null. */
  readonly default: string | null;
  readonly collation: string | null;
  readonly generated: { readonly expression: string; readonly stored: boolean } | null;
  /** PostgreSQL identity column. */
  readonly identity: "always" | "by-default" | null;
  /** SQLite AUTOINCREMENT. */
  readonly autoincrement: boolean;
  readonly comment: string | null;
  /** PostgreSQL: options of the identity's sequence that differ from the default, as SQL. */
  readonly identityOptions?: string;
  /** PostgreSQL: the name of the NOT NULL constraint, where it is not the one that the server gives. */
  readonly notNullName?: string;
  /** PostgreSQL: clauses of `ALTER COLUMN` for storage, compression, statistics target and options that differ from the default. */
  readonly settings?: readonly string[];
  /** PostgreSQL: the column comes from a table that this one inherits from. */
  readonly inherited?: true;
}

/** Properties of a PostgreSQL constraint or index beyond the common ones; absent where they are as usual. */
export interface ObjectDetails {
  readonly comment?: string;
  readonly tablespace?: string;
  /** Storage parameters of the index: `fillfactor=70`. */
  readonly storage?: string;
}

/** Properties of a PostgreSQL constraint beyond the common ones; absent where they are as usual. */
export interface ConstraintDetails {
  /** `NOT VALID`: rows that were there before are not checked. */
  readonly validated?: false;
  /** `NOT ENFORCED` (PostgreSQL 18). */
  readonly enforced?: false;
  /** `NO INHERIT`. */
  readonly noInherit?: true;
  /** The constraint comes from a table that this one inherits from. */
  readonly inherited?: true;
}

/** Properties of a PostgreSQL primary key or unique constraint beyond the common ones; absent where they are as usual. */
export interface KeyDetails extends ObjectDetails {
  readonly include?: readonly string[];
  readonly deferrable?: "initially-immediate" | "initially-deferred";
  readonly nullsNotDistinct?: true;
  /** The last column is a range that must not overlap (PostgreSQL 18). */
  readonly withoutOverlaps?: true;
}

/** A constraint's name is null where the database has none (SQLite). */
export interface PrimaryKey extends KeyDetails {
  readonly name: string | null;
  readonly columns: readonly string[];
}

export interface Unique extends KeyDetails {
  readonly name: string | null;
  readonly columns: readonly string[];
}

export type ReferentialAction = "NO ACTION" | "RESTRICT" | "CASCADE" | "SET NULL" | "SET DEFAULT";

export interface ForeignKey extends ConstraintDetails {
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly referencedTable: string;
  /** Empty: the primary key of the referenced table (SQLite allows to leave it out). */
  readonly referencedColumns: readonly string[];
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
  readonly deferrable: "no" | "initially-immediate" | "initially-deferred";
  /** PostgreSQL: the schema of the referenced table, where it is not the repository's own. */
  readonly referencedSchema?: string;
  /** PostgreSQL: `MATCH FULL`. */
  readonly match?: "full";
  /** PostgreSQL: the columns that `ON DELETE SET NULL` or `SET DEFAULT` sets, where they are not all. */
  readonly onDeleteColumns?: readonly string[];
  /** PostgreSQL 18: the last columns are ranges (`PERIOD`). */
  readonly period?: true;
  readonly comment?: string;
}

export interface Check extends ConstraintDetails {
  readonly name: string | null;
  /** The expression without the word CHECK and its outer parentheses. */
  readonly expression: string;
  readonly comment?: string;
}

export interface Exclusion extends ObjectDetails {
  readonly name: string;
  /** As PostgreSQL writes it: `EXCLUDE USING gist (…)`. */
  readonly definition: string;
}

export interface Index extends ObjectDetails {
  readonly name: string;
  readonly unique: boolean;
  /** Column names or expressions with collation, operator class and order where they differ from the default. */
  readonly keys: readonly IndexKey[];
  /** PostgreSQL access method; `btree` on SQLite. */
  readonly method: string;
  /** Predicate of a partial index. */
  readonly where: string | null;
  /** PostgreSQL `INCLUDE`. */
  readonly include: readonly string[];
  readonly nullsNotDistinct?: true;
  /** PostgreSQL: its building was interrupted, or is not over; nothing uses it. */
  readonly valid?: false;
}

export interface IndexKey {
  readonly column: string | null;
  readonly expression: string | null;
  /** Text after the column or expression (`COLLATE …`, `DESC`, operator class), or null. */
  readonly suffix: string | null;
}

export interface Trigger {
  readonly name: string;
  /** The complete statement that creates it. */
  readonly definition: string;
  /** PostgreSQL: when it fires, where that is not always `ORIGIN`: `DISABLE`, `ENABLE REPLICA`, `ENABLE ALWAYS`. */
  readonly state?: "DISABLE" | "ENABLE REPLICA" | "ENABLE ALWAYS";
  readonly comment?: string;
}

/** A sequence that belongs to a column, and goes with it. */
export interface OwnedSequence {
  readonly name: string;
  readonly column: string;
  /** As `CREATE SEQUENCE` takes it: `AS integer START WITH 1 …`. */
  readonly options: string;
}

/** Something that hangs on a table, with the statements that make it again. */
export interface Attachment {
  readonly kind: "owner" | "grant" | "policy" | "rule" | "statistics" | "publication" | "label";
  /** Tells it apart from others of its kind. */
  readonly name: string;
  /** Statements; names in them are found along the search path that begins with the repository's schema. */
  readonly statements: readonly string[];
}

export type TableOptions = Readonly<Record<string, string | boolean | null>>;
