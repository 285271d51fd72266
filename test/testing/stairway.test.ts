import test from "node:test";
import { expect } from "chai";
import { defineRevision, openRepository, sql, type } from "../../lib/index.js";
import type { RevisionDefinition } from "../../lib/index.js";
import { climb, describeRevisions, fillEmptyTables, scratchSqlite } from "../../lib/testing/index.js";
import type { TestRunner } from "../../lib/testing/index.js";
import type { SchemaEditor } from "../../lib/database/schema/editor.js";
import { rejection } from "../catalog/files.js";
import { databases } from "../support/databases.js";

const first = defineRevision({
  id: "aaaaaaaaaaaa",
  parent: null,
  manager: "app",
  summary: "Make two tables",
  async up({ schema }) {
    await schema.create("kind", (table) => {
      table.column("name", type.string(8));
      table.primaryKey(["name"]);
    });
    await schema.create("thing", (table) => {
      table.column("id", type.bigint());
      table.column("kind", type.string(8), { nullable: true });
      table.column("seen", type.timestamp(), { nullable: true });
      table.primaryKey(["id"]);
      table.foreignKey(["kind"], { table: "kind", columns: ["name"] });
    });
  },
  async down({ schema }) {
    await schema.drop("thing");
    await schema.drop("kind");
  },
});

const second = defineRevision({
  id: "bbbbbbbbbbbb",
  parent: "aaaaaaaaaaaa",
  manager: "app",
  summary: "Add a column",
  async up({ schema }) {
    await schema.alter("thing", (table) => {
      table.addColumn("size", type.bigint(), { nullable: true, using: sql`id` });
    });
  },
  async down({ schema }) {
    await schema.alter("thing", (table) => {
      table.dropColumn("size");
    });
  },
});

const nothing = async (): Promise<void> => {};

