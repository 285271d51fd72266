/** Whether a change leaves all that foreign keys look at as it was. */
import type { Target } from "../schema/draft.js";
import type { Table } from "../schema/table.js";
import { affinity } from "./affinity.js";

/**
 * Looking at every foreign key again takes as long as writing a table. It can be left out where the columns of keys keep their values, and what
 * values are compared by, and the keys themselves are the same.
 */
export function keepsReferences(old: Table, { table, sources }: Target): boolean {
  if (old.name !== table.name || keysOf(old) !== keysOf(table)) return false;
  return keyColumns(old).every((name) => {
    const source = sources.get(name);
    const before = old.columns.find((column) => column.name === name);
    const after = table.columns.find((column) => column.name === name);
    return (
      source?.kind === "old" &&
      source.column === name &&
      before !== undefined &&
      after !== undefined &&
      affinity(before.type) === affinity(after.type) &&
      before.collation === after.collation &&
      before.generated === null &&
      after.generated === null
    );
  });
}

/** What refers, and what can be referred to. */
function keysOf({ foreignKeys, primaryKey, uniques, indexes }: Table): string {
  return JSON.stringify([foreignKeys, primaryKey, uniques, indexes.filter(({ unique }) => unique)]);
}

function keyColumns({ foreignKeys, primaryKey, uniques, indexes }: Table): string[] {
  const inIndexes = indexes
    .filter(({ unique }) => unique)
    .flatMap(({ keys }) => keys.flatMap(({ column }) => column ?? []));
  const inKeys = [...foreignKeys, ...uniques].flatMap(({ columns }) => columns);
  return [...new Set([...inKeys, ...(primaryKey?.columns ?? []), ...inIndexes])];
}
