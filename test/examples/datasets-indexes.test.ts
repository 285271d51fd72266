/** The worked example of indexes and foreign keys on tables that a repository makes as it grows. */
import { expect } from "chai";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { newRevision } from "../../lib/catalog/new-revision.js";
import {
  check,
  current,
  downgrade,
  GodwitError,
  openRepository,
  plan,
  repair,
  sql,
  upgrade,
} from "../../lib/index.js";
import type { Repository, RunEvent, Table } from "../../lib/index.js";
import { databases } from "../support/databases.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";

/** From the checkout, as the examples are TypeScript files that are no part of the package. */
const place = fileURLToPath(new URL("../../../examples/datasets-indexes", import.meta.url));
const revisions = [place];

const integers = "datasets-ByDimensionsDatasetRecordStorageManager";
const uuids = "datasets-ByDimensionsDatasetRecordStorageManagerUUID";

async function opened<T>(fixture: Fixture, work: (repository: Repository) => Promise<T>): Promise<T> {
  const repository = await openRepository(fixture.folder);
  try {
    return await work(repository);
  } finally {
    await repository.close();
  }
}

/** Runs statements by hand, as an administrator would. */
function byHand(
  fixture: Fixture,
  change: (repository: Repository) => readonly ReturnType<typeof sql>[],
): Promise<void> {
  return opened(fixture, (repository) =>
    repository.database.transaction({ mode: "write" }, async (session) => {
      for (const statement of change(repository)) await session.execute(statement);
    }),
  );
}

/** Does something while a transaction that wrote to a table is open. */
function whileWritten<T>(fixture: Fixture, table: string, work: () => Promise<T>): Promise<T> {
  return opened(fixture, (repository) =>
    repository.database.transaction({ mode: "write" }, async (session) => {
      await session.execute(sql`UPDATE ${sql.table(table)} SET dataset_id = dataset_id`);
      return work();
    }),
  );
}

/** The tables of tags and calibrations, by name. */
function memberTables(fixture: Fixture): Promise<Map<string, Table>> {
  return opened(fixture, (repository) =>
    repository.database.transaction({ mode: "read" }, async (session) => {
      const schema = session.schema(repository.conventions);
      const names = (await schema.tableNames()).filter((name) => /^dataset_(tags|calibs)_\d+$/.test(name));
      const tables = new Map<string, Table>();
      for (const name of names) tables.set(name, await schema.table(name));
      return tables;
    }),
  );
}

/** Columns of these tables that are no dimensions. */
const common = /^(dataset_type_id|dataset_id|collection_id|id|timespan.*)$/;

/** Names longer than 63 bytes end in their BLAKE2b digest of 4 bytes, here as Python computes it. */
const rawIndex = {
  sqlite: "dataset_tags_00000001_idx_collection_id_instrument_detector_exposure",
  postgres: "dataset_tags_00000001_idx_collection_id_instrument_det_719e41a9",
} as const;

const columnsOf = ({ keys }: Table["indexes"][number]): string => keys.map(({ column }) => column).join();

const indexNames = (table: Table | undefined): string[] => (table?.indexes ?? []).map(({ name }) => name);

async function failure(work: Promise<unknown>): Promise<GodwitError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  return expect.fail("nothing was refused");
}

async function versionOf(fixture: Fixture): Promise<string> {
  const { managers } = await current(fixture.folder, { revisions });
  const found = managers.find(({ manager }) => manager === "datasets");
  return `${found?.class} ${found?.version}`;
}

/** The table of `raw` in the fixtures is one whose data ids are an instrument, a detector and an exposure. */
async function rawTable(fixture: Fixture): Promise<string> {
  const [row] = await opened(fixture, ({ database }) =>
    database.transaction({ mode: "read" }, (session) =>
      session.query(sql`SELECT tag_association_table AS name FROM dataset_type WHERE name = 'raw'`),
    ),
  );
  return String(row?.["name"]);
}

describe("A revision that goes on from the example", () => {
  it("comes after the one tip that each class has, as a switch leads on from the other line", async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, "godwit.config.json"), JSON.stringify({ revisions: ["./own", place] }));
    await mkdir(path.join(folder, "own"));
    const { files } = await newRevision({
      folder,
      managers: ["datasets"],
      branches: ["ByDimensionsDatasetRecordStorageManagerUUID"],
      version: "2.0.2",
      kind: "dynamic-tables",
      flags: { family: ["dataset_calibs_*"], "add-index": ["dataset_id"] },
    });
    expect(await readFile(files[0] ?? "", "utf8")).to.include('parent: "febd16fb827f"');
  });
});

