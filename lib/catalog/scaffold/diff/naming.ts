/** Names of keys and indexes, which hold the name of their table. */
import type { ObjectName } from "../../../database/schema/conventions.js";
import type { Table } from "../../../database/schema/table.js";
import type { Side } from "./side.js";

/** The name that the repository's conventions give to an object of a table. */
export type NameOf = (
  kind: Exclude<ObjectName["kind"], "sequence">,
  columns: readonly string[],
  references?: { readonly table: string; readonly columns: readonly string[] },
) => string | null;

/** The names of the objects of one table. */
export function namingOf(
  { conventions, dialect }: Pick<Side, "conventions" | "dialect">,
  table: string,
): NameOf {
  return (kind, columns, references) =>
    conventions.objectName(dialect, {
      kind,
      table,
      columns,
      ...(references === undefined
        ? {}
        : { referencedTable: references.table, referencedColumns: references.columns }),
    });
}

/** A table under another name, with the names that its objects would have there. */
export function asNamed(table: Table, name: string, side: Pick<Side, "conventions" | "dialect">): Table {
  if (table.name === name) return table;
  const [before, after] = [namingOf(side, table.name), namingOf(side, name)];
  const renamed = (
    old: string,
    ...forms: readonly [Parameters<NameOf>[0], readonly string[], Parameters<NameOf>[2]?][]
  ): string => {
    const form = forms.find((one) => before(...one) === old);
    return (form === undefined ? null : after(...form)) ?? old.replace(table.name, name);
  };
  const optional = (old: string | null, ...forms: Parameters<typeof renamed>[1][]): string | null =>
    old === null ? null : renamed(old, ...forms);
  return {
    ...table,
    name,
    primaryKey:
      table.primaryKey === null
        ? null
        : {
            ...table.primaryKey,
            name: optional(table.primaryKey.name, ["primary-key", table.primaryKey.columns]),
          },
    uniques: table.uniques.map((one) => ({ ...one, name: optional(one.name, ["unique", one.columns]) })),
    foreignKeys: table.foreignKeys.map((key) => ({
      ...key,
      referencedTable: key.referencedTable === table.name ? name : key.referencedTable,
      name: optional(key.name, [
        "foreign-key",
        key.columns,
        { table: key.referencedTable, columns: key.referencedColumns },
      ]),
    })),
    checks: table.checks.map((check) => ({ ...check, name: optional(check.name) })),
    indexes: table.indexes.map((index) => {
      const columns = index.keys.flatMap(({ column }) => column ?? []);
      return { ...index, name: renamed(index.name, ["index", columns], ["foreign-key-index", columns]) };
    }),
  };
}
