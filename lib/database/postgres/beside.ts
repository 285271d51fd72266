/** Connections beside that of a transaction: they build tables that the transaction then puts in the place of others. */
import { sql } from "../sql.js";
import type { PostgresSession } from "./session.js";

/**
 * What is built beside commits by itself, under names that nobody else uses; it is removed where the transaction that it is for fails, and
 * what a killed process left is removed by the next run.
 */
export interface Beside {
  /** How many connections may work at once. */
  readonly jobs: number;
  /** Tables that were built and are not in their place yet. */
  readonly tables: Set<string>;
  /** Runs `work` in a transaction of another connection. */
  transaction<T>(work: (session: PostgresSession) => Promise<T>): Promise<T>;
}

/** Names of tables that are built beside: `_godwit_beside_0`, … */
const builtName = "_godwit\\_beside\\_%";

/** A name for a table that is built beside, or for something of it. */
export function besideName(...parts: readonly number[]): string {
  return ["_godwit_beside", ...parts].join("_");
}

/** Removes tables that were built beside. */
export async function dropBuilt(session: PostgresSession, tables: readonly string[]): Promise<void> {
  if (tables.length === 0) return;
  await session.execute(sql`DROP TABLE IF EXISTS ${sql.join(tables.map((name) => sql`${sql.table(name)}`))}`);
}

/** The tables that a process left behind which was killed: the lock against other runners says that none is being built. */
export async function findBuilt(session: PostgresSession): Promise<string[]> {
  const rows = await session.query(sql`SELECT c.relname::text AS name FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${session.namespace} AND c.relkind = 'r' AND c.relname LIKE ${builtName}`);
  return rows.map((row) => String(row["name"]));
}

/** Works through a list, `jobs` at a time; where one fails, the others end what they are at, and the rest is left. */
export async function sideBySide<T>(
  jobs: number,
  list: readonly T[],
  work: (one: T) => Promise<void>,
): Promise<void> {
  const waiting = [...list];
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      try {
        await work(one);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(jobs, list.length) }, worker));
  for (const one of ended) if (one.status === "rejected") throw one.reason;
}
