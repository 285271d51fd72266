import { expect } from "chai";
import type { DialectName } from "../../lib/database/database.js";
import { check, current, GodwitError } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import type { Description } from "../support/normalize/description.js";
import { goldenMeta, readFresh, readGolden } from "../support/normalize/golden.js";
import { canonical } from "../support/normalize/json.js";
import { content } from "./contents.js";
import { otherVersions, unexplained, unexplainedFresh } from "./differences.js";
import { migrationsOf, runSteps } from "./steps.js";

const own = { ignorePrefixes: ["revision_", "godwit_"] };

/** Goldens in which the Python tool itself was at fault: here the migration succeeds. */
const faultsOfTheTool = /--(full-mismatch|obscore-config|obscore-config-downgrade)$/;

function alembicRows({ rows }: Description): string[] {
  return (rows?.["alembic_version"]?.rows ?? []).map(canonical).toSorted();
}

async function requireGolden(dialect: DialectName, golden: string, fixture: Fixture): Promise<void> {
  const expected = await readGolden(dialect, golden);
  if (expected === undefined) throw new Error(`${golden} has no expected database`);
  const actual = await describeFixture(fixture);
  const differences = compare(content(expected), content(actual), own);
  expect(unexplained(dialect, golden, differences), "compared with the golden").to.deep.equal([]);
  expect(alembicRows(actual), "alembic_version").to.deep.equal(alembicRows(expected));
  const fresh = await readFresh(dialect, golden);
  if (fresh === undefined || Object.hasOwn(otherVersions, golden)) return;
  const schema = compare(fresh, actual, { ...own, scope: "schema" });
  expect(unexplainedFresh(dialect, golden, schema), "compared with a fresh repository").to.deep.equal([]);
}

/**
 * Everything that the repository records of itself agrees, the version tables hold the path with its parents, and the schema is
 * what the versions say.
 */
async function requireTrueState(fixture: Fixture): Promise<void> {
  const report = await current(fixture.folder);
  expect(report.problems).to.deep.equal([]);
  for (const { manager, recordedBy } of report.managers) expect(recordedBy, manager).to.equal("godwit");
  const { drift } = await check(fixture.folder);
  expect(drift.filter((one) => one.class !== "variation")).to.deep.equal([]);
}

/** A golden whose input is at fault: nothing may have changed. */
async function requireRefusal(dialect: DialectName, golden: string): Promise<void> {
  const meta = await goldenMeta(dialect, golden);
  const fixture = await copyFixture(meta.repo, dialect);
  const before = await describeFixture(fixture);
  let error: unknown = null;
  await runSteps(fixture, meta).catch((thrown: unknown) => {
    error = thrown;
  });
  expect(error).to.be.instanceOf(GodwitError);
  expect(error).to.have.property("exitCode").that.is.oneOf([2, 4]);
  expect(compare(before, await describeFixture(fixture))).to.deep.equal([]);
}

for (const dialect of ["sqlite", "postgres"] as const) {
  const goldens = await migrationsOf(dialect);
  describe(`Migrations of real repositories, ${dialect}`, () => {
    for (const { golden, meta } of goldens) {
      it(golden, async () => {
        if (!meta.ok && !faultsOfTheTool.test(golden)) {
          await requireRefusal(dialect, golden);
          return;
        }
        const fixture = await copyFixture(meta.repo, dialect);
        await runSteps(fixture, meta);
        if (meta.ok) await requireGolden(dialect, golden, fixture);
        await requireTrueState(fixture);
      });
    }
  });
}

describe("Switches of real repositories on several connections", () => {
  for (const golden of [
    "int-c0-name--int-to-uuid",
    "ns-int-c0-name--int-to-uuid",
    "uuid-c3-name--name-to-int",
  ]) {
    it(golden, async () => {
      const meta = await goldenMeta("postgres", golden);
      const fixture = await copyFixture(meta.repo, "postgres");
      await runSteps(fixture, meta, { jobs: 3 });
      await requireGolden("postgres", golden, fixture);
      await requireTrueState(fixture);
    });
  }
});
