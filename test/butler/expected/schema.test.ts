import { expect } from "chai";
import type { DialectName } from "../../../lib/database/database.js";
import { dimensionsAttribute, obscoreAttribute } from "../../../lib/butler/attributes.js";
import { compareSchema } from "../../../lib/butler/expected/compare.js";
import type { ButlerFormat } from "../../../lib/butler/expected/format.js";
import { expectedSchema } from "../../../lib/butler/expected/schema.js";
import { managersIn, parseAttribute } from "../../../lib/butler/managers.js";
import { publishedConfiguration } from "../../../lib/butler/universe/canonical.js";
import type { SchemaDifference } from "../../../lib/repository/verification.js";
import { goldenNames, freshNames, readFreshSchema, readGolden } from "../../support/normalize/golden.js";
import type { Description } from "../../support/normalize/description.js";
import { attributesOf, contentOf, dialectOf, foundSchema } from "../../support/normalize/described.js";

/** What migrations of the Python tool leave behind (migrations.md, last section), by what the golden went through. */
const debts: readonly { readonly reason: string; readonly golden: RegExp; readonly dialect?: DialectName }[] =
  [
    { reason: "collection-name-not-unique", golden: /name-to-int|-int$/, dialect: "postgres" },
    { reason: "implied-dimension-nullable", golden: /6\.0\.2(-nullfilter)?$|full/ },
    // On the way to integers all tables are kept; the checks are those of SQLite alone.
    { reason: "instrument-length-check", golden: /config-5$|full/, dialect: "sqlite" },
    { reason: "visit-day-obs", golden: /config-6$|full(?!-mismatch)/ },
    { reason: "leftover-table", golden: /config-5-downgrade/, dialect: "sqlite" },
    { reason: "obscore-table-left", golden: /obscore-config-downgrade/, dialect: "postgres" },
  ];

function formatOf(description: Description): ButlerFormat {
  const attributes = attributesOf(description);
  const obscore = attributes.get(obscoreAttribute);
  return {
    managers: managersIn(attributes),
    universe: parseAttribute(dimensionsAttribute, attributes.get(dimensionsAttribute) ?? ""),
    obscore: obscore === undefined ? null : parseAttribute(obscoreAttribute, obscore),
  };
}

function differencesOf(description: Description, format: ButlerFormat): SchemaDifference[] {
  const found = foundSchema(description.schema);
  return compareSchema(expectedSchema(dialectOf(description), format, contentOf(found)), found);
}

function texts(differences: readonly SchemaDifference[]): string[] {
  return differences.map(
    (one) =>
      `${one.table} ${one.kind} ${one.name ?? ""} ${one.property}: expected ${one.expected ?? "nothing"}, found ${one.found ?? "nothing"} (${one.reason ?? "drift"})`,
  );
}

for (const dialect of ["sqlite", "postgres"] as const) {
  const goldens = await goldenNames(dialect);
  describe(`The expected schema and what the Python tool left, ${dialect}`, () => {
    for (const golden of goldens) {
      it(golden, async function () {
        const description = await readGolden(dialect, golden);
        if (description === undefined) this.skip();
        const differences = differencesOf(description, formatOf(description));
        expect(texts(differences.filter((one) => one.class === "drift"))).to.deep.equal([]);
        const left = debts.filter(
          (debt) => debt.golden.test(golden) && (debt.dialect ?? dialect) === dialect,
        );
        const found = differences.filter((one) => one.class === "debt").map((one) => one.reason ?? "");
        expect([...new Set(found)]).to.have.members(left.map(({ reason }) => reason));
      });
    }
  });

  describe(`The expected schema and what releases created, ${dialect}`, () => {
    it("agree but for what no version says", async () => {
      const names = await freshNames(dialect);
      expect(names).to.have.length.above(10);
      for (const name of names) {
        const description = await readFreshSchema(dialect, name);
        const differences = differencesOf(description, await freshFormat(name));
        expect(texts(differences.filter((one) => one.class !== "variation")), name).to.deep.equal([]);
      }
    });
  });
}

/** Versions by release (managers.md, section 6): datasets, dimensions, configuration, datastores. */
const releases: readonly (readonly [string, string, string, number, string])[] = [
  ["w21.24", "1.0.0", "6.0.0", 0, "0.2.0"],
  ["w21.40", "1.0.0", "6.0.1", 0, "0.2.0"],
  ["w22.10", "1.0.0", "6.0.1", 0, "0.2.0"],
  ["w22.20", "1.0.0", "6.0.1", 1, "0.2.0"],
  ["w22.24", "1.0.0", "6.0.2", 2, "0.2.0"],
  ["w22.50", "1.0.0", "6.0.2", 3, "0.2.0"],
  ["w23.40", "1.0.0", "6.0.2", 4, "0.2.0"],
  ["w24.09", "1.0.0", "6.0.2", 5, "0.2.0"],
  ["w24.10", "1.0.0", "6.0.2", 6, "0.2.0"],
  ["w24.14", "1.0.0", "6.0.2", 7, "0.2.0"],
  ["w25.20", "2.0.0", "6.0.2", 7, "0.2.0"],
  ["w25.40", "2.0.0", "6.0.2", 7, "0.2.1"],
];

/** A fresh repository is named `RELEASE-IDS-KEYS-CONTENTS`: `w21.40-int-name-A`. */
async function freshFormat(name: string): Promise<ButlerFormat> {
  const [release = "", ids, keys] = name.split("-");
  const versions = releases.find(([known]) => known === release);
  if (versions === undefined) throw new Error(`no versions for ${name}`);
  const [, datasets, dimensions, universe, datastores] = versions;
  const manager = (one: string, branch: string, version: string) => ({ manager: one, branch, version });
  const storage = "ByDimensionsDatasetRecordStorageManager";
  return {
    managers: [
      manager(
        "collections",
        keys === "name" ? "NameKeyCollectionManager" : "SynthIntKeyCollectionManager",
        "2.0.0",
      ),
      manager("datasets", ids === "int" ? storage : `${storage}UUID`, datasets),
      manager("datastores", "MonolithicDatastoreRegistryBridgeManager", datastores),
      manager("dimensions", "StaticDimensionRecordStorageManager", dimensions),
    ],
    universe: await publishedConfiguration(universe),
    obscore: null,
  };
}
