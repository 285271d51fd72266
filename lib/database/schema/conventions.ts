import type { DialectName } from "../database.js";
import type { LogicalType } from "./types.js";

/** The parts of which the name of a constraint or index is made. */
export interface ObjectName {
  readonly kind:
    | "primary-key"
    | "unique"
    | "foreign-key"
    | "foreign-key-index"
    | "index"
    | "length-check"
    | "check"
    | "sequence";
  readonly table: string;
  readonly columns: readonly string[];
  /** Foreign keys only. */
  readonly referencedTable?: string;
  readonly referencedColumns?: readonly string[];
}

/** How a repository names and stores things. They belong to the repository: a Butler's differ from those of a plain database. */
export interface Conventions {
  /** The name of a constraint or index, shortened as the database demands; null where the convention leaves it unnamed. */
  objectName(dialect: DialectName, name: ObjectName): string | null;
  /** The declared type of a column. */
  columnType(dialect: DialectName, type: LogicalType): string;
  /**
   * The CHECK that goes with a column of this type (name and expression), or null. When a column's type changes, the check
   * that belonged to the old type is replaced by that of the new one.
   */
  columnCheck(
    dialect: DialectName,
    table: string,
    column: string,
    type: LogicalType,
  ): { readonly name: string; readonly expression: string } | null;
  /** Whether a foreign key gets an index on its source columns of its own. */
  readonly foreignKeyIndexes: "always" | "unless-covered" | "never";
}
