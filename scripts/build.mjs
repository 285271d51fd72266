// Compiles lib, revisions, scripts and test into dist/, from nothing, so that no stale file survives a rename.
import { chmodSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
const compiler = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.json"], {
  cwd: root,
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
const inCli = (name) => fileURLToPath(new URL(`../dist/lib/cli/${name}`, import.meta.url));
const parser = inCli("yargs.js");
buildSync({
  entryPoints: [parser],
  outfile: parser,
  allowOverwrite: true,
  bundle: true,
  alias: { "string-width": inCli("text-width.js") },
  platform: "node",
  format: "esm",
  target: "node20",
  legalComments: "inline",
});
chmodSync(new URL("../dist/lib/cli/main.js", import.meta.url), 0o755);
