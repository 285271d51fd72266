/** Indexes and constraints that are made while others read and write. */
import { expect } from "chai";
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "../../lib/database/database.js";
import type { SchemaEditor, TableAlteration } from "../../lib/database/schema/editor.js";
import { plainConventions } from "../../lib/database/schema/plain-conventions.js";
import { sql } from "../../lib/database/sql.js";
import { openRepository } from "../../lib/repository/open.js";
import { databases } from "../support/databases.js";
import { refusalOf } from "./open.js";

const rows = 20_000;
const schema = [
  `CREATE TABLE parent (id INTEGER PRIMARY KEY)`,
  `INSERT INTO parent VALUES (1), (2)`,
  `CREATE TABLE item (id INTEGER PRIMARY KEY, parent INTEGER, a INTEGER NOT NULL)`,
  `INSERT INTO item WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) SELECT i, 1 + i % 2, i % 100 FROM n`,
];

const addIndex = (table: TableAlteration): void =>
  table.addIndex(["a", "id"], { name: "by_a", concurrently: true });
const addKey = (table: TableAlteration): void =>
  table.addForeignKey(
    ["parent"],
    { table: "parent", columns: ["id"] },
    { name: "to_parent", index: "none", validation: "separate" },
  );
const addCheck = (table: TableAlteration): void =>
  table.addCheck({ name: "a_small", expression: "a < 100" }, { validation: "separate" });

async function fresh(kind: (typeof databases)[number]): Promise<Database> {
  const { database } = await openRepository((await kind.create()).url);
  await database.transaction({ mode: "write" }, async (session) => {
    for (const text of schema) await session.execute(sql.raw(text));
  });
  return database;
}

/** On PostgreSQL outside of a transaction, as a sub-step with `autocommit`; on SQLite as any sub-step. */
function live<T>(
  database: Database,
  work: (editor: SchemaEditor) => Promise<T>,
  lockTimeoutMs = 20_000,
): Promise<T> {
  return database.dialect === "postgres"
    ? database.session((session) => work(session.schema(plainConventions)), { lockTimeoutMs })
    : database.transaction({ mode: "write" }, (session) => work(session.schema(plainConventions)));
}

const change = (database: Database, alteration: (table: TableAlteration) => void, lockTimeoutMs?: number) =>
  live(database, (editor) => editor.alter("item", alteration), lockTimeoutMs);

const itemTable = (database: Database) => live(database, (editor) => editor.table("item"));

const execute = (database: Database, text: string): Promise<unknown> =>
  database.session((session) => session.execute(sql.raw(text)));

