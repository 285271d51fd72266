import { ancestors, lineage, NodeSet } from "../closure.js";
import { type Graph, idOf, neighbours } from "../graph.js";
import { newestFirst } from "../order.js";
import { problem } from "../problems.js";
import { resolveBranch, resolveName, resolveOne } from "./names.js";
import { nodesOfRows, refuseOverlap, type TableMove, VersionRows } from "./rows.js";
import { outOfRange, parseRelative, type Relative, walkDown, walkUp, type Walked } from "./walk.js";

/**
 * Plans an upgrade of a database whose version table holds `rows`.
 * @param targets as the user typed them
 * @throws InputError with the category as its code
 */
export function upgradeTable(graph: Graph, rows: readonly string[], targets: readonly string[]): TableMove {
  const current = nodesOfRows(graph, rows);
  const goals = targets.flatMap((target) => upgradeTargets(graph, () => current, target, "refused"));
  refuseOverlap(graph, goals);
  refuseOverlap(graph, current);
  const applied = ancestors(graph, current);
  const nodes = new NodeSet(graph.ids.length);
  for (const node of ancestors(graph, goals)) if (!applied.has(node)) nodes.add(node);
  const order = newestFirst({ downs: graph.downs, ups: graph.ups, nodes, tips: goals }).toReversed();
  const table = new VersionRows(graph, current, applied);
  const steps = order.map((node) => table.up(node));
  return { steps, final: table.ids(), dml: table.changes };
}

/**
 * The revisions that an upgrade to a target ends at.
 * @param current gives the rows of the version table, where the target is counted from them
 * @param tooFar what becomes of a walk that leads past the end
 */
export function upgradeTargets(
  graph: Graph,
  current: () => readonly number[],
  text: string,
  tooFar: "refused" | "stopped",
): readonly number[] {
  const relative = parseRelative(text);
  if (relative === null) return resolveName(graph, text).nodes;
  const walked = walkFrom(graph, current, relative, text);
  if (walked.node === undefined || (walked.ended && tooFar === "refused")) throw outOfRange(text);
  return [walked.node];
}

function walkFrom(graph: Graph, current: () => readonly number[], relative: Relative, text: string): Walked {
  const { branch, symbol, steps } = relative;
  if (steps <= 0) {
    if (symbol === undefined) throw outOfRange(text);
    return walkDown(graph, resolveOne(graph, branch === undefined ? symbol : `${branch}@${symbol}`), -steps);
  }
  const along =
    branch === undefined ? undefined : (): number => resolveBranch(graph, branch, "unknown-revision");
  const start = symbol === undefined ? startOf(graph, current(), along?.()) : resolveOne(graph, symbol);
  return walkUp(graph, start, steps, along);
}

/** What `+n` counts from; undefined for "nothing applied". */
function startOf(graph: Graph, current: readonly number[], along: number | undefined): number | undefined {
  const starts = along === undefined ? current : startsAlong(graph, current, along);
  if (starts.length > 1)
    throw problem(
      "ambiguous-start",
      `There are several revisions to count from: ${starts.map((node) => idOf(graph, node)).join(", ")}.`,
      "Name one: `REVISION+1`.",
    );
  return starts[0];
}

/** Rows on a line with a branch, else the topmost applied revisions that are. */
function startsAlong(graph: Graph, current: readonly number[], along: number): readonly number[] {
  const related = lineage(graph, [along]);
  const rows = current.filter((row) => related.has(row));
  if (rows.length > 0) return rows;
  const active = [...ancestors(graph, current)].filter((node) => related.has(node));
  const needed = new Set(active.flatMap((node) => neighbours(graph.downs, node)));
  return active.filter((node) => !needed.has(node));
}
