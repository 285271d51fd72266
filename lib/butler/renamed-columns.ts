/** New names of columns of which others speak: keys and indexes that are named after them follow. */
import { shortened } from "./conventions.js";
import type { DialectName } from "../database/database.js";
import type { Conventions, ObjectName } from "../database/schema/conventions.js";
import type { TableAlteration } from "../database/schema/editor.js";
import type { Exclusion, ForeignKey, Index, Table } from "../database/schema/table.js";

/** New names of columns by their old ones, by table. */
export type ColumnRenames = ReadonlyMap<string, ReadonlyMap<string, string>>;

interface Naming {
  readonly dialect: DialectName;
  readonly conventions: Conventions;
}

/**
 * Renames columns of a table. Keys, indexes and exclusion constraints whose names follow from the columns get the names that
 * follow now, and foreign keys refer to the new names of other tables' columns.
 *
 * @param table the definition before
 */
export function renameColumns(
  naming: Naming,
  table: Table,
  renames: ColumnRenames,
  alteration: TableAlteration,
): void {
  const own = renames.get(table.name) ?? new Map<string, string>();
  const renamed = (columns: readonly string[]): string[] =>
    columns.map((column) => own.get(column) ?? column);
  const changed = table.foreignKeys.filter((key) => isChanged(key, own, renames));
  for (const key of changed) {
    alteration.dropConstraint(
      key.name === null ? { kind: "foreign-key", columns: key.columns } : { name: key.name },
    );
  }
  const exclusions = table.exclusions.filter(({ definition }) =>
    [...own.keys()].some((column) => mentions(definition, column)),
  );
  for (const { name } of exclusions) alteration.dropConstraint({ name });
  for (const unique of table.uniques) {
    const newName = nameNow(naming, table.name, "unique", unique, renamed);
    if (newName !== null && unique.name !== null) alteration.renameConstraint(unique.name, newName);
  }
  for (const index of table.indexes) renameIndex(naming, table.name, index, renamed, alteration);
  for (const [column, newName] of own) alteration.renameColumn(column, newName);
  for (const key of changed) addAgain(naming, table.name, key, renamed, renames, alteration);
  for (const exclusion of exclusions) addExclusion(exclusion, own, alteration);
}

function isChanged(key: ForeignKey, own: ReadonlyMap<string, string>, renames: ColumnRenames): boolean {
  const theirs = renames.get(key.referencedTable);
  return (
    key.columns.some((column) => own.has(column)) ||
    key.referencedColumns.some((column) => theirs?.has(column) === true)
  );
}

/** The name that follows from the columns now; null where it stays, or never followed from them. */
function nameNow(
  { dialect, conventions }: Naming,
  table: string,
  kind: ObjectName["kind"],
  { name, columns }: { readonly name: string | null; readonly columns: readonly string[] },
  renamed: (columns: readonly string[]) => string[],
): string | null {
  if (name !== conventions.objectName(dialect, { kind, table, columns })) return null;
  const newName = conventions.objectName(dialect, { kind, table, columns: renamed(columns) });
  return newName === name ? null : newName;
}

function renameIndex(
  naming: Naming,
  table: string,
  { name, keys }: Index,
  renamed: (columns: readonly string[]) => string[],
  alteration: TableAlteration,
): void {
  const columns = keys.flatMap(({ column }) => column ?? []);
  for (const kind of ["index", "foreign-key-index"] as const) {
    const newName = nameNow(naming, table, kind, { name, columns }, renamed);
    if (newName !== null) alteration.renameIndex(name, newName);
  }
}

/** The index of the key is there already, under its new name. */
function addAgain(
  { dialect, conventions }: Naming,
  table: string,
  key: ForeignKey,
  renamed: (columns: readonly string[]) => string[],
  renames: ColumnRenames,
  alteration: TableAlteration,
): void {
  const theirs = renames.get(key.referencedTable);
  const { columns, referencedTable, referencedColumns } = key;
  const followed = conventions.objectName(dialect, {
    kind: "foreign-key",
    table,
    columns,
    referencedTable,
    referencedColumns,
  });
  alteration.addForeignKey(
    renamed(columns),
    { table: referencedTable, columns: referencedColumns.map((column) => theirs?.get(column) ?? column) },
    {
      onDelete: key.onDelete,
      onUpdate: key.onUpdate,
      deferrable: key.deferrable,
      index: "none",
      ...(key.name === null || key.name === followed ? {} : { name: key.name }),
    },
  );
}

/** The server writes plain names without quotes, which all names of the registry's columns are. */
function addExclusion(
  { name, definition }: Exclusion,
  own: ReadonlyMap<string, string>,
  alteration: TableAlteration,
): void {
  let [newName, text] = [name, definition];
  for (const [column, to] of own) {
    newName = newName.replace(`_${column}_`, `_${to}_`);
    text = text.replaceAll(new RegExp(`\\b${column}\\b`, "g"), to);
  }
  // A name that had to be cut ends in a digest of the whole.
  if (name === exclusionName(definition)) newName = exclusionName(text);
  alteration.addExclusion(newName, text);
}

/** The name that old releases gave to an exclusion constraint. */
function exclusionName(definition: string): string {
  const columns = [...definition.matchAll(/(\w+) WITH /g)].map(([, column]) => column);
  return shortened("postgres", ["excl", ...columns].join("_"));
}

function mentions(definition: string, column: string): boolean {
  return new RegExp(`\\b${column}\\b`).test(definition);
}
