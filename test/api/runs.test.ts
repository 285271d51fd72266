import { expect } from "chai";
import { downgrade, history, upgrade } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { runGodwit } from "../support/program.js";
import { runVictim } from "../faults/victims.js";
import { intercept } from "../faults/intercept.js";

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`What ran on a repository, ${dialect}`, () => {
    it("is told with downgrades, failures and where these stopped, and runs that were killed", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      await upgrade(fixture.folder, "352c30854bb0");
      await downgrade(fixture.folder, "1fae088c80b6", { dataLoss: "allow" });
      const restore = intercept((text) =>
        /^(ALTER TABLE|CREATE TABLE) .*exposure/s.test(text) ? "refuse" : "pass",
      );
      await upgrade(fixture.folder, "352c30854bb0").catch(() => undefined);
      restore();
      await runVictim({
        fixture,
        move: { direction: "up", target: "352c30854bb0", options: {} },
        fault: { kind: "kill", pause: "step:commit 352c30854bb0" },
      });
      const { runs = [] } = await history({ uri: fixture.folder, runs: "read" });
      expect(runs.map(({ direction, outcome }) => `${direction} ${outcome}`)).to.deep.equal([
        "up done",
        "down done",
        "up failed",
        "up unfinished",
      ]);
      expect(new Set(runs.map(({ run }) => run)).size).to.equal(4);
      expect(runs[2]?.statement).to.match(/TABLE .*exposure/);
      const { stdout } = await runGodwit(["history", "--applied", "--repo", fixture.folder]);
      expect(stdout).to.include("interrupted, or still at work").and.include("failed at: ");
    });
  });
}
