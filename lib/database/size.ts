import type { Database } from "./database.js";
import { sql } from "./sql.js";

/** How many bytes the tables of a repository take, with their indexes. */
export async function databaseBytes(database: Database): Promise<bigint> {
  const [row] = await database.transaction({ mode: "read" }, (session) =>
    session.query(
      database.dialect === "sqlite"
        ? sql`SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size`
        : sql`SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint AS bytes FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${database.namespace} AND c.relkind IN ('r', 'm')`,
    ),
  );
  return BigInt(String(row?.["bytes"]));
}
