/** Tables that runs which were broken off left behind. */
import type { Table } from "../../database/schema/table.js";
import { sql } from "../../database/sql.js";
import type { Mend, SchemaDifference } from "../../repository/verification.js";
import type { RevisionContext } from "../../run/context.js";
import { lose } from "./losses.js";
import type { SchemaPair } from "./verification.js";

const copyPrefix = "_alembic_tmp_";
const reasons = new Set(["leftover-table", "obscore-table-left"]);

/** Removes a leftover, or gives a copy the name of the table that it was to replace, where that is gone; null for anything else. */
export function mendLeftover(pair: SchemaPair, difference: SchemaDifference): Mend | null {
  if (difference.kind !== "table" || !reasons.has(difference.reason ?? "")) return null;
  const name = difference.table;
  const original = name.startsWith(copyPrefix) ? name.slice(copyPrefix.length) : null;
  const settles = [difference];
  const replaced = pair.found.tables.find((table) => table.name === original);
  if (original !== null && replaced === undefined) {
    return {
      subject: name,
      summary: `rename it to ${original}, which is missing`,
      settles,
      apply: async (context) => {
        await context.schema.alter(name, (table) => table.rename(original));
      },
    };
  }
  const copy = pair.found.tables.find((table) => table.name === name);
  return {
    subject: name,
    summary: "drop it",
    settles,
    apply: async (context) => {
      if (copy !== undefined && !isBuiltBeside(name)) await loseRows(context, copy, replaced);
      await context.schema.drop(name);
    },
  };
}

/** What a rekey builds holds rows of tables that stay until it takes their place. */
function isBuiltBeside(name: string): boolean {
  return name.startsWith("_godwit_beside_");
}

/** Rows of a copy that the original has too, as far as both have the same columns, are not lost. */
async function loseRows(context: RevisionContext, copy: Table, original: Table | undefined): Promise<void> {
  const own = copy.columns.map((column) => column.name);
  const others = original?.columns.map((column) => column.name);
  const common = others === undefined ? own : own.filter((name) => others.includes(name));
  const columns = sql.ids(common);
  const rows = sql`SELECT ${columns} FROM ${sql.table(copy.name)}`;
  const origin =
    original === undefined
      ? sql`(${rows}) t`
      : sql`(${rows} EXCEPT SELECT ${columns} FROM ${sql.table(original.name)}) t`;
  const key = (copy.primaryKey?.columns ?? []).filter((name) => common.includes(name));
  await lose(context, `rows of the left table "${copy.name}"`, origin, key.length > 0 ? key : common);
}
