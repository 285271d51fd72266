import { expect } from "chai";
import { defineSwitch, downgrade, offlineScript, script, unanswered, upgrade } from "../../lib/index.js";
import type { RevisionDefinition } from "../../lib/index.js";
import { defineRevision, sql, type } from "../../lib/index.js";
import { openRepository } from "../../lib/repository/open.js";
import { rejection } from "../catalog/files.js";
import { databases } from "../support/databases.js";
import { sendScript } from "../support/scripts.js";

const revisions: readonly RevisionDefinition[] = [
  defineRevision({
    id: "aaaaaaaaaa01",
    parent: null,
    manager: "people",
    summary: "Make person",
    async up({ schema, data }) {
      await schema.create("person", (table) => {
        table.column("id", type.bigint(), { nullable: false });
        table.column("name", type.string(40), { nullable: false });
        table.primaryKey(["id"]);
        table.unique(["name"]);
      });
      await data.insert("person", {
        columns: ["id", "name"],
        rows: [
          [9007199254740993n, 'O\'Neil \\ "x"'],
          [2n, "é"],
        ],
      });
    },
    async down({ schema }) {
      await schema.drop("person");
    },
  }),
  defineRevision({
    id: "aaaaaaaaaa02",
    parent: "aaaaaaaaaa01",
    manager: "people",
    summary: "Widen the name -- and add a note;\nover two lines",
    async up({ schema }) {
      await schema.alter("person", (table) => {
        table.changeColumn("name", { type: type.string(80) });
        table.addColumn("note", type.text(), { default: "none" });
        table.addIndex(["note"]);
      });
    },
    async down({ schema }) {
      await schema.alter("person", (table) => {
        table.dropColumn("note");
        table.changeColumn("name", { type: type.string(40) });
      });
    },
  }),
  defineRevision({
    id: "aaaaaaaaaa03",
    parent: "aaaaaaaaaa02",
    manager: "people",
    summary: "Fill the note",
    async up(context) {
      await context.execute(sql`UPDATE ${sql.table("person")} SET note = ${"a;b"} WHERE id = ${2n}`, {
        table: "person",
        cost: "rewrite",
      });
    },
    async down() {
      // The note goes with its column.
    },
  }),
  defineRevision({
    id: "bbbbbbbbbb01",
    parent: null,
    manager: "places",
    dependsOn: ["aaaaaaaaaa02"],
    summary: "Make place",
    async up({ schema }) {
      await schema.create("place", (table) => {
        table.column("id", type.bigint(), { nullable: false });
        table.column("owner", type.bigint());
        table.primaryKey(["id"]);
        table.foreignKey(["owner"], { table: "person", columns: ["id"] });
      });
    },
    async down({ schema }) {
      await schema.drop("place");
    },
  }),
];

const reading = defineRevision({
  id: "aaaaaaaaaa04",
  parent: "aaaaaaaaaa03",
  manager: "people",
  summary: "Count",
  async up(context) {
    const [row] = await context.query(sql`SELECT count(*) AS n FROM ${sql.table("person")}`);
    await context.execute(sql`UPDATE ${sql.table("person")} SET note = ${`of ${String(row?.["n"])}`}`, {
      table: "person",
      cost: "rewrite",
    });
  },
  async down() {
    // Nothing to take back.
  },
});

const times = new Set(["applied_at", "duration_ms", "run", "started", "ended", "username"]);

/** Every table, complete, but for times and who it was. */
async function everything(url: string): Promise<unknown> {
  const repository = await openRepository(url);
  try {
    return await repository.database.transaction({ mode: "read" }, async (session) => {
      const schema = session.schema(repository.conventions);
      const found: [string, unknown, string[]][] = [];
      for (const name of await schema.tableNames()) {
        const rows = await session.query(sql`SELECT * FROM ${sql.table(name)}`);
        const texts = rows.map((row) =>
          JSON.stringify(
            Object.entries(row).map(([column, value]) => [column, times.has(column) ? "any" : String(value)]),
          ),
        );
        found.push([name, await schema.table(name), texts.toSorted()]);
      }
      return found;
    });
  } finally {
    await repository.close();
  }
}

