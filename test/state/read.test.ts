/** Where a repository stands, read from all that tells of it: version tables, alembic_version, and a Butler's own records. */
import { expect } from "chai";
import { findRevisions } from "../../lib/api/revision-set.js";
import type { Session } from "../../lib/database/database.js";
import { sql } from "../../lib/database/sql.js";
import { openRepository } from "../../lib/repository/open.js";
import type { Repository } from "../../lib/repository/repository.js";
import { createAlembicTable, readAlembicRows, replaceAlembicRows } from "../../lib/state/alembic.js";
import { readState } from "../../lib/state/read.js";
import type { KnownRevisions } from "../../lib/state/state.js";
import { readVersionRows } from "../../lib/state/version-tables.js";
import { adopt, needsAdoption, recordStep, writeStamps } from "../../lib/state/write.js";
import { copyFixture } from "../support/fixtures.js";

const stamp = { at: "2026-01-01T00:00:00.000Z", by: "godwit 1" };

/** Of the fixture `current`, as its versions say (see test/fixtures/README.md). */
const collections = "8c57494cabcc";

describe("The state of a Butler", () => {
  let repository: Repository;
  let known: KnownRevisions;

  before(async () => ({ known } = await findRevisions({}, "butler")));
  beforeEach(async () => {
    repository = await openRepository((await copyFixture("current", "sqlite")).folder);
  });
  afterEach(() => repository.close());

  function inOne<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return repository.database.transaction({ mode: "write" }, work);
  }

  it("is what the repository itself records, by manager, where nothing else tells", async () => {
    const state = await inOne((session) => readState(repository, session, known));
    const managers = state.recorded.map(({ manager }) => manager);
    expect([...state.trees.keys()])
      .to.deep.equal(managers.toSorted())
      .and.have.length(7);
    expect(state.trees.get("collections")).to.deep.equal({
      manager: "collections",
      heads: [collections],
      recordedBy: "repository",
      rows: [],
    });
    const { foreign, alembic, hasAlembicTable, hasLog, hasProgress, problems } = state;
    expect({ foreign, alembic, hasAlembicTable, hasLog, hasProgress, problems }).to.deep.equal({
      foreign: [],
      alembic: null,
      hasAlembicTable: false,
      hasLog: false,
      hasProgress: false,
      problems: [],
    });
    expect([...state.versionTables]).to.deep.equal([]);
  });

  it("is adopted as a whole: a chain for each tree, and alembic_version for the Python tool", async () => {
    await inOne(async (session) => {
      const before = await readState(repository, session, known);
      await adopt(repository, session, before, known, stamp);
      const state = await readState(repository, session, known);
      expect([...state.versionTables].toSorted()).to.deep.equal([...before.trees.keys()]);
      for (const { recordedBy, heads, manager, rows } of state.trees.values()) {
        expect([recordedBy, heads]).to.deep.equal(["godwit", before.trees.get(manager)?.heads]);
        expect(
          rows.filter(({ parent }) => parent === null),
          `one root of ${manager}`,
        ).to.have.length(1);
      }
      const heads = [...state.trees.values()].flatMap((tree) => tree.heads).toSorted();
      expect(await readAlembicRows(session))
        .to.deep.equal(heads)
        .and.have.length(7);
      expect(state.problems).to.deep.equal([]);
      expect(needsAdoption(repository, state, known)).to.equal(false);
      await session.execute(sql`DROP TABLE ${sql.table("alembic_version")}`);
      const without = await readState(repository, session, known);
      expect(needsAdoption(repository, without, known), "a Butler without alembic_version").to.equal(true);
    });
  });

  it("disagrees with a version table of a manager that it should record, and does not", async () => {
    await inOne(async (session) => {
      await adopt(repository, session, await readState(repository, session, known), known, stamp);
      await session.execute(
        sql`DELETE FROM ${sql.table("butler_attributes")} WHERE name LIKE ${"%CollectionManager%"} OR value LIKE ${"%CollectionManager%"}`,
      );
      const { problems } = await readState(repository, session, known);
      expect(problems.map(({ message }) => message)).to.deep.equal([
        `The version table says that "collections" is at ${collections}, the repository itself records no such manager.`,
      ]);
    });
  });

  it("gets rows in an alembic_version that is there, but empty", async () => {
    await inOne(async (session) => {
      await createAlembicTable(session);
      const before = await readState(repository, session, known);
      expect([before.alembic, before.hasAlembicTable]).to.deep.equal([null, true]);
      await adopt(repository, session, before, known, stamp);
      expect(await readAlembicRows(session)).to.have.length(7);
    });
  });

  it("leaves an alembic_version as it is that has rows", async () => {
    await inOne(async (session) => {
      await createAlembicTable(session);
      await replaceAlembicRows(session, { remove: [], add: [collections] });
      const before = await readState(repository, session, known);
      expect(before.trees.get("collections")).to.deep.include({
        heads: [collections],
        recordedBy: "alembic",
      });
      expect(before.trees.get("datasets")).to.deep.include({ recordedBy: "repository" });
      await adopt(repository, session, before, known, stamp);
      expect(await readAlembicRows(session)).to.deep.equal([collections]);
      expect(await readVersionRows(session, "collections")).to.not.be.empty;
    });
  });

  it("counts managers whose class no file is about as nobody's business, until a version table records them", async () => {
    const elsewhere: KnownRevisions = {
      ...known,
      managers: known.managers.filter((manager) => manager !== "collections"),
      hasBranch: (manager, branch) => manager !== "collections" && known.hasBranch(manager, branch),
    };
    await inOne(async (session) => {
      const state = await readState(repository, session, elsewhere);
      expect(state.foreign.map(({ manager }) => manager)).to.deep.equal(["collections"]);
      expect(state.recorded).to.have.length(6);
      expect(state.trees.has("collections")).to.equal(false);
      await writeStamps(session, state, known, [{ manager: "collections", heads: [collections] }], stamp);
      const stamped = await readState(repository, session, elsewhere);
      expect([stamped.foreign, stamped.recorded.length]).to.deep.equal([[], 7]);
      expect(stamped.trees.get("collections")?.recordedBy).to.equal("godwit");
    });
  });

  it("counts a row of alembic_version that no file has where the repository records the same", async () => {
    const newer: KnownRevisions = {
      ...known,
      revision: (id) => (id === collections ? undefined : known.revision(id)),
    };
    await inOne(async (session) => {
      await createAlembicTable(session);
      await replaceAlembicRows(session, { remove: [], add: [collections, "ffffffffffff"] });
      const state = await readState(repository, session, newer);
      expect(state.trees.get("collections")).to.deep.include({ heads: [collections], recordedBy: "alembic" });
      expect(state.trees.size, "no tree of a row that nobody knows").to.equal(7);
      expect(state.alembic).to.deep.equal([collections, "ffffffffffff"]);
    });
  });

  it("knows all heads of a tree that alembic_version has", async () => {
    const [other] = known.revision(collections)?.parents ?? [];
    await inOne(async (session) => {
      await createAlembicTable(session);
      await replaceAlembicRows(session, { remove: [], add: [collections, other!] });
      const { trees } = await readState(repository, session, known);
      expect(trees.get("collections")?.heads).to.deep.equal([collections, other!].toSorted());
    });
  });

  it("loses a step's row with the step, and the id in alembic_version goes back with it", async () => {
    await inOne(async (session) => {
      await adopt(repository, session, await readState(repository, session, known), known, stamp);
      const state = await readState(repository, session, known);
      const revision = known.revision(collections)!;
      const step = {
        direction: "down" as const,
        manager: "collections",
        revision: collections,
        from: revision.parents,
        heads: revision.parents,
      };
      await recordStep(session, state, known, { step, revision, durationMs: 1n, checksum: null }, stamp);
      expect(await readAlembicRows(session))
        .to.include(revision.parents[0])
        .and.not.include(collections);
      expect(
        (await readState(repository, session, known)).problems.map(({ code }) => code),
        "the repository still records the class; the root in alembic_version is where the Python tool starts",
      ).to.deep.equal(["version-table-disagrees", "alembic-disagrees"]);
    });
  });
});
