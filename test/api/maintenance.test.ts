import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, lstat, mkdir, readFile, rename, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import {
  check,
  current,
  dumpSchema,
  readNamespace,
  rewriteSqliteRegistry,
  setNamespace,
  stamp,
  updateDayObs,
  upgrade,
} from "../../lib/index.js";
import type { GodwitError } from "../../lib/errors.js";
import type { DialectName } from "../../lib/database/database.js";
import { sql } from "../../lib/database/sql.js";
import type { Row, Sql } from "../../lib/database/sql.js";
import { openRepository } from "../../lib/repository/open.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { describeSqlite } from "../support/normalize/sqlite.js";
import type { Description } from "../support/normalize/description.js";
import { readGolden } from "../support/normalize/golden.js";
import { runGodwit } from "../support/program.js";

async function refusal(work: Promise<unknown>): Promise<GodwitError> {
  return work.then(
    () => {
      throw new Error("was not refused");
    },
    (error: unknown) => error as GodwitError,
  );
}

async function query(fixture: Pick<Fixture, "folder">, statement: Sql): Promise<Row[]> {
  const repository = await openRepository(fixture.folder);
  try {
    return await repository.database.transaction({ mode: "read" }, (session) => session.query(statement));
  } finally {
    await repository.close();
  }
}

async function execute(fixture: Fixture, ...statements: Sql[]): Promise<void> {
  const repository = await openRepository(fixture.folder);
  try {
    await repository.database.transaction({ mode: "write" }, async (session) => {
      for (const statement of statements) await session.execute(statement);
    });
  } finally {
    await repository.close();
  }
}

