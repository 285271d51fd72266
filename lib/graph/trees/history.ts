import { NodeSet, reach } from "../closure.js";
import { bases, effectiveHeads, heads, idOf, neighbours } from "../graph.js";
import { newestFirst } from "../order.js";
import { problem } from "../problems.js";
import type { Revision } from "../revision.js";
import { managerOf, type RevisionGraph } from "./forest.js";
import { nodesIn, type Scope } from "./names.js";
import { type AppliedState, standingOf } from "./standing.js";
import { revisionsAt } from "./listing.js";
import {
  absoluteNodes,
  namedStart,
  parseTarget,
  type Place,
  type Policy,
  upgradeGoals,
  walk,
} from "./target.js";
import { tipsIn } from "./tips.js";

/** The two ends of a range; empty where nothing was typed. */
export interface Range {
  readonly from: string;
  readonly to: string;
}

/**
 * Takes `A:B` apart.
 * @returns null where there is no `:`
 * @throws InputError `bad-range-syntax`
 */
export function parseRange(text: string): Range | null {
  const [from = "", to, ...more] = text.split(":");
  if (more.length > 0)
    throw problem("bad-range-syntax", `'${text}' has more than one ':'.`, "A range is `A:B`, `A:` or `:B`.");
  return to === undefined ? null : { from: from.trim(), to: to.trim() };
}

/** What a range means where nothing is said about the repository. */
const anyRepository: Policy = { unrecordedTrees: "started" };

/**
 * The revisions of a range, newest first, both ends included.
 * @param state what is applied; null where no repository is looked at
 * @param range `A:B` as the user typed it; `current` stands for what is applied; without one, all trees
 * @throws InputError with the category as its code; `no-repository` for `current` without a repository
 */
export function historyOf(
  view: RevisionGraph,
  state: AppliedState | null,
  range: string | undefined,
): Revision[] {
  const ends = range === undefined ? { from: "", to: "" } : parseRange(range);
  if (ends === null)
    throw problem("bad-range-syntax", `'${range}' is no range.`, "A range is `A:B`, `A:` or `:B`.");
  if (state === null && (ends.from === "current" || ends.to === "current"))
    throw problem("no-repository", `'${range}' needs a repository.`, "Name one with --repo.");
  const standing = standingOf(view, state ?? { heads: new Map(), order: [] });
  const place: Place = { view, standing, policy: anyRepository };
  const low = lowEnds(place, ends);
  const high = highEnds(place, ends.to, low);
  const inside = reach(view.graph.downs, high);
  const outside = low.find((node) => !inside.has(node));
  if (outside !== undefined)
    throw problem("not-an-ancestor", `${idOf(view.graph, outside)} is not below '${ends.to}'.`);
  return revisionsAt(view, between(view, low, high, inside));
}

/** Nodes from some low ends (all, where there is none) up to some high ends, newest first. */
function between(
  view: RevisionGraph,
  low: readonly number[],
  high: readonly number[],
  inside: NodeSet,
): number[] {
  const { downs, ups, parents, children } = view.graph;
  if (low.length === 0) return newestFirst({ downs, ups, nodes: inside, tips: high });
  // Each tree by itself: what the low end of another tree depends on is not below that of its own.
  const below = reach(parents, low);
  for (const node of low) below.delete(node);
  const above = reach(children, low);
  const nodes = new NodeSet(view.graph.ids.length);
  const hidden = new NodeSet(view.graph.ids.length);
  for (const node of inside) {
    if (below.has(node)) continue;
    (above.has(node) ? nodes : hidden).add(node);
  }
  return newestFirst({ downs, ups, nodes, hidden, tips: high });
}

function lowEnds(place: Place, { from: text, to }: Range): number[] {
  const { view, standing } = place;
  if (text === "") return [];
  if (text === "current") return [...standing.heads.values()].flat();
  const target = parseTarget(place, text);
  const { scope, steps } = target;
  if (steps === null) {
    const [start, ...more] = absoluteNodes(place, target);
    return start === undefined ? lowestIn(view, target.scope) : [start, ...more];
  }
  const starts =
    target.symbol.kind === "here" ? startsBelow(place, target.scope, to) : [namedStart(place, target, text)];
  const parents = (node: number): readonly number[] => neighbours(view.graph.parents, node);
  const reached = starts.flatMap((start) => {
    const node = walk(place, { scope, steps }, text, start, parents, "stopped");
    if (node !== undefined || start === undefined) return node ?? [];
    // A tree that is shorter than the walk is shown from its beginning.
    return [...reach(view.graph.parents, [start])];
  });
  return [...new Set(reached)];
}

/** What `-n` counts from: the tips of each tree, or, where the range ends at what is applied, what each tree stands on. */
function startsBelow({ view, standing }: Place, scope: Scope, to: string): number[] {
  if (to !== "current") return scope.kind === "all" ? heads(view.graph) : tipsIn(view, standing, scope);
  const current = [...standing.heads.values()].flat();
  const inside = new Set(nodesIn(view, scope));
  return current.filter((node) => inside.has(node));
}

/** `MANAGER@base`: everything from the beginning of that tree. */
function lowestIn(view: RevisionGraph, scope: Scope): number[] {
  if (scope.kind === "all") return [];
  return bases(view.graph).filter((node) => managerOf(view, node) === scope.tree.manager);
}

function highEnds(place: Place, text: string, low: readonly number[]): number[] {
  const { view, standing } = place;
  if (text === "" || text === "heads") {
    const tips = effectiveHeads(view.graph);
    if (low.length === 0) return tips;
    const above = reach(view.graph.ups, low);
    return tips.filter((tip) => above.has(tip));
  }
  if (text === "current") return [...standing.heads.values()].flat();
  if (!/^[+]\d+$/.test(text) || low.length === 0) return upgradeGoals(place, text);
  // Counted from the low end, not from what is applied.
  const heads = new Map(low.map((node) => [managerOf(view, node), [node]]));
  return upgradeGoals({ ...place, standing: { ...standing, heads } }, text);
}

/**
 * The state as if some targets were applied and nothing else, for a plan that is made without a repository.
 * @param targets absolute ones, as `A` in `A:B`
 */
export function stateAt(view: RevisionGraph, targets: readonly string[]): AppliedState {
  const place: Place = {
    view,
    standing: standingOf(view, { heads: new Map(), order: [] }),
    policy: anyRepository,
  };
  const heads = new Map<string, string[]>();
  for (const node of targets.flatMap((text) => absoluteNodes(place, parseTarget(place, text)))) {
    const id = idOf(view.graph, node);
    const manager = managerOf(view, node);
    heads.set(manager, [...(heads.get(manager) ?? []), id]);
  }
  return { heads, order: [] };
}
