import { expect } from "chai";
import { butlerConventions } from "../../lib/butler/conventions.js";
import type { ObjectName } from "../../lib/database/schema/conventions.js";

// Names that Butler itself gave to objects of real repositories.
const cases: readonly (readonly [ObjectName, sqlite: string, postgres: string])[] = [
  [
    {
      kind: "unique",
      table: "dataset_tags_00000001",
      columns: ["dataset_type_id", "collection_id", "instrument", "detector", "exposure"],
    },
    "dataset_tags_00000001_unq_dataset_type_id_collection_id_instrument_detector_exposure",
    "dataset_tags_00000001_unq_dataset_type_id_collection_i_48a667f4",
  ],
  [
    {
      kind: "foreign-key",
      table: "exposure",
      columns: ["instrument", "physical_filter"],
      referencedTable: "physical_filter",
      referencedColumns: ["instrument", "name"],
    },
    "fkey_exposure_physical_filter_instrument_name_instrument_physical_filter",
    "fkey_exposure_physical_filter_instrument_name_instrume_ee4bb371",
  ],
  [
    {
      kind: "index",
      table: "visit_skypix_overlap",
      columns: ["skypix_system", "skypix_level", "skypix_index", "instrument", "visit"],
    },
    "visit_skypix_overlap_idx_skypix_system_skypix_level_skypix_index_instrument_visit",
    "visit_skypix_overlap_idx_skypix_system_skypix_level_sk_b5ba3bab",
  ],
  [
    { kind: "foreign-key-index", table: "visit", columns: ["instrument", "day_obs"] },
    "visit_fkidx_instrument_day_obs",
    "visit_fkidx_instrument_day_obs",
  ],
];

describe("the names of a Butler repository's constraints and indexes", () => {
  for (const [name, sqlite, postgres] of cases) {
    it(`are those that Butler gives: ${sqlite}`, () => {
      expect(butlerConventions.objectName("sqlite", name)).to.equal(sqlite);
      expect(butlerConventions.objectName("postgres", name)).to.equal(postgres);
    });
  }

  it("leave SQLite's primary keys unnamed", () => {
    const name: ObjectName = { kind: "primary-key", table: "dataset", columns: ["id"] };
    expect(butlerConventions.objectName("sqlite", name)).to.equal(null);
    expect(butlerConventions.objectName("postgres", name)).to.equal("dataset_pkey");
  });
});
