/** Changes of a table that can be carried out, and written as code. */
import { sql } from "../../../database/sql.js";
import type { TableAlteration } from "../../../database/schema/editor.js";
import type { Check, Column, ForeignKey, Index, Table } from "../../../database/schema/table.js";
import { literalCode } from "../code.js";
import { storedType, typeKey } from "./type.js";

/** One call on the table that is altered. */
export interface Call {
  readonly code: string;
  carryOut(table: TableAlteration): void;
}

/** The name that the repository's conventions give to an object of the table. */
export type NameOf = (
  kind: "index" | "foreign-key-index" | "unique" | "foreign-key",
  columns: readonly string[],
  references?: { readonly table: string; readonly columns: readonly string[] },
) => string | null;

const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The calls that give a table the columns and the primary key of another. */
export function columnCalls(from: Table, to: Table): Call[] {
  const gone = from.columns.filter(({ name }) => to.columns.every((one) => one.name !== name));
  const common = to.columns.flatMap((column) => {
    const old = from.columns.find(({ name }) => name === column.name);
    return old === undefined ? [] : changed(old, column);
  });
  const added = to.columns.filter(({ name }) => from.columns.every((one) => one.name !== name));
  const key = to.primaryKey?.columns ?? [];
  const rekeyed =
    sameText(from.primaryKey?.columns ?? [], key) || key.length === 0 ? [] : [primaryKeyCall(key)];
  return [
    ...added.map((column) => addColumnCall(column)),
    ...common,
    ...rekeyed,
    ...gone.map(({ name }): Call => ({
      code: `table.dropColumn(${literalCode(name)})`,
      carryOut: (table) => table.dropColumn(name),
    })),
  ];
}

function primaryKeyCall(columns: readonly string[]): Call {
  return {
    code: `table.setPrimaryKey(${literalCode(columns)})`,
    carryOut: (table) => table.setPrimaryKey(columns),
  };
}

/** The code that adds a column as it is elsewhere. */
export function addColumnCode({ name, type: stored, nullable, default: value }: Column): string {
  const options = [
    ...(nullable ? ["nullable: true"] : []),
    ...(value === null ? [] : [`default: sql.raw(${literalCode(value)})`]),
  ];
  const last = options.length === 0 ? "" : `, { ${options.join(", ")} }`;
  return `table.addColumn(${literalCode(name)}, ${storedType(stored).code}${last})`;
}

function addColumnCall(column: Column): Call {
  const { name, type, nullable, default: value } = column;
  const options = { nullable, ...(value === null ? {} : { default: sql.raw(value) }) };
  return {
    code: addColumnCode(column),
    carryOut: (table) => table.addColumn(name, storedType(type).type, options),
  };
}

function changed(from: Column, to: Column): Call[] {
  const { code, type } = storedType(to.type);
  const value = to.default === null ? null : sql.raw(to.default);
  const parts = [
    ...(typeKey(from.type) === typeKey(to.type) ? [] : [{ code: `type: ${code}`, change: { type } }]),
    ...(from.nullable === to.nullable
      ? []
      : [{ code: `nullable: ${to.nullable}`, change: { nullable: to.nullable } }]),
    ...(from.default === to.default
      ? []
      : [
          {
            code: `default: ${to.default === null ? "null" : `sql.raw(${literalCode(to.default)})`}`,
            change: { default: value },
          },
        ]),
  ];
  if (parts.length === 0) return [];
  const change: object = Object.assign({}, ...parts.map((part) => part.change)) as object;
  return [
    {
      code: `table.changeColumn(${literalCode(to.name)}, { ${parts.map((part) => part.code).join(", ")} })`,
      carryOut: (table) => table.changeColumn(to.name, change),
    },
  ];
}

/** The calls that give a table, whose columns are right already, the constraints and indexes of another. */
export function constraintCalls(from: Table, to: Table, nameOf: NameOf): Call[] {
  const newKeys = missing(to.foreignKeys, from.foreignKeys);
  const keyIndexes = newKeys.map(({ columns }) => nameOf("foreign-key-index", columns));
  return [
    ...missing(from.indexes, to.indexes).map((index) => dropIndexCall(index, nameOf)),
    ...missing(from.foreignKeys, to.foreignKeys).map((key) => dropCall("foreign-key", key)),
    ...missing(from.uniques, to.uniques).map((key) => dropCall("unique", key)),
    ...missing(from.checks, to.checks).map((check) => dropCheckCall(check)),
    ...missing(to.checks, from.checks).map((check) => addCheckCall(check)),
    ...missing(to.uniques, from.uniques).map((key) => addUniqueCall(key, nameOf)),
    ...newKeys.map((key) => addForeignKeyCall(key, to, nameOf)),
    ...missing(to.indexes, from.indexes)
      .filter(({ name }) => !keyIndexes.includes(name))
      .map((index) => addIndexCall(index, nameOf)),
  ];
}

