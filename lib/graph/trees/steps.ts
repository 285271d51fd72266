import { idOf, idsOf, neighbours } from "../graph.js";
import { problem } from "../problems.js";
import type { Step } from "../revision.js";
import type { Actions } from "./actions.js";
import { describeNode, managerOf, nodeOf, type RevisionGraph } from "./forest.js";
import type { Standing } from "./standing.js";
import type { Policy } from "./target.js";

/** What each tree stands on while a plan is carried out. */
export class Positions {
  readonly #view: RevisionGraph;
  readonly #heads = new Map<string, Set<number>>();

  constructor(view: RevisionGraph, standing: Standing) {
    this.#view = view;
    for (const [manager, heads] of standing.heads) this.#heads.set(manager, new Set(heads));
  }

  of(manager: string): Set<number> {
    const heads = this.#heads.get(manager) ?? new Set<number>();
    this.#heads.set(manager, heads);
    return heads;
  }

  /** Ids, sorted. */
  idsOf(manager: string): string[] {
    return idsOf(this.#view.graph, this.of(manager)).toSorted();
  }
}

/** The steps that carry out actions on the way up, in their order. */
export function stepsUp(
  view: RevisionGraph,
  standing: Standing,
  actions: Actions,
  ordered: readonly number[],
): Step[] {
  const positions = new Positions(view, standing);
  return ordered.map((action) => {
    const crossing = actions.crossing(action);
    const node = crossing?.to ?? action;
    const manager = managerOf(view, node);
    const heads = positions.of(manager);
    const from = crossing === undefined ? neighbours(view.graph.parents, node) : [crossing.from];
    if (crossing === undefined) for (const parent of from) heads.delete(parent);
    else heads.clear();
    heads.add(node);
    const step = {
      manager,
      revision: idOf(view.graph, node),
      from: idsOf(view.graph, from),
      heads: positions.idsOf(manager),
    };
    if (crossing === undefined) return { ...step, direction: "up" as const };
    return { ...step, direction: "switch" as const, switch: { edge: crossing.edge, way: crossing.way } };
  });
}

/** Stops a plan that would leave a tree on two classes, or on two revisions where that is not possible. */
export function refuseMixedHeads(
  view: RevisionGraph,
  standing: Standing,
  steps: readonly Step[],
  policy: Policy,
): void {
  const last = new Map(steps.map((step) => [step.manager, step.heads]));
  const parallel = policy.parallelTips ?? (policy.unrecordedTrees === "started" ? "allowed" : "refused");
  for (const [manager, ids] of last) {
    const heads = ids.map((id) => nodeOf(view, id)).filter((node) => node !== undefined);
    const classes = new Set(
      heads.map((node) => view.branchOf[node] ?? null).filter((branch) => branch !== null),
    );
    const names = heads.map((node) => describeNode(view, node)).join(" and ");
    if (classes.size > 1)
      throw problem(
        "no-switch",
        `${manager} would stand on several branches at once: ${names}.`,
        "Name one of them.",
      );
    if (
      heads.length > 1 &&
      parallel === "refused" &&
      heads.length > (standing.heads.get(manager)?.length ?? 0)
    )
      throw problem(
        "parallel-tips",
        `${manager} would stand on several revisions at once: ${names}.`,
        `Merge them first: \`godwit revision merge ${ids.join(" ")}\`.`,
      );
  }
}
