/** The tables that godwit keeps in a repository: what is written there is read again as it was, and nothing else is touched. */
import { expect } from "chai";
import type { Session } from "../../lib/database/database.js";
import { createAlembicTable, readAlembicRows, replaceAlembicRows } from "../../lib/state/alembic.js";
import { createLogTable, logEnded, logForgotten, logStarted, readLog } from "../../lib/state/log.js";
import type { LogEntry } from "../../lib/state/log.js";
import {
  clearProgress,
  createProgressTable,
  readProgress,
  recordProgress,
} from "../../lib/state/progress.js";
import {
  clearVersionTable,
  createVersionTable,
  deleteVersionRows,
  headsOfRows,
  insertVersionRows,
  readVersionRows,
} from "../../lib/state/version-tables.js";
import type { VersionRow } from "../../lib/state/version-tables.js";
import { openFresh } from "../database/open.js";
import { databases } from "../support/databases.js";

/** Beyond what a JavaScript number holds. */
const large = 9_007_199_254_740_993n;

function entry(run: string, step: bigint, started: string): LogEntry {
  return {
    run,
    step,
    manager: "app",
    revision: "aaaaaaaaaaaa",
    direction: "up",
    started,
    ended: null,
    outcome: null,
    statement: null,
    tool: "godwit 1",
    user: "o'hara",
  };
}

function row(seq: bigint, revision: string, parent: string | null): VersionRow {
  return {
    seq,
    revision,
    parent,
    branch: null,
    version: null,
    kind: "upgrade",
    appliedAt: "2026-01-01T00:00:00.000Z",
    durationMs: null,
    appliedBy: "godwit 1",
    checksum: null,
  };
}

for (const kind of databases) {
  describe(`Tables of the state, ${kind.title}`, () => {
    async function inOne<T>(work: (session: Session) => Promise<T>): Promise<T> {
      const test = await openFresh(kind, []);
      try {
        return await test.write(work);
      } finally {
        await test.close();
      }
    }

    it("keep a log of steps, each with its own end", async () => {
      const [first, second, third] = [
        entry("one", 1n, "2026-01-01T00:00:00.000Z"),
        entry("one", large, "2026-01-01T00:00:01.000Z"),
        entry("two", 1n, "2026-01-01T00:00:02.000Z"),
      ] as const;
      await inOne(async (session) => {
        await createLogTable(session);
        for (const one of [third, first, second]) await logStarted(session, one);
        await createLogTable(session);
        expect(await readLog(session), "oldest first").to.deep.equal([first, second, third]);
        const ended = {
          ...second,
          ended: "2026-01-02T00:00:00.000Z",
          outcome: "failed",
          statement: "SELECT 'ß'",
        } as const;
        await logEnded(session, ended);
        await logEnded(session, { ...ended, outcome: "done" });
        await logForgotten(session, ended);
        expect(await readLog(session), "an end is the last word").to.deep.equal([first, ended, third]);
        await logForgotten(session, third);
        expect(await readLog(session)).to.deep.equal([first, ended]);
      });
    });

    it("keep the sub-steps that are done, for each revision and direction", async () => {
      await inOne(async (session) => {
        await createProgressTable(session);
        const doneAt = "2026-01-01T00:00:00.000Z";
        for (const [revision, direction, substep] of [
          ["a", "up", "copy"],
          ["a", "up", "swap"],
          ["a", "down", "drop"],
          ["b", "up", "copy"],
        ] as const)
          await recordProgress(session, { revision, direction, substep, doneAt });
        await createProgressTable(session);
        expect([...(await readProgress(session, "a", "up"))].toSorted()).to.deep.equal(["copy", "swap"]);
        await clearProgress(session, "a", "up");
        expect([...(await readProgress(session, "a", "up"))]).to.deep.equal([]);
        expect([...(await readProgress(session, "a", "down"))]).to.deep.equal(["drop"]);
        expect([...(await readProgress(session, "b", "up"))]).to.deep.equal(["copy"]);
      });
    });

    it("keep alembic_version: each id once, others' ids where they are", async () => {
      await inOne(async (session) => {
        await createAlembicTable(session);
        await replaceAlembicRows(session, { remove: [], add: ["two", "one", "two"] });
        await createAlembicTable(session);
        expect(await readAlembicRows(session)).to.deep.equal(["one", "two"]);
        await replaceAlembicRows(session, { remove: ["one"], add: ["three", "two"] });
        expect(await readAlembicRows(session)).to.deep.equal(["three", "two"]);
        await replaceAlembicRows(session, { remove: ["three", "two"], add: ["two"] });
        expect(await readAlembicRows(session)).to.deep.equal(["two"]);
        await replaceAlembicRows(session, { remove: ["two"], add: [] });
        expect(await readAlembicRows(session)).to.deep.equal([]);
      });
    });

    it("keep the revisions of a tree in the order in which they were applied", async () => {
      const rows: VersionRow[] = [
        {
          ...row(1n, "aaaaaaaaaaaa", null),
          branch: "Class",
          version: "1.0.0",
          kind: "switch",
          durationMs: large,
          checksum: "f00",
        },
        row(2n, "bbbbbbbbbbbb", "aaaaaaaaaaaa"),
        row(large, "cccccccccccc", "bbbbbbbbbbbb"),
      ];
      await inOne(async (session) => {
        await createVersionTable(session, "one-tree");
        await createVersionTable(session, "other");
        await insertVersionRows(session, "other", [row(1n, "dddddddddddd", null)]);
        await insertVersionRows(session, "one-tree", rows.toReversed());
        await insertVersionRows(session, "one-tree", []);
        await createVersionTable(session, "one-tree");
        expect(await readVersionRows(session, "one-tree")).to.deep.equal(rows);
        await deleteVersionRows(session, "one-tree", "bbbbbbbbbbbb");
        expect(await readVersionRows(session, "one-tree")).to.deep.equal([rows[0], rows[2]]);
        await clearVersionTable(session, "one-tree");
        expect(await readVersionRows(session, "one-tree")).to.deep.equal([]);
        expect(await readVersionRows(session, "other")).to.have.length(1);
      });
    });
  });
}

describe("The heads of a tree", () => {
  it("are the revisions that are nobody's parent, each once, sorted", () => {
    expect(headsOfRows([])).to.deep.equal([]);
    const rows = [row(1n, "a", null), row(2n, "c", "a"), row(3n, "b", "a"), row(4n, "b", "x")];
    expect(headsOfRows(rows)).to.deep.equal(["b", "c"]);
  });
});
