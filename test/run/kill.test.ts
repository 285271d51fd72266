import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { check, current, repair, upgrade } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { readGolden } from "../support/normalize/golden.js";
import { content } from "../conformance/contents.js";
import { unexplained } from "../conformance/differences.js";

const program = fileURLToPath(new URL("../support/paused-run.js", import.meta.url));
const revision = "352c30854bb0";

/** Runs `upgrade` in a process of its own, and kills it when it comes to a pause point. */
async function killAt({ folder }: Fixture, point: string, target = revision, jobs = 1): Promise<void> {
  const child = spawn(process.execPath, [program, folder, target, `${point} ${target}`, `${jobs}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function standsAt({ folder }: Fixture): Promise<readonly string[]> {
  const { managers, problems } = await current(folder);
  expect(problems).to.deep.equal([]);
  return managers.find(({ manager }) => manager === "dimensions-config")?.revisions ?? [];
}

const before = ["1fae088c80b6"];
const after = [revision];

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`A run that is killed, ${dialect}`, () => {
    for (const { point, expected } of [
      { point: "step:begin", expected: before },
      { point: "step:record", expected: before },
      { point: "step:commit", expected: before },
      { point: "step:committed", expected: after },
    ]) {
      it(`at ${point} leaves a repository whose state is true, and the same command finishes`, async () => {
        const fixture = await copyFixture("uuid-c6-synth", dialect);
        await killAt(fixture, point);
        expect(await standsAt(fixture)).to.deep.equal(expected);
        await upgrade(fixture.folder, revision);
        expect(await standsAt(fixture)).to.deep.equal(after);
        const golden = await readGolden(dialect, "uuid-c6-synth--config-7");
        if (golden === undefined) throw new Error("the golden is missing");
        const differences = compare(golden, await describeFixture(fixture), {
          ignorePrefixes: ["revision_", "godwit_"],
        });
        expect(differences.filter((one) => !one.includes("butler_attributes"))).to.deep.equal([]);
      });
    }
  });
}

describe("A switch on several connections that is killed", () => {
  const target = "2101fbf51ad3";
  const whole = "int-c0-name--int-to-uuid";

  for (const point of ["rekey:mapped", "rekey:built", "step:commit"]) {
    it(`at ${point} leaves the repository as it was, and the same command finishes and tidies up`, async () => {
      const fixture = await copyFixture("int-c0-name", "postgres");
      const original = await describeFixture(fixture);
      await killAt(fixture, point, target, 2);
      const ours = { ignorePrefixes: ["revision_", "godwit_", "_godwit_beside_"] };
      expect(compare(original, await describeFixture(fixture), ours)).to.deep.equal([]);
      expect((await current(fixture.folder)).problems).to.deep.equal([]);
      const { drift } = await check(fixture.folder);
      const built = drift.filter(({ table }) => table.startsWith("_godwit_beside_"));
      expect(built.map(({ class: kind }) => kind))
        .to.include("debt")
        .and.not.to.include("drift");

      await upgrade(fixture.folder, target, { jobs: 2 });
      const golden = await readGolden("postgres", whole);
      if (golden === undefined) throw new Error("the golden is missing");
      const differences = compare(content(golden), content(await describeFixture(fixture)), {
        ignorePrefixes: ["revision_", "godwit_"],
      });
      expect(unexplained("postgres", whole, differences)).to.deep.equal([]);
    });
  }

  it("leaves tables that repair removes where nobody goes on", async () => {
    const fixture = await copyFixture("int-c0-name", "postgres");
    await killAt(fixture, "rekey:built", target, 2);
    await repair(fixture.folder);
    expect(
      (await check(fixture.folder)).drift.filter(({ table }) => table.startsWith("_godwit_")),
    ).to.deep.equal([]);
  });
});
