/** Looks for rows that constraints would not allow, whether or not the constraints are there. */
import type { Session } from "./database.js";
import type { ForeignKey } from "./schema/table.js";
import { sql } from "./sql.js";
import type { Row, Sql, SqlValue } from "./sql.js";
import { valueAt } from "../known.js";

/** Rows that were found: how many, and some of them. */
export interface FoundRows {
  readonly count: number;
  readonly examples: readonly string[];
}

const shown = 5;

/**
 * Rows of a table of which a condition is true.
 * @param columns what is shown of a row
 * @param where condition; the table is called `t`
 * @param limit how many are shown
 */
export function findRows(
  session: Pick<Session, "query">,
  table: string,
  columns: readonly string[],
  where: Sql,
  limit = shown,
): Promise<FoundRows | null> {
  return findIn(session, sql`${sql.table(table)} t WHERE ${where}`, columns, limit);
}

/**
 * The same for rows of any source.
 * @param origin what stands after FROM; the columns are those of `t`
 */
export async function findIn(
  session: Pick<Session, "query">,
  origin: Sql,
  columns: readonly string[],
  limit: number,
): Promise<FoundRows | null> {
  const source = sql`FROM ${origin}`;
  const list = columns.length === 0 ? sql`1 AS found` : sql.join(columns.map(columnOf));
  const examples = await session.query(sql`SELECT ${list} ${source} LIMIT ${limit}`);
  if (examples.length === 0) return null;
  const [row] =
    examples.length < limit
      ? [{ n: BigInt(examples.length) }]
      : await session.query(sql`SELECT count(*) AS n ${source}`);
  return { count: Number(row?.["n"]), examples: examples.map((one) => rowText(one, columns)) };
}

function columnOf(name: string): Sql {
  return sql`t.${sql.id(name)}`;
}

function rowText(row: Row, columns: readonly string[]): string {
  return columns.map((name) => `${name}=${valueText(row[name] ?? null)}`).join(", ");
}

function valueText(value: SqlValue): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return String(value);
}

/** The condition under which a row `t` refers to nothing; parts that are NULL refer to nothing without fault. */
export function dangling({ columns, referencedTable, referencedColumns }: ForeignKey): Sql {
  const set = columns.map((column) => sql`${columnOf(column)} IS NOT NULL`);
  const same = columns.map(
    (column, index) => sql`p.${sql.id(valueAt(referencedColumns, index))} = ${columnOf(column)}`,
  );
  return sql`${sql.join(set, " AND ")} AND NOT EXISTS (SELECT 1 FROM ${sql.table(referencedTable)} p WHERE ${sql.join(same, " AND ")})`;
}

/** Groups of rows that have the same values in columns that should be unique. */
export async function findDuplicates(
  session: Pick<Session, "query">,
  table: string,
  columns: readonly string[],
): Promise<FoundRows | null> {
  const list = sql.ids(columns);
  const set = sql.join(
    columns.map((column) => sql`${sql.id(column)} IS NOT NULL`),
    " AND ",
  );
  const groups = sql`SELECT ${list} FROM ${sql.table(table)} WHERE ${set} GROUP BY ${list} HAVING count(*) > 1`;
  const examples = await session.query(sql`${groups} LIMIT ${shown}`);
  if (examples.length === 0) return null;
  const [row] = await session.query(sql`SELECT count(*) AS n FROM (${groups}) g`);
  return { count: Number(row?.["n"]), examples: examples.map((one) => rowText(one, columns)) };
}

/** What SQLite says of a damaged file; nothing on PostgreSQL, which has no such check. */
export async function findDamage(session: Session): Promise<string[]> {
  if (session.dialect !== "sqlite") return [];
  // Rules for rows are looked at one by one; this is about pages and indexes.
  const rows = await session.query(sql`SELECT integrity_check AS text FROM pragma_integrity_check`);
  return rows
    .map((row) => String(row["text"]))
    .filter((text) => text !== "ok" && !/^(NULL value in|CHECK constraint failed in) /.test(text));
}
