/** What shows only while a plan runs, because its own steps change the rows that it depends on. */
import { expect } from "chai";
import { current, defineRevision, losesRows, plan, sql, upgrade } from "../../lib/index.js";
import type { GodwitError, RevisionDefinition } from "../../lib/index.js";
import { InputError, RefusedError } from "../../lib/errors.js";
import { rejection } from "../catalog/files.js";
import { databases } from "../support/databases.js";
import { rowsOf, runStatements } from "../support/rows.js";

type Code = NonNullable<RevisionDefinition["up"]>;

/** A line of revisions of which the first fills table `t`. */
function line(...bodies: readonly Code[]): RevisionDefinition[] {
  const fill: Code = async (context) => {
    await context.execute(sql`INSERT INTO t VALUES (1)`, { table: "t", cost: "scan" });
  };
  const ids = ["aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"];
  return [fill, ...bodies].map((up, at) =>
    defineRevision({ id: ids[at]!, parent: ids[at - 1] ?? null, manager: "app", summary: `Step ${at}`, up }),
  );
}

const read: Code = async (context) => {
  await context.query(sql`SELECT n FROM ${sql.table("t")}`);
};

for (const kind of databases) {
  describe(`What only a run can know, ${kind.title}`, () => {
    async function withTable(): Promise<string> {
      const { url } = await kind.create();
      await runStatements(url, ["CREATE TABLE t (n BIGINT)"]);
      return url;
    }

    it("is told in the plan, and so is what might stand in the way behind it", async () => {
      const url = await withTable();
      const revisions = line(read, async () => {
        throw new RefusedError("no-moon", "There is no moon.");
      });
      const { steps } = await plan(url, "up", "head", { revisions });
      expect(steps[1]?.notes).to.deep.equal([
        'Only known while running: depends on the rows of "t", which this plan changes before',
      ]);
      expect(steps[2]?.notes).to.deep.equal(["Only known while running: There is no moon."]);
      const error = (await rejection(upgrade(url, "head", { revisions }))) as GodwitError;
      expect([error.code, error.done.length]).to.deep.equal(["no-moon", 2]);
    });

    it("does not hide wrong input, nor a defect of the code", async () => {
      for (const [thrown, message] of [
        [new InputError("bad-content", "No such camera."), "No such camera."],
        [
          new TypeError("camera is undefined"),
          "app root (cccccccccccc) fails before anything is changed: camera is undefined",
        ],
      ] as const) {
        const url = await withTable();
        const revisions = line(read, async () => {
          throw thrown;
        });
        expect((await rejection(plan(url, "up", "head", { revisions }))).message).to.equal(message);
        await rejection(upgrade(url, "head", { revisions }));
        expect((await current(url, { revisions })).managers[0]?.revisions).to.deep.equal([]);
      }
    });

    it("is refused while it runs where it turns out to lose rows; what was committed before stays", async () => {
      const url = await withTable();
      const revisions = line(async (context) => {
        await losesRows(context, "t");
        await context.execute(sql`DELETE FROM t`, { table: "t", cost: "scan" });
      });
      const error = (await rejection(upgrade(url, "head", { revisions }))) as GodwitError;
      expect([error.code, error.done.map(({ revision }) => revision)]).to.deep.equal([
        "data-loss",
        ["aaaaaaaaaaaa"],
      ]);
      expect(error.message).to.include('rows of "t" (1)');
      expect(await rowsOf(url, "SELECT n FROM t")).to.deep.equal([{ n: 1n }]);
      await upgrade(url, "head", { revisions, dataLoss: "allow" });
      expect(await rowsOf(url, "SELECT n FROM t")).to.deep.equal([]);
    });

    it("asks preconditions before everything: what they refuse stands in the plan, their defects stop it", async () => {
      const url = await withTable();
      const [fill] = line();
      const asking = (thrown: Error): RevisionDefinition[] => [
        { ...fill!, preconditions: () => Promise.reject(thrown) },
      ];
      const refused = asking(new RefusedError("no-moon", "There is no moon."));
      const { steps } = await plan(url, "up", "head", { revisions: refused });
      expect(steps[0]?.notes).to.deep.equal(["In the way: There is no moon."]);
      expect((await rejection(upgrade(url, "head", { revisions: refused }))).code).to.equal("no-moon");
      const defect = asking(new TypeError("moon is undefined"));
      expect((await rejection(plan(url, "up", "head", { revisions: defect }))).message).to.equal(
        "app root (aaaaaaaaaaaa) fails before anything is changed: moon is undefined",
      );
    });
  });
}