for (const kind of databases) {
  describe(`A script without a repository, ${kind.title}`, function () {
    this.timeout(60_000);
    const options = { revisions };

    it("leads to the same end as running the steps, from nothing and from the middle, up and down", async () => {
      const [run, scripted] = [await kind.create(), await kind.create()];
      const same = async (): Promise<void> => {
        expect(await everything(scripted.url)).to.deep.equal(await everything(run.url));
      };

      await upgrade(run.url, "aaaaaaaaaa02", options);
      await sendScript(scripted.url, await offlineScript(kind.dialect, "up", "base:aaaaaaaaaa02", options));
      await same();
      await upgrade(run.url, "head", options);
      await sendScript(scripted.url, await offlineScript(kind.dialect, "up", "aaaaaaaaaa02:head", options));
      await same();
      await downgrade(run.url, "people@aaaaaaaaaa02", options);
      await sendScript(
        scripted.url,
        await offlineScript(kind.dialect, "down", "aaaaaaaaaa03:aaaaaaaaaa02", options),
      );
      await same();
      await upgrade(run.url, "head", options);
      await upgrade(scripted.url, "head", options);
      await same();
    });

    it("stops at the first step that reads, and names it; with a repository its values are written", async () => {
      const all = { revisions: [...revisions, reading] };
      let message = "";
      await offlineScript(kind.dialect, "up", "base:heads", all).catch(
        (error: unknown) => (message = String(error)),
      );
      expect(message).to.contain("aaaaaaaaaa04").and.to.contain("reads the database");

      const [run, scripted] = [await kind.create(), await kind.create()];
      const text = await script(scripted.url, "up", ["heads"], all);
      expect(text).to.contain("of 2").and.to.contain("reads the database");
      await upgrade(run.url, "heads", all);
      await sendScript(scripted.url, text);
      expect(await everything(scripted.url)).to.deep.equal(await everything(run.url));
    });

    it("names the step of a Butler's tree: what a Butler records stands in its database", async () => {
      const error = await offlineScript(kind.dialect, "up", "2101fbf51ad3:4e2d7a28475b").catch(
        (one: unknown) => one,
      );
      expect(error).to.have.property("code", "needs-repository");
      expect(String(error)).to.contain("4e2d7a28475b");
    });

    it("refuses rows that break a new rule, as the steps do", async () => {
      const strict = [
        ...revisions,
        defineRevision({
          id: "aaaaaaaaaa04",
          parent: "aaaaaaaaaa03",
          manager: "people",
          summary: "Require short notes",
          async up({ schema }) {
            await schema.alter("person", (table) =>
              table.addCheck({ name: "short", expression: "length(note) < 3" }),
            );
          },
        }),
      ];
      const { url } = await kind.create();
      await upgrade(url, "people@aaaaaaaaaa03", { revisions: strict });
      const text = await offlineScript(kind.dialect, "up", "aaaaaaaaaa03:aaaaaaaaaa04", {
        revisions: strict,
      });
      expect(await sendScript(url, text).catch(String)).to.match(
        /CHECK constraint failed|violated by some row/,
      );
    });

    it("stops at a step that looks at rows beside its code, and at what its code throws", async () => {
      const next = (more: Partial<RevisionDefinition>): RevisionDefinition[] => [
        ...revisions,
        defineRevision({
          id: "aaaaaaaaaa04",
          parent: "aaaaaaaaaa03",
          manager: "people",
          summary: "Look",
          ...more,
        }),
      ];
      const written = (more: Partial<RevisionDefinition>): Promise<Error & { code?: string }> =>
        rejection(offlineScript(kind.dialect, "up", "aaaaaaaaaa03:aaaaaaaaaa04", { revisions: next(more) }));
      const up = async (): Promise<void> => {
        // Only what stands beside it matters.
      };
      const count = async (): Promise<number> => 1;
      const cases: readonly [Partial<RevisionDefinition>, code: string, reason: string][] = [
        [
          { up, invariants: [{ description: "the count", before: count, after: count }] },
          "needs-repository",
          "compares rows before and after",
        ],
        [{ up, preconditions: up }, "needs-repository", "looks at rows beforehand"],
        [{ up: () => Promise.reject(new TypeError("no moon")) }, "needs-repository", "no moon"],
        [{ up: async () => unanswered("Which moon?") }, "unanswered-question", "Which moon?"],
      ];
      for (const [more, code, reason] of cases) {
        const error = await written(more);
        expect([error.code, error.message], reason).to.satisfy(
          ([found, message]: string[]) => found === code && message?.includes(reason),
        );
      }
    });

    it("goes forth over a switch, and not back: only the rows know where that leads", async () => {
      const header = {
        parent: "cccccccccc01",
        manager: "kinds",
        summary: "Begin",
        branch: "Old",
        version: "1",
      };
      const code = async (): Promise<void> => {
        // The classes are the same to the database.
      };
      const kinds = [
        defineRevision({ id: "cccccccccc01", parent: null, manager: "kinds", summary: "Root", up: code }),
        defineRevision({ ...header, id: "cccccccccc02", up: code }),
        defineRevision({ ...header, id: "cccccccccc03", branch: "New", up: code }),
        defineSwitch({
          manager: "kinds",
          from: "cccccccccc02",
          to: "cccccccccc03",
          summary: "Old to New",
          up: code,
          down: code,
        }),
      ];
      const all = { revisions: kinds };
      const forth = await offlineScript(kind.dialect, "up", "cccccccccc02:cccccccccc03", all);
      expect(forth).to.include("Old to New");
      const error = await rejection(offlineScript(kind.dialect, "up", "cccccccccc03:cccccccccc02", all));
      expect(error.code).to.equal("needs-repository");
      expect(error.message).to.include("goes back over a switch");
    });

    it("needs a range", async () => {
      const error = await offlineScript(kind.dialect, "up", "head", options).catch((one: unknown) => one);
      expect(error).to.have.property("code", "no-range");
    });
  });
}
