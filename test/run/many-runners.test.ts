import { expect } from "chai";
import { copyFixture } from "../support/fixtures.js";
import { runGodwit } from "../support/program.js";

const runners = 8;

interface Run {
  readonly steps: readonly { readonly revision: string }[];
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`Many runners at once, ${dialect}`, function () {
    this.timeout(180_000);

    it("all succeed, and each step is applied by exactly one", async () => {
      const { folder } = await copyFixture("uuid-c6-synth", dialect);
      const args = ["upgrade", "head", "--json", "--lock-timeout", "150", "--repo", folder];
      const results = await Promise.all(Array.from({ length: runners }, () => runGodwit(args)));
      for (const { status, stdout, stderr } of results) expect(status, stderr + stdout).to.equal(0);
      const applied = results.flatMap(({ stdout }) =>
        (JSON.parse(stdout) as Run).steps.map(({ revision }) => revision),
      );
      expect(applied.toSorted()).to.deep.equal([
        "352c30854bb0",
        "4e2d7a28475b",
        "a81dddabd837",
        "aa7a2f893cba",
      ]);
    });
  });
}
