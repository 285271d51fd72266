/** What steps, stamps and the first write record, beside what is read again of it. */
import { expect } from "chai";
import type { Session } from "../../lib/database/database.js";
import { sql } from "../../lib/database/sql.js";
import type { Step } from "../../lib/graph/revision.js";
import { openRepository } from "../../lib/repository/open.js";
import type { Repository } from "../../lib/repository/repository.js";
import { createAlembicTable, readAlembicRows, replaceAlembicRows } from "../../lib/state/alembic.js";
import { createLogTable } from "../../lib/state/log.js";
import { createProgressTable } from "../../lib/state/progress.js";
import { readState } from "../../lib/state/read.js";
import type { KnownRevisions, RepositoryState } from "../../lib/state/state.js";
import { createVersionTable, readVersionRows } from "../../lib/state/version-tables.js";
import type { VersionRow } from "../../lib/state/version-tables.js";
import { adopt, needsAdoption, recordStep, writeStamps } from "../../lib/state/write.js";
import type { Stamp } from "../../lib/state/write.js";
import { drawn } from "../graph/trees/map.js";
import { databases } from "../support/databases.js";

/** A tree of two classes with a switch between them, and one that is a diamond. */
const { revisions, switches } = drawn(`
  app      root
  app      old1 <- root  Old 1.0.0
  app      old2 <- old1  Old 1.0.0
  app      new1 <- root  New 1.0.0
  app      new2 <- new1  New 1.0.0
  app      old2 <=> new2
  diamond  start
  diamond  left <- start
  diamond  right <- start
  diamond  both <- left right
`);
const edge = switches[0]!;
const known: KnownRevisions = {
  managers: ["app", "diamond"],
  revision: (id) => revisions.find((one) => one.id === id),
  neededBy: (ids) => ids,
  hasBranch: () => true,
};
const forth: Step = {
  direction: "switch",
  manager: "app",
  revision: "new2",
  from: ["old2"],
  switch: { edge, way: "forth" },
  heads: ["new2"],
};
const back: Step = {
  ...forth,
  revision: "old2",
  from: ["new2"],
  switch: { edge, way: "back" },
  heads: ["old2"],
};
const stamp: Stamp = { at: "2026-01-01T00:00:00.000Z", by: "godwit 1" };

/** Number, revision, parent and kind of the rows of a tree. */
function brief(rows: readonly VersionRow[]): string[] {
  return rows.map((row) => `${row.seq} ${row.revision} ${row.parent ?? "-"} ${row.kind}`).toSorted();
}

