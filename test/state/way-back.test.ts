import { expect } from "chai";
import { current, upgrade } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";

const [nameKey, synthInt] = ["93341d68b814", "8c57494cabcc"];

for (const dialect of ["sqlite", "postgres"] as const) {
  it(`An adopted repository goes back over a switch and forth again with one head, ${dialect}`, async () => {
    const { folder } = await copyFixture("current", dialect);
    for (const target of [nameKey, synthInt]) {
      const { current: report } = await upgrade(folder, target, { dataLoss: "allow" });
      expect(report.problems).to.deep.equal([]);
      expect(report.managers.find(({ manager }) => manager === "collections")?.revisions).to.deep.equal([
        target,
      ]);
    }
    expect((await current(folder)).problems).to.deep.equal([]);
  });
}
