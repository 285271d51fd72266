import type { ForeignKey, Table } from "../../../database/schema/table.js";
import { literalCode } from "../code.js";
import { addColumnCode } from "./calls.js";
import type { Side } from "./compare.js";

/** The code that makes a table as another repository has it; what the conventions name is not named again. */
export function createCode({ tables, repository }: Side, name: string): string[] {
  const table = tables.get(name);
  if (table === undefined) return [];
  const named = (
    kind: "unique" | "foreign-key" | "index" | "foreign-key-index",
    columns: readonly string[],
  ) => repository.conventions.objectName(repository.database.dialect, { kind, table: name, columns });
  const keyIndexes = table.foreignKeys.map(({ columns }) => named("foreign-key-index", columns));
  const lines = [
    ...table.columns.map((column) => addColumnCode(column).replace("table.addColumn(", "table.column(")),
    ...(table.primaryKey === null ? [] : [`table.primaryKey(${literalCode(table.primaryKey.columns)})`]),
    ...table.uniques.map(({ columns }) => `table.unique(${literalCode(columns)})`),
    ...table.foreignKeys.map((key, at) => foreignKeyCode(key, isIndexed(table, keyIndexes[at] ?? null))),
    ...table.checks
      .filter((check) => !isOfColumn(repository, name, check.name, table))
      .map(({ name: check, expression }) => `table.check(${literalCode({ name: check, expression })})`),
    ...table.indexes
      .filter((index) => !keyIndexes.includes(index.name))
      .map(({ keys, unique }) => {
        const columns = literalCode(keys.flatMap(({ column }) => column ?? []));
        return `table.index(${columns}${unique ? ", { unique: true }" : ""})`;
      }),
  ];
  return [
    `await context.schema.create(${literalCode(name)}, (table) => {`,
    ...lines.map((line) => `  ${line};`),
    "});",
  ];
}

/** An index that the conventions would make is left out where the table has none. */
function foreignKeyCode(
  { columns, referencedTable, referencedColumns, onDelete }: ForeignKey,
  index: "by-convention" | "none",
): string {
  const references = { table: referencedTable, columns: referencedColumns };
  const options = {
    ...(onDelete === "NO ACTION" ? {} : { onDelete }),
    ...(index === "none" ? { index } : {}),
  };
  const last = Object.keys(options).length === 0 ? "" : `, ${literalCode(options)}`;
  return `table.foreignKey(${literalCode(columns)}, ${literalCode(references)}${last})`;
}

function isIndexed({ indexes }: Table, name: string | null): "by-convention" | "none" {
  return indexes.some((index) => index.name === name) ? "by-convention" : "none";
}

/** Whether a check belongs to a column's type, and comes with the column by itself. */
function isOfColumn(
  { conventions, database }: Side["repository"],
  table: string,
  check: string | null,
  { columns }: Table,
): boolean {
  return columns.some(
    ({ name }) =>
      check !== null &&
      conventions.objectName(database.dialect, { kind: "length-check", table, columns: [name] }) === check,
  );
}
