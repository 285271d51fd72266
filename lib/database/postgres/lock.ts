/**
 * The writer's lock on PostgreSQL: an advisory lock of an idle READ COMMITTED transaction on a connection of its own. It is polled
 * for, as a waiter inside the server would deadlock with CREATE INDEX CONCURRENTLY, and belongs to a transaction, as a
 * session's lock stays behind in a transaction-pooling proxy. It ends with the connection, however that ends.
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { RefusedError } from "../../errors.js";
import type { Database, Session } from "../database.js";
import { describeHolder, stoppedWaiting } from "../lock.js";
import type { LockHolder, WriterLock, WriterLockOptions } from "../lock.js";
import { surely } from "../../known.js";
import { type Sql, type SqlValue, sql } from "../sql.js";

const pollMs = { least: 100, spread: 300 };

interface Key {
  readonly first: number;
  readonly second: number;
}

/**
 * Polls until the lock is ours. Each attempt is a transaction of its own, so that those who wait leave the connections of a
 * transaction-pooling proxy to who works.
 * @throws RefusedError `locked`, InterruptedError
 */
export async function acquirePostgresLock(
  database: Database,
  options: WriterLockOptions,
): Promise<WriterLock> {
  const began = performance.now();
  let shown: string | null = null;
  for (;;) {
    const { lock, holder } = await attempt(database, options);
    if (lock !== null) return lock;
    const words = holder === null ? null : describeHolder(holder);
    if (holder !== null && words !== shown) options.onWaiting?.(holder);
    shown = words;
    const waited = performance.now() - began;
    if (options.signal?.aborted === true) throw stoppedWaiting();
    if (waited >= options.timeoutMs) throw locked(database, words ?? "another process");
    await sleep(pauseAfter(waited));
  }
}

/** How long to wait until the lock is asked for again, in milliseconds: who waits long asks less often. */
export function pauseAfter(waitedMs: number): number {
  return (pollMs.least + Math.random() * pollMs.spread) * Math.min(4, 1 + waitedMs / 5000);
}

/** The lock, or who holds it (null where it was given back meanwhile). */
type Attempt =
  | { readonly lock: WriterLock; readonly holder: null }
  | { readonly lock: null; readonly holder: LockHolder | null };

async function attempt(database: Database, options: WriterLockOptions): Promise<Attempt> {
  return new Promise((resolve, reject) => {
    const ended: Promise<void> = tryToHold(database, options, resolve, () => ended)
      .then(resolve)
      .catch(reject);
  });
}

/**
 * One transaction, which lasts until the lock that it has taken is given back.
 * @param taken told the lock once it is held
 * @param ended when the transaction is over
 */
async function tryToHold(
  database: Database,
  { doing }: WriterLockOptions,
  taken: (attempt: Attempt) => void,
  ended: () => Promise<void>,
): Promise<Attempt> {
  const nobody: Attempt = { lock: null, holder: null };
  return database.transaction({ mode: "write" }, async (session) => {
    const key = await lockKey(session, database.namespace);
    if (!(await tryLock(session, key))) return { lock: null, holder: await findHolder(session, key) };
    const holder = await ownTransaction(session, key);
    if (doing !== undefined) await session.execute(sql`SET LOCAL application_name = ${`godwit ${doing}`}`);
    await new Promise<void>((free) => {
      const lock: WriterLock = {
        isHeld: (asking) => isHeld(asking, key, holder),
        async release() {
          free();
          await ended();
        },
      };
      taken({ lock, holder: null });
    });
    return nobody;
  });
}

/** Two 32-bit numbers: one of the database, one of the schema. The server's name for the database counts, not that of a proxy. */
async function lockKey(session: Session, namespace: string | null): Promise<Key> {
  const [row] = await session.query(sql`SELECT current_database()::text AS name`);
  return {
    first: hash(`godwit database ${String(surely(row)["name"])}`),
    second: hash(`godwit schema ${namespace}`),
  };
}

function hash(text: string): number {
  return createHash("sha256").update(text).digest().readInt32BE(0);
}

async function tryLock(session: Session, key: Key): Promise<boolean> {
  const [row] = await session.query(
    sql`SELECT pg_try_advisory_xact_lock(${key.first}, ${key.second}) AS taken`,
  );
  return surely(row)["taken"] === true;
}

/** The key as `pg_locks` shows it: as unsigned numbers, with 2 for the form of two keys. */
function keyMatches(key: Key): Sql {
  return sql`l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted AND l.classid = ${key.first >>> 0}::oid
    AND l.objid = ${key.second >>> 0}::oid
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())`;
}

/** Who holds the lock; null where it was given back meanwhile. The server tells others' addresses and times only to some users. */
async function findHolder(session: Session, key: Key): Promise<LockHolder | null> {
  const [row] =
    await session.query(sql`SELECT l.pid, a.usename::text AS "user", nullif(a.application_name, '') AS doing,
      coalesce(a.client_hostname, host(a.client_addr)) AS host,
      to_char(a.xact_start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since
    FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
    WHERE ${keyMatches(key)}`);
  if (row === undefined) return null;
  return {
    pid: Number(row["pid"]),
    host: textOrNull(row["host"]),
    user: textOrNull(row["user"]),
    since: textOrNull(row["since"]),
    doing: textOrNull(row["doing"]),
  };
}

function textOrNull(value: SqlValue | undefined): string | null {
  return value === null ? null : String(value);
}

/** The transaction that holds the lock, as `pg_locks` names it: a process may run many, for others too behind a proxy. */
async function ownTransaction(session: Session, key: Key): Promise<string> {
  const [row] = await session.query(
    sql`SELECT l.virtualtransaction AS name FROM pg_catalog.pg_locks l WHERE ${keyMatches(key)} AND l.pid = pg_backend_pid()`,
  );
  return String(surely(row)["name"]);
}

async function isHeld(asking: Session, key: Key, holder: string): Promise<boolean> {
  const rows = await asking.query(
    sql`SELECT FROM pg_catalog.pg_locks l WHERE ${keyMatches(key)} AND l.virtualtransaction = ${holder}`,
  );
  return rows.length === 1;
}

function locked(database: Database, holder: string): RefusedError {
  return new RefusedError(
    "locked",
    `${database.displayUrl} (schema "${database.namespace}") is locked by ${holder}.`,
    { hint: "Wait until the other run is done, or give a longer --lock-timeout." },
  );
}
