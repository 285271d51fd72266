/** `godwit_progress`: the sub-steps that are done of a revision that is not transactional, so that the next run goes on from there. */
import type { Session } from "../database/database.js";
import { sql } from "../database/sql.js";

export const progressTable = "godwit_progress";

/** Makes the table where it is missing. */
export async function createProgressTable(session: Session): Promise<void> {
  await session.execute(sql`CREATE TABLE IF NOT EXISTS ${sql.table(progressTable)} (
    revision TEXT NOT NULL,
    direction TEXT NOT NULL,
    substep TEXT NOT NULL,
    value TEXT,
    done_at TEXT NOT NULL,
    PRIMARY KEY (revision, direction, substep)
  )`);
}

/** The sub-steps that are done of a revision. */
export async function readProgress(
  session: Session,
  revision: string,
  direction: string,
): Promise<Set<string>> {
  const rows = await session.query(sql`SELECT substep FROM ${sql.table(progressTable)}
    WHERE revision = ${revision} AND direction = ${direction}`);
  return new Set(rows.map((row) => String(row["substep"])));
}

/** Notes that a sub-step is done. */
export async function recordProgress(
  session: Session,
  done: {
    readonly revision: string;
    readonly direction: string;
    readonly substep: string;
    readonly doneAt: string;
  },
): Promise<void> {
  await session.execute(sql`INSERT INTO ${sql.table(progressTable)} (revision, direction, substep, done_at)
    VALUES (${done.revision}, ${done.direction}, ${done.substep}, ${done.doneAt})`);
}

/** Forgets the sub-steps of a revision: it is applied as a whole. */
export async function clearProgress(session: Session, revision: string, direction: string): Promise<void> {
  await session.execute(
    sql`DELETE FROM ${sql.table(progressTable)} WHERE revision = ${revision} AND direction = ${direction}`,
  );
}
