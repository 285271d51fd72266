import { expect } from "chai";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { current, GodwitError } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { startGodwit, runGodwit } from "../support/program.js";

/** Whether a folder is opened as a repository. */
async function opens(folder: string): Promise<boolean> {
  try {
    return (await current(folder)).problems.length === 0;
  } catch (error) {
    if (error instanceof GodwitError && error.code === "no-repository") return false;
    throw error;
  }
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`A copy whose process is killed, ${dialect}`, () => {
    it("is a repository or none, at any time, and the same command makes it whole", async function () {
      this.timeout(180_000);
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const folder = path.join(await temporaryFolder(), "copy");
      const schema = dialect === "sqlite" ? [] : ["--schema", "copy"];
      const args = ["copy", fixture.folder, folder, "--files", "copy", ...schema];
      let kills = 0;
      for (let delay = 300; !(await opens(folder)); delay = Math.ceil(delay * 1.25)) {
        const { child, ended } = startGodwit(args);
        const finished = await Promise.race([ended, sleep(delay, null)]);
        if (finished !== null) {
          expect(finished.status, finished.stderr).to.equal(0);
          continue;
        }
        child.kill("SIGKILL");
        await ended;
        kills += 1;
      }
      expect(kills).to.be.greaterThan(0);
      const copied = {
        ...fixture,
        folder,
        databaseUrl:
          dialect === "sqlite" ? `sqlite:///${path.join(folder, "gen3.sqlite3")}` : fixture.databaseUrl,
        namespace: dialect === "sqlite" ? null : "copy",
      };
      expect(
        compare(await describeFixture(fixture), await describeFixture(copied), { detail: "strict" }),
      ).to.deep.equal([]);
      const files = async (place: string): Promise<number> =>
        (await readdir(place, { recursive: true })).length;
      // Killed between its last two steps, a copy that is whole keeps the mark of one that is not.
      const again = await runGodwit(args);
      expect(again.status).to.be.oneOf([0, 4]);
      expect(await files(folder)).to.equal(await files(fixture.folder));
    });
  });
}
