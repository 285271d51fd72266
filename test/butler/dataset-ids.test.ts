import { expect } from "chai";
import { v5 as uuidv5 } from "uuid";
import { GodwitError, upgrade } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { rowsOf, runStatements } from "../support/rows.js";

const switched = "datasets-ByDimensionsDatasetRecordStorageManagerUUID@1.0.0";

async function refusal(work: Promise<unknown>): Promise<GodwitError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(GodwitError);
  return error as GodwitError;
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`Ids of datasets, ${dialect}`, () => {
    it("asks a provider before the built-in one", async () => {
      const fixture = await copyFixture("int-c0-synth", dialect);
      const namespace = "9b5b1c3e-4a52-5e3b-8b6f-6f1f6a8d1c11";
      const asked: unknown[] = [];
      const provider = {
        deterministic: (datasetType: string) => datasetType === "bias",
        id: (reference: { datasetType: string; run: string; dataId: Record<string, string> }) => {
          asked.push(reference);
          return uuidv5(JSON.stringify(reference), namespace);
        },
      };
      await upgrade(fixture.folder, switched, {
        providers: { datasetIds: provider },
        namespace: "daf_butler",
      });
      expect(asked).not.to.be.empty;
      const expected = asked.map((reference) => uuidv5(JSON.stringify(reference), namespace));
      const rows = await rowsOf(
        fixture.databaseUrl,
        "SELECT id FROM dataset WHERE dataset_type_id = (SELECT id FROM dataset_type WHERE name = 'bias')",
      );
      const found = rows.map(({ id }) => String(id).replaceAll("-", ""));
      expect(found).to.have.members(expected.map((id) => id.replaceAll("-", "")));
    });

    it("refuses ids that several datasets would share, showing these, before anything is changed", async () => {
      const fixture = await copyFixture("int-c0-synth", dialect);
      const before = await describeFixture(fixture);
      const provider = {
        deterministic: (datasetType: string) => datasetType === "bias",
        id: () => "9b5b1c3e-4a52-5e3b-8b6f-6f1f6a8d1c11",
      };
      const error = await refusal(
        upgrade(fixture.folder, switched, { providers: { datasetIds: provider }, namespace: "daf_butler" }),
      );
      expect(error.code).to.equal("duplicate-ids");
      expect(error.message).to.match(/dataset \d+ \(bias\): 9b5b1c3e/);
      const own = { ignorePrefixes: ["revision_", "godwit_", "alembic_version"] };
      expect(compare(before, await describeFixture(fixture), own)).to.deep.equal([]);
    });

    const fail = (): never => {
      throw new Error("out of order");
    };
    for (const [what, provider, message] of [
      ["that is no provider", { deterministic: true }, /no functions/],
      [
        "whose ids are no UUIDs",
        { deterministic: () => true, id: ({ run }: { run: string }) => run },
        /no UUID/,
      ],
      ["that throws", { deterministic: () => true, id: fail }, /failed: out of order, asked for .*"run"/],
      [
        "that throws for a type",
        { deterministic: fail, id: () => "" },
        /failed: out of order, asked for dataset type "/,
      ],
      [
        "that promises an answer, which would count as yes for every type",
        { deterministic: async () => false, id: () => "" },
        /neither true nor false/,
      ],
    ] as const) {
      it(`refuses a provider ${what}`, async () => {
        const fixture = await copyFixture("int-c0-synth", dialect);
        const error = await refusal(
          upgrade(fixture.folder, switched, { providers: { datasetIds: provider }, namespace: "daf_butler" }),
        );
        expect(error.code).to.equal("bad-provider");
        expect(error.message).to.match(message);
      });
    }

    it("D16: carries along every record table that opaque_meta names, and the ObsCore table", async () => {
      const fixture = await copyFixture("int-c0-synth", dialect);
      const integer = dialect === "sqlite" ? "BIGINT" : "bigint";
      await runStatements(fixture.databaseUrl, [
        `CREATE TABLE other_records (dataset_id ${integer} NOT NULL, path TEXT NOT NULL, PRIMARY KEY (dataset_id))`,
        "INSERT INTO other_records SELECT id, 'file ' || id FROM dataset",
        "INSERT INTO other_records VALUES (99999, 'of a deleted dataset')",
        "INSERT INTO opaque_meta VALUES ('other_records')",
        `CREATE TABLE sky (obs_id TEXT, registry_dataset_id ${integer} NOT NULL, PRIMARY KEY (registry_dataset_id), CONSTRAINT fkey_sky_dataset_id_registry_dataset_id FOREIGN KEY (registry_dataset_id) REFERENCES dataset (id) ON DELETE CASCADE)`,
        "INSERT INTO sky SELECT 'observation ' || id, id FROM dataset",
        `INSERT INTO butler_attributes VALUES ('config:obscore.json', '{"namespace": "own", "version": 1, "table_name": "sky"}')`,
      ]);
      await runStatements(fixture.databaseUrl, [
        "CREATE TABLE numbers AS SELECT dataset.id AS number, records.path FROM dataset JOIN file_datastore_records AS records ON records.dataset_id = dataset.id",
      ]);
      await upgrade(fixture.folder, switched, { namespace: "daf_butler" });
      const [counted] = await rowsOf(
        fixture.databaseUrl,
        `SELECT count(*) AS n FROM numbers
         JOIN file_datastore_records AS records ON records.path = numbers.path
         JOIN other_records AS other ON other.dataset_id = records.dataset_id AND other.path = 'file ' || numbers.number
         JOIN sky ON sky.registry_dataset_id = records.dataset_id AND sky.obs_id = 'observation ' || numbers.number`,
      );
      const [expected] = await rowsOf(fixture.databaseUrl, "SELECT count(*) AS n FROM numbers");
      expect(String(counted?.["n"])).to.equal(String(expected?.["n"])).and.not.to.equal("0");
      const [deleted] = await rowsOf(
        fixture.databaseUrl,
        "SELECT dataset_id FROM other_records WHERE path = 'of a deleted dataset'",
      );
      expect(String(deleted?.["dataset_id"]).replaceAll("-", "")).to.match(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab]/);
    });
  });
}
