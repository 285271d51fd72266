import { expect } from "chai";
import {
  current,
  defineRevision,
  downgrade,
  history,
  plan,
  sql,
  stamp,
  type,
  upgrade,
} from "../../lib/index.js";
import { GodwitError } from "../../lib/errors.js";
import type { RevisionDefinition } from "../../lib/revision.js";
import type { RunEvent } from "../../lib/run/events.js";
import { databases } from "../support/databases.js";
import { rowsOf } from "../support/rows.js";

const compatibility = { backward: "full", forward: "full" } as const;

/** Three revisions of one tree, and one of another that needs the second. */
const revisions: readonly RevisionDefinition[] = [
  defineRevision({
    id: "aaaaaaaaaaaa",
    parent: null,
    manager: "app",
    summary: "Make table note",
    compatibility,
    async up({ schema }) {
      await schema.create("note", (table) => {
        table.column("id", type.bigint());
        table.column("body", type.text(), { nullable: true });
        table.primaryKey(["id"]);
      });
    },
    async down({ schema }) {
      await schema.drop("note");
    },
  }),
  defineRevision({
    id: "bbbbbbbbbbbb",
    parent: "aaaaaaaaaaaa",
    manager: "app",
    summary: "Add the column stars",
    compatibility,
    async up({ schema }) {
      await schema.alter("note", (table) => {
        table.addColumn("stars", type.bigint(), { default: 9007199254740993n });
      });
    },
    async down({ schema }) {
      await schema.alter("note", (table) => {
        table.dropColumn("stars");
      });
    },
  }),
  defineRevision({
    id: "cccccccccccc",
    parent: "bbbbbbbbbbbb",
    manager: "app",
    summary: "Write a note",
    compatibility,
    async up(context) {
      await context.execute(sql`INSERT INTO ${sql.table("note")} (id, body) VALUES (1, ${'it\'s "here"'})`, {
        table: "note",
        cost: "rewrite",
      });
      context.report("one note was written");
    },
    async down(context) {
      await context.execute(sql`DELETE FROM ${sql.table("note")} WHERE id = 1`, {
        table: "note",
        cost: "rewrite",
      });
    },
  }),
  defineRevision({
    id: "dddddddddddd",
    parent: null,
    manager: "search-index",
    summary: "Make table word",
    dependsOn: ["bbbbbbbbbbbb"],
    compatibility,
    async up({ schema }) {
      await schema.create("word", (table) => {
        table.column("note_id", type.bigint());
        table.foreignKey(["note_id"], { table: "note", columns: ["id"] });
      });
    },
    async down({ schema }) {
      await schema.drop("word");
    },
  }),
];

async function refusal(work: Promise<unknown>): Promise<GodwitError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

