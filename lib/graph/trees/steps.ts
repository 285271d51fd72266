import { idOf, idsOf, neighbours } from "../graph.js";
import { type HeadsAfter, StepHeads, withHeads } from "../step-heads.js";
import { problem } from "../problems.js";
import type { Step } from "../revision.js";
import type { Actions } from "./actions.js";
import { describeNode, managerOf, type RevisionGraph } from "./forest.js";
import type { Standing } from "./standing.js";
import type { Policy } from "./target.js";

/** What each tree stands on while a plan is carried out. */
export class Positions {
  readonly #view: RevisionGraph;
  readonly #heads = new Map<string, Set<number>>();
  readonly #logs = new Map<string, StepHeads>();

  constructor(view: RevisionGraph, standing: Standing) {
    this.#view = view;
    for (const [manager, heads] of standing.heads) this.#heads.set(manager, new Set(heads));
  }

  /** The trees that were moved. */
  moved(): Iterable<string> {
    return this.#logs.keys();
  }

  of(manager: string): Set<number> {
    const heads = this.#heads.get(manager) ?? new Set<number>();
    this.#heads.set(manager, heads);
    return heads;
  }

  /**
   * Moves a tree off some revisions and onto others.
   * @returns what it then stands on
   */
  move(manager: string, off: readonly number[], onto: readonly number[]): HeadsAfter {
    const heads = this.of(manager);
    const log = this.#logs.get(manager) ?? new StepHeads(idsOf(this.#view.graph, heads));
    this.#logs.set(manager, log);
    for (const node of off) heads.delete(node);
    for (const node of onto) heads.add(node);
    return log.move(idsOf(this.#view.graph, off), idsOf(this.#view.graph, onto));
  }
}

/** The steps that carry out actions on the way up, in their order. */
export function stepsUp(
  view: RevisionGraph,
  positions: Positions,
  actions: Actions,
  ordered: readonly number[],
): Step[] {
  return ordered.map((action) => {
    const crossing = actions.crossing(action);
    const node = crossing?.to ?? action;
    const manager = managerOf(view, node);
    const from = crossing === undefined ? neighbours(view.graph.parents, node) : [crossing.from];
    const heads = positions.move(manager, crossing === undefined ? from : [...positions.of(manager)], [node]);
    const step = { manager, revision: idOf(view.graph, node), from: idsOf(view.graph, from) };
    if (crossing === undefined) return withHeads({ ...step, direction: "up" as const }, heads);
    const { edge, way } = crossing;
    return withHeads({ ...step, direction: "switch" as const, switch: { edge, way } }, heads);
  });
}

/** Stops a plan that would leave a tree on two classes, or on two revisions where that is not possible. */
export function refuseMixedHeads(
  view: RevisionGraph,
  standing: Standing,
  positions: Positions,
  policy: Policy,
): void {
  const parallel = policy.parallelTips ?? (policy.unrecordedTrees === "started" ? "allowed" : "refused");
  for (const manager of positions.moved()) {
    const heads = [...positions.of(manager)].toSorted((a, b) => a - b);
    const classes = new Set(
      heads.map((node) => view.branchOf[node] ?? null).filter((branch) => branch !== null),
    );
    const names = heads
      .slice(0, 5)
      .map((node) => describeNode(view, node))
      .join(" and ");
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
        `Merge them first: \`godwit revision merge ${idsOf(view.graph, heads).join(" ")}\`.`,
      );
  }
}
