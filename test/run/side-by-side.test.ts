/** `jobs`: sub-steps on several connections at once, where PostgreSQL can use them. */
import { expect } from "chai";
import { current, defineRevision, type, upgrade } from "../../lib/index.js";
import type { RevisionContext, RevisionDefinition } from "../../lib/index.js";
import { databases } from "../support/databases.js";
import { rowsOf } from "../support/rows.js";

const compatibility = { backward: "full", forward: "full" } as const;
const tables = ["one", 'two "quoted"', "Three", "four"];

const start = defineRevision({
  id: "aaaaaaaaaaaa",
  parent: null,
  manager: "app",
  summary: "Make tables with rows",
  compatibility,
  async up({ schema, data }) {
    for (const name of tables) {
      await schema.create(name, (table) => {
        table.column("id", type.bigint());
        table.column("size", type.bigint());
        table.primaryKey(["id"]);
      });
      await data.insert(name, { columns: ["id", "size"], rows: [1n, 2n, 3n].map((id) => [id, id * 10n]) });
    }
  },
});

/** Adds an index to each table; `inside` is called in each sub-step that runs. */
function indexing(inside: (context: RevisionContext, name: string) => Promise<void>): RevisionDefinition {
  return defineRevision({
    id: "bbbbbbbbbbbb",
    parent: "aaaaaaaaaaaa",
    manager: "app",
    summary: "Find rows by size",
    compatibility,
    execution: { live: true, transactional: false },
    async up(context) {
      await context.substeps(
        tables,
        async (own, name) => {
          if (own.mode === "run") await inside(own, name);
          await own.schema.alter(name, (table) => {
            table.addIndex(["size"], { concurrently: true });
          });
        },
        { autocommit: true },
      );
    },
  });
}

async function indexesOf(url: string, dialect: string): Promise<number> {
  const [row] = await rowsOf(
    url,
    dialect === "sqlite"
      ? "SELECT count(*) AS n FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('one', 'two \"quoted\"', 'Three', 'four')"
      : "SELECT count(*) AS n FROM pg_indexes WHERE tablename IN ('one', 'two \"quoted\"', 'Three', 'four') AND indexdef LIKE '%(size)'",
  );
  return Number(row?.["n"]);
}

for (const kind of databases) {
  describe(`Sub-steps side by side, ${kind.title}`, () => {
    let url: string;

    beforeEach(async () => {
      ({ url } = await kind.create());
      await upgrade(url, "aaaaaaaaaaaa", { revisions: [start] });
    });

    it("are as many at once as `jobs` says on PostgreSQL, and one on SQLite", async () => {
      let under = 0;
      let most = 0;
      let meet = (): void => {};
      const met = new Promise<void>((resolve) => (meet = resolve));
      const revision = indexing(async () => {
        under += 1;
        most = Math.max(most, under);
        if (under === 2 || kind.dialect === "sqlite") meet();
        await met;
        under -= 1;
      });
      await upgrade(url, "head", { revisions: [start, revision], jobs: 2 });
      expect(most).to.equal(kind.dialect === "sqlite" ? 1 : 2);
      expect(await indexesOf(url, kind.dialect)).to.equal(4);
      expect((await current(url, { revisions: [start, revision] })).managers[0]?.pending).to.deep.equal([]);
    });

    it("end where one fails, and the next run does what is left", async () => {
      const stop = new Error("stopped by the test");
      const failing = indexing(async (_context, name) => {
        if (name === "Three") throw stop;
      });
      const error: unknown = await upgrade(url, "head", { revisions: [start, failing], jobs: 2 }).catch(
        (one: unknown) => one,
      );
      expect((error as Error).message).to.include("stopped by the test");
      const done = await rowsOf(url, "SELECT substep FROM godwit_progress");
      expect(done.map(({ substep }) => substep)).to.include.members(["one", 'two "quoted"']);

      const again: string[] = [];
      const whole = indexing(async (_context, name) => void again.push(name));
      await upgrade(url, "head", { revisions: [start, whole], jobs: 2 });
      expect(again).to.include("Three").and.not.to.include("one");
      expect(await indexesOf(url, kind.dialect)).to.equal(4);
      expect(await rowsOf(url, "SELECT count(*) AS n FROM godwit_progress")).to.deep.equal([{ n: 0n }]);
    });
  });
}
