/** Conditions on rows that are checked before anything is changed. */
import { numberOf, sql } from "../database/sql.js";
import type { Sql } from "../database/sql.js";
import { RefusedError } from "../errors.js";
import type { RevisionContext } from "../run/context.js";

/** How many rows a table has. */
export function countTable(context: RevisionContext, table: string): Promise<bigint> {
  return countRows(context, table, sql.raw("1 = 1"));
}

/** How many rows of a table fulfil a condition. */
export async function countRows(context: RevisionContext, table: string, condition: Sql): Promise<bigint> {
  const rows = await context.query(sql`SELECT count(*) AS n FROM ${sql.table(table)} WHERE ${condition}`);
  return numberOf(rows);
}

/**
 * Refuses to go on while values of a column are longer than the column will be.
 * @throws RefusedError `values-too-long` with how many there are and some of them
 */
export async function requireLength(
  context: RevisionContext,
  table: string,
  column: string,
  longest: number,
): Promise<void> {
  const name = sql.id(column);
  const count = await countRows(context, table, sql`length(${name}) > ${longest}`);
  if (count === 0n) return;
  const rows = await context.query(
    sql`SELECT DISTINCT ${name} AS value FROM ${sql.table(table)} WHERE length(${name}) > ${longest} ORDER BY 1 LIMIT 3`,
  );
  const shown = rows.map((row) => `"${String(row["value"])}"`).join(", ");
  throw new RefusedError(
    "values-too-long",
    `${count} rows of "${table}" have values of "${column}" that are longer than ${longest} characters, such as ${shown}.`,
    { hint: "Shorten them first, or stay at this version." },
  );
}
