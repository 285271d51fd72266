import { expect } from "chai";
import { copyFixture } from "../support/fixtures.js";
import { Runners } from "../support/many-runners.js";
import { runGodwit } from "../support/program.js";
import { requireOneRunnerPerStep } from "./one-runner.js";

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
