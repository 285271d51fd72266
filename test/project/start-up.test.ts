import { expect } from "chai";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { runGodwit } from "../support/program.js";
import { temporaryFolder } from "../support/folders.js";

const preload = new URL("../support/loaded-modules.js", import.meta.url).href;

/** Everything that the program loads for a command. */
async function loadedBy(args: readonly string[], cwd: string): Promise<string> {
  const target = path.join(await temporaryFolder(), "loaded");
  const { status, stderr } = await runGodwit(args, {
    cwd,
    env: { GODWIT_TEST_LOADED: target },
    nodeArguments: ["--import", preload],
  });
  expect(status, stderr).to.equal(0);
  return (await readFile(`${target}.imports`, "utf8")) + (await readFile(`${target}.requires`, "utf8"));
}

const heavy = /node_modules\/(sequelize|umzug|pg|pg-copy-streams|sqlite3|jiti|yaml|eta|oxc-parser)\//;

describe("The program's start", () => {
  for (const args of [["--help"], ["upgrade", "--help"], ["history"], ["heads"], ["show", "4e2d7a28475b"]]) {
    it(`loads no driver, Sequelize, Umzug or parser for ${args.join(" ")}`, async () => {
      const loaded = await loadedBy(args, await temporaryFolder());
      expect(loaded).to.include("yargs");
      expect(loaded.split("\n").filter((line) => heavy.test(line))).to.deep.equal([]);
    });
  }

  it("loads no Butler code for a plain database", async () => {
    const folder = await temporaryFolder();
    for (const args of [
      ["init", "--repo", "sqlite:///app.db"],
      ["revision", "new", "app", "--table", "t", "--add-column", "a bigint"],
      ["upgrade", "head"],
      ["current"],
      ["history", "-i"],
      ["downgrade", "-1"],
    ]) {
      const loaded = await loadedBy(args, folder);
      expect(
        loaded.split("\n").filter((line) => /\/lib\/butler\//.test(line)),
        args.join(" "),
      ).to.deep.equal([]);
    }
  });
});
