/** Defects of the Python tool, by their number in the list of them: what happens here instead. */
import { expect } from "chai";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { current, downgrade, format, GodwitError, stamp, upgrade } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { content } from "./contents.js";
import { rowsOf, runStatements } from "../support/rows.js";

const config = { namespace: "daf_butler" };

async function failure(work: Promise<unknown>): Promise<GodwitError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(GodwitError);
  return error as GodwitError;
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`Defects of the Python tool that are absent here, ${dialect}`, () => {
    it("D2: stamp --purge leaves no row of before", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      await upgrade(fixture.folder, "head");
      await runStatements(fixture.databaseUrl, ["INSERT INTO alembic_version VALUES ('000000000000')"]);
      await stamp(fixture.folder, [], { rows: "purge" });
      const rows = await rowsOf(fixture.databaseUrl, "SELECT version_num FROM alembic_version");
      const { managers, problems } = await current(fixture.folder);
      expect(problems).to.deep.equal([]);
      expect(rows.map((row) => row["version_num"])).to.have.members(managers.flatMap((one) => one.revisions));
    });

    it("D3: stamp takes every tree of a repository of today, or none", async () => {
      const fixture = await copyFixture("current", dialect);
      await stamp(fixture.folder, []);
      expect((await current(fixture.folder)).managers.map(({ recordedBy }) => recordedBy)).to.satisfy(
        (all: readonly unknown[]) => all.length > 6 && all.every((by) => by === "godwit"),
      );
    });

    it("D4: collections by integers keep their names unique, on both databases, and the way back is real", async () => {
      const fixture = await copyFixture("uuid-c3-name", dialect);
      const start = await describeFixture(fixture);
      await upgrade(fixture.folder, "collections-SynthIntKeyCollectionManager@head");
      const { schema } = await describeFixture(fixture);
      expect(JSON.stringify(schema.tables["collection"]?.unique)).to.contain("collection_unq_name");
      await downgrade(fixture.folder, "93341d68b814");
      const names = (tables: typeof schema.tables): readonly string[] =>
        (tables["collection"]?.columns ?? []).map(({ name }) => name).toSorted();
      expect(names((await describeFixture(fixture)).schema.tables)).to.deep.equal(names(start.schema.tables));
    });

    it("D5: configuration 5 lets every table take the longer names of instruments", async () => {
      const fixture = await copyFixture("uuid-c4-synth", dialect);
      await upgrade(fixture.folder, "2a8a32e1bec3");
      const { schema } = await describeFixture(fixture);
      for (const [name, table] of Object.entries(schema.tables)) {
        const column = table.columns.find((one) => one.name === "instrument");
        if (column !== undefined) expect(column.type, name).to.match(/\(32\)$/);
        const checks = table.checks.map((check) => JSON.stringify(check));
        for (const check of checks.filter((text) => text.includes("_len_instrument")))
          expect(check, name).to.contain("<=32");
      }
    });

    it("D6: configuration 6 requires and refers to the day of visits too", async () => {
      const fixture = await copyFixture("uuid-c5-synth", dialect);
      await upgrade(fixture.folder, "1fae088c80b6");
      const visit = (await describeFixture(fixture)).schema.tables["visit"];
      expect(visit?.columns.find(({ name }) => name === "day_obs")).to.have.property("notnull", true);
      expect(JSON.stringify(visit?.foreign_keys)).to.contain(
        "fkey_visit_day_obs_instrument_id_instrument_day_obs",
      );
      expect(JSON.stringify(visit?.indexes)).to.contain("visit_fkidx_instrument_day_obs");
    });

    it("D7: dimensions 6.0.2 requires the band of a physical filter", async () => {
      const fixture = await copyFixture("uuid-c1-synth", dialect);
      await upgrade(fixture.folder, "035dcf13ef18", { options: { null_filter_value: "HSC-G" } });
      const table = (await describeFixture(fixture)).schema.tables["physical_filter"];
      expect(table?.columns.find(({ name }) => name === "band")).to.have.property("notnull", true);
    });

    for (const [number, repository, revision] of [
      ["D8", "uuid-c5-synth", "1fae088c80b6"],
      ["D9", "uuid-c6-synth", "352c30854bb0"],
    ] as const) {
      it(`${number}: other texts of documentation are no difference, and what a repository added stays`, async () => {
        const fixture = await copyFixture(repository, dialect);
        const [row] = await rowsOf(
          fixture.databaseUrl,
          "SELECT value FROM butler_attributes WHERE name = 'config:dimensions.json'",
        );
        const universe = JSON.parse(String(row?.["value"])) as {
          elements: Record<string, Record<string, unknown>>;
          skypix: Record<string, unknown>;
        };
        const exposure = universe.elements["exposure"] ?? {};
        for (const column of exposure["metadata"] as { doc: string }[]) column.doc = "Other words.";
        universe.skypix["own"] = { class: "lsst.sphgeom.HtmPixelization", max_level: 3 };
        const text = JSON.stringify(universe).replaceAll("'", "''");
        await runStatements(fixture.databaseUrl, [
          `UPDATE butler_attributes SET value = '${text}' WHERE name = 'config:dimensions.json'`,
        ]);
        await upgrade(fixture.folder, revision);
        const [after] = await rowsOf(
          fixture.databaseUrl,
          "SELECT value FROM butler_attributes WHERE name = 'config:dimensions.json'",
        );
        const stored = JSON.parse(String(after?.["value"])) as typeof universe;
        expect(stored.skypix).to.have.property("own");
      });
    }

    it("D10: a filter that does not exist is refused for visits without one", async () => {
      const fixture = await copyFixture("uuid-c1-synth", dialect);
      const before = await describeFixture(fixture);
      const error = await failure(
        upgrade(fixture.folder, "035dcf13ef18", { options: { null_filter_value: "no such filter" } }),
      );
      expect(error.message).to.contain("no such filter");
      const own = { ignorePrefixes: ["revision_", "godwit_", "alembic_version"] };
      expect(compare(before, await describeFixture(fixture), own)).to.deep.equal([]);
    });

    it("D14: an option that no revision takes is refused", async () => {
      const fixture = await copyFixture("uuid-c1-synth", dialect);
      const error = await failure(
        upgrade(fixture.folder, "bf6308af80aa", { options: { has_simulated: "0", has_simulatd: "1" } }),
      );
      expect([error.code, error.exitCode]).to.deep.equal(["unknown-option", 2]);
      expect(error.hint).to.contain("has_simulated");
    });

    it("D15: an upgrade to where the repository stands already, or has been, says so", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      for (const target of ["1fae088c80b6", "2a8a32e1bec3"]) {
        const { steps, note } = await upgrade(fixture.folder, target);
        expect(steps).to.deep.equal([]);
        expect(note).to.be.a("string").that.is.not.empty;
      }
    });

    it("D18: a database without butler_attributes is named", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      await runStatements(fixture.databaseUrl, ["DROP TABLE butler_attributes"]);
      const error = await failure(current(fixture.folder));
      expect(error.exitCode).to.equal(2);
      expect(error.message).to.contain("butler_attributes");
    });

    it("D20: configuration 8 is reached, as a repository of today has it, and left again", async () => {
      const fixture = await copyFixture("uuid-c7-ds021", dialect);
      const before = await describeFixture(fixture);
      await upgrade(fixture.folder, "aa7a2f893cba");
      const after = await describeFixture(fixture);
      const today = await copyFixture("current", dialect);
      const isDynamic = (difference: string): boolean =>
        /^(table |sequence )?dataset_(tags|calibs)_/.test(difference);
      const own = { ignorePrefixes: ["revision_", "godwit_", "alembic_version"] };
      const differences = compare(await describeFixture(today), after, { ...own, scope: "schema" });
      expect(differences.filter((one) => !isDynamic(one))).to.deep.equal([]);
      const [mine, fresh] = await Promise.all([format(fixture.folder), format(today.folder)]);
      expect(mine.digest).to.equal(fresh.digest);
      await downgrade(fixture.folder, "352c30854bb0");
      expect(compare(content(before), content(await describeFixture(fixture)), own)).to.deep.equal([]);
    });
  });
}

