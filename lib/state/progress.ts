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

/** The sub-steps that are done of a revision, with what they recorded. */
export async function readProgress(
  session: Session,
  revision: string,
  direction: string,
): Promise<Map<string, string | null>> {
  const rows = await session.query(sql`SELECT substep, value FROM ${sql.table(progressTable)}
    WHERE revision = ${revision} AND direction = ${direction}`);
  return new Map(
    rows.map((row) => [String(row["substep"]), row["value"] === null ? null : String(row["value"])]),
  );
}

/** Notes that a sub-step is done. */
export async function recordProgress(
  session: Session,
  done: {
    readonly revision: string;
    readonly direction: string;
    readonly substep: string;
    readonly value: string | null;
    readonly doneAt: string;
  },
): Promise<void> {
  await session.execute(sql`INSERT INTO ${sql.table(progressTable)} (revision, direction, substep, value, done_at)
    VALUES (${done.revision}, ${done.direction}, ${done.substep}, ${done.value}, ${done.doneAt})`);
}

/** Forgets the sub-steps of a revision: it is applied as a whole. */
export async function clearProgress(session: Session, revision: string, direction: string): Promise<void> {
  await session.execute(
    sql`DELETE FROM ${sql.table(progressTable)} WHERE revision = ${revision} AND direction = ${direction}`,
  );
}
