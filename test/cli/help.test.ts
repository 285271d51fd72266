import { expect } from "chai";
import { commands } from "../../lib/cli/commands/index.js";
import { runProgram } from "../../lib/cli/program.js";

/** What the program prints, run in this process. */
async function printedBy(args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (text: string) => void lines.push(text);
  try {
    expect(await runProgram(args)).to.equal(0);
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

const names = commands.flatMap(({ command, commands: below = [] }) => {
  const name = String(command).split(" ")[0] ?? "";
  return [[name], ...below.map((one) => [name, String(one.command).split(" ")[0] ?? ""])];
});

describe("Help", () => {
  for (const name of [[], ...names]) {
    it(`of "godwit ${name.join(" ")}" says what it does, and gives examples`, async () => {
      const text = await printedBy([...name, "--help"]);
      expect(text).to.include(["godwit", ...name].join(" "));
      expect(text).to.match(/^Examples:\n {2}godwit \S/m);
    });
  }
});
