/** A sample of what `npm run faults` tries; that goes over every revision and every statement. */
import { expect } from "chai";
import type { DialectName } from "../../lib/database/database.js";
import { findCases } from "./cases.js";
import { describeFault } from "./faults.js";
import type { Fault } from "./faults.js";
import { tryFaults } from "./points.js";
import { prepareCase } from "./start.js";
import type { PreparedCase } from "./start.js";

const revision = "352c30854bb0";

const anywhere: readonly (readonly Fault[])[] = [
  ...[2, 25, 45, 65, 85].map((statement): Fault[] => [{ kind: "error", statement }]),
  [{ kind: "kill", statement: 100 }],
  [{ kind: "kill", pause: `step:committed ${revision}` }],
  [{ kind: "kill", pause: `outside ${revision}` }],
  [
    { kind: "kill", pause: `step:commit ${revision}` },
    { kind: "error", statement: 80 },
  ],
];

const onlyOn: Readonly<Record<DialectName, readonly (readonly Fault[])[]>> = {
  sqlite: [0, 4, 16].map((pages) => [{ kind: "disk-full", pages }]),
  postgres: [
    [{ kind: "terminate", statement: 70 }],
    [{ kind: "cut", statement: 90 }],
    [{ kind: "terminate-all", pause: `step:commit ${revision}` }],
  ],
};

describe("Faults while repositories are migrated", () => {
  it("are tried on every revision that has code: a fixture leads to each of them", async () => {
    const { missing } = await findCases("sqlite");
    expect(missing).to.deep.equal([]);
  });
});

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`Faults while a repository is migrated, ${dialect}`, () => {
    let prepared: PreparedCase;

    before(async () => {
      const { cases } = await findCases(dialect, ["uuid-c6-synth"]);
      const found = cases.find(({ move }) => move.direction === "up" && move.target === revision);
      if (found === undefined) throw new Error(`no case is about ${revision}`);
      prepared = await prepareCase(found);
    });

    for (const faults of [...anywhere, ...onlyOn[dialect]]) {
      it(`${faults.map(describeFault).join(", then ")}: the same command finishes`, async () => {
        const result = await tryFaults(prepared, faults);
        expect(result).to.deep.include({ outcome: "recovered", reason: null });
      });
    }
  });
}
