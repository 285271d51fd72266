import { ancestors, NodeSet, reach } from "../closure.js";
import { effectiveHeads, type Graph, idOf, idsOf } from "../graph.js";
import { newestFirst } from "../order.js";
import { problem } from "../problems.js";
import { carriersOf } from "./labels.js";
import { resolveBranch, resolveName } from "./names.js";
import { nodesOfRows, refuseOverlap } from "./rows.js";
import { upgradeTargets } from "./upgrade.js";
import { walkDown, type Walked } from "./walk.js";

/**
 * The revisions of a range, newest first, both ends included.
 * @param rows the version table, for `current`
 * @param range `lo:hi`; all where there is none
 * @returns ids
 * @throws InputError with the category as its code
 */
export function historyOfTable(graph: Graph, rows: readonly string[], range: string | undefined): string[] {
  const [low = "", high, ...more] = (range ?? ":").trim().split(":");
  if (high === undefined || more.length > 0)
    throw problem("bad-range-syntax", `'${range}' is no range.`, "A range is `A:B`, `A:` or `:B`.");
  refuseOddPair(low, high);
  const ends = onBranchOf(
    graph,
    highEnds(graph, rows, high, () => startOfCount(graph, rows, low, high)),
    low,
  );
  const starts = lowEnds(graph, rows, low, high);
  refuseOverlap(graph, ends);
  const needed = ancestors(graph, ends);
  const stray = starts.find((node) => !needed.has(node));
  if (stray !== undefined)
    throw problem("not-an-ancestor", `${idOf(graph, stray)} is not below '${high === "" ? "heads" : high}'.`);
  refuseOverlap(graph, starts);
  const shown = between(graph, starts, ends);
  const inside = new NodeSet(graph.ids.length, shown);
  if (reach(graph.downs, ends, inside).size < inside.size)
    throw problem(
      "not-an-ancestor",
      `Only dependencies lead from '${high}' to '${low}': they are not on one line.`,
    );
  return idsOf(graph, shown);
}

/** From some revisions (all, where there are none) up to others, newest first. */
export function between(graph: Graph, low: readonly number[], high: readonly number[]): number[] {
  const { downs, ups, children } = graph;
  const below = reach(downs, low);
  for (const node of low) below.delete(node);
  const above = low.length === 0 ? undefined : reach(children, low);
  const nodes = new NodeSet(graph.ids.length);
  const hidden = new NodeSet(graph.ids.length);
  for (const node of reach(downs, high))
    if (!below.has(node)) (above?.has(node) === false ? hidden : nodes).add(node);
  return newestFirst({ downs, ups, nodes, hidden, tips: high });
}

/** Revisions that a name stands for, `-n` included: n down from every effective head. */
export function resolveWithWalk(graph: Graph, text: string): (number | undefined)[] {
  return walksDown(graph, text)?.map(({ node }) => node) ?? [...resolveName(graph, text).nodes];
}

/** Where `-n` and `label@-n` lead to, from each effective head; null for any other name. */
function walksDown(graph: Graph, text: string): Walked[] | null {
  const match = /^(?:([^@]*)@)?-(\d+)$/.exec(text);
  const [, label = "", steps = "0"] = match ?? [];
  if (match === null || Number(steps) === 0) return null;
  const carriers = label === "" ? undefined : new Set(carriersOf(graph, label));
  return effectiveHeads(graph)
    .filter((head) => carriers?.has(head) !== false)
    .map((head) => walkDown(graph, head, Number(steps)));
}

/** Ends that cannot both be counted: the low end has to be named where the high end counts from it, and only one end is what is applied. */
function refuseOddPair(low: string, high: string): void {
  if (/^([^@]*@)?-\d+$/.test(low) && /^[+]\d+$/.test(high))
    throw problem("unknown-revision", `'${high}' has no revision to count from: '${low}' is none.`);
  if (low === "current" && high === "current")
    throw problem("unknown-revision", "Both ends are what is applied: there is nothing between them.");
}

function lowEnds(graph: Graph, rows: readonly string[], text: string, high: string): number[] {
  if (text === "" || text === "base") return [];
  if (text === "current") return nodesOfRows(graph, rows);
  const walked = walksDown(graph, text);
  if (walked === null) return [...new Set(resolveName(graph, text).nodes)];
  // A walk that leads past the first revision stops there, if the range has one end to walk from.
  if (high !== "" && high !== "heads" && walked.every(({ ended }) => ended)) return [];
  const nodes = walked.map(({ node }) => node).filter((node) => node !== undefined);
  if (nodes.length === walked.length) return [...new Set(nodes)];
  throw problem("not-an-ancestor", `'${text}' leads below the first revision.`);
}

/** What `+n` as high end counts from: the rows, or the one revision that the low end names; behind `branch@`, those on its line. */
function startOfCount(graph: Graph, rows: readonly string[], text: string, high: string): number[] {
  const nodes = lowEnds(graph, rows, text, high);
  if (text === "current" || nodes.length < 2 || high.includes("@")) return nodes;
  throw problem(
    "multiple-heads",
    `'${text}' stands for several revisions to count from.`,
    "Name one of them.",
  );
}

function highEnds(
  graph: Graph,
  rows: readonly string[],
  text: string,
  low: () => readonly number[],
): readonly number[] {
  const current = text === "current" ? nodesOfRows(graph, rows) : [];
  if (current.length > 0) return current;
  return upgradeTargets(graph, low, text === "" || text === "current" ? "heads" : text, "stopped");
}

/** Behind `branch@...` as low end, only what carries that label counts; an id stands for the one label that it carries. */
function onBranchOf(graph: Graph, ends: readonly number[], low: string): readonly number[] {
  const at = low.indexOf("@");
  if (at < 1) return ends;
  const branch = low.slice(0, at);
  resolveBranch(graph, branch, "unknown-revision");
  const carriers = new Set(carriersOf(graph, graph.byId.has(branch) ? onlyLabel(graph, branch) : branch));
  return ends.filter((node) => carriers.has(node));
}

function onlyLabel(graph: Graph, id: string): string {
  const node = graph.byId.get(id);
  const carried = [...graph.byLabel.keys()].filter((label) =>
    carriersOf(graph, label).some((carrier) => carrier === node),
  );
  const [label] = carried;
  if (label !== undefined && carried.length === 1) return label;
  throw problem(
    "unknown-branch",
    `${id} stands for no branch: it carries ${carried.length === 0 ? "no label" : `the labels ${carried.join(", ")}`}.`,
  );
}
