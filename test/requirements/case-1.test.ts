/** The first use case of the ticket: ids of datasets from integers to UUIDs. The goldens judge all rows besides. */
import { expect } from "chai";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { inspect } from "node:util";
import { v5 as uuidv5 } from "uuid";
import { check, plan, upgrade } from "../../lib/index.js";
import type { GodwitError } from "../../lib/index.js";
import { databases } from "../support/databases.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { rowsOf, runStatements } from "../support/rows.js";

const target = "2101fbf51ad3";
const options = { namespace: "daf_butler" };

/** Datasets by what they are, which no migration changes: dataset type, run, data id of raws. */
const raws = `SELECT d.id AS id, c.name AS run, g.instrument AS instrument, g.detector AS detector, g.exposure AS exposure
  FROM dataset d JOIN dataset_type t ON t.id = d.dataset_type_id JOIN collection c ON c.collection_id = d.run_id
  JOIN dataset_tags_00000001 g ON g.dataset_id = d.id AND g.collection_id = d.run_id
  WHERE t.name = 'raw' ORDER BY c.name, g.instrument, g.detector, g.exposure`;

const plain = (id: unknown): string => String(id).replaceAll("-", "");

async function switched(dialect: "sqlite" | "postgres", change: readonly string[] = []): Promise<Fixture> {
  const fixture = await copyFixture("int-c0-synth", dialect);
  if (change.length > 0) await runStatements(fixture.databaseUrl, change);
  await upgrade(fixture.folder, target, options);
  return fixture;
}

