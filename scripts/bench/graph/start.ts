/**
 * `PYTHON=… npm run -s bench:start [SIZE [ROUNDS]]`: the built program as a whole process: `history` against Alembic's over as many
 * revisions in nine trees, and `--help` against an empty program. The commands run in turn, and their medians are compared. PYTHON is an
 * interpreter with Alembic (`python3 -m venv DIR && DIR/bin/pip install alembic`), needed for nothing else.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { writeAlembicProject, writeProject } from "./projects.js";
import { shapes } from "./shapes.js";

const size = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 7);
const program = fileURLToPath(new URL("../../../lib/cli/main.js", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "godwit-bench-"));
const [own, other, cache] = ["own", "other", "cache"].map((name) => path.join(folder, name)) as [
  string,
  string,
  string,
];

// Alembic may keep its bytecode, as godwit keeps its cache.
const { PYTHONDONTWRITEBYTECODE: _, ...environment } = process.env;

/** A command that is measured: made ready, then run. */
interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly prepare?: () => void;
}

const history = [process.execPath, program, "history"];
const alembic = [process.env["PYTHON"] ?? "python3", "-m", "alembic.config", "history"];
const contestants: readonly Contestant[] = [
  { name: "history, cold", command: history, cwd: own, prepare: () => remove(cache) },
  { name: "alembic history, cold", command: alembic, cwd: other, prepare: () => removeBytecode(other) },
  { name: "history, cached", command: history, cwd: own },
  { name: "alembic history, compiled", command: alembic, cwd: other },
  { name: "godwit --help", command: [process.execPath, program, "--help"] },
  { name: "node -e 0", command: [process.execPath, "-e", "0"] },
];

try {
  const nodes = (shapes["nine trees"] ?? (() => []))(size);
  writeProject(own, nodes);
  writeAlembicProject(other, nodes);
  // Files that were changed just now are not kept in the cache.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  const times = contestants.map((): number[] => []);
  for (let round = 0; round <= rounds; round++)
    for (const [at, contestant] of contestants.entries()) {
      const seconds = timed(contestant);
      if (round > 0) times[at]?.push(seconds);
    }
  for (const at of [0, 2, 4]) report(at, times);
} finally {
  remove(folder);
}

function report(at: number, times: readonly (readonly number[])[]): void {
  const [first, second] = [median(times[at] ?? []), median(times[at + 1] ?? [])];
  const [name, against] = [contestants[at]?.name ?? "", contestants[at + 1]?.name ?? ""];
  const faster =
    second > first
      ? `${(second / first).toFixed(2)} times faster`
      : `${(first / second).toFixed(2)} times as long`;
  console.log(
    `${name}: ${(first * 1000).toFixed(0)} ms; ${against}: ${(second * 1000).toFixed(0)} ms; ${faster}`,
  );
}

function timed({ name, command: [file = "", ...args], cwd, prepare }: Contestant): number {
  prepare?.();
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(file, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...environment, XDG_CACHE_HOME: cache, NO_COLOR: "1" },
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
  if (name.includes("history") && stdout.split("\n").length < size)
    throw new Error(`${name} did not print every revision.`);
  return seconds;
}

function remove(place: string): void {
  rmSync(place, { recursive: true, force: true });
}

function removeBytecode(place: string): void {
  for (const entry of readdirSync(place, { recursive: true, encoding: "utf8" }))
    if (path.basename(entry) === "__pycache__") remove(path.join(place, entry));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
