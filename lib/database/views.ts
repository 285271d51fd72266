/** Views of a repository's schema: nothing of a repository's own, but what its users may have made. */
import type { Session } from "./database.js";
import { sql } from "./sql.js";

export interface View {
  readonly name: string;
  /** As the database writes it: SQLite the statement, PostgreSQL the query. */
  readonly definition: string;
}

/** All views, materialized ones included, sorted; without those of extensions. */
export async function views(session: Session): Promise<View[]> {
  const rows = await session.query(
    session.dialect === "sqlite"
      ? sql`SELECT name, sql AS definition FROM sqlite_schema WHERE type = 'view' ORDER BY name`
      : sql`SELECT c.relname::text AS name, pg_catalog.pg_get_viewdef(c.oid) AS definition FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = current_schema() AND c.relkind IN ('v', 'm') AND NOT EXISTS (
            SELECT 1 FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
          ORDER BY c.relname COLLATE "C"`,
  );
  return rows.map((row) => ({
    name: String(row["name"]),
    definition: String(row["definition"]).replaceAll(/\s+/g, " ").trim(),
  }));
}
