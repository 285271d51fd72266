/** Whether new values for a key leave all that refers to it as it was. */
import { foldedName } from "../schema/folded-name.js";
import type { Target } from "../schema/draft.js";
import type { ForeignKey, Table } from "../schema/table.js";
import { affinity } from "./affinity.js";

/** A table in which columns get new values, all of them by one mapping. */
export interface Rekeyed {
  readonly table: Table;
  readonly columns: ReadonlySet<string>;
  readonly target: Target;
}

type Find = (table: string) => Rekeyed | undefined;

/**
 * Where both sides of a foreign key get their new values from one mapping, which is one to one and has a value for each row, a row refers to what
 * it referred to before. What is left to look at is that the keys are the same ones, and that nothing else about them changes.
 */
export function rekeyKeepsReferences(tables: readonly Rekeyed[]): boolean {
  const byName = new Map(tables.map((one) => [foldedName("sqlite", one.table.name), one]));
  const find: Find = (name) => byName.get(foldedName("sqlite", name));
  return tables.every(
    (one) =>
      canBeReferredToAsBefore(one) &&
      one.target.table.foreignKeys.every((key) => refersAsBefore(key, one, find)),
  );
}

function canBeReferredToAsBefore({ table, columns, target }: Rekeyed): boolean {
  const after = keysOf(target.table).map((key) => JSON.stringify(oldNames(key, target)));
  return keysOf(table).every(
    (key) =>
      after.includes(JSON.stringify(key)) &&
      key.every((column) =>
        columns.has(column) ? isMapped(column, target) : isComparedAsBefore(column, table, target),
      ),
  );
}

function refersAsBefore(key: ForeignKey, { table, columns, target }: Rekeyed, find: Find): boolean {
  const parent = find(key.referencedTable);
  const own = oldNames(key.columns, target);
  const theirs =
    parent === undefined ? key.referencedColumns : oldNames(key.referencedColumns, parent.target);
  const isOld = table.foreignKeys.some(
    (before) =>
      before.referencedTable === key.referencedTable &&
      JSON.stringify([before.columns, before.referencedColumns]) === JSON.stringify([own, theirs]),
  );
  if (!isOld) return false;
  return own.every((column, position) => {
    const referenced = theirs[position];
    const followsKey = referenced !== undefined && parent !== undefined && parent.columns.has(referenced);
    if (columns.has(column) !== followsKey) return false;
    return followsKey
      ? isMapped(column, target) && storage(column, target) === storage(referenced, parent.target)
      : isComparedAsBefore(column, table, target);
  });
}

/** The columns of all keys of a table. */
function keysOf({ primaryKey, uniques, indexes }: Table): (readonly string[])[] {
  const inIndexes = indexes
    .filter(({ unique }) => unique)
    .map(({ keys }) => keys.map(({ column }) => column ?? ""));
  return [
    ...(primaryKey === null ? [] : [primaryKey.columns]),
    ...uniques.map((one) => one.columns),
    ...inIndexes,
  ];
}

function oldNames(columns: readonly string[], { origins }: Target): string[] {
  return columns.map((column) => origins.get(column) ?? "");
}

/** Whether a column without new values keeps what its values are compared by. */
function isComparedAsBefore(name: string, { columns }: Table, target: Target): boolean {
  const before = columns.find((column) => column.name === name);
  const after = newColumn(name, target);
  return (
    before !== undefined &&
    after !== undefined &&
    target.sources.get(after.name)?.kind === "old" &&
    affinity(before.type) === affinity(after.type) &&
    before.collation === after.collation &&
    before.generated === null &&
    after.generated === null
  );
}

/** Whether the new values are those of the mapping. */
function isMapped(oldName: string, target: Target): boolean {
  const column = newColumn(oldName, target);
  return column !== undefined && target.sources.get(column.name)?.kind === "old";
}

/** How the new values are stored. */
function storage(oldName: string, target: Target): string | null {
  const column = newColumn(oldName, target);
  return column === undefined ? null : affinity(column.type);
}

function newColumn(oldName: string, { table, origins }: Target): Table["columns"][number] | undefined {
  return table.columns.find(({ name }) => origins.get(name) === oldName);
}