for (const kind of databases) {
  describe(`Changes of tables in use, ${kind.title}`, function () {
    this.timeout(120_000);
    let database: Database;

    beforeEach(async () => {
      database = await fresh(kind);
    });

    afterEach(() => database.close());

    it("makes an index, a foreign key and a check that hold", async () => {
      for (const alteration of [addIndex, addKey, addCheck]) await change(database, alteration);
      const table = await itemTable(database);
      expect(table.indexes.map(({ name, keys }) => [name, keys.map(({ column }) => column)])).to.deep.equal([
        ["by_a", ["a", "id"]],
      ]);
      expect(table.foreignKeys).to.have.length(1);
      expect(table.checks).to.have.length(1);
      for (const part of [...table.foreignKeys, ...table.checks])
        expect(part).not.to.have.property("validated");
      expect(await refusalOf(execute(database, "INSERT INTO item VALUES (0, 1, 100)"))).to.match(/a_small/);
    });

    it("does all of them once, however often they are asked for", async () => {
      const all = (table: TableAlteration): void => [addIndex, addKey, addCheck].forEach((one) => one(table));
      await change(database, all);
      const before = await itemTable(database);
      await change(database, all);
      expect(await itemTable(database)).to.deep.equal(before);
    });

    it("refuses another index of the same name", async () => {
      await execute(database, "CREATE INDEX by_a ON item (parent)");
      expect(await refusalOf(change(database, addIndex))).to.match(/^duplicate-index: .*"by_a"/);
    });

    it("refuses a rule that a row breaks", async () => {
      await execute(database, "UPDATE item SET a = 100 WHERE id = 7");
      expect(await refusalOf(change(database, addCheck))).not.to.equal("not refused");
      await execute(database, "UPDATE item SET a = 1 WHERE id = 7");
      await change(database, addCheck);
      expect((await itemTable(database)).checks[0]).not.to.have.property("validated");
    });

    if (kind.dialect === "postgres") {
      it("refuses to build an index concurrently within a transaction", async () => {
        const refusal = await refusalOf(
          database.transaction({ mode: "write" }, (session) =>
            session.schema(plainConventions).alter("item", addIndex),
          ),
        );
        expect(refusal).to.match(/^needs-autocommit: /);
        expect((await itemTable(database)).indexes).to.deep.equal([]);
      });

      it("lets others read and write while the index is built", async () => {
        let build: Promise<unknown> | undefined;
        await database.transaction({ mode: "write" }, async (holder) => {
          // The build has to wait for this transaction, so that it lasts as long as the test needs.
          await holder.execute(sql.raw("UPDATE item SET a = 5 WHERE id = 1"));
          build = change(database, addIndex);
          void build.catch(() => undefined);
          await untilIndexIsThere(database);
          await execute(database, "SET lock_timeout = 1000; UPDATE item SET a = 6 WHERE id = 2");
          await execute(database, "INSERT INTO item VALUES (0, 1, 7)");
          const read = await database.session((session) =>
            session.query(sql.raw("SELECT count(*) AS n FROM item")),
          );
          expect(read[0]?.["n"]).to.equal(BigInt(rows + 1));
          expect((await itemTable(database)).indexes[0]).to.include({ name: "by_a", valid: false });
        });
        await build;
        expect((await itemTable(database)).indexes[0]).not.to.have.property("valid");
        const found = await database.session((session) =>
          session.query(sql.raw("SET enable_seqscan = off; SELECT id FROM item WHERE a = 6 AND id = 2")),
        );
        expect(found).to.have.length(1);
      });

      it("builds an index again whose building was interrupted", async () => {
        await database.transaction({ mode: "write" }, async (holder) => {
          await holder.execute(sql.raw("UPDATE item SET a = 5 WHERE id = 1"));
          expect(await refusalOf(change(database, addIndex, 300))).to.match(/^lock-timeout: /);
        });
        expect((await itemTable(database)).indexes[0]).to.include({ name: "by_a", valid: false });
        const { statements } = await change(database, addIndex);
        expect(statements.map((text) => text.replace(/ CONCURRENTLY .*/, " CONCURRENTLY"))).to.deep.equal([
          "DROP INDEX CONCURRENTLY",
          "CREATE INDEX CONCURRENTLY",
        ]);
        expect((await itemTable(database)).indexes[0]).not.to.have.property("valid");
      });

      it("validates what an interrupted run left not valid", async () => {
        await execute(
          database,
          "ALTER TABLE item ADD CONSTRAINT to_parent FOREIGN KEY (parent) REFERENCES parent (id) NOT VALID",
        );
        const { statements } = await change(database, addKey);
        expect(statements).to.have.length(1);
        expect(statements[0]).to.match(/VALIDATE CONSTRAINT "?to_parent"?$/);
        expect((await itemTable(database)).foreignKeys[0]).not.to.have.property("validated");
      });

      it("drops an index while others read and write, and only outside of a transaction", async () => {
        await change(database, addIndex);
        const drop = (table: TableAlteration): void => table.dropIndex({ name: "by_a", concurrently: true });
        const refusal = await refusalOf(
          database.transaction({ mode: "write" }, (session) =>
            session.schema(plainConventions).alter("item", drop),
          ),
        );
        expect(refusal).to.match(/^needs-autocommit: /);
        const { statements } = await change(database, drop);
        expect(statements.join()).to.match(/^DROP INDEX CONCURRENTLY \S+$/);
        expect((await itemTable(database)).indexes).to.deep.equal([]);
      });

      it("tries again for a lock, and lets others pass meanwhile", async () => {
        let addition: Promise<unknown> | undefined;
        await database.transaction({ mode: "write" }, async (holder) => {
          await holder.query(sql.raw("SELECT 1 FROM item WHERE id = 1"));
          addition = change(database, addCheck);
          void addition.catch(() => undefined);
          await delay(500);
          const started = performance.now();
          await execute(database, "INSERT INTO item VALUES (-1, 1, 7)");
          // Whoever comes later queues behind one attempt at most.
          expect(performance.now() - started).to.be.below(3000);
          await delay(1500);
        });
        await addition;
        expect((await itemTable(database)).checks[0]).not.to.have.property("validated");
      });

      it("gives up on a lock after the lock timeout, with the table untouched", async () => {
        await database.transaction({ mode: "write" }, async (holder) => {
          await holder.query(sql.raw("SELECT 1 FROM item WHERE id = 1"));
          expect(await refusalOf(change(database, addCheck, 1500))).to.match(/^lock-timeout: /);
        });
        expect((await itemTable(database)).checks).to.deep.equal([]);
      });
    }
  });
}

async function untilIndexIsThere(database: Database): Promise<void> {
  for (;;) {
    const found = await database.session((session) =>
      session.query(sql.raw("SELECT 1 FROM pg_class WHERE relname = 'by_a'")),
    );
    if (found.length > 0) return;
    await delay(20);
  }
}
