import { RefusedError } from "../../errors.js";
import { NodeSet, reach } from "../closure.js";
import { idOf, neighbours } from "../graph.js";
import { problem } from "../problems.js";
import type { AppliedEdges } from "./applied-edges.js";
import { describeNode, managerOf } from "./forest.js";
import { nodesIn, type Scope, scopeName } from "./names.js";
import type { Place } from "./target.js";

/**
 * The steps that were applied last: of the whole repository by recorded order, or of what stands before `@`.
 * @param count how many
 * @returns the nodes to undo
 * @throws RefusedError `order-unknown` with the commands to type, where the order of application is not known
 * @throws InputError `relative-out-of-range` where fewer are applied
 */
export function lastApplied(
  place: Place,
  edges: AppliedEdges,
  scope: Scope,
  count: number,
  text: string,
): number[] {
  const { view, standing } = place;
  const left = new NodeSet(view.graph.ids.length, standing.applied);
  const undone: number[] = [];
  for (let step = 0; step < count; step++) {
    const candidates = lastOf(place, edges, scope, left);
    const [last, ...others] = candidates;
    if (last === undefined) throw tooFar(place, scope, text, step);
    if (others.length > 0) throw unknownOrder(place, scope, candidates, text);
    undone.push(last);
    for (const node of reach(edges.ups, [last], standing.applied)) left.delete(node);
  }
  return undone;
}

/** The revisions on top that were applied last: one, unless they share their place in the order. */
function lastOf({ view, standing }: Place, edges: AppliedEdges, scope: Scope, left: NodeSet): number[] {
  const inside = scope.kind === "all" || scope.kind === "tree" ? undefined : new Set(nodesIn(view, scope));
  const tops = [...standing.heads.entries()]
    .filter(([manager]) => scope.kind === "all" || scope.tree.manager === manager)
    .flatMap(([, heads]) => topsBelow(heads, edges, left, view))
    .filter((node) => inside?.has(node) !== false);
  // What no row tells of came before everything else.
  const sequence = (node: number): bigint => standing.sequence.get(node) ?? -1n;
  const latest = tops.reduce((last, node) => (sequence(node) > last ? sequence(node) : last), -1n);
  return [...new Set(tops)].filter((node) => sequence(node) === latest);
}

/** What a tree stands on once some of it is undone. */
function topsBelow(
  heads: readonly number[],
  edges: AppliedEdges,
  left: NodeSet,
  view: Place["view"],
): number[] {
  const tops: number[] = [];
  const open = [...heads];
  const seen = new Set<number>();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const manager = managerOf(view, node);
    if (left.has(node)) {
      if (!neighbours(edges.ups, node).some((up) => left.has(up) && managerOf(view, up) === manager))
        tops.push(node);
      continue;
    }
    open.push(...neighbours(edges.downs, node).filter((down) => managerOf(view, down) === manager));
  }
  return tops;
}

function tooFar(
  { standing, view }: Place,
  scope: Scope,
  text: string,
  undone: number,
): ReturnType<typeof problem> {
  if (
    undone === 0 &&
    scope.kind !== "all" &&
    scope.kind !== "tree" &&
    (standing.heads.get(scope.tree.manager) ?? []).length > 0
  )
    return problem(
      "ambiguous-start",
      `${scope.tree.manager} does not stand on ${scopeName(view, scope)}, so there is nothing to count from.`,
    );
  return problem(
    "relative-out-of-range",
    `'${text}' leads past the first revision: only ${undone} can be undone.`,
  );
}

function unknownOrder(
  { view }: Place,
  scope: Scope,
  candidates: readonly number[],
  text: string,
): RefusedError {
  const managers = [...new Set(candidates.map((node) => managerOf(view, node)))];
  const steps = text.slice(text.search(/-\d+$/));
  const commands =
    scope.kind === "all" && managers.length === candidates.length
      ? managers.map((manager) => `godwit downgrade ${manager}@${steps}`)
      : candidates.map((node) => `godwit downgrade ${idOf(view.graph, node)}-1`);
  return new RefusedError(
    "order-unknown",
    `Which of these was applied last is not recorded: ${candidates.map((node) => `${describeNode(view, node)} of ${managerOf(view, node)}`).join(", ")}.`,
    { hint: commands.join("\n") },
  );
}
