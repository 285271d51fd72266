/** Changes of indexes. */
import { InputError } from "../../errors.js";
import type { IndexSelector, TableChange } from "./changes.js";
import type { Draft } from "./draft.js";
import type { ForeignKey, Index, IndexKey } from "./table.js";

/** Adds an index. */
export function addIndex(
  draft: Draft,
  { columns, options }: Extract<TableChange, { kind: "add-index" }>,
): void {
  const keys = columns.map((column): IndexKey => {
    if (typeof column !== "string")
      return { column: null, expression: draft.rules.render(column), suffix: null };
    draft.require(column);
    return { column, expression: null, suffix: null };
  });
  const names = columns.filter((column) => typeof column === "string");
  const name = options.name ?? draft.name({ kind: "index", columns: names });
  if (name === null)
    throw new InputError("bad-alteration", `The new index on "${draft.table.name}" has no name.`);
  const index: Index = {
    name,
    unique: options.unique ?? false,
    keys,
    method: options.method ?? "btree",
    where: options.where === undefined ? null : draft.rules.render(options.where),
    include: [],
  };
  const { indexes } = draft.table;
  if (options.concurrently !== true) {
    draft.table = { ...draft.table, indexes: [...indexes, index] };
    return;
  }
  const before = indexes.find((other) => other.name === name);
  if (before !== undefined && before.valid !== false) {
    if (definitionOf(before) === definitionOf(index)) return;
    throw new InputError(
      "duplicate-index",
      `Table "${draft.table.name}" has another index "${name}" already.`,
      {
        hint: "Give the new one another name, or drop the old one before.",
      },
    );
  }
  draft.live.add(name);
  draft.table = { ...draft.table, indexes: [...indexes.filter((other) => other !== before), index] };
}

/** What an index is for; PostgreSQL writes expressions in its own way, so that only their number can be compared. */
function definitionOf({ unique, keys, method, where }: Index): string {
  return JSON.stringify([unique, keys.map(({ column }) => column), method, where !== null]);
}

/** Drops an index by its name, or by its columns. */
export function dropIndex(draft: Draft, which: IndexSelector): void {
  const matches = (index: Index): boolean =>
    "name" in which
      ? index.name === which.name
      : JSON.stringify(index.keys.map((key) => key.column)) === JSON.stringify(which.columns);
  const indexes = draft.table.indexes.filter((index) => !matches(index));
  if (which.concurrently === true)
    for (const { name } of draft.table.indexes.filter(matches)) draft.live.add(name);
  if (indexes.length === draft.table.indexes.length) {
    const what = "name" in which ? `"${which.name}"` : `on (${which.columns.join(", ")})`;
    throw new InputError("unknown-index", `Table "${draft.table.name}" has no index ${what}.`);
  }
  draft.table = { ...draft.table, indexes };
}

/** Renames an index. */
export function renameIndex(draft: Draft, name: string, newName: string): void {
  if (!draft.table.indexes.some((index) => index.name === name)) {
    throw new InputError("unknown-index", `Table "${draft.table.name}" has no index "${name}".`);
  }
  const indexes = draft.table.indexes.map((index) =>
    index.name === name ? { ...index, name: newName } : index,
  );
  draft.table = { ...draft.table, indexes };
}

/** A key that is covered by the same columns in the same order needs no index of its own. */
export function addForeignKeyIndex(draft: Draft, { columns }: ForeignKey): void {
  const same = (other: readonly (string | null)[]): boolean =>
    other.length === columns.length && other.every((one, index) => one === columns[index]);
  const { primaryKey, uniques, indexes } = draft.table;
  const covered =
    (primaryKey !== null && same(primaryKey.columns)) ||
    uniques.some((key) => same(key.columns)) ||
    indexes.some(
      (index) => index.valid !== false && index.where === null && same(index.keys.map((key) => key.column)),
    );
  if (covered) return;
  const name = draft.name({ kind: "foreign-key-index", columns });
  if (name === null) return;
  const index = plainIndex(name, columns);
  draft.table = { ...draft.table, indexes: [...draft.table.indexes, index] };
}

/** An index on whole columns. */
export function plainIndex(name: string, columns: readonly string[]): Index {
  return {
    name,
    unique: false,
    keys: columns.map((column) => ({ column, expression: null, suffix: null })),
    method: "btree",
    where: null,
    include: [],
  };
}
