/** What the scripts of the project say to wrong arguments. */
import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

function run(script: string, args: readonly string[]): { code: number | null; out: string; error: string } {
  const file = fileURLToPath(new URL(`../../scripts/${script}.js`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: "utf8" });
  return { code: status, out: stdout, error: stderr };
}

describe("The scripts of the project", () => {
  for (const script of ["faults", "many-runners", "graph-cases", "check-butler"]) {
    it(`${script} tells how it is called`, () => {
      const { code, out, error } = run(script, ["--help"]);
      expect(code).to.equal(0);
      expect(out).to.match(new RegExp(`^npm run (-s )?${script.replace("check-", "check[:]")} -- `));
      expect(error).to.equal("");
    });

    it(`${script} refuses an option that it does not know`, () => {
      const { code, out, error } = run(script, ["--nonsense"]);
      expect(code).to.equal(2);
      expect(out).to.equal("");
      expect(error).to.contain("'--nonsense'").and.to.contain("\n\nnpm run ");
      expect(error).to.not.contain("    at ");
    });
  }

  const wrong: readonly (readonly [string, readonly string[], string])[] = [
    ["faults", ["--errors", "few"], '--errors must be a number from 1 on, and is "few".'],
    ["faults", ["--workers", "0"], '--workers must be a number from 1 on, and is "0".'],
    ["faults", ["--part", "3"], '--part must be K/N with K up to N, and is "3".'],
    ["faults", ["--part", "4/3"], '--part must be K/N with K up to N, and is "4/3".'],
    ["many-runners", ["--rounds", "1e3"], '--rounds must be a number from 1 on, and is "1e3".'],
    ["many-runners", ["--database", "sqlite,mysql"], '"mysql" is no database.'],
    ["graph-cases", ["--emit"], "There are no files to answer."],
    ["graph-cases", ["--emit", "no-such-file"], "no-such-file could not be read: ENOENT"],
    ["check-butler", ["no-such-python"], "no-such-python has no package lsst.daf.butler."],
  ];
  for (const [script, args, message] of wrong) {
    it(`${script} refuses ${args.join(" ")}`, () => {
      const { code, error } = run(script, args);
      expect(code).to.equal(2);
      expect(error.startsWith(message)).to.equal(true, error);
      expect(error).to.not.contain("    at ");
    });
  }
});
