import { expect } from "chai";
import { current, StepError, upgrade } from "../../lib/index.js";
import { intercept } from "../faults/intercept.js";
import { copyFixture } from "../support/fixtures.js";

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`What fails after a step was committed, ${dialect}`, () => {
    it("is told as such: the step counts as done, and the same command finishes", async () => {
      const { folder } = await copyFixture("uuid-c6-synth", dialect);
      const restore = intercept((text) => (/^UPDATE .*godwit_log/s.test(text) ? "refuse" : "pass"));
      const error: unknown = await upgrade(folder, "352c30854bb0").catch((thrown: unknown) => thrown);
      restore();
      expect(error).to.be.instanceOf(StepError);
      const { done, message } = error as StepError;
      expect(done.map(({ revision }) => revision)).to.deep.equal(["352c30854bb0"]);
      expect(message).to.include("was applied").and.not.include("rolled back");
      expect((await current(folder)).problems).to.deep.equal([]);
      expect((await upgrade(folder, "352c30854bb0")).steps).to.deep.equal([]);
    });

    it("before the next step can begin is told with the steps that were committed", async () => {
      const { folder } = await copyFixture("uuid-c6-synth", dialect);
      let begun = 0;
      const restore = intercept((text) => {
        if (/^INSERT INTO .*godwit_log/s.test(text)) begun += 1;
        return begun === 2 ? "refuse" : "pass";
      });
      const error: unknown = await upgrade(folder, "head").catch((thrown: unknown) => thrown);
      restore();
      expect(error).to.be.instanceOf(StepError);
      expect((error as StepError).done).to.have.length(1);
      expect((await upgrade(folder, "head")).steps).to.have.length(3);
    });
  });
}
