/** What stands in the way of a plan, and what it would lose, is told before anything is touched, however late its step comes. */
import { expect } from "chai";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { defineRevision, downgrade, GodwitError, plan, sql, upgrade } from "../../lib/index.js";
import type { RevisionDefinition, RunOptions } from "../../lib/index.js";
import { databases } from "../support/databases.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { rowsOf, runStatements } from "../support/rows.js";

const newest = [
  "datasets-ByDimensionsDatasetRecordStorageManagerUUID@head",
  "collections-SynthIntKeyCollectionManager@head",
  "head",
];

async function refused(fixture: Fixture, work: () => Promise<unknown>): Promise<GodwitError> {
  const before = await describeFixture(fixture);
  const error: unknown = await work().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(GodwitError);
  expect(compare(before, await describeFixture(fixture))).to.deep.equal([]);
  return error as GodwitError;
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`Before the first step of a long plan, ${dialect}`, () => {
    const options: RunOptions = { namespace: "daf_butler" };

    it("all that its steps lack is told at once: options, values, offsets of instruments", async () => {
      const fixture = await copyFixture("int-c0-name", dialect);
      await runStatements(fixture.databaseUrl, [
        "UPDATE visit SET physical_filter = NULL WHERE id = (SELECT min(id) FROM visit)",
        "UPDATE exposure SET group_name = NULL WHERE id = (SELECT min(id) FROM exposure)",
        "INSERT INTO instrument (name, class_name) VALUES ('Other', 'org.example.Other'), ('Third', NULL)",
        "INSERT INTO exposure (instrument, id, obs_id, day_obs, group_name) VALUES ('Other', 1, 'o', 20200101, 'g'), ('Third', 1, 'o', 20200101, 'g')",
        "UPDATE physical_filter SET band = NULL WHERE name = 'HSC-G'",
      ]);
      const error = await refused(fixture, () => upgrade(fixture.folder, newest, options));
      expect(error.message)
        .to.include("has_simulated")
        .and.match(/1 rows of "visit" have no physical_filter/)
        .and.match(/1 rows of "physical_filter" have no band/)
        .and.match(/1 rows of "exposure" have no group_name/)
        .and.include('"Other" (org.example.Other)')
        .and.include('"Third"');
      expect(error.hint).to.include("null_filter_value").and.include("dayObsOffsets");
      const given = { ...options, options: { has_simulated: "0" } };
      const second = await refused(fixture, () => upgrade(fixture.folder, newest, given));
      expect(second.message).to.include("group_name").and.include("physical_filter");
      const { steps } = await plan(fixture.folder, "up", newest, given);
      const told = steps.filter(({ notes }) => notes.some((note) => note.startsWith("In the way: ")));
      expect(told.map(({ revision }) => revision)).to.have.members(["1fae088c80b6", "035dcf13ef18"]);
    });

    it("its plan is whole: nothing of it is only known while it runs, and edits of butler.yaml are told", async () => {
      const fixture = await copyFixture("int-c0-name", dialect);
      const { steps } = await plan(fixture.folder, "up", newest, {
        ...options,
        options: { has_simulated: "0" },
      });
      const notes = steps.flatMap((step) => step.notes);
      expect(notes.filter((note) => note.startsWith("Only known"))).to.deep.equal([]);
      const edits = notes.filter((note) => note.includes("butler.yaml: set registry.managers."));
      expect(edits.join("\n"))
        .to.include("SynthIntKeyCollectionManager")
        .and.include("ByDimensionsDatasetRecordStorageManagerUUID");
      const tables = new Map(steps.map((step) => [step.revision, step.tables.map(({ name }) => name)]));
      expect(tables.get("1fae088c80b6")).to.include.members(["day_obs", "group", "exposure", "visit"]);
    });

    it("edits that have to be made by hand are told, with the file that the section comes from", async () => {
      const fixture = await copyFixture("int-c0-name", dialect);
      const file = path.join(fixture.folder, "butler.yaml");
      const text = await readFile(file, "utf8");
      const [, managers = ""] = /  managers:\n((?:    .*\n?)+)/.exec(text) ?? [];
      await writeFile(path.join(fixture.folder, "classes.yaml"), managers.replaceAll(/^ {4}/gm, ""));
      await writeFile(
        file,
        text.replace(/  managers:\n(?:    .*\n?)+/, "  managers: !include classes.yaml\n"),
      );
      const { steps } = await plan(fixture.folder, "up", newest.slice(0, 1), options);
      expect(steps[0]?.notes.join("\n")).to.match(
        /set registry\.managers\.datasets to lsst\.\S+UUID by hand, as `managers` comes from the included file classes\.yaml/,
      );
    });

    it("losses of all its steps are counted and named", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      await upgrade(fixture.folder, "aa7a2f893cba");
      await runStatements(fixture.databaseUrl, [
        "INSERT INTO ssp_hypothesis_table (name) VALUES ('t')",
        "UPDATE dataset SET ingest_date = ingest_date + 1 WHERE ingest_date = (SELECT min(ingest_date) FROM dataset)",
        "UPDATE dataset SET ingest_date = 1483228836500000000 WHERE ingest_date = (SELECT max(ingest_date) FROM dataset)",
      ]);
      const config = await refused(fixture, () => downgrade(fixture.folder, "1fae088c80b6"));
      expect(config.code).to.equal("data-loss");
      expect(config.message).to.include('rows of "ssp_hypothesis_table" (1)');
      const dates = await refused(fixture, () => downgrade(fixture.folder, "2101fbf51ad3"));
      expect(dates.message).to.match(/parts of microseconds, and leap seconds, of ingest dates \(2\)/);
    });

    it("losses of a way back over a switch are counted together with those of the steps before it", async () => {
      const fixture = await copyFixture("int-c0-synth", dialect);
      await upgrade(fixture.folder, newest.slice(0, 1), options);
      await runStatements(fixture.databaseUrl, [
        "UPDATE dataset SET ingest_date = ingest_date + 1 WHERE ingest_date = (SELECT max(ingest_date) FROM dataset)",
      ]);
      const { message } = await refused(fixture, () => downgrade(fixture.folder, "635083325f20", options));
      expect(message)
        .to.match(/of ingest dates \(1\)/)
        .and.match(/UUIDs of datasets \(\d+\)/);
    });

    it("values that are too long for the end of a long way down are told", async () => {
      const fixture = await copyFixture("uuid-c5-synth", dialect);
      await runStatements(fixture.databaseUrl, [
        `UPDATE visit SET observation_reason = '${"r".repeat(40)}' WHERE id = (SELECT min(id) FROM visit)`,
      ]);
      const error = await refused(fixture, () => downgrade(fixture.folder, "bf6308af80aa"));
      expect(error.message)
        .to.include("LSSTCam-imSim-0123456789abcdefgh")
        .and.match(/"observation_reason" that are longer than 32/);
    });

    it("collections whose names are not unique are not left with nothing but their names", async () => {
      const fixture = await copyFixture("uuid-c3-name", dialect);
      await upgrade(fixture.folder, newest.slice(1, 2));
      // SQLite changes no keys: a table without the key takes the place of the one that has it.
      const withoutKey =
        dialect === "sqlite"
          ? [
              "CREATE TABLE other (collection_id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, type SMALLINT NOT NULL, doc TEXT)",
              "INSERT INTO other SELECT collection_id, name, type, doc FROM collection",
              "PRAGMA foreign_keys = OFF",
              "PRAGMA legacy_alter_table = ON",
              "DROP TABLE collection",
              "ALTER TABLE other RENAME TO collection",
            ]
          : ["ALTER TABLE collection DROP CONSTRAINT collection_unq_name"];
      await runStatements(fixture.databaseUrl, [
        ...withoutKey,
        "INSERT INTO collection (collection_id, name, type) SELECT 9999, name, 2 FROM collection WHERE collection_id = 1",
      ]);
      const error = await refused(fixture, () => downgrade(fixture.folder, "93341d68b814"));
      expect(error.code).to.equal("duplicate-names");
    });
  });
}