/** What of some objects another table has not. */
function missing<Item>(items: readonly Item[], others: readonly Item[]): Item[] {
  return items.filter((item) => !others.some((other) => sameText(item, other)));
}

/** The option that names an object; none where the repository's conventions name it so. */
function nameOption(name: string | null, usual: string | null): { readonly name?: string } {
  return name === null || name === usual ? {} : { name };
}

function dropCall(
  kind: "unique" | "foreign-key",
  { name, columns }: { readonly name: string | null; readonly columns: readonly string[] },
): Call {
  // By its columns, so that the same change of several tables is the same code.
  const which = columns.length > 0 ? ({ kind, columns } as const) : { name: name ?? "" };
  return {
    code: `table.dropConstraint(${literalCode(which)})`,
    carryOut: (table) => table.dropConstraint(which),
  };
}

function dropCheckCall({ name, expression }: Check): Call {
  const which = { name: name ?? expression };
  return {
    code: `table.dropConstraint(${literalCode(which)})`,
    carryOut: (table) => table.dropConstraint(which),
  };
}

function addCheckCall({ name, expression }: Check): Call {
  const check = { name, expression };
  return { code: `table.addCheck(${literalCode(check)})`, carryOut: (table) => table.addCheck(check) };
}

function addUniqueCall(
  { name, columns }: { readonly name: string | null; readonly columns: readonly string[] },
  nameOf: NameOf,
): Call {
  const options = nameOption(name, nameOf("unique", columns));
  const last = Object.keys(options).length === 0 ? "" : `, ${literalCode(options)}`;
  return {
    code: `table.addUnique(${literalCode(columns)}${last})`,
    carryOut: (table) => table.addUnique(columns, options),
  };
}

function addForeignKeyCall(key: ForeignKey, { indexes }: Table, nameOf: NameOf): Call {
  const { columns, onDelete, onUpdate, deferrable } = key;
  const references = { table: key.referencedTable, columns: key.referencedColumns };
  const isIndexed = indexes.some(({ name }) => name === nameOf("foreign-key-index", columns));
  const options = {
    ...nameOption(key.name, nameOf("foreign-key", columns, references)),
    ...(onDelete === "NO ACTION" ? {} : { onDelete }),
    ...(onUpdate === "NO ACTION" ? {} : { onUpdate }),
    ...(deferrable === "no" ? {} : { deferrable }),
    ...(isIndexed ? {} : { index: "none" as const }),
  };
  return {
    code: `table.addForeignKey(${[columns, references, options].map(literalCode).join(", ")})`,
    carryOut: (table) => table.addForeignKey(columns, references, options),
  };
}

function addIndexCall({ name, unique, keys, where, method }: Index, nameOf: NameOf): Call {
  const parts = keys.map(({ column, expression, suffix }) =>
    column !== null && suffix === null
      ? column
      : `${expression ?? `"${column}"`}${suffix === null ? "" : ` ${suffix}`}`,
  );
  const plain = keys.every(({ column, suffix }) => column !== null && suffix === null);
  const columns = parts.map((part) => (plain ? part : sql.raw(part)));
  const options = {
    ...nameOption(name, plain ? nameOf("index", parts) : null),
    ...(unique ? { unique } : {}),
    ...(method === "btree" ? {} : { method }),
  };
  const inside = Object.entries(options).map(([key, value]) => `${key}: ${literalCode(value)}`);
  if (where !== null) inside.push(`where: sql.raw(${literalCode(where)})`);
  const columnsCode = plain
    ? literalCode(parts)
    : `[${parts.map((part) => `sql.raw(${literalCode(part)})`).join(", ")}]`;
  return {
    code: `table.addIndex(${columnsCode}${inside.length === 0 ? "" : `, { ${inside.join(", ")} }`})`,
    carryOut: (table) =>
      table.addIndex(columns, { ...options, ...(where === null ? {} : { where: sql.raw(where) }) }),
  };
}

function dropIndexCall({ name, keys }: Index, nameOf: NameOf): Call {
  const columns = keys.flatMap(({ column }) => column ?? []);
  const isUsual =
    columns.length === keys.length &&
    ["index", "foreign-key-index"].some((kind) => name === nameOf(kind as "index", columns));
  const which = isUsual ? { columns } : { name };
  return {
    code: `table.dropIndex(${literalCode(which)})`,
    carryOut: (table) => table.dropIndex(which),
  };
}
