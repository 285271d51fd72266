/** The worked example of a dimension that is populated from downstream, and dimensions that nobody has thought of. */
import { expect } from "chai";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { newRevision } from "../../lib/catalog/new-revision.js";
import type { Session } from "../../lib/database/database.js";
import type { Amplifiers, Json, JsonObject } from "../../lib/butler/public.js";
import { compareTables } from "../../lib/database/schema/differences.js";
import { butlerConventions } from "../../lib/butler/conventions.js";
import { check, current, downgrade, GodwitError, openRepository, sql, upgrade } from "../../lib/index.js";
import type { RunEvent, RunOptions, Table } from "../../lib/index.js";
import { databases } from "../support/databases.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { describeFixture } from "../support/normalize/describe.js";
import { emptySqliteFile, writing } from "../support/sqlite.js";
import { temporaryFolder } from "../support/folders.js";

const place = fileURLToPath(new URL("../../../examples/amplifier", import.meta.url));
const revisions = [place];

const four: Amplifiers = (_instrument, detectors) =>
  detectors.flatMap(({ id }) =>
    ["C00", "C01", "C02", "C03"].map((name, at) => ({ detector: id, id: at, name })),
  );

async function opened<T>(fixture: Fixture, work: (session: Session) => Promise<T>): Promise<T> {
  const repository = await openRepository(fixture.folder);
  try {
    return await repository.database.transaction({ mode: "write" }, work);
  } finally {
    await repository.close();
  }
}

const tableOf = (fixture: Fixture, name: string): Promise<Table> =>
  opened(fixture, (session) => session.schema(butlerConventions).table(name));

async function configurationOf(fixture: Fixture): Promise<JsonObject> {
  const [row] = await opened(fixture, (session) =>
    session.query(sql`SELECT value FROM butler_attributes WHERE name = 'config:dimensions.json'`),
  );
  return JSON.parse(String(row?.["value"])) as JsonObject;
}

const elementsIn = (universe: JsonObject): Record<string, Json> =>
  universe["elements"] as Record<string, Json>;

async function refusal(work: Promise<unknown>): Promise<GodwitError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  return expect.fail("nothing was refused");
}

function raise(fixture: Fixture, providers: unknown, options: RunOptions = {}) {
  return upgrade(fixture.folder, "dimensions-config@head", {
    revisions,
    providers: { amplifiers: providers },
    ...options,
  });
}

const countOf = (fixture: Fixture, table: string): Promise<bigint> =>
  opened(fixture, async (session) => {
    const [row] = await session.query(sql`SELECT count(*) AS n FROM ${sql.table(table)}`);
    return BigInt(String(row?.["n"]));
  });

const sorted = (list: readonly unknown[]): string[] => list.map((one) => JSON.stringify(one)).toSorted();

type Flags = Readonly<Record<string, readonly string[]>> & { readonly dimension: readonly [string] };

/** Dimensions of all sorts, as the flags of the generator say them. */
const scaffolded: readonly (readonly [string, Flags])[] = [
  [
    "of each detector",
    {
      dimension: ["amplifier"],
      key: ["id bigint"],
      "alternate-key": ["name string(32)"],
      requires: ["instrument", "detector"],
    },
  ],
  [
    "without a governor",
    { dimension: ["campaign"], key: ["name string(64)"], metadata: ["leader string(32)", "priority bigint"] },
  ],
  [
    "with a region",
    { dimension: ["field"], key: ["id bigint"], requires: ["skymap"], spatial: ["skymap_regions"] },
  ],
  [
    "with implied dimensions, metadata and a timespan",
    {
      dimension: ["sequence"],
      key: ["id bigint"],
      "alternate-key": ["title string(32)"],
      requires: ["instrument"],
      implies: ["physical_filter", "day_obs"],
      metadata: ["azimuth double", "good boolean"],
      temporal: ["observation_timespans"],
    },
  ],
];

/** A project with a revision that the generator wrote. */
async function projectWith(flags: Flags): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, "own"));
  await writeFile(path.join(folder, "godwit.config.json"), JSON.stringify({ revisions: ["./own"] }));
  await newRevision({
    folder,
    managers: ["dimensions-config"],
    branches: ["daf_butler"],
    version: "9002",
    kind: "dimension-config",
    flags,
  });
  return folder;
}

