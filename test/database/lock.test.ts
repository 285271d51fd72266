/** The writer's lock: one holder, told to those who wait, gone with its connection. */
import { expect } from "chai";
import { acquireWriterLock, describeHolder, requireHeld } from "../../lib/database/lock.js";
import type { LockHolder, WriterLock, WriterLockOptions } from "../../lib/database/lock.js";
import type { Database } from "../../lib/database/database.js";
import { openDatabase } from "../../lib/database/open.js";
import { pauseAfter } from "../../lib/database/postgres/lock.js";
import { GodwitError } from "../../lib/errors.js";
import { databases } from "../support/databases.js";
import { adminStatement, createPostgresDatabase } from "../support/postgres.js";
import type { PostgresDatabase } from "../support/postgres.js";

const nobody: LockHolder = { pid: null, host: null, user: null, since: null, doing: null };

async function failure(work: Promise<unknown>): Promise<GodwitError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("did not fail");
}

/** Whether a lock is held, asked in a transaction as those who commit do. */
function held(lock: WriterLock, database: Database): Promise<boolean> {
  return database.transaction({ mode: "write" }, (session) => lock.isHeld(session));
}

describe("The writer's lock", () => {
  it("tells of its holder what is known", () => {
    expect(describeHolder(nobody)).to.equal("another process");
    expect(
      describeHolder({ pid: 7, host: "h", user: "u", since: "2026-01-01T00:00:00Z", doing: "upgrade head" }),
    ).to.equal("process 7 on h, user u, since 2026-01-01T00:00:00Z, upgrade head");
    expect(describeHolder({ ...nobody, user: "u" })).to.equal("another process, user u");
  });

  it("is none on SQLite, where each transaction has its own", async () => {
    const [sqlite] = databases;
    const url = (await sqlite?.create())?.url ?? "";
    const database = await openDatabase({ dialect: "sqlite", path: url.replace("sqlite:///", "") });
    const [one, two] = [
      await acquireWriterLock(database, { timeoutMs: 0 }),
      await acquireWriterLock(database, { timeoutMs: 0 }),
    ];
    expect([await held(one, database), await held(two, database)]).to.deep.equal([true, true]);
    await one.release();
    await two.release();
    await database.close();
  });
});

