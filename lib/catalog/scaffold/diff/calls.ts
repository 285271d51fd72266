/** Changes of a table that can be carried out, and written as code. */
import { sql } from "../../../database/sql.js";
import type { TableAlteration } from "../../../database/schema/editor.js";
import type { Check, Column, ForeignKey, Index, Table, Unique } from "../../../database/schema/table.js";
import { literalCode } from "../code.js";
import type { NameOf } from "./naming.js";
import { sameType, storedType } from "./type.js";
import type { TypeWriting } from "./type.js";

/** One call on the table that is altered. */
export interface Call {
  readonly code: string;
  /** A foreign key that is dropped, and the table that it refers to: it has to go before the key there does. */
  readonly frees?: string;
  carryOut(table: TableAlteration): void;
}

/** How the target writes names and types. */
export interface Writing extends TypeWriting {
  readonly nameOf: NameOf;
  /** `by-convention`: an index that the conventions make together with a foreign key is not written. */
  readonly keyIndexes: "by-convention" | "written";
}

const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The calls that give a table the columns and the primary key of another. */
export function columnCalls(from: Table, to: Table, writing: Writing): Call[] {
  const gone = from.columns.filter(({ name }) => to.columns.every((one) => one.name !== name));
  const common = to.columns.flatMap((column) => {
    const old = from.columns.find(({ name }) => name === column.name);
    return old === undefined ? [] : changed(old, column, writing);
  });
  const added = to.columns.filter(({ name }) => from.columns.every((one) => one.name !== name));
  return [
    // Those would go with their columns, too late for the key that they refer to.
    ...from.foreignKeys.filter((key) => gone.some(({ name }) => key.columns.includes(name))).map(dropKeyCall),
    ...added.map((column) => addColumnCall(column, writing)),
    ...common,
    ...primaryKeyCalls(from, to, writing),
    ...gone.map(({ name }): Call => ({
      code: `table.dropColumn(${literalCode(name)})`,
      carryOut: (table) => table.dropColumn(name),
    })),
  ];
}

function primaryKeyCalls(from: Table, to: Table, writing: Writing): Call[] {
  if (sameText(from.primaryKey?.columns, to.primaryKey?.columns)) return [];
  if (to.primaryKey !== null) return [primaryKeyCall(to.primaryKey, writing)];
  return [{ code: "table.dropPrimaryKey()", carryOut: (table) => table.dropPrimaryKey() }];
}

/** The primary key of a table. */
export function primaryKeyCall(
  { name, columns }: { readonly name: string | null; readonly columns: readonly string[] },
  { nameOf }: Writing,
): Call {
  const options = nameOption(name, nameOf("primary-key", columns));
  return {
    code: `table.setPrimaryKey(${[columns, ...given(options)].map(literalCode).join(", ")})`,
    carryOut: (table) => table.setPrimaryKey(columns, options),
  };
}

/** The call that adds a column as it is elsewhere. */
export function addColumnCall(
  { name, type: stored, nullable, default: value, comment }: Column,
  writing: Writing,
): Call {
  const { code, type } = storedType(stored, writing);
  const parts = [
    ...(nullable ? ["nullable: true"] : []),
    ...(value === null ? [] : [`default: sql.raw(${literalCode(value)})`]),
    ...(comment === null ? [] : [`comment: ${literalCode(comment)}`]),
  ];
  const last = parts.length === 0 ? "" : `, { ${parts.join(", ")} }`;
  const options = {
    nullable,
    ...(value === null ? {} : { default: sql.raw(value) }),
    ...(comment === null ? {} : { comment }),
  };
  return {
    code: `table.addColumn(${literalCode(name)}, ${code}${last})`,
    carryOut: (table) => table.addColumn(name, type, options),
  };
}