for (const kind of databases) {
  describe(`The stairway test, ${kind.title}`, () => {
    it("takes every revision up, down and up, with rows in every table", async () => {
      const { url } = await kind.create();
      const steps = await climb(url, { revisions: [first, second] });
      expect(steps.map(({ revision, down, unfilled }) => [revision, down, [...unfilled]])).to.deep.equal([
        ["aaaaaaaaaaaa", "tried", []],
        ["bbbbbbbbbbbb", "tried", []],
      ]);
      const repository = await openRepository(url);
      const rows = await repository.database.session((session) =>
        session.query(sql`SELECT id = size AS same FROM thing`),
      );
      await repository.close();
      expect(rows).to.have.length(3);
    });

    const faults: readonly (readonly [string, Partial<RevisionDefinition>, string])[] = [
      ["up is empty", { up: nothing }, "changes nothing"],
      ["down is empty", { down: nothing }, "after up and down"],
      [
        "down loses rows",
        {
          async down(context) {
            await second.down?.(context);
            await context.execute(sql`DELETE FROM thing WHERE kind IS NULL`, {
              table: "thing",
              cost: "rewrite",
            });
          },
        },
        'the rows of table "thing"',
      ],
    ];
    for (const [what, change, says] of kind.dialect === "sqlite" ? faults : []) {
      it(`fails where ${what}`, async () => {
        const { url } = await kind.create();
        const error = await rejection(climb(url, { revisions: [first, { ...second, ...change }] }));
        expect(error.message).to.contain("bbbbbbbbbbbb").and.to.contain(says);
      });
    }

    const breaking: readonly (readonly [string, (schema: SchemaEditor) => Promise<unknown>, string])[] = [
      [
        "drops a column",
        (schema) => schema.alter("thing", (table) => table.dropColumn("seen")),
        'column "seen" of "thing" is gone',
      ],
      [
        "gives a column another name",
        (schema) => schema.alter("thing", (table) => table.renameColumn("seen", "seen_at")),
        'column "seen" of "thing" is gone',
      ],
      [
        "demands a value of a new column",
        (schema) =>
          schema.alter("thing", (table) => table.addColumn("size", type.bigint(), { using: sql`id` })),
        'column "size" of "thing" demands a value',
      ],
      ["drops a table", (schema) => schema.drop("thing"), 'table "thing" is gone'],
    ];
    for (const [what, change, says] of breaking) {
      it(`contradicts a revision that ${what} where it says that code from before can go on`, async () => {
        const up: RevisionDefinition["up"] = async ({ schema }) => void (await change(schema));
        const oneWay = {
          ...second,
          down: undefined,
          irreversible: "no",
          up,
        } as unknown as RevisionDefinition;
        const declaring = (forward: "full" | "none") =>
          ({ ...oneWay, compatibility: { backward: "none", forward } }) as RevisionDefinition;
        const { url } = await kind.create();
        const error = await rejection(climb(url, { revisions: [first, declaring("full")] }));
        expect(error.message).to.contain(
          `Revision bbbbbbbbbbbb declares compatibility.forward "full", but ${says}`,
        );
        const other = await kind.create();
        await climb(other.url, { revisions: [first, declaring("none")] });
      });
    }

    // What follows does not depend on the database.
    if (kind.dialect !== "sqlite") return;

    it("does not ask for a way down of what cannot be undone, or for a change of what is named", async () => {
      const { url } = await kind.create();
      const oneWay = Object.fromEntries(Object.entries(second).filter(([name]) => name !== "down"));
      const third = { ...second, id: "cccccccccccc", parent: "bbbbbbbbbbbb", up: nothing, down: nothing };
      const steps = await climb(url, {
        revisions: [first, { ...(oneWay as unknown as RevisionDefinition), irreversible: "no" }, third],
        changeNothing: ["cccccccccccc"],
      });
      expect(steps.map(({ down }) => down)).to.deep.equal(["tried", "irreversible", "tried"]);
    });

    it("stops between sub-steps, and wants the same end", async () => {
      const { url } = await kind.create();
      const stops: string[] = [];
      let forgets = false;
      const inParts = {
        ...second,
        execution: { transactional: false },
        async up(context: Parameters<NonNullable<RevisionDefinition["up"]>>[0]) {
          stops.push("begun");
          await context.substep("column", () => second.up?.(context) ?? Promise.resolve());
          if (forgets) return;
          await context.substep("rows", async () => {
            await context.execute(sql`UPDATE thing SET size = 7`, { table: "thing", cost: "rewrite" });
          });
        },
      };
      await climb(url, { revisions: [first, inParts] });
      expect(stops.length).to.be.above(4);
      const { url: other } = await kind.create();
      // Goes another way as long as it was not taken back.
      forgets = true;
      const flaky: RevisionDefinition = {
        ...inParts,
        async down(context) {
          forgets = false;
          await second.down?.(context);
        },
      };
      const error = await rejection(climb(other, { revisions: [first, flaky] }));
      expect(error.message).to.contain("bbbbbbbbbbbb");
    });

    it("wants rows in a table that a revision changes", async () => {
      const { url } = await kind.create();
      const picky: RevisionDefinition = {
        ...first,
        async up(context) {
          await first.up?.(context);
          await context.schema.alter("thing", (table) => {
            table.addCheck({ name: "picky", expression: "id < 0" });
          });
        },
      };
      const revisions = [picky, second];
      const error = await rejection(climb(url, { revisions }));
      expect(error.message).to.contain('"thing"').and.contain("picky");
      const { url: other } = await kind.create();
      const insert = "INSERT INTO thing (id) SELECT -1 WHERE NOT EXISTS (SELECT * FROM thing)";
      await climb(other, {
        revisions,
        rows: async (repository, revision) => {
          if (revision === "bbbbbbbbbbbb")
            await repository.database.session((session) => session.execute(sql.raw(insert)));
        },
      });
    });

    it("says which tables could not be filled", async () => {
      const { url } = await kind.create();
      const repository = await openRepository(url);
      const text = "CREATE TABLE t (id BIGINT PRIMARY KEY, CONSTRAINT no CHECK (id < 0))";
      await repository.database.session((session) => session.execute(sql.raw(text)));
      const failed = await fillEmptyTables(repository);
      await repository.close();
      expect([...failed.keys()]).to.deep.equal(["t"]);
    });
  });
}

describe("describeRevisions", () => {
  async function runWith(revisions: readonly RevisionDefinition[]): Promise<Map<string, string>> {
    const outcomes = new Map<string, string>();
    const pending: Promise<void>[] = [];
    // The functions of node:test fit too.
    const runner: TestRunner = {
      ...(test satisfies TestRunner),
      describe: (_title, body) => body(),
      it: (title, body) =>
        pending.push(
          body().then(
            () => void outcomes.set(title, "passed"),
            (error: unknown) => void outcomes.set(title, String(error)),
          ),
        ),
    };
    describeRevisions({ runner, revisions, repositories: [scratchSqlite] });
    await Promise.all(pending);
    return outcomes;
  }

  it("passes for revisions that are in order", async () => {
    expect([...(await runWith([first, second])).values()]).to.deep.equal(["passed", "passed"]);
  });

  it("fails for two tips, and for what the stairway finds", async () => {
    const third = { ...second, id: "cccccccccccc" };
    expect((await runWith([first, second, third])).get("have one tip on every branch")).to.contain(
      "cccccccccccc",
    );
    const outcomes = await runWith([first, { ...second, down: nothing }]);
    expect(outcomes.get("go up, down and up again with their rows on SQLite")).to.contain("bbbbbbbbbbbb");
  });
});
