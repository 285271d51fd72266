/** Columns are renamed by the database itself, which follows them into triggers, views and the keys of other tables. */
import { applyChanges } from "./apply.js";
import { foldedName } from "./folded-name.js";
import type { Rules } from "./rules.js";
import type { Target } from "./draft.js";
import type { TableChange } from "./changes.js";
import type { Table } from "./table.js";

/** Renames that come before all other changes of a table. */
export interface Renames {
  readonly changes: readonly ColumnRename[];
  /** The table after them. */
  readonly table: Table;
  /** What the columns were called before, by their new names. */
  readonly formerNames: ReadonlyMap<string, string>;
}

export type ColumnRename = Extract<TableChange, { readonly kind: "rename-column" }>;

/** A name and the one that comes in its place. */
export interface NameChange {
  readonly name: string;
  readonly newName: string;
}

/** The renames that a target asks for; columns whose names others take step aside first. */
export function renamesOf(old: Table, { origins }: Target, rules: Rules): Renames {
  const wanted = [...origins].map(([newName, name]) => ({ name, newName }));
  const names = old.columns.map(({ name }) => name);
  const ordered = renamesInOrder(names, wanted, "_godwit_column_", (name) => foldedName(rules.dialect, name));
  const renames = ordered.map((rename): ColumnRename => ({ kind: "rename-column", ...rename }));
  const current = new Map(names.map((name) => [name, name]));
  for (const { name, newName } of renames) {
    const origin = [...current].find(([, one]) => one === name)?.[0] ?? name;
    current.set(origin, newName);
  }
  return {
    changes: renames,
    table: applyChanges(old, renames, rules).table,
    formerNames: new Map(renames.length === 0 ? [] : [...current].map(([origin, name]) => [name, origin])),
  };
}

/** Renames one after the other: whoever has a name that another one takes steps aside first. */
export function renamesInOrder(
  names: readonly string[],
  changes: readonly NameChange[],
  aside: string,
  folded: (name: string) => string,
): NameChange[] {
  const wanted = changes.filter(({ name, newName }) => name !== newName);
  const takers = new Map(wanted.map(({ name, newName }) => [folded(newName), name]));
  const stepped = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const taker = takers.get(folded(name));
    if (taker !== undefined && taker !== name) stepped.set(name, `${aside}${index}`);
  }
  return [
    ...[...stepped].map(([name, newName]) => ({ name, newName })),
    ...wanted.map(({ name, newName }) => ({ name: stepped.get(name) ?? name, newName })),
  ];
}
