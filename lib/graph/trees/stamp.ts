import { reach } from "../closure.js";
import { idsOf, neighbours } from "../graph.js";
import { problem } from "../problems.js";
import { describeNode, managerOf, type RevisionGraph } from "./forest.js";
import { type AppliedState, refuseUnknownHeads, standingOf } from "./standing.js";
import { absoluteNodes, parseTarget, type Place, type Policy, type Target } from "./target.js";
import { valueAt } from "../../known.js";

/** What a tree is recorded to stand on. */
export interface StampedHeads {
  readonly manager: string;
  /** Ids, sorted; empty where nothing of the tree is applied. */
  readonly heads: readonly string[];
}

/** How a stamp treats what is recorded; `purge` forgets everything first, so that trees that no target names end empty. */
export interface StampPolicy extends Policy {
  readonly rows: "keep" | "purge";
}

/**
 * Plans to record some targets as applied without running anything. Each tree that a target names stands on these targets
 * alone afterwards; other trees are left as they are.
 * @param targets absolute ones, as the user typed them
 * @returns the trees that change, sorted by manager
 * @throws InputError with the category as its code
 */
export function planStamp(
  view: RevisionGraph,
  state: AppliedState,
  targets: readonly string[],
  policy: StampPolicy,
): StampedHeads[] {
  const known: AppliedState = policy.rows === "purge" ? { heads: new Map(), order: [] } : state;
  const place: Place = { view, standing: standingOf(view, known), policy };
  const heads = new Map<string, Set<number>>();
  if (policy.rows === "purge") for (const manager of state.heads.keys()) heads.set(manager, new Set());
  const named = new Set<string>();
  const name = (manager: string, nodes: readonly number[]): void => {
    const known = named.has(manager) ? heads.get(manager) : undefined;
    if (known === undefined) heads.set(manager, new Set(nodes));
    else for (const node of nodes) known.add(node);
    named.add(manager);
  };
  for (const text of targets) {
    const target = absolute(place, text);
    if (target.symbol.kind === "base") for (const manager of emptied(state, target)) name(manager, []);
    if (target.symbol.kind === "head" || target.symbol.kind === "heads")
      refuseUnknownHeads(
        place.standing,
        known,
        followed(known, target),
        "name the revision that it really stands on in place of a tip",
      );
    for (const node of absoluteNodes(place, target)) name(managerOf(view, node), [node]);
  }
  return [...heads]
    .map(([manager, nodes]) => stamped(view, manager, [...nodes], policy))
    .toSorted((a, b) => (a.manager < b.manager ? -1 : 1));
}

/** The trees whose branch decides what `head` means. */
function followed(state: AppliedState, { scope }: Target): Iterable<string> {
  return scope.kind === "all" ? state.heads.keys() : [scope.tree.manager];
}

function absolute(place: Place, text: string): Target {
  const target = parseTarget(place, text);
  if (target.steps === null) return target;
  throw problem(
    "relative-out-of-range",
    `'${text}' is a relative target, and a stamp records an absolute one.`,
    "Name a revision, a version, `head` or `base`.",
  );
}

function emptied(state: AppliedState, { scope }: Target): Iterable<string> {
  return scope.kind === "all" ? state.heads.keys() : [scope.tree.manager];
}

function stamped(
  view: RevisionGraph,
  manager: string,
  nodes: readonly number[],
  policy: StampPolicy,
): StampedHeads {
  const { parents } = view.graph;
  const below = reach(
    parents,
    nodes.flatMap((node) => neighbours(parents, node)),
  );
  const node = nodes.find((one) => below.has(one));
  if (node !== undefined) {
    const above = nodes.filter((one) => one !== node && reach(parents, [one]).has(node));
    throw problem(
      "overlapping-revisions",
      `${describeNode(view, node)} is below ${describeNode(view, valueAt(above, 0))}: naming the upper one is enough.`,
    );
  }
  const parallel = policy.parallelTips ?? (policy.unrecordedTrees === "started" ? "allowed" : "refused");
  if (nodes.length > 1 && parallel === "refused")
    throw problem(
      "parallel-tips",
      `${manager} would stand on several revisions at once: ${nodes.map((node) => describeNode(view, node)).join(" and ")}.`,
      "Name one of them.",
    );
  return { manager, heads: idsOf(view.graph, nodes).toSorted() };
}