for (const { title, dialect } of databases) {
  describe(`Indexes and foreign keys on tables of datasets, ${title}`, function () {
    this.timeout(120_000);

    it("are not there unless a configuration adds the folder (S2.6)", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const { steps } = await plan(fixture.folder, "up", `${uuids}@head`);
      expect(steps.map(({ revision }) => revision)).to.deep.equal(["4e2d7a28475b"]);
    });

    it("index every table of tags by collection and data id, once, whatever its dimensions (S2.1, S2.2)", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      await upgrade(fixture.folder, "datasets@head", { revisions });
      expect(await versionOf(fixture)).to.equal("ByDimensionsDatasetRecordStorageManagerUUID 2.0.1");
      const tables = [...(await memberTables(fixture)).values()];
      expect(tables.map(({ name }) => name)).to.include.members([
        "dataset_tags_00000001",
        "dataset_tags_00000002",
      ]);
      for (const table of tables.filter(({ name }) => name.startsWith("dataset_tags_"))) {
        const dimensions = table.columns.map(({ name }) => name).filter((name) => !common.test(name));
        const own = table.indexes.filter(
          (index) => columnsOf(index) === ["collection_id", ...dimensions].join(),
        );
        // A table by collection and governor has such an index for its foreign key, and one without dimensions for that of the collection.
        expect(own, table.name).to.have.length(1);
      }
    });

    it("are named by the rules, also where PostgreSQL would cut the name (S2.3)", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      await upgrade(fixture.folder, "datasets@head", { revisions });
      expect(indexNames((await memberTables(fixture)).get(await rawTable(fixture)))).to.include(
        rawIndex[dialect],
      );
    });

    it("are added only where they are missing, under whatever name, and a run that was stopped goes on (S2.4)", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      const raw = await rawTable(fixture);
      await byHand(fixture, () => [
        sql`CREATE INDEX by_hand ON ${sql.table(raw)} (collection_id, instrument, detector, exposure)`,
        sql`DROP INDEX ${dialect === "postgres" ? sql.table(`${raw}_fkidx_instrument_detector`) : sql.id(`${raw}_fkidx_instrument_detector`)}`,
      ]);
      const stop = new Error("stopped by the test");
      let substeps = 0;
      const onPause = (point: string): void => {
        if (!point.startsWith("substep:")) return;
        substeps += 1;
        if (substeps === 2) throw stop;
      };
      await upgrade(fixture.folder, "datasets@head", { revisions, onPause }).catch((error: unknown) => {
        expect((error as Error).message).to.include("stopped by the test");
      });
      expect(substeps).to.equal(2);
      expect(await versionOf(fixture)).to.equal("ByDimensionsDatasetRecordStorageManagerUUID 2.0.0");
      await upgrade(fixture.folder, "datasets@head", { revisions });
      const names = indexNames((await memberTables(fixture)).get(raw));
      expect(names).to.include.members(["by_hand", `${raw}_fkidx_instrument_detector`]);
      expect(names.filter((name) => name.includes("_idx_"))).to.deep.equal([]);
    });

    it("are added while others work, and an index whose building was interrupted is built again", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      const raw = await rawTable(fixture);
      const statements: string[] = [];
      const onEvent = (event: RunEvent): void => {
        if (event.kind === "statement") statements.push(event.text);
      };
      if (dialect === "postgres") {
        const failed = await whileWritten(fixture, raw, () =>
          upgrade(fixture.folder, "datasets@head", { revisions, lockTimeoutMs: 500 }).catch(
            (error: unknown) => error,
          ),
        );
        expect(failed).to.include({ code: "lock-timeout" });
        const left = (await memberTables(fixture)).get(raw)?.indexes.filter(({ valid }) => valid === false);
        expect(left?.map(({ name }) => name)).to.deep.equal([rawIndex.postgres]);
      }
      await upgrade(fixture.folder, "datasets@head", { revisions, onEvent });
      const table = (await memberTables(fixture)).get(raw);
      expect(indexNames(table)).to.include(rawIndex[dialect]);
      expect(table?.indexes.filter(({ valid }) => valid === false)).to.deep.equal([]);
      const builds = statements.filter((text) => text.startsWith("CREATE INDEX"));
      expect(builds).not.to.deep.equal([]);
      for (const build of builds) expect(build.includes(" CONCURRENTLY ")).to.equal(dialect === "postgres");
    });

    it("are missing on tables that old code makes afterwards: check finds them, repair adds them (S2.5)", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      await upgrade(fixture.folder, "datasets@head", { revisions });
      expect(
        (await check(fixture.folder, { revisions })).drift.filter((one) => one.class === "drift"),
      ).to.deep.equal([]);
      const raw = await rawTable(fixture);
      const index = rawIndex[dialect];
      // What code of version 2.0.0 makes has everything but the new index.
      await byHand(fixture, () => [
        sql`DROP INDEX ${dialect === "postgres" ? sql.table(index) : sql.id(index)}`,
      ]);
      const { ok, drift } = await check(fixture.folder, { revisions });
      expect(ok).to.equal(false);
      expect(
        drift.filter((one) => one.class === "drift").map(({ table, object }) => [table, object]),
      ).to.deep.equal([[raw, `index "${index}"`]]);
      await repair(fixture.folder, { revisions });
      expect(indexNames((await memberTables(fixture)).get(raw))).to.include(index);
    });

    if (dialect === "postgres") {
      it("are drift where they are not valid: check tells, repair builds them again", async () => {
        const fixture = await copyFixture("uuid-c7-synth", dialect);
        await upgrade(fixture.folder, "datasets@head", { revisions });
        const raw = await rawTable(fixture);
        await byHand(fixture, () => [
          sql`UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = to_regclass(${rawIndex.postgres})`,
        ]);
        const { drift } = await check(fixture.folder, { revisions });
        expect(
          drift.filter((one) => one.class === "drift").map(({ table, object }) => [table, object]),
        ).to.deep.equal([[raw, `index "${rawIndex.postgres}"`]]);
        await repair(fixture.folder, { revisions });
        const index = (await memberTables(fixture))
          .get(raw)
          ?.indexes.find(({ name }) => name === rawIndex.postgres);
        expect(index).to.be.an("object");
        expect(index).not.to.have.property("valid");
      });
    }

    it("are refused before anything is added while rows refer to nothing (S2.7)", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      const raw = await rawTable(fixture);
      await opened(fixture, (repository) =>
        repository.database.transaction({ mode: "write" }, async (session) => {
          const schema = session.schema(repository.conventions);
          await schema.alter(raw, (table) => {
            table.dropConstraint({ kind: "foreign-key", columns: ["instrument", "detector"] });
          });
          const first = (column: string) =>
            sql`(SELECT ${sql.id(column)} FROM ${sql.table(raw)} ORDER BY dataset_id, collection_id LIMIT 1)`;
          await session.execute(
            sql`UPDATE ${sql.table(raw)} SET detector = 9999 WHERE dataset_id = ${first("dataset_id")} AND collection_id = ${first("collection_id")}`,
          );
        }),
      );
      const before = await memberTables(fixture);
      const error = await failure(upgrade(fixture.folder, "datasets@head", { revisions }));
      expect(error.code).to.equal("orphan-rows");
      expect(error.message).to.include(raw).and.include('"detector"').and.include("detector=9999");
      expect([...(await memberTables(fixture))]).to.deep.equal([...before]);
    });

    it("are the same for integers and UUIDs, before and after the switch (S2.8)", async () => {
      const before = await copyFixture("int-c0-synth", dialect);
      await upgrade(before.folder, `${integers}@1.0.1`, { revisions });
      expect(await versionOf(before)).to.equal("ByDimensionsDatasetRecordStorageManager 1.0.1");
      await upgrade(before.folder, "d5a52d23f076", { revisions });
      await upgrade(before.folder, "datasets@head", { revisions });
      const after = await copyFixture("int-c0-synth", dialect);
      await upgrade(after.folder, `${uuids}@head`, { revisions });
      for (const fixture of [before, after])
        expect(await versionOf(fixture)).to.equal("ByDimensionsDatasetRecordStorageManagerUUID 2.0.1");
      expect(sorted(await memberTables(before))).to.deep.equal(sorted(await memberTables(after)));
    });

    it("go again with the way down", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      const before = await memberTables(fixture);
      await upgrade(fixture.folder, "datasets@head", { revisions });
      await downgrade(fixture.folder, `${uuids}@2.0.0`, { revisions });
      expect(sorted(await memberTables(fixture))).to.deep.equal(sorted(before));
    });
  });
}

/** Tables whose objects stand in the order of their names, and without the names that a database gives itself. */
function sorted(tables: ReadonlyMap<string, Table>): unknown {
  return [...tables.values()].map((table) => ({
    ...table,
    columns: table.columns.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    indexes: table.indexes.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    foreignKeys: table.foreignKeys.toSorted((a, b) => (String(a.name) < String(b.name) ? -1 : 1)),
    checks: table.checks.toSorted((a, b) => (String(a.name) < String(b.name) ? -1 : 1)),
  }));
}
