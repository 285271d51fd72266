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
}

/** A constraint's name is null where the database has none (SQLite). */
export interface PrimaryKey {
  readonly name: string | null;
  readonly columns: readonly string[];
}

export interface Unique {
  readonly name: string | null;
  readonly columns: readonly string[];
}

export type ReferentialAction = "NO ACTION" | "RESTRICT" | "CASCADE" | "SET NULL" | "SET DEFAULT";

export interface ForeignKey {
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly referencedTable: string;
  /** Empty: the primary key of the referenced table (SQLite allows to leave it out). */
  readonly referencedColumns: readonly string[];
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
  readonly deferrable: "no" | "initially-immediate" | "initially-deferred";
}

export interface Check {
  readonly name: string | null;
  /** The expression without the word CHECK and its outer parentheses. */
  readonly expression: string;
}

export interface Exclusion {
  readonly name: string;
  /** As PostgreSQL writes it: `EXCLUDE USING gist (…)`. */
  readonly definition: string;
}

export interface Index {
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
}

export type TableOptions = Readonly<Record<string, string | boolean | null>>;
