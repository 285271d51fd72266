/**
 * `node dist/scripts/bench/graph/linear.js [SIZE]`: what twice the revisions cost, by shape and operation. The sizes are measured
 * in turn, and the medians compared; a ratio of 2 is linear.
 */
import { effectiveHeads, idsOf } from "../../../lib/graph/graph.js";
import {
  buildGraph,
  historyOf,
  pending,
  planDowngrade,
  planStamp,
  planUpgrade,
} from "../../../lib/graph/index.js";
import { loadGraph } from "../../../lib/graph/load.js";
import { downgradeTable } from "../../../lib/graph/operations/downgrade.js";
import { historyOfTable } from "../../../lib/graph/operations/history.js";
import { stampTable } from "../../../lib/graph/operations/stamp.js";
import { upgradeTable } from "../../../lib/graph/operations/upgrade.js";
import { asRevisions, shapes } from "./shapes.js";

const largest = Number(process.argv[2] ?? 100_000);
const rounds = 3;
const empty = { heads: new Map<string, string[]>(), order: [] };
const policy = { unrecordedTrees: "started" } as const;

/** What is measured: made ready for a size, then run. */
function operations(shape: string, size: number): Record<string, () => unknown> {
  const nodes = (shapes[shape] ?? (() => []))(size);
  const graph = loadGraph(nodes);
  const tips = idsOf(graph, effectiveHeads(graph));
  const view = buildGraph(asRevisions(nodes), []);
  const heads = new Map<string, string[]>();
  for (const tip of view.graph.ids.filter((_, node) => view.graph.children[node]?.length === 0)) {
    const manager = view.revision(tip)?.manager ?? "";
    const tips = heads.get(manager) ?? [];
    tips.push(tip);
    heads.set(manager, tips);
  }
  const top = { heads, order: [] };
  return {
    load: () => loadGraph(nodes),
    "upgrade heads": () => upgradeTable(graph, [], ["heads"]).steps.length,
    "downgrade base": () => downgradeTable(graph, tips, "base").steps.length,
    "stamp heads": () => stampTable(graph, tips, ["heads"], "kept"),
    history: () => historyOfTable(graph, [], undefined),
    "trees: build": () => buildGraph(asRevisions(nodes), []),
    "trees: upgrade heads": () => planUpgrade(view, empty, ["heads"], policy).steps.length,
    "trees: downgrade base": () => planDowngrade(view, top, "base").steps.length,
    "trees: stamp heads": () => planStamp(view, empty, ["heads"], { ...policy, rows: "keep" }),
    "trees: history": () => historyOf(view, top, undefined),
    "trees: history current:": () => historyOf(view, top, "current:"),
    "trees: pending": () => pending(view, empty, policy),
  };
}

for (const shape of Object.keys(shapes)) {
  const sides = [operations(shape, largest / 2), operations(shape, largest)];
  for (const name of Object.keys(sides[0] ?? {})) {
    const times: number[][] = [[], []];
    for (let round = 0; round < rounds; round++)
      for (const [side, measured] of sides.entries())
        times[side]?.push(timed(measured[name] ?? (() => null)));
    const [half = 0, full = 0] = times.map(median);
    const flag = full / half > 2.5 && full > 5 ? "  <-- more than 2.5" : "";
    console.log(
      `${shape.padEnd(56)} ${name.padEnd(24)} ${full.toFixed(1).padStart(9)} ms  x${(full / half).toFixed(2)}${flag}`,
    );
  }
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
