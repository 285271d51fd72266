import { expect } from "chai";
import { copyFixture } from "../support/fixtures.js";
import { execFile } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../support/folders.js";
import { programFile, runGodwit } from "../support/program.js";

const run = promisify(execFile);

async function completed(...words: readonly string[]): Promise<string[]> {
  const { status, stdout, stderr } = await runGodwit(["--get-yargs-completions", "godwit", ...words]);
  expect([status, stderr]).to.deep.equal([0, ""]);
  return stdout.split("\n").filter((word) => word !== "");
}

describe("Completion", () => {
  for (const [words, expected] of [
    [["upgr"], "upgrade"],
    [["upgrade", "--allow"], "--allow-data-loss"],
    [["upgrade", "datast"], "datastores@head"],
    [["upgrade", "4e2"], "4e2d7a28475b"],
    [["downgrade", "collections-Syn"], "collections-SynthIntKeyCollectionManager"],
    [["revision", "new", "collections", "--branch", "Name"], "NameKeyCollectionManager"],
    [["revision", "new", "coll"], "collections"],
    [["revision", "new", "--kind", "dyn"], "dynamic-tables"],
    [["revision", "new", "app", "--add-c"], "--add-check"],
    [["revision", "new", "app", "--kind", "dimension-config", "--alt"], "--alternate-key"],
  ] as const) {
    it(`of ${words.join(" ")} offers ${expected}`, async () => {
      expect(await completed(...words)).to.include(expected);
    });
  }

  it("offers tables and families of a repository that is named", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const words = await completed(
      "revision",
      "new",
      "datasets",
      "--from-repo",
      folder,
      "--family",
      "dataset_t",
    );
    expect(words).to.include("dataset_tags_*");
  });

  it("is silent where nothing can be looked up", async () => {
    expect(await completed("revision", "new", "x", "--from-repo", "/nowhere", "--table", "t")).to.deep.equal(
      [],
    );
  });

  for (const shell of ["bash", "zsh"]) {
    it(`has a script for ${shell}`, async () => {
      const { stdout } = await runGodwit(["completion"], { env: { SHELL: `/bin/${shell}` } });
      expect(stdout).to.contain("--get-yargs-completions").and.contain("godwit");
      expect(stdout.startsWith("#compdef")).to.equal(shell === "zsh");
    });
  }

  // As bash itself splits what is typed: a target with an @ stays one word.
  it("works in bash", async () => {
    const folder = await temporaryFolder();
    const { stdout: script } = await runGodwit(["completion"], { env: { SHELL: "/bin/bash" } });
    await writeFile(
      path.join(folder, "godwit"),
      `#!/bin/sh\nexec "${process.execPath}" "${programFile}" "$@"\n`,
    );
    await chmod(path.join(folder, "godwit"), 0o755);
    await writeFile(path.join(folder, "script"), script);
    const answers = await run("bash", [
      "--norc",
      "-c",
      `PATH="${folder}:$PATH"; source "${folder}/script"; case $COMP_WORDBREAKS in *@*) exit 1;; esac
       complete -p godwit > /dev/null || exit 1
       for typed in "upgr" "upgrade datastores@he" "revision new app --add-co"; do
         COMP_WORDS=(godwit $typed); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMPREPLY=()
         _godwit_yargs_completions; echo "\${COMPREPLY[@]}"
       done`,
    ]);
    expect(answers.stdout.trim().split("\n")).to.deep.equal(["upgrade", "datastores@head", "--add-column"]);
  });

  // In a terminal of its own, as zsh completes nowhere else; what is then run are the completed words.
  it("works in zsh, where that is installed", async function () {
    const isInstalled = await run("zsh", ["-c", "zmodload zsh/zpty"]).then(
      () => true,
      () => false,
    );
    if (!isInstalled) this.skip();
    const folder = await temporaryFolder();
    const { stdout: script } = await runGodwit(["completion"], { env: { SHELL: "/bin/zsh" } });
    await writeFile(
      path.join(folder, "godwit"),
      `#!/bin/sh
       case "$1" in --get-yargs-completions) exec "${process.execPath}" "${programFile}" "$@";; esac
       echo "$*" >> "${folder}/answers"\n`,
    );
    await chmod(path.join(folder, "godwit"), 0o755);
    await writeFile(path.join(folder, "_godwit"), script);
    await writeFile(
      path.join(folder, "session"),
      `zmodload zsh/zpty
       export PATH="${folder}:$PATH" TERM=xterm SHELL=/bin/zsh
       zpty shell zsh -f -i
       zpty -w shell 'autoload -Uz compinit; compinit -u -D; source "${folder}/_godwit"; print rea""dy'
       zpty -r -m shell output '*ready*'
       for typed in "upgr" "upgrade datastores@he" "revision new app --add-co"; do
         zpty -w shell "godwit $typed"$'\\t'
       done
       zpty -w shell exit
       while zpty -r shell output; do :; done\n`,
    );
    await run("zsh", ["-f", path.join(folder, "session")]);
    const answers = await readFile(path.join(folder, "answers"), "utf8");
    expect(answers.split("\n")).to.deep.equal([
      "upgrade",
      "upgrade datastores@head",
      "revision new app --add-column",
      "",
    ]);
  });
});