describe("What a revision must not change", () => {
  for (const database of databases) {
    it(`is compared before the commit: the rows that differ are shown, and all is rolled back, ${database.title}`, async () => {
      const { url } = await database.create();
      await runStatements(url, [
        "CREATE TABLE filter (name TEXT, band TEXT)",
        "INSERT INTO filter VALUES ('a', 'r'), ('b', 'r'), ('c', 'g')",
      ]);
      const bands = "SELECT band, count(*) AS n FROM filter GROUP BY band";
      const changing = (newBand: string): RevisionDefinition =>
        defineRevision({
          id: "aaaaaaaaaaaa",
          parent: null,
          manager: "app",
          summary: "Rename filter a",
          invariants: [
            {
              description: "the bands of filters",
              before: (context) => context.query(sql.raw(`${bands} ORDER BY band`)),
              after: (context) => context.query(sql.raw(`${bands} ORDER BY band DESC`)),
            },
          ],
          async up(context) {
            await context.execute(sql`UPDATE filter SET name = 'x', band = ${newBand} WHERE name = 'a'`, {
              table: "filter",
              cost: "scan",
            });
          },
          async down() {
            // Names are not asked for.
          },
        });
      const error: unknown = await upgrade(url, "head", { revisions: [changing("z")] }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(GodwitError).with.property("code", "invariant");
      const { message } = error as GodwitError;
      expect(message).to.include("the bands of filters").and.not.include('"g"');
      expect(message).to.match(/Before: \{"band":"r","n":"2"\}\nAfter: {2}.*\{"band":"z","n":"1"\}/);
      expect(await rowsOf(url, "SELECT count(*) AS n FROM filter WHERE name = 'a'")).to.deep.equal([
        { n: 1n },
      ]);
      await upgrade(url, "head", { revisions: [changing("r")] });
      await downgrade(url, "base", { revisions: [changing("r")] });
    });
  }
});
