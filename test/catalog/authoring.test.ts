import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { temporaryFolder } from "../support/folders.js";
import { runGodwit } from "../support/program.js";

/** The commands of the guide that need no repository of the reader's, in their order. */
async function commandsOfGuide(): Promise<string[]> {
  const guide = await readFile(new URL("../../../docs/authoring.md", import.meta.url), "utf8");
  const blocks = [...guide.matchAll(/```sh\n([^]*?)```/g)].map(([, block = ""]) => block);
  const lines = blocks.flatMap((block) => block.replaceAll("\\\n", " ").trim().split("\n"));
  return lines.filter((line) => !/--from-repo|--diff/.test(line));
}

/** Splits a command as a shell does where there are only plain words and single quotes. */
function words(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

describe("The guide for authors", () => {
  it("has commands that work in their order", async function () {
    this.timeout(120_000);
    const cwd = await temporaryFolder();
    const commands = await commandsOfGuide();
    expect(commands.length).to.be.greaterThan(6);
    for (const command of commands) {
      const [program, ...parts] = words(command);
      expect(program).to.equal("godwit");
      const result = await runGodwit(parts, { cwd });
      expect(result.status, `${command}\n${result.stderr}`).to.equal(0);
    }
  });
});
