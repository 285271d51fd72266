/** What is written down of a run that is not carried out. */
import { expect } from "chai";
import { defineRevision, script, sql, type, upgrade } from "../../lib/index.js";
import type { RevisionDefinition } from "../../lib/index.js";
import { rejection } from "../catalog/files.js";
import { databases } from "../support/databases.js";
import { rowsOf } from "../support/rows.js";
import { sendScript } from "../support/scripts.js";

const make = defineRevision({
  id: "aaaaaaaaaaaa",
  parent: null,
  manager: "app",
  summary: "Make t",
  async up(context) {
    await context.schema.create("t", (table) => table.column("n", type.bigint()));
    await context.execute(sql`INSERT INTO t VALUES (1)`, { table: "t", cost: "scan" });
  },
});

function next(definition: Pick<RevisionDefinition, "up" | "execution">): RevisionDefinition {
  return defineRevision({
    id: "bbbbbbbbbbbb",
    parent: "aaaaaaaaaaaa",
    manager: "app",
    summary: "Go on",
    ...definition,
  });
}

for (const kind of databases) {
  describe(`A script of a run, ${kind.title}`, () => {
    it("ends each statement, whatever comment stands behind it", async () => {
      const { url } = await kind.create();
      const revisions = [
        make,
        next({
          async up(context) {
            await context.execute(sql.raw("UPDATE t SET n = n + 1 -- all of them"), {
              table: "t",
              cost: "scan",
            });
            await context.execute(sql.raw("UPDATE t SET n = n + 1;"), { table: "t", cost: "scan" });
          },
        }),
      ];
      await sendScript(url, await script(url, "up", ["head"], { revisions }));
      expect(await rowsOf(url, "SELECT n FROM t")).to.deep.equal([{ n: 3n }]);
      expect(await script(url, "up", ["head"], { revisions })).to.match(/^-- Nothing to do/);
    });

    it("begins where an interrupted run of sub-steps ended, and leaves nothing of it behind", async () => {
      const { url } = await kind.create();
      const add = (by: bigint) => sql`UPDATE t SET n = n + ${by}`;
      const revisions = [
        make,
        next({
          execution: { transactional: false },
          async up(context) {
            await context.substep(
              "one",
              async () => void (await context.execute(add(10n), { table: "t", cost: "scan" })),
            );
            await context.substep(
              "two",
              async () => void (await context.execute(add(100n), { table: "t", cost: "scan" })),
            );
          },
        }),
      ];
      const stopped = new Error("stopped by the test");
      await rejection(
        upgrade(url, "head", {
          revisions,
          onPause: (point) => {
            if (point === "substep:one bbbbbbbbbbbb") throw stopped;
          },
        }),
      );
      expect(await rowsOf(url, "SELECT n FROM t")).to.deep.equal([{ n: 11n }]);
      await sendScript(url, await script(url, "up", ["head"], { revisions }));
      expect(await rowsOf(url, "SELECT n FROM t")).to.deep.equal([{ n: 111n }]);
      expect(await rowsOf(url, "SELECT count(*) AS n FROM godwit_progress")).to.deep.equal([{ n: 0n }]);
      expect((await upgrade(url, "head", { revisions })).steps).to.deep.equal([]);
    });

    it("is not written where a step fails, which is told by its name", async () => {
      const { url } = await kind.create();
      const revisions = [
        make,
        next({
          async up(context) {
            const thrown: unknown = "the moon";
            if (context.mode === "run") throw thrown;
          },
        }),
      ];
      const error = await rejection(script(url, "up", ["head"], { revisions }));
      expect([error.code, error.message]).to.deep.equal([
        "step-failed",
        "app root (bbbbbbbbbbbb) failed and was rolled back: the moon",
      ]);
      expect(await rejection(rowsOf(url, "SELECT n FROM t"))).to.be.instanceOf(Error);
    });
  });
}
