/** A table on its way through a list of changes. */
import { InputError } from "../../errors.js";
import type { Sql, SqlValue } from "../sql.js";
import { isSql } from "./changes.js";
import type { ObjectName } from "./conventions.js";
import { foldedName } from "./folded-name.js";
import type { Rules } from "./rules.js";
import type { Column, ForeignKey, Table } from "./table.js";

/** Where the values of a column come from, for the rows that are there. */
export type ColumnSource =
  /** A column of the old table, as it is. */
  | { readonly kind: "old"; readonly column: string }
  /** An expression over the old columns. */
  | { readonly kind: "expression"; readonly expression: Sql }
  /** A new column: its default, or NULL. */
  | { readonly kind: "default" };

/** The table that the changes lead to. */
export interface Target {
  readonly table: Table;
  /** By the names of the new columns. */
  readonly sources: ReadonlyMap<string, ColumnSource>;
  /** The old name of each column that stays, by its new name; also where its values are new. */
  readonly origins: ReadonlyMap<string, string>;
  /** Names of indexes and constraints that are made while others read and write, where the database can do that. */
  readonly live: ReadonlySet<string>;
}

/** The table as the changes so far leave it, and where its columns come from. */
export class Draft {
  readonly sources: Map<string, ColumnSource>;
  readonly origins: Map<string, string>;
  /** Foreign keys whose index is made at the end, when all keys are known. */
  readonly indexed: ForeignKey[] = [];
  readonly live = new Set<string>();

  constructor(
    public table: Table,
    readonly rules: Rules,
  ) {
    this.sources = new Map(table.columns.map(({ name }) => [name, { kind: "old", column: name }]));
    this.origins = new Map(table.columns.map(({ name }) => [name, name]));
  }

  /** The name that the conventions give. */
  name(name: Omit<ObjectName, "table">): string | null {
    return this.rules.conventions.objectName(this.rules.dialect, { ...name, table: this.table.name });
  }

  defaultText(value: SqlValue | Sql): string {
    return isSql(value) ? this.rules.render(value) : this.rules.literal(value);
  }

  find(name: string): Column | undefined {
    return this.table.columns.find((column) => column.name === name);
  }

  /** @throws InputError `unknown-column` */
  require(name: string): Column {
    const column = this.find(name);
    if (column !== undefined) return column;
    throw new InputError("unknown-column", `Table "${this.table.name}" has no column "${name}".`, {
      hint: `It has ${this.table.columns.map((one) => one.name).join(", ")}.`,
    });
  }

  replaceColumn(name: string, column: Column): void {
    const columns = this.table.columns.map((one) => (one.name === name ? column : one));
    this.table = { ...this.table, columns };
  }

  /** Whether the text of an expression speaks of a column, where the database leaves that to us. */
  mentions(expression: string | null, column: string): boolean {
    return expression !== null && this.rules.expressions?.mentions(expression, column) === true;
  }

  /** Whether a foreign key refers to its own table, and follows its names. */
  isOwn({ referencedTable, referencedSchema }: ForeignKey): boolean {
    const { dialect } = this.rules;
    return (
      referencedSchema === undefined &&
      foldedName(dialect, referencedTable) === foldedName(dialect, this.table.name)
    );
  }
}
