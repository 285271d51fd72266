import type { Sql, SqlValue } from "../sql.js";
import type { Check, ForeignKey, ReferentialAction, Table } from "./table.js";
import type { IndexSelector } from "./changes.js";
import type { SchemaPlanner } from "./planning.js";
import type { LogicalType } from "./types.js";

/** What a change of a table costs: `metadata` touches no row, `scan` reads rows, `rewrite` writes them. */
export type CostClass = "metadata" | "scan" | "rewrite";

/** A new column. A column that is not nullable needs a default or values (`using`) where the table has rows. */
export interface NewColumn {
  readonly nullable?: boolean;
  /** SQL expression, or a value. */
  readonly default?: SqlValue | Sql;
  /** Values of the rows that are there: an expression over the old columns of the table. */
  readonly using?: Sql;
  readonly comment?: string;
}

/** What changes of a column; what is left out stays. */
export interface ColumnChange {
  readonly type?: LogicalType;
  readonly nullable?: boolean;
  /** null drops the default. */
  readonly default?: SqlValue | Sql | null;
  /** New values: an expression over the old columns of the table. Without it the values are cast. */
  readonly using?: Sql;
  readonly comment?: string | null;
}

/** Options of a key or index; without `name` the repository's conventions give it. */
export interface Named {
  readonly name?: string;
}

/** How a new rule is checked against the rows that are there. */
export interface Validation {
  /**
   * `separate`: on PostgreSQL the rule holds for new rows at once, and those that are there are checked by a statement of its own, while
   * others read and write. What an interrupted run left behind is finished. SQLite checks as always.
   */
  readonly validation?: "at-once" | "separate";
}

export interface ForeignKeyOptions extends Named, Validation {
  readonly onDelete?: ReferentialAction;
  readonly onUpdate?: ReferentialAction;
  readonly deferrable?: ForeignKey["deferrable"];
  /** Whether the index on the source columns is made too; default as the conventions say. */
  readonly index?: "by-convention" | "none";
}

export interface IndexOptions extends Named {
  readonly unique?: boolean;
  readonly where?: Sql;
  readonly method?: string;
  /**
   * On PostgreSQL the index is built while others read and write, which takes a sub-step with `autocommit`; one that an interrupted build
   * left behind is built again. An equal index is left alone (texts of expressions are not compared). SQLite builds it as always.
   */
  readonly concurrently?: boolean;
}

/** The changes asked of one table. They are gathered, planned once, and carried out together. */
export interface TableAlteration {
  addColumn(name: string, type: LogicalType, options?: NewColumn): void;
  changeColumn(name: string, change: ColumnChange): void;
  dropColumn(name: string): void;
  renameColumn(name: string, newName: string): void;
  /** Replaces the primary key, or makes one. */
  setPrimaryKey(columns: readonly string[], options?: Named): void;
  dropPrimaryKey(): void;
  addUnique(columns: readonly string[], options?: Named): void;
  addForeignKey(
    columns: readonly string[],
    references: { readonly table: string; readonly columns: readonly string[] },
    options?: ForeignKeyOptions,
  ): void;
  /** With `validation: "separate"` a check of that name is replaced, as an interrupted run may have left it. */
  addCheck(check: Check, options?: Validation): void;
  /** PostgreSQL only; refused on SQLite. */
  addExclusion(name: string, definition: string): void;
  /** Drops a unique, foreign key, check or exclusion constraint: by name, or by its columns where it has none. */
  dropConstraint(
    which:
      | { readonly name: string }
      | { readonly kind: "unique" | "foreign-key"; readonly columns: readonly string[] },
  ): void;
  addIndex(columns: readonly (string | Sql)[], options?: IndexOptions): void;
  dropIndex(which: IndexSelector): void;
  renameConstraint(name: string, newName: string): void;
  renameIndex(name: string, newName: string): void;
  rename(newName: string): void;
  comment(text: string | null): void;
}

