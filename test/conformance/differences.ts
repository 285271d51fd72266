/**
 * Where a result may differ from what the Python tool leaves, or from a fresh repository: each point is one that the
 * collection's README explains, and says what exactly may differ.
 */
import type { DialectName } from "../../lib/database/database.js";

/** One explained point. */
interface Point {
  readonly why: string;
  readonly dialect?: DialectName;
  /** Whether it concerns a golden. */
  readonly golden: RegExp;
  readonly difference: RegExp;
}

/** Where the Python tool's result is doubtful, and ours is as a fresh repository has it. */
const doubtful: readonly Point[] = [
  {
    why: "configuration 5 on SQLite: the Python tool leaves the checks of all tables but instrument at 16",
    dialect: "sqlite",
    golden: /config-5|full/,
    difference:
      /^\w+: checks: (missing|only) in actual: (?=.*_len_instrument")(?=.*length\(instrument\)<=(16|32) )/,
  },
  {
    why: "configuration 2 on SQLite: visit belongs to the new primary key, and is NOT NULL where the other columns of the key are",
    dialect: "sqlite",
    golden: /config-2|full/,
    difference: /^visit_definition\."visit": notnull: expected false, actual true$/,
  },
  {
    why: "configuration 6: visit.day_obs gets its NOT NULL, foreign key and index",
    golden: /config-6|full/,
    difference:
      /^visit(\."day_obs": notnull: expected false, actual true|: (foreign_keys|indexes): only in actual: .*day_obs)/,
  },
  {
    why: "dimensions 6.0.2: physical_filter.band has no NULL",
    golden: /6\.0\.2|full/,
    difference: /^physical_filter\."band": notnull: expected (false, actual true|true, actual false)/,
  },
  {
    why: "the way back from an ObsCore configuration takes its table away, which the Python tool leaves to be dropped by hand",
    golden: /obscore-config-downgrade$/,
    difference: /^table obscore: missing in actual$/,
  },
  {
    why: "names to integers: collection.name stays unique",
    golden: /name-to-int|-int$/,
    difference: /^collection: unique: only in actual: .*collection_unq_name/,
  },
  {
    why: "names to integers: the Python tool leaves the digest of the class that is no longer configured, and makes none for the new one",
    golden: /name-to-int$/,
    difference:
      /^butler_attributes: rows differ: 1 only in expected, 1 only in actual; columns name, value\n  expected \["schema_digest:[\w.]+\.NameKeyCollectionManager","any"\]\n  actual \["schema_digest:[\w.]+\.SynthIntKeyCollectionManager","any"\]$/,
  },
];

/** What no version number says (managers.md, section 4), and what a migration keeps as it was. */
const unversioned: readonly Point[] = [
  {
    why: "a column that newer releases create nullable stays as the repository has it",
    golden: /./,
    difference:
      /^(detector\."full_name"|exposure\."obs_id"|patch\."cell_[xy]"|skymap\."hash"|(visit|visit_system)\."name"): notnull/,
  },
  {
    why: "columns of primary keys are NOT NULL on SQLite only in repositories made since June 2022",
    dialect: "sqlite",
    golden: /./,
    difference: /: notnull: expected (true, actual false|false, actual true)$/,
  },
  {
    why: "the index on file paths exists in repositories made since June 2021",
    golden: /./,
    difference: /^file_datastore_records: indexes: .*file_datastore_records_idx_path/,
  },
  {
    why: "dynamic tables are numbered in the order in which dataset types were registered",
    golden: /./,
    difference:
      /^(table dataset_(tags|calibs)_\d+: |sequence dataset_calibs_\d+_seq_id: only in|dataset_(tags|calibs)_\d+[.:])/,
  },
];

function explained(
  points: readonly Point[],
  dialect: DialectName,
  golden: string,
  difference: string,
): boolean {
  return points.some(
    (point) =>
      (point.dialect === undefined || point.dialect === dialect) &&
      point.golden.test(golden) &&
      point.difference.test(difference),
  );
}

/** Goldens whose fresh schema in the collection is of other versions than the migration leads to, and why. */
export const otherVersions: Readonly<Record<string, string>> = {
  "uuid-c1-synth--config-2-sim0": "the fresh repository has dimensions 6.0.2",
  "uuid-c3-name--config-3-downgrade": "the fresh repository has collections by integers",
  "uuid-c7-synth--config-7-downgrade": "the fresh repository has datasets 1.0.0",
  "uuid-c3-name--datasets-2.0.0": "the fresh repository has datasets 1.0.0",
};

/** The differences from a golden that nothing explains. */
export function unexplained(dialect: DialectName, golden: string, differences: readonly string[]): string[] {
  return differences.filter((one) => !explained(doubtful, dialect, golden, one));
}

/** The differences from a fresh repository's schema that nothing explains. */
export function unexplainedFresh(
  dialect: DialectName,
  golden: string,
  differences: readonly string[],
): string[] {
  return differences.filter((one) => !explained(unversioned, dialect, golden, one));
}
