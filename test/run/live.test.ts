/** A revision that changes tables in use: sub-steps whose statements each commit, and that go on where they were interrupted. */
import { expect } from "chai";
import {
  current,
  defineRevision,
  offlineScript,
  openRepository,
  script,
  sql,
  type,
  upgrade,
} from "../../lib/index.js";
import type { Table } from "../../lib/index.js";
import { databases } from "../support/databases.js";
import { rowsOf } from "../support/rows.js";

const compatibility = { backward: "full", forward: "full" } as const;

const revisions = [
  defineRevision({
    id: "aaaaaaaaaaaa",
    parent: null,
    manager: "app",
    summary: "Make tables with rows",
    compatibility,
    async up({ schema, data }) {
      await schema.create("owner", (table) => {
        table.column("id", type.bigint());
        table.primaryKey(["id"]);
      });
      await schema.create("item", (table) => {
        table.column("id", type.bigint());
        table.column("owner_id", type.bigint());
        table.primaryKey(["id"]);
      });
      await data.insert("owner", { columns: ["id"], rows: [[1n], [2n]] });
      await data.insert("item", {
        columns: ["id", "owner_id"],
        rows: Array.from({ length: 500 }, (_, at) => [BigInt(at), BigInt(1 + (at % 2))]),
      });
    },
  }),
  defineRevision({
    id: "bbbbbbbbbbbb",
    parent: "aaaaaaaaaaaa",
    manager: "app",
    summary: "Find items by owner, and check them",
    compatibility,
    execution: { live: true, transactional: false },
    async up(context) {
      await context.substep(
        "index",
        async () => {
          await context.schema.alter("item", (table) =>
            table.addIndex(["owner_id", "id"], { name: "item_by_owner", concurrently: true }),
          );
        },
        { autocommit: true },
      );
      await context.substep(
        "rules",
        async () => {
          await context.schema.alter("item", (table) => {
            table.addForeignKey(
              ["owner_id"],
              { table: "owner", columns: ["id"] },
              { name: "item_owner", index: "none", validation: "separate" },
            );
            table.addCheck({ name: "item_id", expression: "id >= 0" }, { validation: "separate" });
          });
        },
        { autocommit: true },
      );
    },
  }),
];

async function held<T>(url: string, work: () => Promise<T>): Promise<T> {
  const repository = await openRepository(url);
  try {
    return await repository.database.transaction({ mode: "write" }, async (session) => {
      await session.execute(sql`UPDATE ${sql.table("item")} SET owner_id = 1 WHERE id = 1`);
      return await work();
    });
  } finally {
    await repository.close();
  }
}

async function itemTable(url: string): Promise<Table> {
  const { database, conventions, close } = await opened(url);
  try {
    return await database.transaction({ mode: "read" }, (session) =>
      session.schema(conventions).table("item"),
    );
  } finally {
    await close();
  }
}

async function opened(url: string) {
  const repository = await openRepository(url);
  const { database, conventions } = repository;
  return { database, conventions, close: () => repository.close() };
}

async function requireFinished(url: string): Promise<void> {
  const table = await itemTable(url);
  expect(table.indexes.map(({ name, valid }) => [name, valid])).to.deep.equal([["item_by_owner", undefined]]);
  expect(table.foreignKeys.map(({ name, validated }) => [name, validated])).to.deep.equal([
    ["item_owner", undefined],
  ]);
  expect(table.checks.map(({ name, validated }) => [name, validated])).to.deep.equal([
    ["item_id", undefined],
  ]);
  const [tree] = (await current(url, { revisions })).managers;
  expect(tree?.revisions).to.deep.equal(["bbbbbbbbbbbb"]);
}

/** Runs up to the pause point, and stops there as a kill would. */
async function stopAt(url: string, wanted: string): Promise<void> {
  const stop = new Error("stopped by the test");
  const onPause = (point: string): void => {
    if (point.startsWith(wanted)) throw stop;
  };
  const error: unknown = await upgrade(url, "head", { revisions, onPause }).catch((one: unknown) => one);
  expect((error as Error).message).to.include("stopped by the test");
}

for (const kind of databases) {
  describe(`Revisions for tables in use, ${kind.title}`, function () {
    this.timeout(60_000);
    let url: string;

    beforeEach(async () => {
      ({ url } = await kind.create());
      await upgrade(url, "aaaaaaaaaaaa", { revisions });
    });

    it("make indexes and rules", async () => {
      await upgrade(url, "head", { revisions });
      await requireFinished(url);
      expect(await rowsOf(url, "SELECT count(*) AS n FROM godwit_progress")).to.deep.equal([{ n: 0n }]);
    });

    for (const point of ["step:commit", "substep:index", "substep:rules", "step:record"]) {
      it(`go on after they were stopped at ${point}`, async () => {
        await stopAt(url, point);
        await upgrade(url, "head", { revisions });
        await requireFinished(url);
      });
    }

    it("are written down as a script for one transaction", async () => {
      const text = await script(url, "up", ["head"], { revisions });
      expect(text).to.include("item_by_owner");
      expect(text).not.to.match(/concurrently/i);
    });

    it("are written down without a database, too", async () => {
      const text = await offlineScript(kind.dialect, "up", "base:bbbbbbbbbbbb", { revisions });
      expect(text).to.include("item_by_owner");
      expect(text).not.to.match(/concurrently/i);
    });

    if (kind.dialect === "postgres") {
      it("build an index again whose building ended in the middle", async () => {
        const failure = await held(url, () =>
          upgrade(url, "head", { revisions, lockTimeoutMs: 500 }).catch((error: unknown) => error),
        );
        expect(failure).to.include({ code: "lock-timeout" });
        expect((await itemTable(url)).indexes[0]).to.include({ name: "item_by_owner", valid: false });
        await upgrade(url, "head", { revisions });
        await requireFinished(url);
      });
    }
  });
}
