/** What hangs on a table from outside, and would keep the server from changing it: found before anything is changed. */
import { RefusedError } from "../../../errors.js";
import { sql } from "../../sql.js";
import type { TableUse } from "../../schema/planning.js";
import type { PostgresSession } from "../session.js";

/**
 * @throws RefusedError `broken-dependent` naming the views that use what would go or change its type;
 * `unsupported-alteration` for partitions and tables that inherit, where the table would be written anew
 */
export async function requireFree(session: PostgresSession, table: string, use: TableUse): Promise<void> {
  if (use.kind === "columns" && use.columns.length === 0) return;
  const rows = await session.query(sql`
    SELECT DISTINCT v.relname::text AS name, v.relkind::text AS kind, n.nspname::text AS schema, a.attname::text AS column
    FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
      JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.classid = 'pg_rewrite'::regclass
      JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid JOIN pg_catalog.pg_class v ON v.oid = r.ev_class AND v.oid <> t.oid
      JOIN pg_catalog.pg_namespace n ON n.oid = v.relnamespace
      LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid AND a.attnum > 0
    WHERE tn.nspname = ${session.namespace} AND t.relname = ${table} ORDER BY 1, 4`);
  const broken = rows.filter((row) => use.kind === "whole" || use.columns.includes(String(row["column"])));
  if (broken.length > 0) throw brokenViews(session.namespace, table, use, broken);
  if (use.kind === "whole") await refuseFamilies(session, table);
}

function brokenViews(
  namespace: string,
  table: string,
  use: TableUse,
  rows: readonly Readonly<Record<string, unknown>>[],
): RefusedError {
  const words: Readonly<Record<string, string>> = { v: "view", m: "materialized view" };
  const name = (row: Readonly<Record<string, unknown>>): string => {
    const own = row["schema"] === namespace ? "" : `${String(row["schema"])}.`;
    return `${words[String(row["kind"])] ?? "rule of"} "${own}${String(row["name"])}"`;
  };
  const views = [...new Set(rows.map(name))].join(", ");
  const columns = [...new Set(rows.map((row) => `"${String(row["column"])}"`))].join(", ");
  const what = use.kind === "whole" ? `"${table}"` : `${columns} of "${table}"`;
  return new RefusedError("broken-dependent", `The change of ${what} would break ${views}.`, {
    hint: "Drop it before the change, and create it again as it should be afterwards.",
  });
}

async function refuseFamilies(session: PostgresSession, table: string): Promise<void> {
  const [row] = await session.query(sql`
    SELECT t.relkind = 'p' OR t.relispartition AS partitions
    FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = ${session.namespace} AND t.relname = ${table} AND (t.relkind = 'p'
      OR EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = t.oid OR i.inhparent = t.oid))`);
  if (row === undefined) return;
  const kind =
    row["partitions"] === true ? "has partitions, or is one" : "inherits, or others inherit from it";
  throw new RefusedError(
    "unsupported-alteration",
    `Table "${table}" ${kind}: it cannot be written anew with other keys.`,
    { hint: "Make an ordinary table of it first, and divide it again afterwards." },
  );
}
