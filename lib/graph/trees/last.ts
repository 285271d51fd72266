import { RefusedError } from "../../errors.js";
import { NodeSet } from "../closure.js";
import { idOf, neighbours } from "../graph.js";
import { problem } from "../problems.js";
import type { AppliedEdges } from "./applied-edges.js";
import { describeNode, managerOf, type RevisionGraph } from "./forest.js";
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
  const remainder = new Remainder(place, edges);
  const undone: number[] = [];
  for (let step = 0; step < count; step++) {
    const candidates = lastOf(place, scope, remainder.tops);
    const [last, ...others] = candidates;
    if (last === undefined) throw tooFar(place, scope, text, step);
    if (others.length > 0) throw unknownOrder(place, candidates, text);
    undone.push(last);
    remainder.undo(last);
  }
  return undone;
}

/** What is left while steps are undone. */
class Remainder {
  /** What the trees stand on. */
  readonly tops: Set<number>;
  readonly #view: RevisionGraph;
  readonly #edges: AppliedEdges;
  readonly #left: NodeSet;

  constructor({ view, standing }: Place, edges: AppliedEdges) {
    this.tops = new Set([...standing.heads.values()].flat());
    this.#view = view;
    this.#edges = edges;
    this.#left = new NodeSet(view.graph.ids.length, standing.applied);
  }

  /** Takes a revision out, and all that needs it. */
  undo(start: number): void {
    const gone: number[] = [];
    const open = [start];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (!this.#left.has(node)) continue;
      this.#left.delete(node);
      this.tops.delete(node);
      gone.push(node);
      open.push(...neighbours(this.#edges.ups, node));
    }
    for (const node of gone)
      for (const down of neighbours(this.#edges.downs, node))
        if (this.#isTop(down, node)) this.tops.add(down);
  }

  /** Whether a tree stands on a node, now that one above it is gone. */
  #isTop(node: number, gone: number): boolean {
    const manager = managerOf(this.#view, node);
    if (!this.#left.has(node) || managerOf(this.#view, gone) !== manager) return false;
    return !neighbours(this.#edges.ups, node).some(
      (up) => this.#left.has(up) && managerOf(this.#view, up) === manager,
    );
  }
}

/** The revisions on top that were applied last: one, unless they share their place in the order. */
function lastOf({ view, standing }: Place, scope: Scope, all: ReadonlySet<number>): number[] {
  const inside = scope.kind === "all" || scope.kind === "tree" ? undefined : new Set(nodesIn(view, scope));
  const tops = [...all].filter(
    (node) =>
      (scope.kind === "all" || managerOf(view, node) === scope.tree.manager) && inside?.has(node) !== false,
  );
  // What no row tells of came before everything else.
  const sequence = (node: number): bigint => standing.sequence.get(node) ?? -1n;
  const latest = tops.reduce((last, node) => (sequence(node) > last ? sequence(node) : last), -1n);
  return tops.filter((node) => sequence(node) === latest);
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

/** Several trees are candidates only where none is named: `text` is `-n` alone. */
function unknownOrder({ view }: Place, candidates: readonly number[], text: string): RefusedError {
  const managers = [...new Set(candidates.map((node) => managerOf(view, node)))];
  const commands =
    managers.length === candidates.length
      ? managers.map((manager) => `godwit downgrade ${manager}@${text}`)
      : candidates.map((node) => `godwit downgrade ${idOf(view.graph, node)}-1`);
  return new RefusedError(
    "order-unknown",
    `Which of these was applied last is not recorded: ${candidates.map((node) => `${describeNode(view, node)} of ${managerOf(view, node)}`).join(", ")}.`,
    { hint: commands.join("\n") },
  );
}
