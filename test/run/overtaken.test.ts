/** Two runners on SQLite, where nobody keeps others away between two transactions: the slower one plans again. */
import { expect } from "chai";
import { current, defineRevision, history, type, upgrade } from "../../lib/index.js";
import type { RevisionDefinition } from "../../lib/index.js";
import { databases } from "../support/databases.js";

const ids = ["aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"] as const;

function revisions(execution: NonNullable<RevisionDefinition["execution"]>): RevisionDefinition[] {
  return ids.map((id, at) =>
    defineRevision({
      id,
      parent: ids[at - 1] ?? null,
      manager: "app",
      summary: `Make ${id}`,
      execution: at === 1 ? execution : {},
      async up(context) {
        await context.substep("only", async () => {
          await context.schema.create(id, (table) => table.column("n", type.bigint()));
        });
      },
    }),
  );
}

async function outcomes(uri: string, own: readonly RevisionDefinition[]): Promise<string[]> {
  const { runs = [] } = await history({ uri, revisions: own, runs: "read" });
  return runs.map(({ revision, outcome }) => `${revision} ${outcome}`);
}

describe("A runner that another one overtakes", () => {
  const [sqlite] = databases;

  it("plans a plan of one transaction again, and forgets what it had begun", async () => {
    const own = revisions({});
    const { url } = await sqlite!.create();
    await upgrade(url, ids[0], { revisions: own });
    let overtaken = false;
    const { steps } = await upgrade(url, "head", {
      revisions: own,
      atomic: "plan",
      onPause: async (point) => {
        if (overtaken || point !== "plan:begin") return;
        overtaken = true;
        await upgrade(url, ids[1], { revisions: own });
      },
    });
    expect(steps.map(({ revision }) => revision)).to.deep.equal([ids[2]]);
    expect(await outcomes(url, own)).to.deep.equal(ids.map((id) => `${id} done`));
    expect((await current(url, { revisions: own })).problems).to.deep.equal([]);
  });

  it("leaves a step of sub-steps to the other one", async () => {
    const own = revisions({ transactional: false });
    const { url } = await sqlite!.create();
    let overtaken = false;
    const { steps } = await upgrade(url, "head", {
      revisions: own,
      onPause: async (point) => {
        if (overtaken || point !== `step:begin ${ids[1]}`) return;
        overtaken = true;
        await upgrade(url, ids[1], { revisions: own });
      },
    });
    expect(steps.map(({ revision }) => revision)).to.deep.equal([ids[0], ids[2]]);
    expect((await outcomes(url, own)).toSorted()).to.deep.equal(ids.map((id) => `${id} done`));
  });

  it("cannot be a plan of one transaction where a step works in several", async () => {
    const own = revisions({ transactional: false });
    const { url } = await sqlite!.create();
    const error: unknown = await upgrade(url, "head", { revisions: own, atomic: "plan" }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.have.property("code", "not-atomic");
    expect(String(error)).to.include(ids[1]);
    expect((await current(url, { revisions: own })).managers[0]?.revisions).to.deep.equal([]);
  });
});