async function golden(dialect: DialectName, name: string): Promise<Description> {
  const found = await readGolden(dialect, name);
  if (found === undefined) throw new Error(`there is no golden ${name}`);
  return found;
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`butler set-namespace, ${dialect}`, () => {
    it("D1: writes the namespace, and nothing else", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      const before = await describeFixture(fixture);
      expect(await readNamespace(fixture.folder)).to.deep.equal({ namespace: "daf_butler" });
      await setNamespace(fixture.folder, "my_space", "replace");
      expect(await readNamespace(fixture.folder)).to.deep.equal({ namespace: "my_space" });
      const differences = compare(before, await describeFixture(fixture));
      expect(differences).to.have.length(1);
      expect(differences[0]).to.match(
        /^butler_attributes: rows differ: 1 only in expected, 1 only in actual/,
      );
      await setNamespace(fixture.folder, "daf_butler", "replace");
      expect(compare(before, await describeFixture(fixture))).to.deep.equal([]);
    });

    it("replaces one that is there only if told to", async () => {
      const { folder } = await copyFixture("uuid-c7-synth", dialect);
      const error = await refusal(setNamespace(folder, "my_space"));
      expect(error.code).to.equal("namespace-stored");
      expect(await readNamespace(folder)).to.deep.equal({ namespace: "daf_butler" });
    });

    it("gives one to the oldest configuration, which then needs no --namespace", async () => {
      const { folder } = await copyFixture("int-c0-synth", dialect);
      expect(await readNamespace(folder)).to.deep.equal({ namespace: null });
      await setNamespace(folder, "daf_butler");
      expect((await current(folder)).problems).to.deep.equal([]);
    });

    it("takes along what is recorded of revisions", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      await stamp(fixture.folder);
      await setNamespace(fixture.folder, "my_space", "replace");
      const codes = (await current(fixture.folder)).problems.map(({ code }) => code);
      // No file knows a revision of that namespace, but nothing contradicts it either.
      expect([...new Set(codes)]).to.deep.equal(["unknown-applied-revision"]);
    });
  });

  describe(`butler update-day-obs, ${dialect}`, () => {
    for (const instrument of ["HSC", "LSSTCam"]) {
      it(`gives exposures and visits of ${instrument} the days that the Python tool gives them`, async () => {
        const fixture = await copyFixture("uuid-c7-synth", dialect);
        const report = await updateDayObs(fixture.folder, instrument);
        expect(report.exposures).to.be.above(0);
        const expected = await golden(dialect, `uuid-c7-synth--update-day-obs-${instrument}`);
        expect(compare(expected, await describeFixture(fixture))).to.deep.equal([]);
        expect(await updateDayObs(fixture.folder, instrument)).to.include({
          exposures: 0,
          visits: 0,
          days: 0,
        });
      });
    }

    it("makes days that are not there yet, by the offset that a provider gives", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      const away = -2 * 86_400;
      const report = await updateDayObs(fixture.folder, "HSC", {
        providers: { dayObsOffsets: { HSC: away } },
      });
      expect(report.days).to.be.above(0);
      const rows = await query(
        fixture,
        sql`SELECT count(*) AS n FROM ${sql.table("exposure")} e WHERE e.instrument = 'HSC' AND NOT EXISTS (SELECT 1 FROM ${sql.table("day_obs")} d WHERE d.instrument = e.instrument AND d.id = e.day_obs)`,
      );
      expect(rows[0]?.["n"]).to.equal(0n);
      const wrong = await check(fixture.folder, { rows: "check" });
      expect((wrong.rows ?? []).filter(({ code }) => code !== "missing-file")).to.deep.equal([]);
    });

    it("counts all exposures of a visit", async () => {
      const fixture = await copyFixture("uuid-c4-synth", dialect);
      // A visit of two exposures, both with a wrong day.
      const [pair] = await query(
        fixture,
        sql`SELECT d.visit AS visit, min(d.exposure) AS one, max(d.exposure) AS other FROM ${sql.table("visit_definition")} d WHERE d.instrument = 'HSC' GROUP BY d.visit ORDER BY count(*) DESC, d.visit LIMIT 1`,
      );
      await execute(
        fixture,
        sql`UPDATE ${sql.table("exposure")} SET day_obs = 19990101 WHERE instrument = 'HSC'`,
        sql`UPDATE ${sql.table("visit")} SET day_obs = 19990101 WHERE instrument = 'HSC'`,
      );
      await updateDayObs(fixture.folder, "HSC");
      const [found] = await query(
        fixture,
        sql`SELECT v.day_obs AS visit, min(e.day_obs) AS exposures FROM ${sql.table("visit")} v JOIN ${sql.table("visit_definition")} d ON d.instrument = v.instrument AND d.visit = v.id JOIN ${sql.table("exposure")} e ON e.instrument = d.instrument AND e.id = d.exposure WHERE v.instrument = 'HSC' AND v.id = ${pair?.["visit"] ?? null} GROUP BY v.day_obs`,
      );
      expect(found?.["visit"]).to.equal(found?.["exposures"]);
      expect(found?.["visit"]).to.equal(20210504n);
    });

    it("goes on where it was killed between a thousand exposures and the next", async () => {
      const fixture = await copyFixture("uuid-c4-synth", dialect);
      await execute(fixture, ...manyExposures(dialect));
      await killedAt("days:committed", fixture.folder, "update-day-obs HSC");
      const counted = sql`SELECT count(*) AS n FROM ${sql.table("exposure")} WHERE day_obs = 19990101`;
      expect(await query(fixture, counted)).to.deep.equal([{ n: 500n }]);
      const report = await updateDayObs(fixture.folder, "HSC");
      expect(report).to.deep.include({ exposures: 500, timeless: 2 });
      const others = await query(
        fixture,
        sql`SELECT e.day_obs, v.day_obs AS visit, count(*) AS n FROM ${sql.table("exposure")} e JOIN ${sql.table("visit_definition")} d ON d.instrument = e.instrument AND d.exposure = e.id JOIN ${sql.table("visit")} v ON v.instrument = d.instrument AND v.id = d.visit WHERE e.id >= 5000000 AND e.id < 6000000 GROUP BY e.day_obs, v.day_obs`,
      );
      // 1618000000 seconds TAI are on the ninth of April.
      expect(others).to.deep.equal([{ day_obs: 20210409n, visit: 20210409n, n: 1500n }]);
    });

    it("names the instruments that there are", async () => {
      const { folder } = await copyFixture("uuid-c7-synth", dialect);
      const error = await refusal(updateDayObs(folder, "Nosuch"));
      expect(error.code).to.equal("unknown-instrument");
      expect(error.hint).to.include("HSC, LSSTCam");
    });
  });

  describe(`butler dump-schema, ${dialect}`, () => {
    it("prints lines that say all of a table", async () => {
      const { folder } = await copyFixture("uuid-c7-synth", dialect);
      const { status, stdout } = await runGodwit(["butler", "dump-schema", "run", "--repo", folder]);
      expect(status).to.equal(0);
      const lines = stdout.trimEnd().split("\n");
      expect(lines[0]).to.equal("table=run");
      const type = dialect === "sqlite" ? "BIGINT" : "bigint";
      expect(lines).to.include(`  column=collection_id type=${type} nullable=False default=None [table=run]`);
      expect(lines).to.include(
        "  FK name=fkey_run_collection_collection_id_collection_id (collection_id) -> collection(collection_id) on_delete=CASCADE [table=run]",
      );
      const key = dialect === "sqlite" ? "None" : "run_pkey";
      expect(lines).to.include(`  PK name=${key} columns=(collection_id) [table=run]`);
    });

    it("has every table and sequence", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      const dump = await dumpSchema(fixture.folder);
      const { schema } = await describeFixture(fixture);
      expect(dump.tables.map(({ name }) => name)).to.have.members(Object.keys(schema.tables));
      expect(dump.sequences).to.have.members(Object.keys(schema.sequences));
    });

    it("names tables that do not exist", async () => {
      const { folder } = await copyFixture("uuid-c7-synth", dialect);
      const error = await refusal(dumpSchema(folder, ["run", "nosuch", "neither"]));
      expect(error.code).to.equal("unknown-table");
      expect(error.message).to.include('"nosuch", "neither"');
    });
  });
}