describe("Defects of the Python tool that are absent here, PostgreSQL alone", () => {
  const constraint = `SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE contype = 'x'`;

  it("D17: exclusion constraints of old repositories live on", async () => {
    const fixture = await copyFixture("int-c0-name", "postgres");
    await runStatements(fixture.databaseUrl, [
      `ALTER TABLE dataset_calibs_00000004 ADD CONSTRAINT excl_collection_name_timespan
       EXCLUDE USING gist (dataset_type_id WITH =, collection_name WITH =, instrument WITH =, detector WITH =, timespan WITH &&)`,
    ]);
    await upgrade(
      fixture.folder,
      [
        "datasets-ByDimensionsDatasetRecordStorageManagerUUID@1.0.0",
        "collections-SynthIntKeyCollectionManager@head",
      ],
      config,
    );
    expect(await rowsOf(fixture.databaseUrl, constraint)).to.deep.equal([
      {
        name: "excl_collection_id_timespan",
        definition:
          "EXCLUDE USING gist (dataset_type_id WITH =, collection_id WITH =, instrument WITH =, detector WITH =, timespan WITH &&)",
      },
    ]);
    await downgrade(fixture.folder, "93341d68b814", config);
    expect(await rowsOf(fixture.databaseUrl, constraint)).to.deep.equal([
      {
        name: "excl_collection_name_timespan",
        definition:
          "EXCLUDE USING gist (dataset_type_id WITH =, collection_name WITH =, instrument WITH =, detector WITH =, timespan WITH &&)",
      },
    ]);
  });

  it("D17: names of exclusion constraints that had to be cut are those of the new columns", async () => {
    const fixture = await copyFixture("int-c0-name", "postgres");
    // `excl_dataset_type_id_collection_name_instrument_detector_timespan` has 65 characters; its digest was computed with Python's hashlib.
    const cut = "excl_dataset_type_id_collection_name_instrument_detect_dcb545a6";
    await runStatements(fixture.databaseUrl, [
      `ALTER TABLE dataset_calibs_00000004 ADD CONSTRAINT ${cut}
       EXCLUDE USING gist (dataset_type_id WITH =, collection_name WITH =, instrument WITH =, detector WITH =, timespan WITH &&)`,
    ]);
    await upgrade(fixture.folder, "collections-SynthIntKeyCollectionManager@head", config);
    const [{ name } = { name: null }] = await rowsOf(fixture.databaseUrl, constraint);
    expect(name).to.equal("excl_dataset_type_id_collection_id_instrument_detector_timespan");
    await downgrade(fixture.folder, "93341d68b814", config);
    expect((await rowsOf(fixture.databaseUrl, constraint)).map((row) => row["name"])).to.deep.equal([cut]);
  });

  it("D6: visits without the key of their day, as the Python tool leaves them, are no obstacle to the way down", async () => {
    const fixture = await copyFixture("uuid-c4-synth", "postgres");
    await upgrade(fixture.folder, "1fae088c80b6");
    await runStatements(fixture.databaseUrl, [
      "ALTER TABLE visit DROP CONSTRAINT fkey_visit_day_obs_instrument_id_instrument_day_obs",
      "DROP INDEX visit_fkidx_instrument_day_obs",
      "ALTER TABLE visit ALTER COLUMN day_obs DROP NOT NULL",
    ]);
    await downgrade(fixture.folder, "2a8a32e1bec3");
    expect((await describeFixture(fixture)).schema.tables).not.to.have.property("day_obs");
    await upgrade(fixture.folder, "1fae088c80b6");
  });

  it("D19: a schema whose name is a reserved word in capitals is migrated like any other", async () => {
    const fixture = await copyFixture("ns-int-c0-name", "postgres");
    await runStatements(fixture.databaseUrl, [`ALTER SCHEMA "${fixture.namespace}" RENAME TO "SELECT"`]);
    const file = path.join(fixture.folder, "butler.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(/namespace: .*/, 'namespace: "SELECT"'));
    await upgrade(
      fixture.folder,
      [
        "datasets-ByDimensionsDatasetRecordStorageManagerUUID@head",
        "collections-SynthIntKeyCollectionManager@head",
        "dimensions-config@5",
      ],
      { ...config, options: { has_simulated: "0" } },
    );
    expect((await current(fixture.folder)).problems).to.deep.equal([]);
  });
});
