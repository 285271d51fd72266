/**
 * Lets faults strike while every shipped revision is applied and taken back, on both databases, and prints each point with
 * what became of the repository: `npm run faults -- --help`.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runEnds } from "../test/support/cleanup.js";
import { findCases } from "../test/faults/cases.js";
import type { FaultCase } from "../test/faults/cases.js";
import type { Density } from "../test/faults/campaign.js";
import { describeFault } from "../test/faults/faults.js";
import type { PointResult } from "../test/faults/points.js";
import type { Report, Task } from "../test/faults/worker.js";
import { countFrom, readArguments, refuse } from "./arguments.js";

const usage = `npm run faults -- [options]

  --errors N    refuse every Nth statement (default 1: each of them)
  --spread N    let the other faults strike at N statements of each run (default 8)
  --only TEXT   only cases whose title holds TEXT (such as "sqlite", or a revision)
  --part K/N    only every Nth point, from the Kth on: a long run in N parts (default 1/1)
  --workers N   processes that work side by side (default 2)`;

const { values } = readArguments(usage, {
  options: {
    errors: { type: "string", default: "1" },
    spread: { type: "string", default: "8" },
    part: { type: "string", default: "1/1" },
    only: { type: "string", default: "" },
    workers: { type: "string", default: "2" },
  },
});

const [part = 0, parts = 0, ...further] = values.part
  .split("/")
  .map((text) => countFrom(usage, "Each number of --part", text));
if (part > parts || further.length > 0)
  refuse(usage, `--part must be K/N with K up to N, and is "${values.part}".`);
const workers = countFrom(usage, "--workers", values.workers);
const density: Density = {
  errors: countFrom(usage, "--errors", values.errors),
  spread: countFrom(usage, "--spread", values.spread),
  crashes: "yes",
  part: { first: part - 1, step: parts },
};
const results: PointResult[] = [];
const failures: string[] = [];

const queue = await findAll();
await Promise.all(Array.from({ length: workers }, work));
summarise();

async function findAll(): Promise<FaultCase[]> {
  const all: FaultCase[] = [];
  for (const dialect of ["sqlite", "postgres"] as const) {
    const { cases, missing } = await findCases(dialect);
    all.push(...cases.filter(({ title }) => title.includes(values.only)));
    for (const id of missing) failures.push(`${dialect}: no fixture leads to revision ${id}`);
  }
  await runEnds();
  // Both databases in turn, so that a run that is stopped has seen both.
  const turn = new Map<string, number>();
  const position = ({ dialect }: FaultCase): number => {
    turn.set(dialect, (turn.get(dialect) ?? 0) + 1);
    return turn.get(dialect) ?? 0;
  };
  return all
    .map((one) => ({ one, position: position(one) }))
    .toSorted((a, b) => b.position - a.position)
    .map(({ one }) => one);
}

/** One worker process, which is given cases until there are none left. */
async function work(): Promise<void> {
  const child = fork(fileURLToPath(new URL("../test/faults/worker.js", import.meta.url)));
  await new Promise<void>((done) => {
    child.on("exit", (code) => {
      if (code !== 0) failures.push(`a worker ended with ${code}`);
      done();
    });
    child.on("message", (report: Report) => {
      if (report.kind === "point") note(report.result);
      if (report.kind === "failed") failures.push(`${report.title}: ${report.reason}`);
      if (report.kind === "ready") give(queue.pop() ?? null);
    });
    function give(of: FaultCase | null): void {
      const task: Task = of === null ? "end" : { of, density };
      child.send(task);
    }
  });
}

function note(result: PointResult): void {
  if (result.outcome === "not-struck") return;
  results.push(result);
  const struck = result.struck.map((text) => (text === null ? "" : ` (${text})`));
  const faults = result.faults
    .map((fault, index) => describeFault(fault) + (struck[index] ?? ""))
    .join(", then ");
  console.log(`${result.outcome}  ${result.title}: ${faults}`);
  if (result.reason !== null) console.log(`    ${result.reason.replaceAll("\n", "\n    ")}`);
}

function summarise(): void {
  const groups = new Map<string, { points: number; broken: number }>();
  for (const { title, faults, outcome } of results) {
    const kinds = faults.map(({ kind }) => kind).join(" + ");
    const key = `${title.split(" ")[0]}  ${kinds}`;
    const group = groups.get(key) ?? { points: 0, broken: 0 };
    group.points += 1;
    if (outcome === "broken") group.broken += 1;
    groups.set(key, group);
  }
  console.log("");
  for (const [key, { points, broken }] of [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${key}: ${points} points, ${broken} not recovered`);
  for (const failure of failures) console.log(`failed: ${failure}`);
  const broken = results.filter(({ outcome }) => outcome === "broken").length;
  console.log(`\n${results.length} points, ${broken} not recovered`);
  process.exitCode = broken > 0 || failures.length > 0 ? 1 : 0;
}