/** Fifteen hundred exposures of visits in threes, all with a wrong day; and two more that have no time. */
function manyExposures(dialect: DialectName): Sql[] {
  const [exposure, visit, definition] = ["exposure", "visit", "visit_definition"].map(sql.table);
  const isSqlite = dialect === "sqlite";
  const times = isSqlite ? sql`timespan_begin, timespan_end` : sql`timespan`;
  const span = isSqlite
    ? sql`1618000000000000000 + n, 1618000000000000009 + n`
    : sql`int8range(1618000000000000000 + n, 1618000000000000009 + n)`;
  const unbounded = isSqlite ? sql`0, 1618000000000000000` : sql`int8range(NULL, 1618000000000000000)`;
  const empty = isSqlite ? sql`4102444800000000000, 0` : sql`'empty'::int8range`;
  const numbers = (last: number): Sql =>
    sql`WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${last})`;
  const filter = sql`(SELECT min(name) FROM ${sql.table("physical_filter")} WHERE instrument = 'HSC')`;
  const withTimes = sql`INSERT INTO ${exposure ?? sql``} (instrument, id, physical_filter, obs_id, day_obs, ${times})`;
  return [
    sql`${numbers(1499)} ${withTimes} SELECT 'HSC', 5000000 + n, ${filter}, 'many' || n, 19990101, ${span} FROM numbers`,
    sql`${withTimes} SELECT 'HSC', 6000000, ${filter}, 'unbounded', 20000101, ${unbounded}`,
    sql`${withTimes} SELECT 'HSC', 6000001, ${filter}, 'empty', 20000101, ${empty}`,
    sql`${numbers(499)} INSERT INTO ${visit ?? sql``} (instrument, id, physical_filter, name, day_obs) SELECT 'HSC', 5000000 + n, ${filter}, 'many' || n, 19990101 FROM numbers`,
    sql`${numbers(1499)} INSERT INTO ${definition ?? sql``} (instrument, exposure, visit) SELECT 'HSC', 5000000 + n, 5000000 + n % 500 FROM numbers`,
  ];
}