for (const kind of databases) {
  describe(`The first write and the following ones, ${kind.title}`, () => {
    let repository: Repository;

    beforeEach(async () => {
      repository = await openRepository((await kind.create()).url);
    });
    afterEach(() => repository.close());

    function inOne<T>(work: (session: Session) => Promise<T>): Promise<T> {
      return repository.database.transaction({ mode: "write" }, work);
    }

    it("takes nothing over for a revision that no file has", async () => {
      await inOne(async (session) => {
        await createLogTable(session);
        await createProgressTable(session);
        const row: VersionRow = {
          seq: 1n,
          revision: "gone",
          parent: null,
          branch: null,
          version: null,
          kind: "upgrade",
          appliedAt: stamp.at,
          durationMs: null,
          appliedBy: stamp.by,
          checksum: null,
        };
        const tree = { manager: "app", heads: ["gone"], recordedBy: "godwit" as const, rows: [row] };
        const found = { ...(await state(session)), trees: new Map([["app", tree]]) };
        expect(needsAdoption(repository, found, known)).to.equal(false);
      });
    });

    function state(session: Session): Promise<RepositoryState> {
      return readState(repository, session, known);
    }

    async function record(session: Session, step: Step, by = stamp): Promise<void> {
      const ran = {
        step,
        revision: revisions.find(({ id }) => id === step.revision)!,
        durationMs: 12n,
        checksum: "f00",
      };
      await recordStep(session, await state(session), known, ran, by);
    }

    function up(id: string, from: readonly string[], manager = "app"): Step {
      return { direction: "up", manager, revision: id, from, heads: [id] };
    }

    it("record steps up with all that is known of them, numbered over all trees", async () => {
      await inOne(async (session) => {
        await record(session, up("root", []));
        await record(session, up("start", [], "diamond"));
        await record(session, up("old1", ["root"]));
        const [first, last] = await readVersionRows(session, "app");
        const facts = {
          kind: "upgrade",
          appliedAt: stamp.at,
          durationMs: 12n,
          appliedBy: stamp.by,
          checksum: "f00",
        };
        expect(first).to.deep.equal({
          seq: 1n,
          revision: "root",
          parent: null,
          branch: null,
          version: null,
          ...facts,
        });
        expect(last).to.deep.equal({
          seq: 3n,
          revision: "old1",
          parent: "root",
          branch: "Old",
          version: "1.0.0",
          ...facts,
        });
        expect(brief(await readVersionRows(session, "diamond"))).to.deep.equal(["2 start - upgrade"]);
        expect((await state(session)).hasAlembicTable, "made for a Butler only").to.equal(false);
      });
    });

    it("record a step that goes down by its absence, and a merge under each of its parents", async () => {
      await inOne(async (session) => {
        await writeStamps(
          session,
          await state(session),
          known,
          [{ manager: "diamond", heads: ["left", "right"] }],
          stamp,
        );
        await record(session, up("both", ["left", "right"], "diamond"));
        const merged = ["1 left start stamp", "1 right start stamp", "1 start - stamp"];
        expect(brief(await readVersionRows(session, "diamond"))).to.deep.equal([
          ...merged,
          "2 both left upgrade",
          "2 both right upgrade",
        ]);
        await record(session, {
          ...up("both", ["left", "right"], "diamond"),
          direction: "down",
          heads: ["left", "right"],
        });
        expect(brief(await readVersionRows(session, "diamond"))).to.deep.equal(merged);
      });
    });

    it("take a number that only the database will know", async () => {
      await inOne(async (session) => {
        await record(session, up("root", []), { ...stamp, seq: sql`40 + 2` });
        expect(brief(await readVersionRows(session, "app"))).to.deep.equal(["42 root - upgrade"]);
      });
    });

    it("keep alembic_version true where it is, empty or not", async () => {
      await inOne(async (session) => {
        await createAlembicTable(session);
        await record(session, up("root", []));
        await record(session, up("start", [], "diamond"));
        await record(session, up("old1", ["root"]));
        expect(await readAlembicRows(session)).to.deep.equal(["old1", "start"]);
        await record(session, { ...up("start", [], "diamond"), direction: "down", heads: [] });
        expect(await readAlembicRows(session)).to.deep.equal(["old1"]);
      });
    });

    it("record a switch, and the way back over it", async () => {
      await inOne(async (session) => {
        for (const [id, parent] of [
          ["root", null],
          ["old1", "root"],
          ["old2", "old1"],
        ] as const)
          await record(session, up(id, parent === null ? [] : [parent]));
        await record(session, forth);
        const before = ["1 root - upgrade", "2 old1 root upgrade", "3 old2 old1 upgrade"];
        expect(brief(await readVersionRows(session, "app"))).to.deep.equal([...before, "4 new2 old2 switch"]);
        await record(session, back);
        expect(brief(await readVersionRows(session, "app"))).to.deep.equal(before);
      });
    });

    it("write the chain below a switch on the way back where a tree was adopted above it", async () => {
      await inOne(async (session) => {
        await writeStamps(
          session,
          await state(session),
          known,
          [{ manager: "diamond", heads: ["start"] }],
          stamp,
        );
        await writeStamps(session, await state(session), known, [{ manager: "app", heads: ["new2"] }], stamp);
        await record(session, back);
        expect(brief(await readVersionRows(session, "app"))).to.deep.equal([
          "2 root - stamp",
          "3 old1 root switch",
          "3 old2 old1 switch",
        ]);
        expect((await state(session)).trees.get("app")?.heads).to.deep.equal(["old2"]);
      });
    });

    it("stamp trees anew, with a chain each and one number, whatever was recorded", async () => {
      await inOne(async (session) => {
        await record(session, up("root", []));
        await record(session, up("start", [], "diamond"));
        const trees = [
          { manager: "app", heads: ["old2"] },
          { manager: "diamond", heads: ["both"] },
        ];
        await writeStamps(session, await state(session), known, trees, stamp);
        expect(await readVersionRows(session, "app")).to.deep.include({
          seq: 3n,
          revision: "old2",
          parent: "old1",
          branch: "Old",
          version: "1.0.0",
          kind: "stamp",
          appliedAt: stamp.at,
          durationMs: null,
          appliedBy: stamp.by,
          checksum: null,
        });
        expect(brief(await readVersionRows(session, "app"))).to.deep.equal([
          "3 old1 root stamp",
          "3 old2 old1 stamp",
          "3 root - stamp",
        ]);
        expect(brief(await readVersionRows(session, "diamond"))).to.deep.equal([
          "3 both left stamp",
          "3 both right stamp",
          "3 left start stamp",
          "3 right start stamp",
          "3 start - stamp",
        ]);
        await writeStamps(session, await state(session), known, [{ manager: "app", heads: [] }], stamp);
        expect(await readVersionRows(session, "app")).to.deep.equal([]);
      });
    });

    it("adopt the trees of which only alembic_version tells, once, and leave the others", async () => {
      await inOne(async (session) => {
        await createAlembicTable(session);
        await record(session, up("start", [], "diamond"));
        await replaceAlembicRows(session, { remove: [], add: ["old1"] });
        await createVersionTable(session, "app");
        const before = await state(session);
        expect(before.trees.get("app")).to.deep.equal({
          manager: "app",
          heads: ["old1"],
          recordedBy: "alembic",
          rows: [],
        });
        expect(needsAdoption(repository, before, known), "no tables yet").to.equal(true);
        await createLogTable(session);
        expect(needsAdoption(repository, await state(session), known), "no table of sub-steps").to.equal(
          true,
        );
        await createProgressTable(session);
        expect(needsAdoption(repository, await state(session), known), "a tree is not recorded").to.equal(
          true,
        );
        await adopt(repository, session, before, known, stamp);
        expect(brief(await readVersionRows(session, "app"))).to.deep.equal([
          "2 old1 root adopt",
          "2 root - adopt",
        ]);
        expect(brief(await readVersionRows(session, "diamond"))).to.deep.equal(["1 start - upgrade"]);
        const after = await state(session);
        expect(needsAdoption(repository, after, known)).to.equal(false);
        expect(after.alembic).to.deep.equal(["old1", "start"]);
      });
    });

    it("are told by manager, whichever table tells of a tree", async () => {
      await inOne(async (session) => {
        await record(session, up("root", []));
        await createAlembicTable(session);
        await replaceAlembicRows(session, { remove: [], add: ["root", "start"] });
        const told = [...(await state(session)).trees].map(([name, { recordedBy }]) => [name, recordedBy]);
        expect(told).to.deep.equal([
          ["app", "godwit"],
          ["diamond", "alembic"],
        ]);
      });
    });

    it("make the tables with the first write on a database that records nothing", async () => {
      await inOne(async (session) => {
        const before = await state(session);
        expect([needsAdoption(repository, before, known), before.hasLog, before.hasProgress]).to.deep.equal([
          true,
          false,
          false,
        ]);
        await createLogTable(session);
        expect(needsAdoption(repository, await state(session), known), "no table of sub-steps").to.equal(
          true,
        );
        await adopt(repository, session, before, known, stamp);
        const after = await state(session);
        expect([needsAdoption(repository, after, known), after.hasLog, after.hasProgress]).to.deep.equal([
          false,
          true,
          true,
        ]);
        expect([after.hasAlembicTable, after.trees.size], "a plain database").to.deep.equal([false, 0]);
      });
    });
  });
}
