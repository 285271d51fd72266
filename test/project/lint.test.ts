import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../support/folders.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

function lint(folder: string): { readonly status: number | null; readonly output: string } {
  const program = path.join(root, "node_modules", "oxlint", "bin", "oxlint");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, "--type-aware", "--deny-warnings"],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  return { status, output: stdout + stderr };
}

async function project(code: string): Promise<string> {
  const folder = await temporaryFolder();
  for (const file of [".oxlintrc.json", "tsconfig.json", "package.json"])
    copyFileSync(path.join(root, file), path.join(folder, file));
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  mkdirSync(path.join(folder, "lib"));
  writeFileSync(path.join(folder, "lib", "planted.ts"), code);
  return folder;
}

const work = "export async function work(): Promise<number> {\n  return Promise.resolve(1);\n}\n\n";

describe("The linter", () => {
  it("takes a floating promise for an error", async () => {
    const { status, output } = lint(await project(`${work}export function start(): void {\n  work();\n}\n`));
    expect(output).to.include("no-floating-promises");
    expect(status).to.not.equal(0);
  });

  it("has nothing against the same with await", async () => {
    const { status, output } = lint(
      await project(`${work}export async function start(): Promise<void> {\n  await work();\n}\n`),
    );
    expect(status, output).to.equal(0);
  });
});