/** The tables that the real Butler makes for these dimensions. */
async function realTables(): Promise<Table[]> {
  const text = await readFile(
    new URL("../../../test/fixtures/butler-dimensions.sql", import.meta.url),
    "utf8",
  );
  const file = await emptySqliteFile(text.split(";\n").filter((statement) => statement.trim() !== ""));
  return writing(file, async (session) => {
    const schema = session.schema(butlerConventions);
    const tables: Table[] = [];
    for (const name of await schema.tableNames()) tables.push(await schema.table(name));
    return tables;
  });
}

/** Names of the tables of the repository itself, sorted. */
function tableNames(fixture: Fixture): Promise<string[]> {
  return opened(fixture, async (session) => {
    const names = await session.schema(butlerConventions).tableNames();
    return names.filter((name) => !/^(revision_|godwit_|alembic_)/.test(name)).toSorted();
  });
}

for (const { title, dialect } of databases) {
  const isSqlite = dialect === "sqlite";

  describe(`The dimension amplifier, ${title}`, function () {
    this.timeout(120_000);

    it("gets the table that follows from its definition (S3.1)", async () => {
      const fixture = await copyFixture("current", dialect);
      await raise(fixture, four);
      const table = await tableOf(fixture, "amplifier");
      const text = isSqlite ? "VARCHAR(32)" : "character varying(32)";
      const number = isSqlite ? "BIGINT" : "bigint";
      expect(table.columns.map(({ name, type, nullable }) => [name, type, nullable])).to.deep.equal([
        ["instrument", text, false],
        ["detector", number, false],
        ["id", number, false],
        ["name", text, true],
      ]);
      expect(table.primaryKey?.columns).to.deep.equal(["instrument", "detector", "id"]);
      expect(table.uniques.map(({ name, columns }) => [name, columns])).to.deep.equal([
        ["amplifier_unq_instrument_detector_name", ["instrument", "detector", "name"]],
      ]);
      expect(
        sorted(
          table.foreignKeys.map(({ name, columns, referencedTable, referencedColumns }) => [
            name,
            columns,
            referencedTable,
            referencedColumns,
          ]),
        ),
      ).to.deep.equal(
        sorted([
          ["fkey_amplifier_instrument_name_instrument", ["instrument"], "instrument", ["name"]],
          [
            "fkey_amplifier_detector_instrument_id_instrument_detector",
            ["instrument", "detector"],
            "detector",
            ["instrument", "id"],
          ],
        ]),
      );
      expect(table.indexes.map(({ name }) => name).toSorted()).to.deep.equal([
        "amplifier_fkidx_instrument",
        "amplifier_fkidx_instrument_detector",
      ]);
      if (isSqlite)
        expect(table.checks.map(({ name }) => name)).to.have.members([
          "amplifier_len_instrument",
          "amplifier_len_name",
        ]);
      const report = await check(fixture.folder, { revisions });
      expect(report.problems).to.deep.equal([]);
      expect(report.drift.filter((one) => one.class !== "variation")).to.deep.equal([]);
    });

    it("adds one table, and changes nothing else but the configuration, whose other parts stay (S3.2)", async () => {
      const fixture = await copyFixture("current", dialect);
      const own = await configurationOf(fixture);
      const custom: JsonObject = {
        ...own,
        elements: { ...elementsIn(own), mine: { keys: [{ name: "id", type: "int" }] } },
      };
      await opened(fixture, async (session) => {
        await session.execute(
          sql`UPDATE butler_attributes SET value = ${JSON.stringify(custom)} WHERE name = 'config:dimensions.json'`,
        );
        await session.execute(sql`CREATE TABLE mine (id BIGINT PRIMARY KEY)`);
      });
      const before = await describeFixture(fixture);
      await raise(fixture, four);
      const after = await describeFixture(fixture);
      const tables = Object.keys(after.schema.tables).filter(
        (name) => !/^(revision_|godwit_|alembic_)/.test(name),
      );
      expect(tables.toSorted()).to.deep.equal([...Object.keys(before.schema.tables), "amplifier"].toSorted());
      for (const [name, table] of Object.entries(before.schema.tables))
        expect(after.schema.tables[name], name).to.deep.equal(table);
      const { elements, version, ...rest } = await configurationOf(fixture);
      const { elements: elementsBefore, version: versionBefore, ...restBefore } = custom;
      const { amplifier, ...others } = elements as Record<string, Json>;
      expect(versionBefore).to.equal(8);
      expect(version).to.equal(9001);
      expect(amplifier).to.deep.include({ requires: ["instrument", "detector"] });
      expect(others).to.deep.equal(elementsBefore);
      expect(rest).to.deep.equal(restBefore);
    });

    it("is filled for every instrument, and says how many rows each got (S3.3)", async () => {
      const fixture = await copyFixture("current", dialect);
      const events: RunEvent[] = [];
      await raise(fixture, four, { onEvent: (event) => events.push(event) });
      expect(await countOf(fixture, "amplifier")).to.equal(4n * (await countOf(fixture, "detector")));
      const reports = events.flatMap((event) => (event.kind === "report" ? [event.message] : []));
      for (const instrument of ["HSC", "LSSTCam", "LSSTCam-imSim-0123456789abcdefgh"])
        expect(
          reports.some((text) => /^\d+ rows of "amplifier"/.test(text) && text.includes(`"${instrument}"`)),
          instrument,
        ).to.equal(true);
    });

    it("is refused before any change where no provider knows an instrument, unless that is skipped (S3.3)", async () => {
      const fixture = await copyFixture("current", dialect);
      const before = await describeFixture(fixture);
      const onlyHsc: Amplifiers = (instrument, detectors) =>
        instrument.name === "HSC" ? four(instrument, detectors) : undefined;
      const error = await refusal(raise(fixture, onlyHsc));
      expect(error.code).to.equal("missing-provider");
      expect(error.exitCode).to.equal(4);
      expect(error.message).to.include("LSSTCam");
      expect(await describeFixture(fixture)).to.deep.equal(before);
      await raise(fixture, onlyHsc, { options: { skip_unknown_instruments: "true" } });
      const rows = await opened(fixture, (session) =>
        session.query(sql`SELECT DISTINCT instrument FROM amplifier`),
      );
      expect(rows).to.deep.equal([{ instrument: "HSC" }]);
    });

    it("asks several providers in order, synchronous or not (S3.3)", async () => {
      const fixture = await copyFixture("current", dialect);
      const one: Amplifiers = ({ name }, detectors) =>
        name === "HSC" ? detectors.map(({ id }) => ({ detector: id, id: 0n, name: "first" })) : undefined;
      async function* later(_instrument: unknown, detectors: Parameters<Amplifiers>[1]) {
        for (const { id } of detectors) yield { detector: id, id: 0, name: "second" };
      }
      await raise(fixture, [one, later]);
      const rows = await opened(fixture, (session) =>
        session.query(sql`SELECT DISTINCT (instrument = 'HSC') AS hsc, name FROM amplifier ORDER BY name`),
      );
      expect(rows.map(({ name }) => name)).to.deep.equal(["first", "second"]);
    });

    const faults: readonly (readonly [string, Amplifiers | object, RegExp])[] = [
      [
        "an unknown detector",
        () => [{ detector: 9999, id: 0, name: "C00" }],
        /"detector":9999.*detector that is not registered.*HSC/s,
      ],
      [
        "the same name twice",
        (_one: unknown, [first]: Parameters<Amplifiers>[1]) =>
          [0, 1].map((id) => ({ detector: first?.id, id, name: "C00" })),
        /"id":1.*same detector, name as one before.*HSC/s,
      ],
      [
        "the same id twice",
        (_one: unknown, [first]: Parameters<Amplifiers>[1]) =>
          ["a", "b"].map((name) => ({ detector: first?.id, id: 0, name })),
        /"name":"b".*same detector, id as one before/s,
      ],
      [
        "a name that is longer than the column (S3.9)",
        (_one: unknown, [first]: Parameters<Amplifiers>[1]) => [
          { detector: first?.id, id: 0, name: "x".repeat(33) },
        ],
        /name that is no text of 1 to 32 characters/,
      ],
      [
        "a name that no database can hold",
        (_one: unknown, [first]: Parameters<Amplifiers>[1]) => [{ detector: first?.id, id: 0, name: "a\0" }],
        /name that is no text/,
      ],
      [
        "a row that holds itself",
        (_one: unknown, [first]: Parameters<Amplifiers>[1]) => {
          const row: Record<string, unknown> = { detector: first?.id, id: 0 };
          return [Object.assign(row, { name: row })];
        },
        /Circular.*name that is no text/s,
      ],
      ["a column too many", () => [{ detector: 1, id: 0, name: "a", gain: 2 }], /column "gain"/],
      ["a number that is none", () => [{ detector: 1, id: 0.5, name: "a" }], /id that is no whole number/],
      ["rows that are none", () => ["C00"], /"C00", which is no object/],
      ["no rows", () => 3, /no sequence of rows/],
      [
        "an error",
        () => {
          throw new Error("the camera is unknown");
        },
        /failed: the camera is unknown.*HSC/s,
      ],
      ["no function", { C00: 1 }, /no function/],
    ];
    for (const [what, provider, message] of faults) {
      it(`names provider, instrument and row where the provider gives ${what}, and changes nothing (S3.4)`, async () => {
        const fixture = await copyFixture("current", dialect);
        const error = await refusal(raise(fixture, provider));
        expect(error.code).to.equal("bad-provider");
        expect(error.message).to.match(message).and.include('"amplifiers"');
        expect(
          (await current(fixture.folder)).managers.find(({ manager }) => manager === "dimensions-config")
            ?.version,
        ).to.equal("8");
        await opened(fixture, async (session) => {
          expect(await session.schema(butlerConventions).hasTable("amplifier")).to.equal(false);
        });
      });
    }

    it("may not imply what is not registered, which is told with the row (S3.4)", async () => {
      const folder = await projectWith({
        dimension: ["sequence"],
        key: ["id bigint"],
        requires: ["instrument"],
        implies: ["physical_filter"],
        provider: ["sequences"],
      });
      const fixture = await copyFixture("current", dialect);
      const sequences = () => [{ id: 1, physical_filter: "nosuch" }];
      const error = await refusal(
        upgrade(fixture.folder, "dimensions-config@head", { folder, providers: { sequences } }),
      );
      expect(error.code).to.equal("bad-provider");
      expect(error.message).to.match(/"nosuch".*physical_filter that is not registered.*HSC/s);
    });

    it("does not wait for ever for a provider that hangs (S3.4)", async () => {
      const fixture = await copyFixture("current", dialect);
      const hanging = () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) });
      const error = await refusal(raise(fixture, hanging, { options: { provider_timeout: "1" } }));
      expect(error.code).to.equal("bad-provider");
      expect(error.message).to.include("gave nothing for 1 seconds");
    });

    it("inserts only what is missing where rows are there already (S3.5)", async () => {
      const fixture = await copyFixture("current", dialect);
      await raise(fixture, four);
      const all = await countOf(fixture, "amplifier");
      // As an unfinished run by hand would leave it: the table, some rows, the old configuration.
      const universe = await configurationOf(fixture);
      const { amplifier: _amplifier, ...elements } = elementsIn(universe);
      const table = await tableOf(fixture, "amplifier");
      const again = await copyFixture("current", dialect);
      await opened(again, async (session) => {
        await session.schema(butlerConventions).createFrom(table);
        await session.execute(
          sql`INSERT INTO amplifier (instrument, detector, id, name) SELECT instrument, id, 0, 'C00' FROM detector WHERE instrument = 'HSC'`,
        );
      });
      expect(Object.keys(elements)).to.deep.equal(Object.keys(elementsIn(await configurationOf(again))));
      await raise(again, four);
      expect(await countOf(again, "amplifier")).to.equal(all);
    });

    it("goes again while nothing uses it, and is refused where a dataset type has it (S3.7)", async () => {
      const fixture = await copyFixture("current", dialect);
      const before = await configurationOf(fixture);
      await raise(fixture, four);
      await opened(fixture, (session) =>
        session.execute(
          sql`INSERT INTO dimension_graph_definition (dimension_graph_id, dimension_name) SELECT max(id), 'amplifier' FROM dimension_graph_key`,
        ),
      );
      const back = "dimensions-config-daf_butler@8";
      const error = await refusal(downgrade(fixture.folder, back, { revisions, dataLoss: "allow" }));
      expect(error.code).to.equal("dimensions-in-use");
      await opened(fixture, (session) =>
        session.execute(sql`DELETE FROM dimension_graph_definition WHERE dimension_name = 'amplifier'`),
      );
      expect((await refusal(downgrade(fixture.folder, back, { revisions }))).code).to.equal("data-loss");
      await downgrade(fixture.folder, back, { revisions, dataLoss: "allow" });
      expect(await configurationOf(fixture)).to.deep.equal(before);
      expect((await check(fixture.folder)).drift.filter((one) => one.class === "drift")).to.deep.equal([]);
    });

    it("is missed by check --deep where older code registered an instrument later (S3.8)", async () => {
      const fixture = await copyFixture("current", dialect);
      await raise(fixture, four);
      const codes = async (): Promise<string[]> =>
        ((await check(fixture.folder, { revisions, rows: "check" })).rows ?? []).map(
          ({ code, examples }) => `${code} ${examples.join()}`,
        );
      expect((await codes()).filter((code) => code.startsWith("detectors"))).to.deep.equal([]);
      await opened(fixture, async (session) => {
        await session.execute(
          sql`INSERT INTO instrument (name, class_name, detector_max, visit_max, exposure_max) VALUES ('New', 'a.New', 1, 1, 1)`,
        );
        await session.execute(sql`INSERT INTO detector (instrument, id, full_name) VALUES ('New', 7, 'D7')`);
      });
      expect(await codes()).to.include("detectors-without-amplifiers instrument=New, detector=7");
    });
  });

  describe(`Dimensions that are scaffolded, ${title}`, function () {
    this.timeout(120_000);

    for (const [what, flags] of scaffolded) {
      it(`${what} get the tables that the real Butler makes, agree with what check expects, and go again`, async () => {
        const folder = await projectWith(flags);
        const fixture = await copyFixture("current", dialect);
        const before = await tableNames(fixture);
        await upgrade(fixture.folder, "dimensions-config@head", { folder });
        const report = await check(fixture.folder, { folder });
        expect(report.problems).to.deep.equal([]);
        expect(report.drift.filter((one) => one.class !== "variation")).to.deep.equal([]);
        const added = (await tableNames(fixture)).filter((name) => !before.includes(name));
        const real = (await realTables()).filter(({ name }) =>
          new RegExp(`(^|_)${flags.dimension[0]}(_|$)`).test(name),
        );
        expect(added).to.deep.equal(real.map(({ name }) => name).toSorted());
        const own: Table[] = [];
        for (const name of added) own.push(await tableOf(fixture, name));
        // The real Butler's tables are those of SQLite; check has judged those of PostgreSQL.
        if (isSqlite) expect(compareTables(real, own)).to.deep.equal([]);
        await downgrade(fixture.folder, "dimensions-config-daf_butler@8", { folder });
        expect((await check(fixture.folder)).drift.filter((one) => one.class !== "variation")).to.deep.equal(
          [],
        );
        expect(await tableNames(fixture)).to.deep.equal(before);
      });
    }

    it("are refused where Butler would take none: a region of another family with the same governor", async () => {
      const folder = await projectWith({
        dimension: ["field"],
        key: ["id bigint"],
        requires: ["skymap"],
        spatial: ["others"],
      });
      const fixture = await copyFixture("current", dialect);
      const error = await refusal(upgrade(fixture.folder, "dimensions-config@head", { folder }));
      expect(error.code).to.equal("bad-dimensions");
      expect(error.message).to.include("field").and.include("skymap");
    });
  });
}
