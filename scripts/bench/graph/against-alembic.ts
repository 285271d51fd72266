/**
 * `PYTHON=… node dist/scripts/bench/graph/against-alembic.js [SIZE]`: planning over nine trees, against Alembic's own planner in its
 * process. PYTHON is an interpreter with Alembic (`python3 -m venv DIR && DIR/bin/pip install alembic`), needed for nothing else.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildGraph, planDowngrade, planUpgrade } from "../../../lib/graph/index.js";
import { asRevisions, shapes } from "./shapes.js";

const size = Number(process.argv[2] ?? 10_000);
const rounds = 5;
const nodes = (shapes["nine trees"] ?? (() => []))(size);
const graph = buildGraph(asRevisions(nodes), []);
const empty = { heads: new Map<string, string[]>(), order: [] };
const heads = new Map(
  [...graph.trees.values()].map(({ manager, nodes }) => [
    manager,
    [graph.graph.ids[nodes.at(-1) ?? 0] ?? ""],
  ]),
);

const ours: Record<string, number[]> = { upgrade: [], downgrade: [] };
const theirs: Record<string, number[]> = { upgrade: [], downgrade: [] };
for (let round = 0; round < rounds; round++) {
  ours["upgrade"]?.push(
    timed(() => planUpgrade(graph, empty, ["heads"], { unrecordedTrees: "started" }).steps.length),
  );
  ours["downgrade"]?.push(timed(() => planDowngrade(graph, { heads, order: [] }, "base").steps.length));
  for (const [name, seconds] of Object.entries(alembic())) theirs[name]?.push(...seconds);
}
for (const name of ["upgrade", "downgrade"]) {
  const [own, other] = [median(ours[name] ?? []), median(theirs[name] ?? [])];
  console.log(
    `${name}: ${(own * 1000).toFixed(0)} ms, Alembic ${(other * 1000).toFixed(0)} ms: ${(other / own).toFixed(1)} times faster`,
  );
}

function alembic(): Record<string, number[]> {
  const script = fileURLToPath(
    new URL("../../../../scripts/bench/graph/alembic-planner.py", import.meta.url),
  );
  const input = JSON.stringify({
    rounds: 1,
    nodes: nodes.map((node) => [node.id, node.parents, node.dependsOn ?? []]),
  });
  const { stdout, stderr, status } = spawnSync(process.env["PYTHON"] ?? "python3", [script], {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`The interpreter that PYTHON names has to have Alembic: ${stderr}`);
  return JSON.parse(stdout) as Record<string, number[]>;
}

function timed(plan: () => number): number {
  const start = performance.now();
  if (plan() !== size) throw new Error("The plan is not whole.");
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