for (const kind of databases) {
  describe(`The library on a plain database, ${kind.title}`, () => {
    let url: string;

    beforeEach(async () => {
      ({ url } = await kind.create());
    });

    it("upgrades every tree to its tip, in an order that the dependencies allow, and records each step", async () => {
      const events: RunEvent[] = [];
      const report = await upgrade(url, "head", { revisions, onEvent: (event) => events.push(event) });
      expect(report.steps.map(({ revision, direction }) => [revision, direction])).to.have.deep.members([
        ["aaaaaaaaaaaa", "up"],
        ["bbbbbbbbbbbb", "up"],
        ["cccccccccccc", "up"],
        ["dddddddddddd", "up"],
      ]);
      const order = report.steps.map(({ revision }) => revision);
      expect(order.indexOf("dddddddddddd")).to.be.above(order.indexOf("bbbbbbbbbbbb"));
      expect(
        report.current.managers.map(({ manager, revisions: heads, pending }) => [manager, heads, pending]),
      ).to.deep.equal([
        ["app", ["cccccccccccc"], []],
        ["search-index", ["dddddddddddd"], []],
      ]);
      expect(events).to.deep.include({
        kind: "report",
        revision: "cccccccccccc",
        message: "one note was written",
      });
      expect(await rowsOf(url, "SELECT id, body, stars FROM note")).to.deep.equal([
        { id: 1n, body: 'it\'s "here"', stars: 9007199254740993n },
      ]);
      expect(await rowsOf(url, "SELECT revision, parent, kind FROM revision_app ORDER BY seq")).to.deep.equal(
        [
          { revision: "aaaaaaaaaaaa", parent: null, kind: "upgrade" },
          { revision: "bbbbbbbbbbbb", parent: "aaaaaaaaaaaa", kind: "upgrade" },
          { revision: "cccccccccccc", parent: "bbbbbbbbbbbb", kind: "upgrade" },
        ],
      );
    });

    it("has nothing to do the second time, and says so", async () => {
      await upgrade(url, "head", { revisions });
      const report = await upgrade(url, "head", { revisions });
      expect(report.steps).to.deep.equal([]);
      expect(report.note).to.be.a("string");
    });

    it("undoes the step applied last, and does it again", async () => {
      await upgrade(url, "app@head", { revisions });
      const down = await downgrade(url, "-1", { revisions });
      expect(down.steps.map(({ revision, direction }) => [revision, direction])).to.deep.equal([
        ["cccccccccccc", "down"],
      ]);
      expect(await rowsOf(url, "SELECT id FROM note")).to.deep.equal([]);
      const up = await upgrade(url, "+1", { revisions });
      expect(up.steps.map(({ revision }) => revision)).to.deep.equal(["cccccccccccc"]);
    });

    it("goes back to nothing", async () => {
      await upgrade(url, "head", { revisions });
      await downgrade(url, "base", { revisions });
      const { managers } = await current(url, { revisions });
      expect(managers.map(({ manager, revisions: heads }) => [manager, heads])).to.deep.equal([
        ["app", []],
        ["search-index", []],
      ]);
      expect(await rowsOf(url, "SELECT revision FROM revision_app")).to.deep.equal([]);
    });

    it("changes nothing when it is only looked at", async () => {
      await current(url, { revisions });
      await plan(url, "up", "head", { revisions });
      await history({ uri: url, revisions });
      const report = await refusal(upgrade(url, "nosuch", { revisions }));
      expect(report.exitCode).to.equal(2);
      const error = await refusal(rowsOf(url, "SELECT * FROM godwit_log"));
      expect(error.message).to.match(/godwit_log/);
    });

    it("plans what it would do, table by table", async () => {
      const { steps } = await plan(url, "up", "app@head", { revisions });
      expect(
        steps.map(({ revision, tables }) => [revision, tables.map(({ name, cost }) => [name, cost])]),
      ).to.deep.equal([
        ["aaaaaaaaaaaa", [["note", "metadata"]]],
        ["bbbbbbbbbbbb", [["note", "metadata"]]],
        ["cccccccccccc", [["note", "rewrite"]]],
      ]);
    });

    it("rolls a failed step back together with its record, keeps those before, and logs the failure", async () => {
      const broken: RevisionDefinition[] = [
        ...revisions.filter(({ id }) => id !== "cccccccccccc" && id !== "dddddddddddd"),
        defineRevision({
          id: "eeeeeeeeeeee",
          parent: "bbbbbbbbbbbb",
          manager: "app",
          summary: "Fail half-way",
          async up(context) {
            await context.schema.create("half", (table) => table.column("a", type.text()));
            if (context.mode === "run") throw new Error("the dog ate it");
          },
        }),
      ];
      const error = await refusal(upgrade(url, "head", { revisions: broken }));
      expect(error.exitCode).to.equal(1);
      expect(error.message).to.include("eeeeeeeeeeee").and.include("the dog ate it");
      expect(error.done.map(({ revision }) => revision)).to.deep.equal(["aaaaaaaaaaaa", "bbbbbbbbbbbb"]);
      const { managers } = await current(url, { revisions: broken });
      expect(managers[0]?.revisions).to.deep.equal(["bbbbbbbbbbbb"]);
      await refusal(rowsOf(url, "SELECT * FROM half"));
      expect(
        await rowsOf(url, "SELECT revision, outcome FROM godwit_log WHERE outcome = 'failed'"),
      ).to.deep.equal([{ revision: "eeeeeeeeeeee", outcome: "failed" }]);
    });

    it("does all or nothing with atomic plan", async () => {
      const failing = defineRevision({
        id: "ffffffffffff",
        parent: "cccccccccccc",
        manager: "app",
        summary: "Fail",
        async up({ mode }) {
          if (mode === "run") throw new Error("no");
        },
      });
      await refusal(upgrade(url, "head", { revisions: [...revisions, failing], atomic: "plan" }));
      const { managers } = await current(url, { revisions });
      expect(managers.map(({ revisions: heads }) => heads)).to.deep.equal([[], []]);
    });

    it("stamps without running", async () => {
      await stamp(url, ["bbbbbbbbbbbb"], { revisions });
      const { managers } = await current(url, { revisions });
      expect(managers[0]?.revisions).to.deep.equal(["bbbbbbbbbbbb"]);
      expect(
        await rowsOf(url, "SELECT revision, parent, kind FROM revision_app ORDER BY revision"),
      ).to.deep.equal([
        { revision: "aaaaaaaaaaaa", parent: null, kind: "stamp" },
        { revision: "bbbbbbbbbbbb", parent: "aaaaaaaaaaaa", kind: "stamp" },
      ]);
      await refusal(rowsOf(url, "SELECT * FROM note"));
    });

    it("lets many runners upgrade at once, and applies each step once", async () => {
      const reports = await Promise.all(Array.from({ length: 6 }, () => upgrade(url, "head", { revisions })));
      const steps = reports.flatMap((report) => report.steps.map(({ revision }) => revision)).toSorted();
      expect(steps).to.deep.equal(["aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc", "dddddddddddd"]);
      expect(await rowsOf(url, "SELECT count(*) AS n FROM note")).to.deep.equal([{ n: 1n }]);
    });
  });
}
