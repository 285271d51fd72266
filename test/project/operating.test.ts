import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { current } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { programFile } from "../support/program.js";

/** The blocks of commands of the guide, in their order. */
async function blocksOfGuide(): Promise<string[]> {
  const guide = await readFile(new URL("../../../docs/operating.md", import.meta.url), "utf8");
  return [...guide.matchAll(/```sh\n([^]*?)```/g)].map(([, block = ""]) => block);
}

/** A folder with a program `godwit`, to be first on the PATH. */
async function folderWithProgram(): Promise<string> {
  const folder = await temporaryFolder();
  const file = path.join(folder, "godwit");
  await writeFile(file, `#!/bin/sh\nexec '${process.execPath}' '${programFile}' "$@"\n`);
  await chmod(file, 0o755);
  return folder;
}

async function runShell(script: string, tools: string): Promise<{ status: number | null; output: string }> {
  const shell = spawn("sh", ["-e", "-c", `exec 2>&1\n${script}`], {
    env: { PATH: `${tools}:${process.env["PATH"]}` },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output] = await Promise.all([text(shell.stdout), once(shell, "close")]);
  return { status: shell.exitCode, output };
}

describe("The guide for operators", () => {
  it("has commands that bring a repository on PostgreSQL to its newest format, past a kill, and back", async function () {
    this.timeout(240_000);
    const tools = await folderWithProgram();
    const main = await copyFixture("uuid-c4-synth", "postgres");
    const second = await copyFixture("uuid-c4-synth", "postgres");
    const [scratch, backups] = [await temporaryFolder(), path.join(await temporaryFolder(), "backups")];
    await mkdir(backups);
    const places: readonly (readonly [string, string])[] = [
      ["/repo/main", main.folder],
      ["/repo/second", second.folder],
      ["/scratch", scratch],
      ["/backups", backups],
    ];
    const blocks = await blocksOfGuide();
    expect(blocks.length).to.be.greaterThan(5);
    for (const block of blocks) {
      const script = places.reduce((now, [place, folder]) => now.replaceAll(place, () => folder), block);
      const { status, output } = await runShell(script, tools);
      expect(status, `${script}\n${output}`).to.equal(0);
    }
    for (const folder of [main.folder, second.folder, path.join(scratch, "trial")]) {
      const { managers, problems } = await current(folder);
      expect(problems).to.deep.equal([]);
      expect(managers.flatMap(({ pending }) => pending)).to.deep.equal([]);
    }
    expect(await readdir(backups)).to.have.length(1);
    expect(await readdir(scratch)).to.deep.equal(["trial"]);
  });
});