for (const { title, dialect } of databases) {
  describe(`Ids of datasets from integers to UUIDs, ${title}`, function () {
    this.timeout(120_000);

    it("change their type wherever they stand, and keys, indexes and names are those of UUIDs (S1.1, S1.7)", async () => {
      const fixture = await switched(dialect);
      const { tables, sequences } = (await describeFixture(fixture)).schema;
      const wanted = dialect === "sqlite" ? "CHAR(32)" : "uuid";
      const columns = Object.entries(tables).flatMap(([table, { columns }]) =>
        columns.filter(({ name }) => name === "dataset_id" || (table === "dataset" && name === "id")),
      );
      expect(columns.length).to.be.above(8);
      expect(new Set(columns.map(({ type }) => type))).to.deep.equal(new Set([wanted]));
      expect(Object.keys(sequences)).not.to.include("dataset_seq_id");
      const { drift, problems } = await check(fixture.folder, options);
      expect(problems).to.deep.equal([]);
      expect(drift.filter((one) => one.class === "drift")).to.deep.equal([]);
    });

    it("are mapped one to one, the same in every table, ids of deleted datasets too (S1.2, S1.6)", async () => {
      const before = await copyFixture("int-c0-synth", dialect);
      const trash =
        "SELECT count(*) AS n FROM dataset_location_trash WHERE dataset_id NOT IN (SELECT id FROM dataset)";
      const orphans = await rowsOf(before.databaseUrl, trash);
      expect(orphans).not.to.deep.equal([{ n: 0n }]);
      const fixture = await switched(dialect);
      expect(await rowsOf(fixture.databaseUrl, trash)).to.deep.equal(orphans);
      for (const table of [
        "dataset",
        "dataset_tags_00000001",
        "dataset_location",
        "file_datastore_records",
      ]) {
        const count = `SELECT count(*) AS n, count(DISTINCT ${table === "dataset" ? "id" : "dataset_id"}) AS ids FROM ${table}`;
        expect(await rowsOf(fixture.databaseUrl, count), table).to.deep.equal(
          await rowsOf(before.databaseUrl, count),
        );
      }
    });

    it("are in each table where the integer was, row by row (S1.2)", async () => {
      // What a dataset is, in words that no migration changes: its file, where it is stored, and each of its data ids in each collection.
      const queries = [
        "SELECT t.name AS type, r.path AS path, l.datastore_name AS place FROM dataset d JOIN dataset_type t ON t.id = d.dataset_type_id LEFT JOIN file_datastore_records r ON r.dataset_id = d.id LEFT JOIN dataset_location l ON l.dataset_id = d.id",
        "SELECT r.path AS path, c.name AS collection, g.instrument AS instrument, g.detector AS detector, g.exposure AS exposure FROM dataset_tags_00000001 g JOIN collection c ON c.collection_id = g.collection_id LEFT JOIN file_datastore_records r ON r.dataset_id = g.dataset_id",
        "SELECT r.path AS path, c.name AS collection, g.instrument AS instrument, g.detector AS detector FROM dataset_calibs_00000004 g JOIN collection c ON c.collection_id = g.collection_id LEFT JOIN file_datastore_records r ON r.dataset_id = g.dataset_id",
      ];
      const told = async (fixture: Fixture): Promise<string[][]> => {
        const answers: string[][] = [];
        for (const query of queries)
          answers.push((await rowsOf(fixture.databaseUrl, query)).map((row) => inspect(row)).toSorted());
        return answers;
      };
      const before = await told(await copyFixture("int-c0-synth", dialect));
      for (const rows of before) expect(new Set(rows).size).to.be.above(3);
      expect(await told(await switched(dialect))).to.deep.equal(before);
    });

    it("follow from type, run and data id for raws, and are random for others (S1.3)", async () => {
      const fixture = await switched(dialect);
      const rows = await rowsOf(fixture.databaseUrl, raws);
      expect(rows.length).to.be.above(10);
      for (const { id, run, instrument, detector, exposure } of rows) {
        const text = `dataset_type=raw,run=${String(run)},detector=${String(detector)},exposure=${String(exposure)},instrument=${String(instrument)}`;
        expect(plain(id)).to.equal(plain(uuidv5(text, "840b31d9-05cd-5161-b2c8-00d32b280d0f")));
      }
      const others = await rowsOf(
        fixture.databaseUrl,
        "SELECT d.id AS id FROM dataset d JOIN dataset_type t ON t.id = d.dataset_type_id WHERE t.name <> 'raw'",
      );
      for (const { id } of others)
        expect(plain(id)).to.match(/^[0-9a-f]{12}[47][0-9a-f]{3}[89ab][0-9a-f]{15}$/);
    });

    it("of raws are the same in two repositories, and others in a run of another name (S1.5)", async () => {
      const one = await rowsOf((await switched(dialect)).databaseUrl, raws);
      const other = await rowsOf((await switched(dialect)).databaseUrl, raws);
      expect(one).to.deep.equal(other);
      const renamed = await switched(dialect, [
        "UPDATE collection SET name = 'elsewhere/' || name WHERE type = 1",
      ]);
      const ids = (await rowsOf(renamed.databaseUrl, raws)).map(({ id }) => plain(id));
      expect(ids).to.have.length(one.length);
      expect(ids.filter((id) => one.some((row) => plain(row["id"]) === id))).to.deep.equal([]);
    });

    it("are recorded under the new class, and butler.yaml names it (S1.8)", async () => {
      const fixture = await switched(dialect);
      const rows = await rowsOf(
        fixture.databaseUrl,
        "SELECT name, value FROM butler_attributes WHERE name LIKE '%DatasetRecordStorageManager%' OR name = 'config:registry.managers.datasets' ORDER BY name",
      );
      const attributes = Object.fromEntries(rows.map(({ name, value }) => [String(name), String(value)]));
      expect(attributes["config:registry.managers.datasets"]).to.include(
        "ByDimensionsDatasetRecordStorageManagerUUID",
      );
      const stored = attributes["config:registry.managers.datasets"] ?? "";
      expect(attributes[`version:${stored}`]).to.equal("1.0.0");
      expect(Object.keys(attributes).filter((name) => name.endsWith("StorageManager"))).to.deep.equal([]);
      const text = await readFile(path.join(fixture.folder, "butler.yaml"), "utf8");
      expect(text).not.to.match(/ByDimensionsDatasetRecordStorageManager\b(?!UUID)/);
    });

    it("come in one line with the other changes of datasets (S1.9)", async () => {
      const fixture = await copyFixture("int-c0-synth", dialect);
      const { steps } = await plan(
        fixture.folder,
        "up",
        "datasets-ByDimensionsDatasetRecordStorageManagerUUID@head",
        options,
      );
      expect(steps.map(({ direction, revision }) => [direction, revision])).to.deep.equal([
        ["switch", target],
        ["up", "4e2d7a28475b"],
      ]);
    });

    it("that would be the same for two raws stop the migration before any change (S1.10)", async () => {
      const fixture = await copyFixture("int-c0-synth", dialect);
      const changed = await describeFixture(fixture);
      const provider = {
        deterministic: (name: string) => name === "raw",
        id: () => "840b31d9-05cd-5161-b2c8-00d32b280d0f",
      };
      const error: unknown = await upgrade(fixture.folder, target, {
        ...options,
        providers: { datasetIds: provider },
      }).catch((thrown: unknown) => thrown);
      expect((error as GodwitError).code).to.equal("duplicate-ids");
      expect((error as GodwitError).message).to.include("(raw)");
      const own = { ignorePrefixes: ["revision_", "godwit_", "alembic_version"] };
      expect(compare(changed, await describeFixture(fixture), own)).to.deep.equal([]);
    });
  });
}
