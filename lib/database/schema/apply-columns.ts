/** Changes of columns. */
import { InputError } from "../../errors.js";
import type { DialectName } from "../database.js";
import type { Sql, SqlValue } from "../sql.js";
import type { TableChange } from "./changes.js";
import type { Draft } from "./draft.js";
import { foldedName } from "./folded-name.js";
import type { Column } from "./table.js";
import type { LogicalType } from "./types.js";

/** The parts of a logical column: a timespan is two columns on SQLite. */
export function columnParts(dialect: DialectName, name: string, type: LogicalType): readonly string[] {
  return type.kind === "timespan" && dialect === "sqlite" ? [`${name}_begin`, `${name}_end`] : [name];
}

/** Adds one column; a logical column may be several. */
export function addColumn(
  draft: Draft,
  name: string,
  { type, options }: Extract<TableChange, { kind: "add-column" }>,
): void {
  if (draft.find(name) !== undefined) {
    throw new InputError("duplicate-column", `Table "${draft.table.name}" has a column "${name}" already.`);
  }
  const column: Column = {
    name,
    type: draft.rules.conventions.columnType(draft.rules.dialect, type),
    nullable: options.nullable ?? false,
    default: options.default === undefined ? null : draft.defaultText(options.default),
    collation: null,
    generated: null,
    identity: null,
    autoincrement: false,
    comment: options.comment ?? null,
  };
  draft.table = { ...draft.table, columns: [...draft.table.columns, column] };
  draft.sources.set(
    name,
    options.using === undefined ? { kind: "default" } : { kind: "expression", expression: options.using },
  );
  addColumnCheck(draft, name, type);
}

function addColumnCheck(draft: Draft, name: string, type: LogicalType): void {
  const check = draft.rules.conventions.columnCheck(draft.rules.dialect, draft.table.name, name, type);
  if (check !== null) draft.table = { ...draft.table, checks: [...draft.table.checks, check] };
}

/** Changes type, values, default, NULL or comment of a column. */
export function changeColumn(
  draft: Draft,
  { name, change }: Extract<TableChange, { kind: "change-column" }>,
): void {
  const column = draft.require(name);
  const changed: Column = {
    ...column,
    type:
      change.type === undefined
        ? column.type
        : draft.rules.conventions.columnType(draft.rules.dialect, change.type),
    nullable: change.nullable ?? column.nullable,
    default: changedDefault(draft, column, change.default),
    comment: change.comment === undefined ? column.comment : change.comment,
  };
  // SQLite counts up columns of this type alone.
  const counts = column.autoincrement && changed.type.toUpperCase() === "INTEGER";
  draft.replaceColumn(name, { ...changed, autoincrement: counts });
  if (change.using !== undefined) draft.sources.set(name, { kind: "expression", expression: change.using });
  if (change.type !== undefined) replaceColumnCheck(draft, name, change.type);
}

function changedDefault(draft: Draft, column: Column, value: SqlValue | Sql | undefined): string | null {
  if (value === undefined) return column.default;
  return value === null ? null : draft.defaultText(value);
}

/** The check that goes with a column's type has a name of its own; it is kept in its place where only its text changes. */
function replaceColumnCheck(draft: Draft, column: string, type: LogicalType): void {
  const { conventions, dialect } = draft.rules;
  const check = conventions.columnCheck(dialect, draft.table.name, column, type);
  const name = conventions.objectName(dialect, {
    kind: "length-check",
    table: draft.table.name,
    columns: [column],
  });
  const position = draft.table.checks.findIndex((one) => one.name !== null && one.name === name);
  const checks = [...draft.table.checks];
  if (position >= 0) checks.splice(position, 1, ...(check === null ? [] : [check]));
  else if (check !== null) checks.push(check);
  draft.table = { ...draft.table, checks };
}

/** Drops a column with the keys, checks and indexes that hold it. */
export function dropColumn(draft: Draft, name: string): void {
  draft.require(name);
  const holds = (columns: readonly string[]): boolean => columns.includes(name);
  const { conventions, dialect } = draft.rules;
  const lengthCheck = conventions.objectName(dialect, {
    kind: "length-check",
    table: draft.table.name,
    columns: [name],
  });
  const { primaryKey } = draft.table;
  if (primaryKey !== null && holds(primaryKey.columns)) {
    throw new InputError(
      "bad-alteration",
      `Column "${name}" belongs to the primary key of "${draft.table.name}".`,
      {
        hint: "Set another primary key first.",
      },
    );
  }
  draft.table = {
    ...draft.table,
    columns: draft.table.columns.filter((column) => column.name !== name),
    uniques: draft.table.uniques.filter((key) => !holds(key.columns)),
    foreignKeys: draft.table.foreignKeys.filter((key) => !holds(key.columns)),
    checks: draft.table.checks.filter(
      (check) =>
        (check.name === null || check.name !== lengthCheck) && !draft.mentions(check.expression, name),
    ),
    indexes: draft.table.indexes.filter(
      (index) =>
        !draft.mentions(index.where, name) &&
        !index.keys.some((key) => key.column === name || draft.mentions(key.expression, name)),
    ),
  };
  draft.sources.delete(name);
  draft.origins.delete(name);
}

/** Renames a column wherever the table speaks of it. */
export function renameColumn(draft: Draft, name: string, newName: string): void {
  const column = draft.require(name);
  if (draft.find(newName) !== undefined) {
    throw new InputError(
      "duplicate-column",
      `Table "${draft.table.name}" has a column "${newName}" already.`,
    );
  }
  const renamed = (columns: readonly string[]): string[] =>
    columns.map((one) => (one === name ? newName : one));
  const { dialect } = draft.rules;
  const renamedFolded = (columns: readonly string[]): string[] =>
    columns.map((one) => (foldedName(dialect, one) === foldedName(dialect, name) ? newName : one));
  const source = draft.sources.get(name) ?? { kind: "old", column: name };
  draft.replaceColumn(name, { ...column, name: newName });
  draft.sources.delete(name);
  draft.sources.set(newName, source);
  const origin = draft.origins.get(name);
  draft.origins.delete(name);
  if (origin !== undefined) draft.origins.set(newName, origin);
  const reworded = <T extends string | null>(text: T): T => {
    if (text === null || draft.rules.expressions === undefined) return text;
    return draft.rules.expressions.rename(text, name, newName) as T;
  };
  const { primaryKey } = draft.table;
  draft.table = {
    ...draft.table,
    primaryKey: primaryKey === null ? null : { ...primaryKey, columns: renamed(primaryKey.columns) },
    uniques: draft.table.uniques.map((key) => ({ ...key, columns: renamed(key.columns) })),
    foreignKeys: draft.table.foreignKeys.map((key) => ({
      ...key,
      columns: renamed(key.columns),
      referencedColumns: draft.isOwn(key) ? renamedFolded(key.referencedColumns) : key.referencedColumns,
    })),
    columns: draft.table.columns.map((one) =>
      one.generated === null
        ? one
        : { ...one, generated: { ...one.generated, expression: reworded(one.generated.expression) } },
    ),
    checks: draft.table.checks.map((check) => ({ ...check, expression: reworded(check.expression) })),
    indexes: draft.table.indexes.map((index) => ({
      ...index,
      where: reworded(index.where),
      keys: index.keys.map((key) =>
        key.column === name ? { ...key, column: newName } : { ...key, expression: reworded(key.expression) },
      ),
    })),
  };
}