function changed(from: Column, to: Column, writing: Writing): Call[] {
  const { code, type } = storedType(to.type, writing);
  const value = to.default === null ? null : sql.raw(to.default);
  const valueCode = to.default === null ? "null" : `sql.raw(${literalCode(to.default)})`;
  const parts = [
    ...(sameType(from.type, to.type) ? [] : [{ code: `type: ${code}`, change: { type } }]),
    ...(from.nullable === to.nullable
      ? []
      : [{ code: `nullable: ${to.nullable}`, change: { nullable: to.nullable } }]),
    ...(from.default === to.default ? [] : [{ code: `default: ${valueCode}`, change: { default: value } }]),
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
export function constraintCalls(from: Table, to: Table, writing: Writing): Call[] {
  const { nameOf, keyIndexes } = writing;
  const newKeys = missing(to.foreignKeys, from.foreignKeys);
  const made = newKeys.flatMap(({ columns }) =>
    keyIndexes === "written" ? [] : (nameOf("foreign-key-index", columns) ?? []),
  );
  return [
    ...missing(from.indexes, to.indexes).map((index) => dropIndexCall(index, nameOf)),
    ...missing(from.foreignKeys, to.foreignKeys).map(dropKeyCall),
    ...missing(from.uniques, to.uniques).map((key) => dropCall("unique", key)),
    ...missing(from.checks, to.checks, checkText).map((check) =>
      dropNamedCall(check.name ?? check.expression),
    ),
    ...missing(from.exclusions, to.exclusions).map(({ name }) => dropNamedCall(name)),
    ...missing(to.checks, from.checks, checkText).map((check) => addCheckCall(check)),
    ...missing(to.uniques, from.uniques).map((key) => addUniqueCall(key, nameOf)),
    ...missing(to.exclusions, from.exclusions).map(({ name, definition }): Call => ({
      code: `table.addExclusion(${literalCode(name)}, ${literalCode(definition)})`,
      carryOut: (table) => table.addExclusion(name, definition),
    })),
    ...newKeys.map((key) => addForeignKeyCall(key, to, writing)),
    ...missing(to.indexes, from.indexes)
      .filter((index) => !made.includes(index.name) && canBeWritten(index))
      .map((index) => addIndexCall(index, nameOf)),
  ];
}

/** What of some objects another table has not. */
function missing<Item>(
  items: readonly Item[],
  others: readonly Item[],
  textOf: (item: Item) => string = (item) => JSON.stringify(item),
): Item[] {
  const texts = new Set(others.map(textOf));
  return items.filter((item) => !texts.has(textOf(item)));
}

/** Quotes and blanks of an expression mean nothing: releases wrote the same rule in several ways. */
function checkText({ name, expression }: Check): string {
  return JSON.stringify([name, expression.replaceAll(/["\s]/g, "")]);
}

export function dropKeyCall(key: ForeignKey): Call {
  return { ...dropCall("foreign-key", key), frees: key.referencedTable };
}

/** The option that names an object; none where the repository's conventions name it so. */
function nameOption(name: string | null, usual: string | null): { readonly name?: string } {
  return name === null || name === usual ? {} : { name };
}

/** Options as an argument, where there are any. */
function given(options: object): readonly object[] {
  return Object.keys(options).length === 0 ? [] : [options];
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

function dropNamedCall(name: string): Call {
  return {
    code: `table.dropConstraint(${literalCode({ name })})`,
    carryOut: (table) => table.dropConstraint({ name }),
  };
}

function addCheckCall({ name, expression }: Check): Call {
  const check = { name, expression };
  return { code: `table.addCheck(${literalCode(check)})`, carryOut: (table) => table.addCheck(check) };
}

function addUniqueCall({ name, columns }: Unique, nameOf: NameOf): Call {
  const options = nameOption(name, nameOf("unique", columns));
  return {
    code: `table.addUnique(${[columns, ...given(options)].map(literalCode).join(", ")})`,
    carryOut: (table) => table.addUnique(columns, options),
  };
}

function addForeignKeyCall(key: ForeignKey, { indexes }: Table, { nameOf, keyIndexes }: Writing): Call {
  const { columns, onDelete, onUpdate, deferrable } = key;
  const references = { table: key.referencedTable, columns: key.referencedColumns };
  const isIndexed =
    keyIndexes === "by-convention" &&
    indexes.some(({ name }) => name === nameOf("foreign-key-index", columns));
  const options = {
    ...nameOption(key.name, nameOf("foreign-key", columns, references)),
    ...(onDelete === "NO ACTION" ? {} : { onDelete }),
    ...(onUpdate === "NO ACTION" ? {} : { onUpdate }),
    ...(deferrable === "no" ? {} : { deferrable }),
    ...(isIndexed ? {} : { index: "none" as const }),
  };
  return {
    code: `table.addForeignKey(${[columns, references, ...given(options)].map(literalCode).join(", ")})`,
    carryOut: (table) => table.addForeignKey(columns, references, options),
  };
}

/** Order, operator classes and the like have no words in a revision. */
function canBeWritten({ keys, include, nullsNotDistinct }: Index): boolean {
  return keys.every(({ suffix }) => suffix === null) && include.length === 0 && nullsNotDistinct !== true;
}

function addIndexCall({ name, unique, keys, where, method }: Index, nameOf: NameOf): Call {
  const plain = keys.flatMap(({ column }) => column ?? []);
  const isPlain = plain.length === keys.length;
  const options = {
    ...nameOption(name, isPlain ? nameOf("index", plain) : null),
    ...(unique ? { unique } : {}),
    ...(method === "btree" ? {} : { method }),
  };
  const inside = Object.entries(options).map(([key, value]) => `${key}: ${literalCode(value)}`);
  if (where !== null) inside.push(`where: sql.raw(${literalCode(where)})`);
  const columnsCode = keys.map(({ column, expression }) =>
    column === null ? `sql.raw(${literalCode(expression)})` : literalCode(column),
  );
  const last = inside.length === 0 ? "" : `, { ${inside.join(", ")} }`;
  return {
    code: `table.addIndex([${columnsCode.join(", ")}]${last})`,
    carryOut: (table) =>
      table.addIndex(
        keys.map(({ column, expression }) => column ?? sql.raw(expression ?? "")),
        { ...options, ...(where === null ? {} : { where: sql.raw(where) }) },
      ),
  };
}

function dropIndexCall({ name, keys }: Index, nameOf: NameOf): Call {
  const columns = keys.flatMap(({ column }) => column ?? []);
  const isUsual =
    columns.length === keys.length &&
    (["index", "foreign-key-index"] as const).some((kind) => name === nameOf(kind, columns));
  const which = isUsual ? { columns } : { name };
  return {
    code: `table.dropIndex(${literalCode(which)})`,
    carryOut: (table) => table.dropIndex(which),
  };
}
