/**
 * Brings copies of real repositories to the newest versions, and has the real Butler use them:
 * `npm run check:butler -- [PYTHON]`, where PYTHON (default: python3) has the packages lsst-daf-butler and psycopg.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { upgrade } from "../lib/index.js";
import { runEnds } from "../test/support/cleanup.js";
import { copyFixture, fixtureNames } from "../test/support/fixtures.js";
import { readArguments, refuse } from "./arguments.js";

const usage = "npm run check:butler -- [PYTHON]   (default: python3; it needs lsst-daf-butler and psycopg)";

const script = fileURLToPath(new URL("../../scripts/check-butler.py", import.meta.url));
const [python = "python3"] = readArguments(usage, { allowPositionals: true }).positionals;
if (spawnSync(python, ["-c", "import lsst.daf.butler"]).status !== 0)
  refuse(usage, `${python} has no package lsst.daf.butler.`);

/** Everything of today: the classes of new repositories, and their newest versions. */
const newest = [
  "datasets-ByDimensionsDatasetRecordStorageManagerUUID@head",
  "collections-SynthIntKeyCollectionManager@head",
  "head",
];

async function check(name: string, dialect: "sqlite" | "postgres"): Promise<boolean> {
  const fixture = await copyFixture(name, dialect);
  const { steps } = await upgrade(fixture.folder, newest, {
    namespace: "daf_butler",
    options: await optionsFor(fixture.folder),
  });
  const { status, stdout, stderr } = spawnSync(python, [script, fixture.folder], { encoding: "utf8" });
  const said = status === 0 ? stdout.trim() : `FAILED\n${stderr.trim().split("\n").slice(-6).join("\n")}`;
  console.log(`${dialect} ${name}: ${steps.length} steps; ${said}`);
  return status === 0;
}

/** The options that the plan of a repository has. */
async function optionsFor(folder: string): Promise<Record<string, string>> {
  const { plan } = await import("../lib/index.js");
  const { steps } = await plan(folder, "up", newest, { namespace: "daf_butler" });
  const values: Record<string, string> = { has_simulated: "0", null_filter_value: "HSC-G" };
  const names = steps.flatMap(({ options }) => options.map(({ name }) => name));
  return Object.fromEntries(names.flatMap((name) => (name in values ? [[name, values[name] ?? ""]] : [])));
}

let failed = 0;
for (const dialect of ["sqlite", "postgres"] as const) {
  for (const name of await fixtureNames(dialect)) {
    if (!(await check(name, dialect))) failed += 1;
  }
}
await runEnds();
console.log(failed === 0 ? "The real Butler uses every repository." : `${failed} repositories failed.`);
process.exitCode = failed === 0 ? 0 : 1;
