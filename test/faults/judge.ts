/** Whether a repository is as it should be after something went wrong. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { current } from "../../lib/index.js";
import type { Fixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import type { Description } from "../support/normalize/description.js";
import { canonical } from "../support/normalize/json.js";
import { checkOf } from "./checked.js";
import type { Checked } from "./checked.js";
import { configurationOf } from "./start.js";
import type { PreparedCase } from "./start.js";

const own = { ignorePrefixes: ["revision_", "godwit_"] };

/** Where a move stands after a fault. */
export type Side = "before" | "after";

/**
 * Opens the repository after a fault: what it records must be true, that is the database must look as on the side of the
 * move on which the record says that it is.
 * @param thorough `check`: ask `check` too, which must find nothing new but what it names as open
 * @throws Error that says what is wrong
 */
export async function requireTrueState(
  { of, start, end, startCheck, endCheck }: PreparedCase,
  fixture: Fixture,
  thorough: "check" | "compare",
): Promise<Side> {
  const report = await current(fixture.folder, { namespace: "daf_butler" });
  if (report.problems.length > 0) {
    throw new Error(`the state is inconsistent: ${report.problems.map(({ message }) => message).join("; ")}`);
  }
  const heads = report.managers.find(({ manager }) => manager === of.manager)?.revisions ?? [];
  const isAbove = heads.includes(of.revision);
  const side: Side = isAbove === (of.move.direction === "up") ? "after" : "before";
  requireSame(`recorded as ${side} the move`, side === "after" ? end : start, await describeFixture(fixture));
  if (thorough === "check") {
    const expected = side === "after" ? endCheck : startCheck;
    requireChecked(expected, await checkOf(fixture), ["configuration-disagrees"]);
  }
  return side;
}

/** @param open codes of what may be open still, as long as `check` names it */
function requireChecked(expected: Checked, { problems, drift }: Checked, open: readonly string[] = []): void {
  const more = problems.filter(
    (one) => !expected.problems.includes(one) && !open.includes(one.split(":")[0] ?? ""),
  );
  if (more.length > 0) throw new Error(`check: ${more.join("; ")}`);
  const wrong = drift.filter((one) => !expected.drift.includes(one));
  const gone = expected.drift.filter((one) => !drift.includes(one));
  if (wrong.length + gone.length > 0)
    throw new Error(`check finds other drift: ${[...wrong, ...gone].slice(0, 3).join("; ")}`);
}

/** @throws Error where the repository differs from what the move leaves without a fault */
export async function requireEnd(
  { end, endFile, endCheck }: PreparedCase,
  fixture: Fixture,
  thorough: "check" | "compare",
): Promise<void> {
  const { problems } = await current(fixture.folder, { namespace: "daf_butler" });
  if (problems.length > 0)
    throw new Error(`at the end: ${problems.map(({ message }) => message).join("; ")}`);
  const actual = await describeFixture(fixture);
  requireSame("at the end", end, actual);
  const [records, expected] = [recordsOf(actual), recordsOf(end)];
  if (records !== expected)
    throw new Error(`other records at the end: ${records}\ninstead of           ${expected}`);
  const file = await configurationOf(fixture);
  if (file !== endFile) throw new Error(`butler.yaml is otherwise at the end:\n${file}`);
  if (thorough === "check") requireChecked(endCheck, await checkOf(fixture));
  await requireNoRemains(fixture, actual);
}

function requireSame(when: string, expected: Description, actual: Description): void {
  const differences = compare(expected, actual, own);
  if (differences.length > 0) throw new Error(`${when}: ${differences.slice(0, 5).join("\n")}`);
}

/** Columns of version tables that differ from run to run. */
const changing = new Set(["applied_at", "duration_ms"]);

/** The version tables and `alembic_version`, without times. */
function recordsOf({ rows = {} }: Description): string {
  const tables = Object.entries(rows).filter(([name]) => /^(revision_|alembic_version$)/.test(name));
  return canonical(
    Object.fromEntries(
      tables.map(([name, { columns, rows }]) => [
        name,
        rows.map((row) => canonical(row.filter((_cell, at) => !changing.has(columns[at] ?? "")))).toSorted(),
      ]),
    ),
  );
}

/** Nothing that only helped on the way may stay. */
async function requireNoRemains({ folder }: Fixture, { schema, rows = {} }: Description): Promise<void> {
  const tables = Object.keys(schema.tables).filter((name) => name.startsWith("_godwit"));
  if (tables.length > 0) throw new Error(`tables stay behind: ${tables.join(", ")}`);
  if ((rows["godwit_progress"]?.rows.length ?? 0) > 0) throw new Error("godwit_progress is not empty");
  const files: string[] = [];
  for (const name of await readdir(folder)) {
    if (!isExpected(name) && !(await isEmptyJournal(path.join(folder, name)))) files.push(name);
  }
  if (files.length > 0) throw new Error(`files stay behind: ${files.join(", ")}`);
}

/** SQLite leaves a journal that begins with a zero for the next writer: it holds nothing. */
async function isEmptyJournal(file: string): Promise<boolean> {
  return file.endsWith("-journal") && ((await readFile(file))[0] ?? 0) === 0;
}

function isExpected(name: string): boolean {
  return name === "gen3.sqlite3" || /^butler\.yaml(\.backup-\d+)?$/.test(name);
}
