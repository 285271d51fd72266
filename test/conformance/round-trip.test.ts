import { expect } from "chai";
import type { DialectName } from "../../lib/database/database.js";
import { downgrade, show } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import type { GeneratedValues } from "../support/normalize/description.js";
import { content } from "./contents.js";
import { migrationsOf, nameOf, runSteps } from "./steps.js";
import type { GoldenMigration } from "./steps.js";

const own = { ignorePrefixes: ["revision_", "godwit_"] };

/** What the way up changes for good, and the user asked for or allowed. */
const lost: readonly { readonly why: string; readonly golden: RegExp; readonly difference: RegExp }[] = [
  {
    why: "the visit without a filter has the one that was given",
    golden: /6\.0\.2-nullfilter/,
    difference: /^visit: rows differ: 1 only in expected, 1 only in actual;/,
  },
  {
    why: "exposure.group_id has no place in configuration 6",
    golden: /config-6$/,
    difference: /^exposure: rows differ: .*group_id/,
  },
  {
    why: "the fraction of a second is written, where it was left out because it is zero",
    golden: /datasets-2\.0\.0$/,
    difference: /^dataset: rows differ: .*ingest_date/,
  },
  {
    why: "datasets are numbered anew, without the gaps that deleted ones had left",
    golden: /int-to-uuid$/,
    difference: /^sequence dataset_seq_id: /,
  },
  {
    why: "keys of tables that old releases made on SQLite stay NOT NULL",
    golden: /int-to-uuid$/,
    difference: /^\w+\."(dataset_)?id": notnull: expected false, actual true$/,
  },
  {
    why: "digests of the schema are not recorded any more",
    golden: /attributes-1\.0\.1$/,
    difference: /^butler_attributes: rows differ: .*schema_digest:/,
  },
];

/** Integers are given to datasets anew. */
const generated: readonly GeneratedValues[] = [
  {
    name: "dataset",
    anchor: ["dataset", "id"],
    columns: [
      ["dataset", "id"],
      ["dataset_tags_*", "dataset_id"],
      ["dataset_calibs_*", "dataset_id"],
      ["dataset_location", "dataset_id"],
      ["dataset_location_trash", "dataset_id"],
      ["file_datastore_records", "dataset_id"],
    ],
  },
];

/** Where a migration begins: the parent of its revision, or the other end of its switch. */
function beginningOf({ revisions: [header], switches: [edge] }: Shown): string | null {
  if (edge !== undefined) return edge.from;
  if (header?.placeholder !== undefined) return null;
  return header?.parents[0] ?? null;
}

/** The goldens of one revision with a way down. */
async function undoable(dialect: DialectName): Promise<(GoldenMigration & { readonly start: string })[]> {
  const found: (GoldenMigration & { readonly start: string })[] = [];
  for (const { golden, meta } of await migrationsOf(dialect)) {
    const moves = meta.steps.filter(([command]) => command !== "stamp");
    const [command, revision] = moves[0] ?? [];
    if (!meta.ok || moves.length !== 1 || command !== "upgrade") continue;
    const report = await shown(nameOf(revision));
    const start = report.revisions[0]?.irreversible === undefined ? beginningOf(report) : null;
    if (start !== null) found.push({ golden, meta, start });
  }
  return found;
}

type Shown = Awaited<ReturnType<typeof show>>;
const looked = new Map<string, Promise<Shown>>();

function shown(revision: string): Promise<Shown> {
  const known = looked.get(revision) ?? show(revision);
  looked.set(revision, known);
  return known;
}

for (const dialect of ["sqlite", "postgres"] as const) {
  const goldens = await undoable(dialect);
  describe(`Migrations of real repositories, up and down again, ${dialect}`, () => {
    for (const { golden, meta, start } of goldens) {
      it(golden, async () => {
        const fixture = await copyFixture(meta.repo, dialect);
        const before = await describeFixture(fixture);
        await runSteps(fixture, meta);
        await downgrade(fixture.folder, start, { dataLoss: "allow", namespace: "daf_butler" });
        const end = await describeFixture(fixture);
        const differences = compare(
          {
            ...content(before),
            meta: { ...meta, generated: golden.endsWith("int-to-uuid") ? generated : [] },
          },
          content(end),
          own,
        );
        const explained = lost.filter((one) => one.golden.test(golden));
        const rest = differences.filter((one) => !explained.some(({ difference }) => difference.test(one)));
        expect(rest).to.deep.equal([]);
      });
    }
  });
}
