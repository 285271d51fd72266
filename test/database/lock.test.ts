/** The writer's lock: one holder, told to those who wait, gone with its connection. */
import { expect } from "chai";
import { acquireWriterLock, describeHolder } from "../../lib/database/lock.js";
import type { LockHolder, WriterLock, WriterLockOptions } from "../../lib/database/lock.js";
import type { Database } from "../../lib/database/database.js";
import { openDatabase } from "../../lib/database/open.js";
import { GodwitError } from "../../lib/errors.js";
import { databases } from "../support/databases.js";
import { createPostgresDatabase } from "../support/postgres.js";
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

  beforeEach(async () => {
    server = await createPostgresDatabase();
    open = [];
  });
  afterEach(async () => {
    for (const one of open) await one.close();
  });

  async function database(namespace = "public", url = server.url): Promise<Database> {
    const opened = await openDatabase({ dialect: "postgres", url, namespace });
    open.push(opened);
    return opened;
  }

  const soon: WriterLockOptions = { timeoutMs: 300 };

  it("is refused to a second runner, who is told the first, until that gives it back", async () => {
    const [first, second] = [await database(), await database()];
    const lock = await acquireWriterLock(first, { ...soon, doing: "upgrade head" });
    expect(await held(lock, first)).to.equal(true);
    expect(await held(lock, second), "whoever asks").to.equal(true);
    const told: LockHolder[] = [];
    const began = performance.now();
    const error = await failure(acquireWriterLock(second, { ...soon, onWaiting: (one) => told.push(one) }));
    expect(performance.now() - began).to.be.greaterThan(299);
    expect([error.code, error.exitCode]).to.deep.equal(["locked", 4]);
    expect(error.message).to.match(
      /^postgresql:\/\/127\.0\.0\.1:\d+\/test_\d+ \(schema "public"\) is locked by process \d+ on 127\.0\.0\.1, user postgres, since \d{4}-\d\d-\d\dT[\d:]+Z, godwit upgrade head\.$/,
    );
    expect(error.hint).to.include("--lock-timeout");
    expect(told, "once for one holder").to.have.length(1);
    await lock.release();
    const again = await acquireWriterLock(second, soon);
    await again.release();
  });

  it("comes to who waits as soon as it is free", async () => {
    const [first, second] = [await database(), await database()];
    const lock = await acquireWriterLock(first, soon);
    const waiting = acquireWriterLock(second, {
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
    const locks = [];
    for (const one of [await database(), await database("other"), await database("public", third.url)])
      locks.push(await acquireWriterLock(one, soon));
    const { rows } = await client.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2");
    expect(rows).to.have.length(3);
    for (const lock of locks) await lock.release();
  });

  it("is known to be lost, and is free, when its connection is gone", async () => {
    const [first, second] = [await database(), await database()];
    const lock = await acquireWriterLock(first, soon);
    const client = await server.connect();
    await client.query(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2",
    );
    expect(await held(lock, first)).to.equal(false);
    await lock.release();
    const next = await acquireWriterLock(second, soon);
    await next.release();
  });

  it("is not mistaken for a lock of somebody else's", async () => {
    const client = await server.connect();
    await client.query("BEGIN; SELECT pg_advisory_xact_lock(1, 2), pg_advisory_xact_lock(3)");
    const own = await database();
    const lock = await acquireWriterLock(own, soon);
    expect(await held(lock, own)).to.equal(true);
    await lock.release();
    expect(await held(lock, own), "after it was given back").to.equal(false);
    const next = await acquireWriterLock(own, soon);
    expect(await held(lock, own), "when another has it").to.equal(false);
    await next.release();
  });

  it("lets indexes be built concurrently, however often it is asked about", async () => {
    const own = await database();
    const client = await server.connect();
    await client.query("CREATE TABLE t (x int)");
    const lock = await acquireWriterLock(own, soon);
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

  it("fails as what it is where the database cannot be asked", async () => {
    const one = await database();
    expect((await failure(acquireWriterLock(one, { ...soon, doing: "a\0b" }))).code).to.equal("bad-text");
  });
});