/** The description of a new table. */
export interface TableDefinition {
  column(name: string, type: LogicalType, options?: NewColumn): void;
  primaryKey(columns: readonly string[], options?: Named): void;
  unique(columns: readonly string[], options?: Named): void;
  foreignKey(
    columns: readonly string[],
    references: { readonly table: string; readonly columns: readonly string[] },
    options?: ForeignKeyOptions,
  ): void;
  check(check: Check): void;
  index(columns: readonly (string | Sql)[], options?: IndexOptions): void;
  comment(text: string | null): void;
}

/** What an operation did, or would do. */
export interface SchemaEffect {
  readonly table: string;
  readonly cost: CostClass;
  /** The statements in order, as text. */
  readonly statements: readonly string[];
  /** SQLite: the same for a script, with statements that fail where a row breaks a new rule; absent where there is nothing to add. */
  readonly script?: readonly string[];
  /** Set where every row refers to what it referred to before, and can be referred to as before: foreign keys need no new look. */
  readonly references?: "kept";
  /** PostgreSQL: other tables, whose foreign keys are made again, so that their rows are read. */
  readonly scanned?: readonly string[];
}

/** Schema operations on one connection. */
export interface SchemaEditor {
  /** Names of the tables of the repository, sorted. */
  tableNames(): Promise<string[]>;
  /** The complete definition of a table. @throws InputError `unknown-table` */
  table(name: string): Promise<Table>;
  /** The same of several tables, in their order: PostgreSQL is asked for all at once. @throws InputError `unknown-table` */
  tables(names: readonly string[]): Promise<Table[]>;
  hasTable(name: string): Promise<boolean>;
  create(name: string, define: (table: TableDefinition) => void): Promise<SchemaEffect>;
  /** Creates a table from a complete definition, as inspection returned it. */
  createFrom(table: Table): Promise<SchemaEffect>;
  drop(name: string): Promise<SchemaEffect>;
  alter(name: string, change: (table: TableAlteration) => void): Promise<SchemaEffect>;
  /** The same plan as `alter`, not carried out. */
  planAlter(name: string, change: (table: TableAlteration) => void): Promise<SchemaEffect>;
  /** New values and type for a key and all columns that refer to it; each table is written once. */
  rekey(table: string, column: string, change: Rekey): Promise<SchemaEffect[]>;
  /** Creates a sequence (PostgreSQL; nothing on SQLite) whose next value is `start`. */
  createSequence(name: string, start: bigint): Promise<SchemaEffect>;
  dropSequence(name: string): Promise<SchemaEffect>;
  /** The same operations, as pure functions of definitions. */
  planner(): SchemaPlanner;
}

/** How far a rekey is. */
export interface RekeyProgress {
  readonly rows: bigint;
  /** As the database's statistics say; null where they say nothing. */
  readonly total: bigint | null;
}

/** New values for a key. A default that its columns had goes, unless the new values are integers. */
export interface Rekey {
  readonly type: LogicalType;
  /** New name of the key column, where it changes. */
  readonly rename?: string;
  /**
   * The mapping: a query with columns `old` and `new`, or a stream of batches of pairs made in TypeScript.
   * Every value that occurs must be mapped, each to one value of its own.
   */
  readonly values: Sql | (() => AsyncIterable<readonly (readonly [SqlValue, SqlValue])[]>);
  /** Further changes of a table that is written anyway. */
  readonly alsoAlter?: (table: string, alteration: TableAlteration) => void;
  /** Called when the mapping is made, and when the tables are built or, on one connection, written. */
  readonly onPause?: (point: "rekey:mapped" | "rekey:built") => Promise<void>;
  /** Told before each table and at the end how many rows are written, of about how many. */
  readonly onProgress?: (done: RekeyProgress) => void;
  /** Columns of other tables that hold the key: those with a foreign key to it are found; others are named here. */
  readonly alsoIn?: readonly { readonly table: string; readonly column: string; readonly rename?: string }[];
}
