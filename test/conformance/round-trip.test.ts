import { expect } from "chai";
import { downgrade, show } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
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
    why: "digests of the schema are not recorded any more",
    golden: /attributes-1\.0\.1$/,
    difference: /^butler_attributes: rows differ: .*schema_digest:/,
  },
];

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
        if (header === undefined || header.irreversible !== undefined || header.placeholder !== undefined)
          return;
        if (report.switches.length > 0) return;
        const [parent = ""] = header.parents;
        const fixture = await copyFixture(meta.repo, dialect);
        const start = await describeFixture(fixture);
        await runSteps(fixture, meta);
        await downgrade(fixture.folder, parent, { dataLoss: "allow", namespace: "daf_butler" });
        const end = await describeFixture(fixture);
        const differences = compare(content(start), content(end), own);
        const explained = lost.filter((one) => one.golden.test(golden));
        const rest = differences.filter((one) => !explained.some(({ difference }) => difference.test(one)));
        expect(rest).to.deep.equal([]);
      });
    }
  });
}
