import { RefusedError } from "../../errors.js";
import { reach } from "../closure.js";
import { idOf, idsOf, neighbours } from "../graph.js";
import { withHeads } from "../step-heads.js";
import { newestFirst } from "../order.js";
import { problem } from "../problems.js";
import type { Step } from "../revision.js";
import { type AppliedEdges, appliedEdges, type UndoneSwitch } from "./applied-edges.js";
import { describeNode, managerOf, type RevisionGraph } from "./forest.js";
import { lastApplied } from "./last.js";
import { nodesIn, type Scope } from "./names.js";
import {
  type AppliedState,
  recordedParents,
  refuseUnknownHeads,
  type Standing,
  standingOf,
} from "./standing.js";
import { Positions } from "./steps.js";
import { absoluteNodes, namedStart, parseTarget, type Place, type Target, walk } from "./target.js";
import type { StepPlan } from "./upgrade.js";
import { valueAt, valueOf } from "../../known.js";

/**
 * Plans the way down to a target: everything above it is undone, with what depends on that in other trees, in the order of
 * what is recorded; what was reached over a switch goes back over it.
 * @param text as the user typed it
 * @throws InputError with the category as its code; RefusedError `irreversible-switch`
 */
export function planDowngrade(view: RevisionGraph, state: AppliedState, text: string): StepPlan {
  const standing = standingOf(view, state);
  const place: Place = { view, standing, policy: { unrecordedTrees: "left-alone" } };
  const target = parseTarget(place, text);
  refuseUnknownHeads(standing, state, concerned(view, state, target));
  const edges = appliedEdges(view, standing);
  const tops = nodesToUndo(place, edges, target, text);
  const nodes = reach(edges.ups, tops, standing.applied);
  refuseUnknownHeads(standing, state, new Set([...nodes].map((node) => managerOf(view, node))));
  const tips = [...standing.heads.values()].flat();
  const ordered = newestFirst({ ...edges, nodes, tips });
  const steps = stepsDown(view, standing, edges, ordered);
  return { steps, note: steps.length > 0 ? null : `Nothing to do: nothing above '${text}' is applied.` };
}

function concerned(view: RevisionGraph, state: AppliedState, { scope, symbol }: Target): string[] {
  if (scope.kind !== "all") return [scope.tree.manager];
  return symbol.kind === "node" ? [managerOf(view, symbol.node)] : [...state.heads.keys()];
}

/** The lowest revisions that have to go; everything above them goes, too. */
function nodesToUndo(place: Place, edges: AppliedEdges, target: Target, text: string): readonly number[] {
  const { view, standing } = place;
  const { scope, symbol, steps } = target;
  if (symbol.kind === "here") {
    if (steps !== null && steps < 0) return lastApplied(place, edges, scope, -steps, text);
    throw problem(
      "relative-out-of-range",
      `'${text}' does not lead down.`,
      "A downgrade takes `-1` and more.",
    );
  }
  const reached =
    steps === null
      ? onlyNode(view, absoluteNodes(place, target), text)
      : walk(place, { scope, steps }, text, namedStart(place, target, text), (node) =>
          standing.applied.has(node) ? recordedParents(standing, node) : neighbours(view.graph.parents, node),
        );
  if (reached === undefined) return bottoms(place, edges, treeScope(view, target));
  if (!standing.applied.has(reached))
    throw problem(
      "not-an-ancestor",
      `${describeNode(view, reached)} of ${managerOf(view, reached)} is not applied, so there is no way down to it.`,
    );
  return narrowed(place, edges, scope, reached);
}

function onlyNode(view: RevisionGraph, nodes: readonly number[], text: string): number | undefined {
  if (nodes.length > 1)
    throw problem(
      "multiple-heads",
      `'${text}' names several revisions: ${nodes.map((node) => describeNode(view, node)).join(", ")}.`,
      "Name one.",
    );
  return nodes[0];
}

/** The tree whose revision a walk down started from. */
function treeScope(view: RevisionGraph, { scope, symbol }: Target): Scope {
  if (scope.kind !== "all" || symbol.kind !== "node") return scope;
  return { kind: "tree", tree: valueOf(view.trees, managerOf(view, symbol.node)) };
}

/** What stands before `@`, with what is applied below it in its tree. */
function bottoms({ view, standing }: Place, edges: AppliedEdges, scope: Scope): readonly number[] {
  const members = nodesIn(view, scope);
  if (scope.kind === "all" || scope.kind === "tree") return members;
  const below = reach(
    edges.downs,
    members.filter((node) => standing.applied.has(node)),
  );
  return scope.tree.nodes.filter((node) => below.has(node));
}

/** What was reached from a revision; with a revision before `@`, only the lines that lead to that one. */
function narrowed({ view, standing }: Place, edges: AppliedEdges, scope: Scope, reached: number): number[] {
  const above = neighbours(edges.ups, reached).filter(
    (node) => standing.applied.has(node) && recordedParents(standing, node).includes(reached),
  );
  if (scope.kind !== "revision" || above.length < 2) return above;
  const line = reach(edges.downs, [scope.node], standing.applied);
  const kept = above.filter((node) => line.has(node));
  if (kept.length > 0) return kept;
  throw problem(
    "not-an-ancestor",
    `Nothing that was reached from ${describeNode(view, reached)} leads to ${describeNode(view, scope.node)}.`,
  );
}

function stepsDown(
  view: RevisionGraph,
  standing: Standing,
  edges: AppliedEdges,
  ordered: readonly number[],
): Step[] {
  const positions = new Positions(view, standing);
  // How many applied revisions were reached from each: a tree stands on what none is left of.
  const reached = new Uint32Array(view.graph.ids.length);
  for (const node of standing.applied)
    for (const parent of recordedParents(standing, node)) reached[parent] = valueAt(reached, parent) + 1;
  return ordered.map((node) => {
    const manager = managerOf(view, node);
    const parents = recordedParents(standing, node);
    for (const parent of parents) reached[parent] = valueAt(reached, parent) - 1;
    const heads = positions.move(
      manager,
      [node],
      parents.filter((parent) => reached[parent] === 0),
    );
    const undone = edges.undone.get(node);
    if (undone?.way === "back" && !undone.edge.reversible) throw irreversible(view, node, undone.to);
    return withHeads({ manager, ...undoing(view, node, parents, undone) }, heads);
  });
}

function undoing(
  view: RevisionGraph,
  node: number,
  parents: readonly number[],
  undone: UndoneSwitch | undefined,
): Omit<Step, "manager" | "heads"> {
  const { graph } = view;
  if (undone === undefined)
    return { direction: "down", revision: idOf(graph, node), from: idsOf(graph, parents) };
  const { edge, way, to } = undone;
  return { direction: "switch", revision: idOf(graph, to), from: [idOf(graph, node)], switch: { edge, way } };
}

function irreversible(view: RevisionGraph, node: number, to: number): RefusedError {
  return new RefusedError(
    "irreversible-switch",
    `The switch from ${describeNode(view, to)} to ${describeNode(view, node)} cannot be gone back over.`,
    { hint: "Go back to a backup or a copy that was made before it." },
  );
}
