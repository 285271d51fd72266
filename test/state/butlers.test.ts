/** What Butlers record while they are really migrated. */
import { expect } from "chai";
import { current, upgrade } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { rowsOf, runStatements } from "../support/rows.js";

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

for (const dialect of ["sqlite", "postgres"] as const) {
  it(`A Butler that has lost alembic_version gets it again with the next step, ${dialect}`, async () => {
    const { folder, databaseUrl } = await copyFixture("uuid-c6-synth", dialect);
    await upgrade(folder, "352c30854bb0");
    await runStatements(databaseUrl, ["DROP TABLE alembic_version"]);
    expect((await current(folder)).problems).to.deep.equal([]);
    await upgrade(folder, "head");
    const { managers, problems } = await current(folder);
    expect(problems).to.deep.equal([]);
    const rows = await rowsOf(databaseUrl, "SELECT version_num FROM alembic_version ORDER BY version_num");
    expect(rows.map((row) => row["version_num"])).to.deep.equal(
      managers.flatMap(({ revisions }) => revisions).toSorted(),
    );
  });
}
