import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { upgrade } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { Runners } from "../support/many-runners.js";
import { plainProject } from "../support/plain-project.js";
import { programFile, runGodwit } from "../support/program.js";
import { requireOneRunnerPerStep } from "./one-runner.js";

describe("A runner that is overtaken", () => {
  it("while it plans, on SQLite, plans again", async () => {
    const folder = await plainProject(["aaaaaaaaaaaa", "bbbbbbbbbbbb"]);
    // Providers are loaded between the look at the state and that at the tables.
    const other = `import { execFileSync } from "node:child_process";
      execFileSync(process.execPath, [${JSON.stringify(programFile)}, "upgrade", "+1"], { cwd: ${JSON.stringify(folder)}, stdio: "ignore" });
      export const nothing = {};`;
    await writeFile(path.join(folder, "other.mjs"), other);
    const options = { folder, providers: { other: "./other.mjs#nothing" } };
    const { steps } = await upgrade(`sqlite:///${path.join(folder, "data.sqlite3")}`, "head", options);
    expect(steps.map(({ revision }) => revision)).to.deep.equal(["bbbbbbbbbbbb"]);
  });
});

describe("Many runners at once", function () {
  this.timeout(300_000);
  let runners: Runners;

  before(async () => {
    runners = await Runners.start(8);
  });
  after(() => runners.end());

  for (const dialect of ["sqlite", "postgres"] as const) {
    it(`all succeed, and each step is applied by exactly one, ${dialect}`, async () => {
      for (let round = 1; round <= 5; round += 1) await requireOneRunnerPerStep(runners, dialect, round);
    });

    it(`of the real program end with 0, ${dialect}`, async () => {
      const { folder } = await copyFixture("uuid-c6-synth", dialect);
      const args = ["upgrade", "head", "--json", "--lock-timeout", "150", "--repo", folder];
      const results = await Promise.all(Array.from({ length: 3 }, () => runGodwit(args)));
      expect(results.map(({ status }) => status)).to.deep.equal([0, 0, 0]);
    });
  }
});
