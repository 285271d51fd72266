import { expect } from "chai";
import { downgrade, show } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import type { GeneratedValues } from "../support/normalize/description.js";
import { goldenMeta, goldenNames } from "../support/normalize/golden.js";
import { content } from "./contents.js";
import { isMigration, nameOf, runSteps } from "./steps.js";

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
function beginningOf({
  revisions: [header],
  switches: [edge],
}: Awaited<ReturnType<typeof show>>): string | null {
  if (edge !== undefined) return edge.from;
  if (header?.placeholder !== undefined) return null;
  return header?.parents[0] ?? null;
}

for (const dialect of ["sqlite", "postgres"] as const) {
  const names = await goldenNames(dialect);
  describe(`Migrations of real repositories, up and down again, ${dialect}`, () => {
    for (const golden of names) {
      it(golden, async function () {
        const meta = await goldenMeta(dialect, golden);
        const ups = meta.steps.filter(([command]) => command === "upgrade");
        if (
          !isMigration(meta) ||
          !meta.ok ||
          ups.length !== 1 ||
          meta.steps.some(([command]) => command === "downgrade")
        )
          return;
        const [, revision] = ups[0] ?? [];
        const report = await show(nameOf(revision));
        const [header] = report.revisions;
        if (header === undefined || header.irreversible !== undefined) return;
        const start = beginningOf(report);
        if (start === null) return;
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
