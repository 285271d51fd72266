// Brings a fresh clone to the point where the compiled program can run: packages installed, dist/ built.
// Plain JavaScript without imports from packages, because it runs before any package is there.
import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

// `.package-lock.json` is what npm writes last, so its absence also shows an interrupted installation.
if (!existsSync(new URL("../node_modules/.package-lock.json", import.meta.url))) {
  run("npm", ["ci", "--no-audit", "--no-fund"]);
} else {
  run(process.execPath, ["scripts/build.mjs"]);
}
