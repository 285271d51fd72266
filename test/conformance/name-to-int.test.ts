/** The Python tool has no way from names to integers on SQLite: what a repository made with integers has is expected. */
import { expect } from "chai";
import { downgrade, upgrade } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { content } from "./contents.js";

const own = { ignorePrefixes: ["revision_", "godwit_", "alembic_version"] };

describe("Collections by integers, SQLite", () => {
  for (const [names, integers] of [
    ["int-c0-name", "int-c0-synth"],
    ["uuid-c0-name", "uuid-c1-synth"],
  ] as const) {
    it(`${names} gets the tables of collections that ${integers} has, and its own again`, async () => {
      const fixture = await copyFixture(names, "sqlite");
      const before = await describeFixture(fixture);
      await upgrade(fixture.folder, "collections-SynthIntKeyCollectionManager@head", {
        namespace: "daf_butler",
      });
      const expected = await describeFixture(await copyFixture(integers, "sqlite"));
      const differences = compare(expected, await describeFixture(fixture), { ...own, scope: "schema" });
      expect(differences.filter((one) => /collection|run|^dataset[.:]/.test(one))).to.deep.equal([]);

      await downgrade(fixture.folder, "93341d68b814", { namespace: "daf_butler" });
      const after = await describeFixture(fixture);
      expect(compare(content(before), content(after), own)).to.deep.equal([]);
    });
  }

  it("keeps which dataset is in which collection", async () => {
    const fixture = await copyFixture("uuid-c3-name", "sqlite");
    const before = await describeFixture(fixture);
    await upgrade(fixture.folder, "collections-SynthIntKeyCollectionManager@head");
    const after = await describeFixture(fixture);
    const names = new Map(
      after.rows?.["collection"]?.rows.map((row) => {
        const columns = after.rows?.["collection"]?.columns ?? [];
        return [row[columns.indexOf("collection_id")], row[columns.indexOf("name")]];
      }),
    );
    for (const table of Object.keys(before.rows ?? {}).filter((name) =>
      /^dataset_(tags|calibs)_/.test(name),
    )) {
      const pairs = (rows: typeof before.rows, column: string): unknown[] => {
        const { columns = [], rows: list = [] } = rows?.[table] ?? {};
        return list.map((row) => [row[columns.indexOf("dataset_id")], row[columns.indexOf(column)]]);
      };
      const found = pairs(after.rows, "collection_id").map((pair) => {
        const [dataset, collection] = pair as [unknown, never];
        return [dataset, names.get(collection)];
      });
      expect(found, table).to.have.deep.members(pairs(before.rows, "collection_name"));
    }
  });
});
