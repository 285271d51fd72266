/** Columns are renamed by the database itself, which follows them into triggers, views and the keys of other tables. */
import { applyChanges } from "./apply.js";
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

/** The renames that a target asks for; columns whose names others take step aside first. */
export function renamesOf(old: Table, { origins }: Target, rules: Rules): Renames {
  const wanted = [...origins].filter(([name, origin]) => name !== origin);
  const taken = new Map(wanted.map(([name, origin]) => [name.toLowerCase(), origin]));
  const current = new Map(old.columns.map(({ name }) => [name, name]));
  const renames: ColumnRename[] = [];
  const rename = (origin: string, newName: string): void => {
    renames.push({ kind: "rename-column", name: current.get(origin) ?? origin, newName });
    current.set(origin, newName);
  };
  for (const [index, { name }] of old.columns.entries()) {
    const taker = taken.get(name.toLowerCase());
    if (taker !== undefined && taker !== name) rename(name, `_godwit_column_${index}`);
  }
  for (const [name, origin] of wanted) rename(origin, name);
  return {
    changes: renames,
    table: applyChanges(old, renames, rules).table,
    formerNames: new Map(renames.length === 0 ? [] : [...current].map(([origin, name]) => [name, origin])),
  };
}
