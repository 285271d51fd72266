/** What is particular to a database where changes of a table are worked out. */
import type { DialectName } from "../database.js";
import type { Sql, SqlValue } from "../sql.js";
import type { Conventions } from "./conventions.js";

/** What a database and a repository say about names and types. */
export interface Rules {
  readonly dialect: DialectName;
  readonly conventions: Conventions;
  /** SQL as text. */
  render(statement: Sql): string;
  /** A value as text. */
  literal(value: SqlValue): string;
  /** What expressions say of columns; absent where the database itself keeps them in step with renamed and dropped columns. */
  readonly expressions?: ExpressionRules;
}

/** How columns stand in the text of expressions. */
export interface ExpressionRules {
  mentions(expression: string, column: string): boolean;
  /** The expression after a column got a new name. */
  rename(expression: string, column: string, newName: string): string;
}
