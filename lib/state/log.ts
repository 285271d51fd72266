/** `godwit_log`: what happened to the repository, downgrades, failures and interrupted runs included. */
import type { Session } from "../database/database.js";
import { sql } from "../database/sql.js";

export const logTable = "godwit_log";

export type Outcome = "done" | "failed" | "interrupted";

/** One entry; `ended` and `outcome` are null while it runs, and stay so where the process died. */
export interface LogEntry {
  /** The run that the step belonged to. */
  readonly run: string;
  /** Position of the step in its run, from 1. */
  readonly step: bigint;
  readonly manager: string;
  readonly revision: string;
  readonly direction: string;
  readonly started: string;
  readonly ended: string | null;
  readonly outcome: Outcome | null;
  /** The statement at which a step failed or was stopped. */
  readonly statement: string | null;
  readonly tool: string;
  readonly user: string;
}

/** Makes the table where it is missing. */
export async function createLogTable(session: Session): Promise<void> {
  await session.execute(sql`CREATE TABLE IF NOT EXISTS ${sql.table(logTable)} (
    run TEXT NOT NULL,
    step BIGINT NOT NULL,
    manager TEXT NOT NULL,
    revision TEXT NOT NULL,
    direction TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    outcome TEXT,
    statement TEXT,
    tool TEXT NOT NULL,
    username TEXT NOT NULL
  )`);
}

/** Notes that a step begins. */
export async function logStarted(
  session: Session,
  entry: Pick<LogEntry, "run" | "step" | "manager" | "revision" | "direction" | "started" | "tool" | "user">,
): Promise<void> {
  await session.execute(sql`INSERT INTO ${sql.table(logTable)} (run, step, manager, revision, direction, started, tool, username)
    VALUES (${entry.run}, ${entry.step}, ${entry.manager}, ${entry.revision}, ${entry.direction}, ${entry.started}, ${entry.tool}, ${entry.user})`);
}

/** Notes how a step ended. */
export async function logEnded(
  session: Session,
  entry: Pick<LogEntry, "run" | "step" | "ended" | "outcome" | "statement">,
): Promise<void> {
  await session.execute(sql`UPDATE ${sql.table(logTable)}
    SET ended = ${entry.ended}, outcome = ${entry.outcome}, statement = ${entry.statement}
    WHERE run = ${entry.run} AND step = ${entry.step} AND ended IS NULL`);
}

/** Takes back that a step began: another runner did it. */
export async function logForgotten(session: Session, entry: Pick<LogEntry, "run" | "step">): Promise<void> {
  await session.execute(
    sql`DELETE FROM ${sql.table(logTable)} WHERE run = ${entry.run} AND step = ${entry.step} AND ended IS NULL`,
  );
}

/** All entries of the table, which must exist, oldest first. */
export async function readLog(session: Session): Promise<LogEntry[]> {
  const rows =
    await session.query(sql`SELECT run, step, manager, revision, direction, started, ended, outcome, statement, tool, username
    FROM ${sql.table(logTable)} ORDER BY started, run, step`);
  return rows.map((row) => ({
    run: String(row["run"]),
    step: BigInt(String(row["step"])),
    manager: String(row["manager"]),
    revision: String(row["revision"]),
    direction: String(row["direction"]),
    started: String(row["started"]),
    ended: row["ended"] === null ? null : String(row["ended"]),
    outcome: row["outcome"] === null ? null : (String(row["outcome"]) as Outcome),
    statement: row["statement"] === null ? null : String(row["statement"]),
    tool: String(row["tool"]),
    user: String(row["username"]),
  }));
}
