/** New names for constraints and indexes that are there, and for the table. */
import type { TableChange } from "../../schema/changes.js";
import { renamesInOrder } from "../../schema/renames.js";
import type { NameChange } from "../../schema/renames.js";
import type { Table } from "../../schema/table.js";

type Rename = Extract<TableChange, { readonly kind: "rename-constraint" | "rename-index" | "rename-table" }>;

/** The renames of a list of changes, so ordered that no name is taken twice; what the changes make themselves has its last name from the start. */
export function objectRenames(table: Table, newName: string, changes: readonly TableChange[]): Rename[] {
  return [
    ...renamesOfKind("rename-constraint", constraintNames(table), changes),
    ...renamesOfKind(
      "rename-index",
      table.indexes.map(({ name }) => name),
      changes,
    ),
    ...(newName === table.name ? [] : [{ kind: "rename-table", newName } as const]),
  ];
}

function constraintNames({ primaryKey, uniques, foreignKeys, checks, exclusions }: Table): string[] {
  const keys = primaryKey === null ? [] : [primaryKey];
  return [...keys, ...uniques, ...foreignKeys, ...checks, ...exclusions].flatMap(({ name }) => name ?? []);
}

function renamesOfKind(
  kind: "rename-constraint" | "rename-index",
  names: readonly string[],
  changes: readonly TableChange[],
): Rename[] {
  const dropped = kind === "rename-constraint" ? "drop-constraint" : "drop-index";
  /** What is there now, by the name that it has had since the beginning. */
  const current = new Map(names.map((name) => [name, name]));
  for (const change of changes) {
    if (change.kind === kind) {
      const origin = originOf(current, change.name);
      if (origin !== undefined) current.set(origin, change.newName);
    } else if (change.kind === dropped && "name" in change.which) {
      const origin = originOf(current, change.which.name);
      if (origin !== undefined) current.delete(origin);
    }
  }
  const wanted = [...current].map(([name, newName]): NameChange => ({ name, newName }));
  return renamesInOrder(names, wanted, `_godwit_${kind.replace("rename-", "")}_`, (name) => name).map(
    (rename) => ({ kind, ...rename }),
  );
}

function originOf(current: ReadonlyMap<string, string>, name: string): string | undefined {
  return [...current].find(([, one]) => one === name)?.[0];
}
