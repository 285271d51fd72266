/** Shows the main job on a copy of a real repository, and leaves the copy to play with. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeSqliteFixture } from "../test/support/fixtures.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = fileURLToPath(new URL("../lib/cli/main.js", import.meta.url));
const repository = "demo/repository";

const commands = [
  ["current"],
  ["plan"],
  ["upgrade", "head"],
  ["current"],
  ["history", "-i"],
  ["downgrade", "-1"],
  ["upgrade", "head"],
];

rmSync(`${root}demo`, { recursive: true, force: true });
await writeSqliteFixture("uuid-c6-synth", `${root}${repository}`);
console.log(`A Butler repository from March 2024 was copied to ${repository}.`);

for (const command of commands) {
  console.log(`\n$ godwit ${command.join(" ")} --repo ${repository}`);
  const { status } = spawnSync(process.execPath, [program, ...command, "--repo", repository], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

console.log(`\nThe copy is yours: npm run -s godwit -- current --repo ${repository}`);
