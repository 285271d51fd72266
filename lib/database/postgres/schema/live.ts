/** Statements that run while others read and write, each in a transaction of its own. */
import { setTimeout as delay } from "node:timers/promises";
import { InputError } from "../../../errors.js";
import { sql } from "../../sql.js";
import { sqlState } from "../errors.js";
import type { PostgresSession } from "../session.js";

const concurrent = /^((?:CREATE (?:UNIQUE )?|DROP )INDEX) CONCURRENTLY /;
const lockNotAvailable = "55P03";
/** How long one attempt queues for a lock: whoever comes later queues behind it. */
const attemptMs = 200;
const shortestPauseMs = 200;
const longestPauseMs = 800;

/** A statement as it can stand in a transaction. */
export function withinTransaction(statement: string): string {
  return statement.replace(concurrent, "$1 ");
}

/** @throws InputError `needs-autocommit` where a statement cannot be part of a transaction */
export function requireTransactional(table: string, statements: readonly string[]): readonly string[] {
  if (!statements.some((statement) => concurrent.test(statement))) return statements;
  throw new InputError(
    "needs-autocommit",
    `An index of "${table}" cannot be built or dropped concurrently within a transaction.`,
    {
      hint: "Give the revision `execution: { live: true, transactional: false }`, and change the index in a sub-step with `{ autocommit: true }`.",
    },
  );
}

/**
 * Runs statements one after the other, each by itself. All but concurrent builds, whose waiting keeps nobody out, ask for their locks in
 * short attempts, up to the lock timeout of the session.
 */
export async function runEach(session: PostgresSession, statements: readonly string[]): Promise<void> {
  const patienceMs = await lockTimeoutMs(session);
  for (const statement of statements) {
    if (concurrent.test(statement)) await session.run(statement);
    else await runInAttempts(session, statement, patienceMs);
  }
}

async function runInAttempts(session: PostgresSession, statement: string, patienceMs: number): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      // Texts sent together are one transaction, so that the setting ends with the statement.
      await session.run(`SET LOCAL lock_timeout = ${attemptMs}; ${statement}`);
      return;
    } catch (error) {
      const isOver = patienceMs > 0 && performance.now() >= end;
      if (sqlState(error) !== lockNotAvailable || isOver) throw error;
    }
    await delay(shortestPauseMs + Math.random() * (longestPauseMs - shortestPauseMs));
  }
}

/** 0: without end. */
async function lockTimeoutMs(session: PostgresSession): Promise<number> {
  const [row] = await session.query(
    sql`SELECT setting::int AS ms FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'`,
  );
  return Number(row?.["ms"]);
}
