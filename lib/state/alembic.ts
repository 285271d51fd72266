/** The table `alembic_version`, which the Python tool reads and writes: the heads of all started trees, a row each. */
import type { Session } from "../database/database.js";
import { sql } from "../database/sql.js";

export const alembicTable = "alembic_version";

/** The ids in the table, which must exist, sorted. */
export async function readAlembicRows(session: Session): Promise<string[]> {
  const rows = await session.query(
    sql`SELECT version_num FROM ${sql.table(alembicTable)} ORDER BY version_num`,
  );
  return rows.map((row) => String(row["version_num"]));
}

/** Makes the table as Alembic makes it, where it is missing. */
export async function createAlembicTable(session: Session): Promise<void> {
  await session.execute(sql`CREATE TABLE IF NOT EXISTS ${sql.table(alembicTable)} (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
  )`);
}

/** Replaces some ids by others. */
export async function replaceAlembicRows(
  session: Session,
  change: { readonly remove: readonly string[]; readonly add: readonly string[] },
): Promise<void> {
  const remove = change.remove.filter((id) => !change.add.includes(id));
  if (remove.length > 0) {
    await session.execute(
      sql`DELETE FROM ${sql.table(alembicTable)} WHERE version_num IN (${sql.join(remove.map((id) => sql`${id}`))})`,
    );
  }
  const present = new Set(await readAlembicRows(session));
  const add = [...new Set(change.add)].filter((id) => !present.has(id));
  if (add.length === 0) return;
  await session.execute(
    sql`INSERT INTO ${sql.table(alembicTable)} (version_num) VALUES ${sql.join(add.map((id) => sql`(${id})`))}`,
  );
}
