import { expect } from "chai";
import fc from "fast-check";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { GodwitError } from "../../../lib/errors.js";
import { openDatabase } from "../../../lib/database/open.js";
import type { Database } from "../../../lib/database/database.js";
import { sql } from "../../../lib/database/sql.js";
import type { SqlValue } from "../../../lib/database/sql.js";
import { temporaryFolder } from "../../support/folders.js";

async function emptyFile(): Promise<string> {
  const file = path.join(await temporaryFolder(), "a b'c.sqlite3");
  await writeFile(file, "");
  return file;
}

async function refusal(work: Promise<unknown>): Promise<GodwitError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

async function withDatabase<T>(file: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase({ dialect: "sqlite", path: file });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

describe("A SQLite connection", () => {
  it("never makes a file that is not there", async () => {
    const file = path.join(await temporaryFolder(), "missing.sqlite3");
    const error = await refusal(openDatabase({ dialect: "sqlite", path: file }));
    expect(error.code).to.equal("no-database");
    expect(error.message).to.include(file);
    expect(await stat(file).catch(() => "absent")).to.equal("absent");
  });

  it("names a file that is no database", async () => {
    const file = await emptyFile();
    await writeFile(file, "registry:\n  db: x\n".repeat(100));
    const error = await refusal(openDatabase({ dialect: "sqlite", path: file }));
    expect(error.code).to.equal("not-a-database");
    expect(error.message).to.include(file);
  });

  it("names a file that was cut off", async () => {
    const file = await emptyFile();
    await withDatabase(file, (database) =>
      database.transaction({ mode: "write" }, async (session) => {
        for (let index = 0; index < 50; index += 1) {
          await session.execute(sql`CREATE TABLE ${sql.table(`t${index}`)} (a TEXT)`);
        }
      }),
    );
    const { size } = await stat(file);
    for (const left of [size - 1, size - 4096, 5000]) {
      await truncate(file, left);
      const error = await refusal(openDatabase({ dialect: "sqlite", path: file }));
      expect([error.exitCode, error.code], `${left} of ${size} bytes`).to.deep.equal([2, "corrupt-database"]);
      expect(error.message).to.include(file);
      expect((await stat(file)).size).to.equal(left);
    }
  });

  it("names a file that cannot be opened, without waiting for an answer that never comes", async () => {
    // SQLite has a limit for paths that the system does not have.
    const folder = path.join(await temporaryFolder(), ...Array.from({ length: 20 }, () => "a".repeat(200)));
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, "x.sqlite3");
    await writeFile(file, "");
    const error = await refusal(openDatabase({ dialect: "sqlite", path: file }));
    expect([error.exitCode, error.code]).to.deep.equal([2, "database-unreadable"]);
  });

  it("brings every value back as it was", async () => {
    const file = await emptyFile();
    const value = fc.oneof(
      fc.constant(null),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
      fc.uint8Array(),
      fc.double({ noNaN: true }),
    );
    await withDatabase(file, (database) =>
      database.transaction({ mode: "write" }, async (session) => {
        await session.execute(sql`CREATE TABLE t ("a""b")`);
        await fc.assert(
          fc.asyncProperty(value, async (written) => {
            await session.execute(sql`DELETE FROM t`);
            await session.execute(sql`INSERT INTO t VALUES (${written})`);
            const rows = await session.query(sql`SELECT * FROM t`);
            expect(rows).to.have.length(1);
            expect(plain(rows[0]?.['a"b'])).to.deep.equal(plain(asStored(written)));
          }),
          { numRuns: 300 },
        );
      }),
    );
  });

  it("writes nothing in a transaction that reads", async () => {
    const file = await emptyFile();
    await withDatabase(file, async (database) => {
      const error = await refusal(
        database.transaction({ mode: "read" }, (session) => session.execute(sql`CREATE TABLE t (a)`)),
      );
      expect(error.message).to.match(/read/i);
    });
    expect(await readFile(file, "utf8")).to.equal("");
  });

  it("rolls back what a failed transaction did, schema changes included", async () => {
    const file = await emptyFile();
    await withDatabase(file, async (database) => {
      const failed = database.transaction({ mode: "write" }, async (session) => {
        await session.execute(sql`CREATE TABLE t (a)`);
        await session.execute(sql`INSERT INTO nowhere VALUES (1)`);
      });
      const error = await refusal(failed);
      expect(error.message).to.include("nowhere");
      const rows = await database.transaction({ mode: "read" }, (session) =>
        session.query(sql`SELECT name FROM sqlite_schema`),
      );
      expect(rows).to.deep.equal([]);
    });
  });

  it("says which process holds the lock, and gives up in time", async function () {
    if (process.platform !== "linux") this.skip();
    const file = await emptyFile();
    const holder = spawn(process.execPath, [
      "-e",
      `const d = new (require("sqlite3").Database)(process.argv[1]);
       d.exec("BEGIN IMMEDIATE", () => console.log("held")); setInterval(() => {}, 1000);`,
      file,
    ]);
    try {
      await once(holder.stdout, "data");
      const waits: (number | null)[] = [];
      const error = await withDatabase(file, (database) =>
        refusal(
          database.transaction(
            { mode: "write", lockTimeoutMs: 300, onWaiting: ({ pid }) => waits.push(pid) },
            async () => {},
          ),
        ),
      );
      expect(error.code).to.equal("locked");
      expect(error.message).to.include(`process ${holder.pid}`);
      expect(waits[0]).to.equal(holder.pid);
    } finally {
      holder.kill("SIGKILL");
    }
  });

  it("finds rows that refer to nothing, also in tables that refer to a written one", async () => {
    const file = await emptyFile();
    await withDatabase(file, (database) =>
      database.transaction({ mode: "write" }, async (session) => {
        await session.execute(sql`CREATE TABLE parent (id INTEGER PRIMARY KEY)`);
        await session.execute(sql`CREATE TABLE "chi""ld" (id INTEGER REFERENCES Parent (id))`);
        await session.execute(sql`INSERT INTO "chi""ld" VALUES (1)`);
        const error = await refusal(session.checkForeignKeys(["parent"]));
        expect(error.code).to.equal("foreign-key");
        await session.execute(sql`INSERT INTO parent VALUES (1)`);
        await session.checkForeignKeys(["parent"]);
      }),
    );
  });

  it("says so where the file cannot be written", async function () {
    if (process.getuid?.() === 0) this.skip();
    const file = await emptyFile();
    await chmod(file, 0o444);
    const error = await withDatabase(file, (database) =>
      refusal(database.transaction({ mode: "write" }, (session) => session.execute(sql`CREATE TABLE t (a)`))),
    );
    expect(error.code).to.equal("read-only");
  });
});

/** SQLite keeps a float without fraction as it is, and knows one zero. */
function asStored(value: SqlValue): SqlValue {
  if (typeof value !== "number") return value;
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return BigInt(value);
  return value;
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return Object.is(value, -0) ? 0 : value;
}
