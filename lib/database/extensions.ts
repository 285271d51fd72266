/** Extensions of PostgreSQL. */
import type { Session } from "./database.js";
import { sql } from "./sql.js";

/** Whether an extension is installed in the database; SQLite needs none. */
export async function hasExtension(session: Session, name: string): Promise<boolean> {
  if (session.dialect === "sqlite") return true;
  const rows = await session.query(
    sql`SELECT 1 AS found FROM pg_catalog.pg_extension WHERE extname = ${name}`,
  );
  return rows.length > 0;
}