const pausedRun = fileURLToPath(new URL("../support/paused-run.js", import.meta.url));

/** Runs a command in a process of its own, and kills it when it comes to a pause point. */
async function killedAt(point: string, folder: string, command: string): Promise<void> {
  const child = spawn(process.execPath, [pausedRun, folder, command, point], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
}

describe("butler rewrite-sqlite-registry", () => {
  for (const name of ["uuid-c3-name", "int-c2-name", "uuid-c7-synth"]) {
    it(`D12: brings ${name} to the newest managers, and keeps the originals`, async () => {
      const fixture = await copyFixture(name, "sqlite");
      const before = await describeFixture(fixture);
      const report = await rewriteSqliteRegistry(fixture.folder);
      expect(report.steps).to.have.length.above(0);
      for (const file of report.originals) expect(existsSync(file), file).to.equal(true);
      expect(existsSync(path.join(fixture.folder, ".godwit-rewrite"))).to.equal(false);

      const { managers, problems } = await current(fixture.folder);
      expect(problems).to.deep.equal([]);
      const versions = Object.fromEntries(
        managers.map((one) => [one.manager, `${one.class} ${one.version}`]),
      );
      expect(versions).to.include({
        attributes: "DefaultButlerAttributeManager 1.0.1",
        collections: "SynthIntKeyCollectionManager 2.0.0",
        datasets: "ByDimensionsDatasetRecordStorageManagerUUID 2.0.0",
        datastores: "MonolithicDatastoreRegistryBridgeManager 0.2.1",
      });
      // The dimension configuration stays what it was.
      expect(versions["dimensions-config"]).to.equal(`daf_butler ${/-c(\d)/.exec(name)?.[1]}`);
      const { drift, rows } = await check(fixture.folder, { rows: "check" });
      expect(drift.filter((one) => one.class !== "variation")).to.deep.equal([]);
      expect((rows ?? []).filter(({ code }) => code !== "missing-file")).to.deep.equal([]);

      const after = await describeFixture(fixture);
      const counted = [
        "dataset",
        "dataset_location",
        "dataset_location_trash",
        "file_datastore_records",
        "collection",
      ];
      for (const table of counted)
        expect(after.rows?.[table]?.rows.length, table).to.equal(before.rows?.[table]?.rows.length);
      if (name.startsWith("uuid")) expect(idsOf(after)).to.deep.equal(idsOf(before));
      const yaml = await readFile(path.join(fixture.folder, "butler.yaml"), "utf8");
      expect(yaml).to.include("synthIntKey.SynthIntKeyCollectionManager");
      expect(yaml).to.include("sqlite:///<butlerRoot>/gen3.sqlite3");
    });
  }

  it("changes nothing where a step is refused", async () => {
    const fixture = await copyFixture("uuid-c1-synth", "sqlite");
    const before = await describeFixture(fixture);
    const error = await refusal(rewriteSqliteRegistry(fixture.folder));
    expect(error.exitCode).to.be.oneOf([2, 4]);
    expect(compare(before, await describeFixture(fixture))).to.deep.equal([]);
    expect(existsSync(path.join(fixture.folder, "original_gen3.sqlite3"))).to.equal(false);
    expect(existsSync(path.join(fixture.folder, ".godwit-rewrite"))).to.equal(false);
    const report = await rewriteSqliteRegistry(fixture.folder, {
      options: { null_filter_value: "HSC-G" },
    });
    expect(report.steps).to.have.length.above(0);
  });

  it("never overwrites the originals of an earlier rewrite", async () => {
    const fixture = await copyFixture("uuid-c7-synth", "sqlite");
    const original = path.join(fixture.folder, "original_gen3.sqlite3");
    await writeFile(original, "of an earlier rewrite");
    const error = await refusal(rewriteSqliteRegistry(fixture.folder));
    expect(error.code).to.equal("not-empty");
    expect(await readFile(original, "utf8")).to.equal("of an earlier rewrite");
  });

  for (const point of ["rewrite:copy", "rewrite:keep", "rewrite:swap", "rewrite:swapped"]) {
    it(`is finished by the same call where it was killed at ${point}`, async () => {
      const fixture = await copyFixture("uuid-c3-name", "sqlite");
      const before = await describeFixture(fixture);
      await killedAt(point, fixture.folder, "rewrite-sqlite-registry");
      // Whatever happened, a whole database is there, and says the truth about itself.
      expect((await current(fixture.folder)).problems).to.deep.equal([]);
      const report = await rewriteSqliteRegistry(fixture.folder);
      const { drift, problems } = await check(fixture.folder);
      expect([...problems, ...drift.filter((one) => one.class !== "variation")]).to.deep.equal([]);
      expect(idsOf(await describeFixture(fixture))).to.deep.equal(idsOf(before));
      const [database = ""] = report.originals;
      expect(compare(before, await describeSqlite(database))).to.deep.equal([]);
      expect(existsSync(path.join(fixture.folder, ".godwit-rewrite"))).to.equal(false);
      expect((await rewriteSqliteRegistry(fixture.folder)).steps).to.deep.equal([]);
    });
  }

  it("keeps links, permissions, and a configuration in parts", async () => {
    const fixture = await copyFixture("uuid-c7-synth", "sqlite");
    const inFolder = (name: string): string => path.join(fixture.folder, name);
    await mkdir(inFolder("disk"));
    await rename(inFolder("gen3.sqlite3"), inFolder("disk/registry.sqlite3"));
    await symlink(inFolder("disk/registry.sqlite3"), inFolder("gen3.sqlite3"));
    await chmod(inFolder("disk/registry.sqlite3"), 0o664);
    const whole = parse(await readFile(inFolder("butler.yaml"), "utf8")) as Record<string, unknown>;
    await writeFile(inFolder("datastore.yaml"), stringify(whole["datastore"]));
    const { datastore: _datastore, ...rest } = whole;
    await writeFile(inFolder("butler.yaml"), `datastore: !include datastore.yaml\n${stringify(rest)}`);
    const report = await rewriteSqliteRegistry(fixture.folder);
    expect(report.originals[0]).to.equal(inFolder("disk/original_registry.sqlite3"));
    expect((await lstat(inFolder("gen3.sqlite3"))).isSymbolicLink()).to.equal(true);
    expect((await stat(inFolder("gen3.sqlite3"))).mode & 0o777).to.equal(0o664);
    expect((await current(fixture.folder)).problems).to.deep.equal([]);
  });

  it("is for SQLite alone", async () => {
    const { folder } = await copyFixture("uuid-c7-synth", "postgres");
    const error = await refusal(rewriteSqliteRegistry(folder));
    expect(error.code).to.equal("not-sqlite");
  });

  it("leaves a repository that can be migrated on", async () => {
    const fixture = await copyFixture("uuid-c4-synth", "sqlite");
    await rewriteSqliteRegistry(fixture.folder);
    await upgrade(fixture.folder);
    expect((await check(fixture.folder)).ok).to.equal(true);
  });
});

/** The ids of datasets, and of those in the trash. */
function idsOf({ rows }: Description): unknown {
  const column = (table: string, name: string): string[] => {
    const content = rows?.[table];
    const position = content?.columns.indexOf(name) ?? -1;
    return (content?.rows ?? [])
      .map((row) => JSON.stringify(row[position]))
      .toSorted((a, b) => (a < b ? -1 : 1));
  };
  return [column("dataset", "id"), column("dataset_location_trash", "dataset_id")];
}
