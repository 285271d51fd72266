import { expect } from "chai";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { current, downgrade, InputError, StepError, upgrade } from "../../lib/index.js";
import { intercept } from "../faults/intercept.js";
import { copyFixture } from "../support/fixtures.js";
import { runStatements } from "../support/rows.js";

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

describe("What a caller's own code throws after a commit", () => {
  it("is told as what follows the step, which counts", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const error: unknown = await upgrade(folder, "352c30854bb0", {
      onPause: (point) => {
        if (point === "outside 352c30854bb0") throw new Error("no more coffee");
      },
    }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(StepError).with.property("code", "after-commit");
    expect((error as StepError).message).to.include("no more coffee");
    expect((error as StepError).done).to.have.length(1);
    expect((await upgrade(folder, "352c30854bb0")).steps).to.deep.equal([]);
  });
});

describe("A butler.yaml that was left behind by an interrupted run", () => {
  it("is brought along by the same command, and not touched by one that is refused", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const file = path.join(folder, "butler.yaml");
    const text = await readFile(file, "utf8");
    const behind = text.replace(
      "synthIntKey.SynthIntKeyCollectionManager",
      "nameKey.NameKeyCollectionManager",
    );
    expect(behind).not.to.equal(text);
    await writeFile(file, behind);
    const files = await readdir(folder);
    const error: unknown = await upgrade(folder, "nosuch").catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(InputError);
    expect(await readFile(file, "utf8")).to.equal(behind);
    expect(await readdir(folder)).to.deep.equal(files);
    const edited: string[] = [];
    const { steps } = await upgrade(folder, "1fae088c80b6", {
      onEvent: (event) => {
        if (event.kind === "outside-edit") edited.push(event.file);
      },
    });
    expect([steps, edited]).to.deep.equal([[], [file]]);
    expect(await readFile(file, "utf8")).to.equal(text);
  });
});

describe("The way back to configuration 0, which has no namespace", () => {
  it("ends as any other, though a repository that changed its configuration has to be told the namespace from then on", async () => {
    const { folder, databaseUrl } = await copyFixture("uuid-c1-synth", "sqlite");
    await runStatements(databaseUrl, [
      `UPDATE butler_attributes SET value = replace(value, '"skypix": {', '"skypix": {"own": {"class": "lsst.sphgeom.HtmPixelization", "max_level": 3}, ')
       WHERE name = 'config:dimensions.json'`,
    ]);
    const { steps, current: after } = await downgrade(folder, "f3bcee34f344");
    expect(steps.map(({ revision }) => revision)).to.deep.equal(["380002bcbb26"]);
    expect(after.problems).to.deep.equal([]);
    const error: unknown = await current(folder).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(InputError).with.property("code", "namespace-needed");
    const { managers } = await current(folder, { namespace: "daf_butler" });
    expect(managers.find(({ manager }) => manager === "dimensions-config")?.revisions).to.deep.equal([
      "f3bcee34f344",
    ]);
  });
});
