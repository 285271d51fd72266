import { expect } from "chai";
import sqlite3 from "sqlite3";
import { openDatabase } from "../../../lib/database/open.js";
import { sql } from "../../../lib/database/sql.js";
import { intercept } from "../../faults/intercept.js";
import { emptySqliteFile } from "../../support/sqlite.js";

/** Another program that reads the file, until the returned function is called. */
async function reader(file: string): Promise<() => Promise<void>> {
  const connection = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(file, (error) => (error === null ? resolve(opened) : reject(error)));
  });
  const run = (text: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      connection.all(text, (error, rows) => (error === null ? resolve(rows) : reject(error)));
    });
  await run("BEGIN");
  await run("SELECT * FROM t");
  return async () => {
    await run("COMMIT");
    connection.close();
  };
}

describe("The end of a transaction on SQLite", () => {
  it("waits for others who still read", async () => {
    const file = await emptySqliteFile(["CREATE TABLE t (id INTEGER)"]);
    const database = await openDatabase({ dialect: "sqlite", path: file });
    const stop = await reader(file);
    const writing = database.transaction({ mode: "write", lockTimeoutMs: 10_000 }, (session) =>
      session.execute(sql`INSERT INTO t VALUES (1)`),
    );
    setTimeout(() => void stop(), 300);
    expect(await writing).to.equal(1);
    await database.close();
  });

  it("that fails leaves nothing behind, holds no lock, and says nothing on the console", async () => {
    const file = await emptySqliteFile(["CREATE TABLE t (id INTEGER)"]);
    const database = await openDatabase({ dialect: "sqlite", path: file });
    const said: unknown[] = [];
    const { warn } = console;
    console.warn = (...words) => said.push(words);
    const restore = intercept((text) => (text === "COMMIT" ? "refuse" : "pass"));
    const insert = () =>
      database.transaction({ mode: "write", lockTimeoutMs: 1000 }, (session) =>
        session.execute(sql`INSERT INTO t VALUES (1)`),
      );
    const failure = await insert().catch((error: unknown) => error);
    restore();
    console.warn = warn;
    expect(failure).to.have.property("code", "statement-failed");
    expect(said).to.deep.equal([]);
    await insert();
    const rows = await database.transaction({ mode: "read" }, (session) =>
      session.query(sql`SELECT id FROM t`),
    );
    expect(rows).to.deep.equal([{ id: 1n }]);
    await database.close();
  });
});
