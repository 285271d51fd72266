import { ancestors, reach } from "../closure.js";
import { heads, idsOf, neighbours, nodesWhere } from "../graph.js";
import { newestFirst } from "../order.js";
import { problem } from "../problems.js";
import type { Revision } from "../revision.js";
import { topmost } from "../operations/downgrade.js";
import { nodeOf, type RevisionGraph, type Tree } from "./forest.js";
import { leadsSideways, revisionsOnRoute } from "./route.js";
import { type AppliedState, standingOf } from "./standing.js";
import { absoluteNodes, parseTarget, type Policy } from "./target.js";
import { tipsOfTree } from "./tips.js";

/**
 * The one revision that a name stands for: an id, a beginning of one, a label, a manager, a class, or any absolute target.
 * @throws InputError with the category as its code; `multiple-heads` where it stands for several
 */
export function resolveRevision(view: RevisionGraph, text: string): Revision {
  const standing = standingOf(view, { heads: new Map(), order: [] });
  const place = { view, standing, policy: { unrecordedTrees: "started" as const } };
  const target = parseTarget(place, text);
  const [found, ...others] = revisionsAt(view, absoluteNodes(place, target));
  if (target.steps !== null || found === undefined)
    throw problem("unknown-revision", `'${text}' stands for no revision.`);
  if (others.length === 0) return found;
  throw problem(
    "multiple-heads",
    `'${text}' stands for several revisions.`,
    "Name one: `godwit heads` shows them.",
  );
}

/** What trees stand on where some revisions (ids) are applied with all that they need, in other trees too; ids that no file has are left out. */
export function standingWith(view: RevisionGraph, ids: readonly string[]): string[] {
  const nodes = ids.map((id) => nodeOf(view, id)).filter((node) => node !== undefined);
  return idsOf(view.graph, topmost(view.graph, ancestors(view.graph, nodes)));
}

/** Revisions without children, in load order. */
export function headsOfGraph(view: RevisionGraph): Revision[] {
  return revisionsAt(view, heads(view.graph));
}

/** Revisions with several children, in load order. */
export function branchPointsOf(view: RevisionGraph): Revision[] {
  return revisionsAt(
    view,
    nodesWhere(view.graph, (node) => neighbours(view.graph.children, node).length > 1),
  );
}

/**
 * The tips of the branch that a tree stands on; of a tree of which nothing is applied, all its tips.
 * @param standsOn ids
 * @returns ids, sorted
 */
export function tipsOf(view: RevisionGraph, manager: string, standsOn: readonly string[]): string[] {
  const tree = view.trees.get(manager);
  if (tree === undefined) return [];
  const standing = standingOf(view, { heads: new Map([[manager, standsOn]]), order: [] });
  return idsOf(view.graph, tipsOfTree(view, standing, tree)).toSorted();
}

/** The way to the tip for a tree that stands on a line of its branch which only a switch leads on from; else null. */
function wayAround(
  view: RevisionGraph,
  tree: Tree,
  [head, ...others]: readonly number[],
  [tip, ...furtherTips]: readonly number[],
): number[] | null {
  if (head === undefined || tip === undefined || others.length + furtherTips.length > 0) return null;
  if (!leadsSideways(view, tree, head) || reach(view.graph.parents, [tip]).has(head)) return null;
  return revisionsOnRoute(view, tree, head, tip);
}

/** The headers of some nodes. */
export function revisionsAt(view: RevisionGraph, nodes: Iterable<number>): Revision[] {
  return Array.from(nodes, (node) => view.revisions[node]).filter((revision) => revision !== undefined);
}

/**
 * What `head` would still run, by manager: the ids between what a tree stands on and the tip of its branch, oldest first.
 * A placeholder cannot be run, so neither it nor what is above it counts.
 */
export function pending(view: RevisionGraph, state: AppliedState, policy: Policy): Map<string, string[]> {
  const standing = standingOf(view, state);
  const { parents, children } = view.graph;
  const covered = reach(parents, standing.applied);
  const byTree = new Map<string, string[]>();
  for (const tree of view.trees.values()) {
    const heads = standing.heads.get(tree.manager);
    const ids: string[] = [];
    byTree.set(tree.manager, ids);
    // A tree that stands on something no file has cannot tell what is above it.
    if (heads === undefined ? policy.unrecordedTrees === "left-alone" : heads.length === 0) continue;
    const tips = tipsOfTree(view, standing, tree);
    const sideways = wayAround(view, tree, heads ?? [], tips);
    if (sideways !== null) {
      ids.push(...idsOf(view.graph, sideways));
      continue;
    }
    const missing = tree.nodes.filter((node) => !covered.has(node));
    const open = reach(parents, tips, { has: (node) => !covered.has(node) });
    const blocked = reach(
      children,
      missing.filter((node) => view.revisions[node]?.placeholder !== null),
    );
    const order = newestFirst({ downs: parents, ups: children, nodes: open, tips }).toReversed();
    ids.push(
      ...idsOf(
        view.graph,
        order.filter((node) => !blocked.has(node)),
      ),
    );
  }
  return byTree;
}
