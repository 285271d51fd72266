/** Rows that keep a table from being mended: they are named, and left to their owner. */
import { dangling, findDuplicates, findRows } from "../../database/integrity.js";
import type { FoundRows } from "../../database/integrity.js";
import type { ForeignKey, Table } from "../../database/schema/table.js";
import type { Sql } from "../../database/sql.js";
import { RefusedError } from "../../errors.js";
import type { RevisionContext } from "../../run/context.js";

/** @throws RefusedError `rows-in-the-way` for rows `t` of which a condition is true */
export async function refuseRows(
  context: RevisionContext,
  table: Pick<Table, "name" | "primaryKey">,
  where: Sql,
  what: string,
): Promise<void> {
  refuse(table.name, what, await findRows(context, table.name, table.primaryKey?.columns ?? [], where));
}

/** @throws RefusedError `rows-in-the-way` for rows that refer to nothing */
export async function refuseDangling(context: RevisionContext, table: Table, key: ForeignKey): Promise<void> {
  const columns = [...new Set([...(table.primaryKey?.columns ?? []), ...key.columns])];
  const what = `have no row of "${key.referencedTable}" that they refer to`;
  refuse(table.name, what, await findRows(context, table.name, columns, dangling(key)));
}

/** @throws RefusedError `rows-in-the-way` for rows that share what must be unique */
export async function refuseDuplicates(
  context: RevisionContext,
  table: string,
  columns: readonly string[],
): Promise<void> {
  refuse(table, `share their ${columns.join(", ")}`, await findDuplicates(context, table, columns));
}

/** @throws RefusedError `no-such-key` where a foreign key would lead to a table that is missing, or has no such key */
export function refuseMissingKey(
  tables: readonly Table[],
  { referencedTable, referencedColumns }: ForeignKey,
): void {
  const target = tables.find(({ name }) => name === referencedTable);
  const keys = [target?.primaryKey ?? null, ...(target?.uniques ?? [])];
  const wanted = referencedColumns.toSorted().join();
  if (keys.some((key) => key !== null && key.columns.toSorted().join() === wanted)) return;
  const what = target === undefined ? "is missing" : `has no key on ${referencedColumns.join(", ")}`;
  throw new RefusedError("no-such-key", `The table "${referencedTable}", to which it would lead, ${what}.`, {
    hint: "`godwit check` tells what is wrong with that table.",
  });
}

function refuse(table: string, what: string, rows: FoundRows | null): void {
  if (rows === null) return;
  throw new RefusedError(
    "rows-in-the-way",
    `${rows.count} rows of "${table}" ${what}: ${rows.examples.join("; ")}.`,
    { hint: "Correct or remove these rows first; `godwit check --deep` lists all that is wrong with rows." },
  );
}
