/** Tables that runs of the Python tool left behind. */
import type { Table } from "../../database/schema/table.js";
import { sql } from "../../database/sql.js";
import type { Mend, SchemaDifference } from "../../repository/verification.js";
import type { RevisionContext } from "../../run/context.js";
import { countRows } from "../counting.js";
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
      const only =
        replaced === undefined || copy === undefined
          ? await countRows(context, name, sql`1 = 1`)
          : await rowsOnlyIn(context, copy, replaced);
      context.losesData(`rows of the left table "${name}"`, only);
      await context.schema.drop(name);
    },
  };
}

/** How many rows of a copy the original does not have, as far as both have the same columns. */
async function rowsOnlyIn(context: RevisionContext, copy: Table, original: Table): Promise<bigint> {
  const names = original.columns.map(({ name }) => name);
  const common = copy.columns.map(({ name }) => name).filter((name) => names.includes(name));
  const columns = sql.ids(common);
  const [row] = await context.query(
    sql`SELECT count(*) AS n FROM (SELECT ${columns} FROM ${sql.table(copy.name)} EXCEPT SELECT ${columns} FROM ${sql.table(original.name)}) d`,
  );
  return BigInt(String(row?.["n"] ?? 0));
}