describe("The writer's lock on PostgreSQL", () => {
  let server: PostgresDatabase;
  let open: Database[];
  let taken: WriterLock[];

  beforeEach(async () => {
    server = await createPostgresDatabase();
    [open, taken] = [[], []];
  });
  afterEach(async () => {
    // A database cannot be closed while a lock is held, so that a test that fails would end as one that hangs.
    for (const one of taken) await one.release();
    for (const one of open) await one.close();
  });

  async function take(database: Database, options: WriterLockOptions = soon): Promise<WriterLock> {
    const lock = await acquireWriterLock(database, options);
    taken.push(lock);
    return lock;
  }

  async function database(namespace = "public", url = server.url): Promise<Database> {
    const opened = await openDatabase({ dialect: "postgres", url, namespace });
    open.push(opened);
    return opened;
  }

  const soon: WriterLockOptions = { timeoutMs: 300 };

  it("is refused to a second runner, who is told the first, until that gives it back", async () => {
    const [first, second] = [await database(), await database()];
    const lock = await take(first, { ...soon, doing: "upgrade head" });
    expect(await held(lock, first)).to.equal(true);
    expect(await held(lock, second), "whoever asks").to.equal(true);
    const told: LockHolder[] = [];
    const began = performance.now();
    const error = await failure(take(second, { ...soon, onWaiting: (one) => told.push(one) }));
    expect(performance.now() - began).to.be.greaterThan(299);
    expect([error.code, error.exitCode]).to.deep.equal(["locked", 4]);
    expect(error.message).to.match(
      /^postgresql:\/\/127\.0\.0\.1:\d+\/test_\d+ \(schema "public"\) is locked by process \d+ on 127\.0\.0\.1, user postgres, since \d{4}-\d\d-\d\dT[\d:]+Z, godwit upgrade head\.$/,
    );
    expect(error.hint).to.equal("Wait until the other run is done, or give a longer --lock-timeout.");
    expect(told, "once for one holder").to.have.length(1);
    await lock.release();
    const again = await take(second, soon);
    await again.release();
  });

  it("comes to who waits as soon as it is free", async () => {
    const [first, second] = [await database(), await database()];
    const lock = await take(first, soon);
    const waiting = take(second, {
      timeoutMs: 30_000,
      onWaiting: () => void lock.release(),
    });
    const next = await waiting;
    expect(await held(next, second)).to.equal(true);
    await next.release();
  });

  it("is one for each schema and each database", async () => {
    const client = await server.connect();
    await client.query("CREATE SCHEMA other");
    const third = await createPostgresDatabase();
    for (const one of [await database(), await database("other"), await database("public", third.url)])
      await take(one);
    const { rows } = await client.query(
      "SELECT classid, objid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2",
    );
    expect(rows).to.have.length(3);
    const different = (column: string): number => new Set(rows.map((row) => row[column])).size;
    expect(different("classid"), "keys of the two databases").to.equal(2);
    expect(different("objid"), "keys of the two schemas").to.equal(2);
  });

  it("is known to be lost, and is free, when its connection is gone", async () => {
    const [first, second] = [await database(), await database()];
    const lock = await take(first, soon);
    const client = await server.connect();
    await client.query(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2",
    );
    expect(await held(lock, first)).to.equal(false);
    await lock.release();
    const next = await take(second, soon);
    await next.release();
  });

  it("is not mistaken for a lock of somebody else's", async () => {
    const client = await server.connect();
    await client.query("BEGIN; SELECT pg_advisory_xact_lock(1, 2), pg_advisory_xact_lock(3)");
    const own = await database();
    const lock = await take(own, soon);
    expect(await held(lock, own)).to.equal(true);
    await lock.release();
    expect(await held(lock, own), "after it was given back").to.equal(false);
    const next = await take(own, soon);
    expect(await held(lock, own), "when another has it").to.equal(false);
    await next.release();
  });

  it("lets indexes be built concurrently, however often it is asked about", async () => {
    const own = await database();
    const client = await server.connect();
    await client.query("CREATE TABLE t (x int)");
    const lock = await take(own, soon);
    const built = new AbortController();
    const asking = (async () => {
      while (!built.signal.aborted) expect(await held(lock, own)).to.equal(true);
    })();
    try {
      await client.query("SET lock_timeout = '10s'");
      for (let n = 0; n < 50; n += 1) await client.query(`CREATE INDEX CONCURRENTLY i${n} ON t (x)`);
    } finally {
      built.abort();
      await asking;
      await lock.release();
    }
  });

  it("is told without what the holder did not say, and without what the server keeps from a user", async () => {
    const role = `reader_${server.database}`;
    await adminStatement(`CREATE ROLE ${role} LOGIN PASSWORD 'reader'`);
    try {
      await take(await database());
      const reader = await database(
        "public",
        server.url.replace(/:[^:]*@/, ":reader@").replace("postgres:", `${role}:`),
      );
      const { message } = await failure(take(reader, { timeoutMs: 0 }));
      expect(message).to.match(/ is locked by process \d+, user postgres, godwit\.$/);
      await reader.close();
    } finally {
      await adminStatement(`DROP ROLE ${role}`);
    }
  });

  it("is waited for until somebody stops that", async () => {
    const [first, second] = [await database(), await database()];
    await take(first);
    const { signal } = new AbortController();
    const told: LockHolder[] = [];
    const onWaiting = (holder: LockHolder): number => told.push(holder);
    const refusal = await failure(take(second, { timeoutMs: 0, signal, onWaiting }));
    expect([refusal.code, told.length], "nobody did").to.deep.equal(["locked", 1]);
    const stopping = new AbortController();
    const error = await failure(
      take(second, { timeoutMs: 30_000, signal: stopping.signal, onWaiting: () => stopping.abort() }),
    );
    expect([error.code, error.exitCode, error.message, error.hint]).to.deep.equal([
      "interrupted",
      130,
      "Stopped while waiting for another runner, as asked.",
      "The repository is consistent. Run the same command again to go on.",
    ]);
  });

  it("is given back when the server has said so, not before", async () => {
    const lock = await take(await database());
    let given = false;
    const giving = lock.release().then(() => (given = true));
    // No answer of a server arrives between promises.
    for (let n = 0; n < 100; n += 1) await Promise.resolve();
    expect(given).to.equal(false);
    await giving;
  });

  it("lets nobody commit who has lost it", async () => {
    const own = await database();
    const lock = await take(own);
    await own.transaction({ mode: "write" }, (session) => requireHeld(lock, session));
    await lock.release();
    const error = await failure(own.transaction({ mode: "write" }, (session) => requireHeld(lock, session)));
    expect([error.name, error.code, error.message, error.hint]).to.deep.equal([
      "StepError",
      "lock-lost",
      "The connection that held the lock against other runners was lost.",
      "Run the same command again.",
    ]);
  });

  it("is asked for some times a second, at random moments, and less often by who waits long", () => {
    for (const [waited, least, most] of [
      [0, 100, 400],
      [5_000, 200, 800],
      [60_000, 400, 1_600],
    ] as const) {
      const pauses = Array.from({ length: 200 }, () => pauseAfter(waited));
      const [shortest, longest] = [Math.min(...pauses), Math.max(...pauses)];
      expect(shortest).to.be.within(least, least * 2);
      expect(longest).to.be.within(most / 2, most);
    }
  });

  it("fails as what it is where the database cannot be asked", async () => {
    const one = await database();
    expect((await failure(take(one, { ...soon, doing: "a\0b" }))).code).to.equal("bad-text");
  });
});
