import { idOf, idsOf, neighbours } from "../graph.js";
import { type HeadsAfter, StepHeads, withHeads } from "../step-heads.js";
import { problem } from "../problems.js";
import type { Step } from "../revision.js";
import type { Actions } from "./actions.js";
import { describeNode, managerOf, type RevisionGraph } from "./forest.js";
import type { Standing } from "./standing.js";
import type { Policy } from "./target.js";
import { valueAt } from "../../known.js";

/** What each tree stands on while a plan is carried out. */
export class Positions {
  readonly #ids: readonly string[];
  readonly #heads = new Map<string, StepHeads>();
  readonly #start: Standing["heads"];

  constructor(view: RevisionGraph, standing: Standing) {
    this.#ids = view.graph.ids;
    this.#start = standing.heads;
  }

  /** The trees that were moved. */
  moved(): Iterable<string> {
    return this.#heads.keys();
  }

  of(manager: string): ReadonlySet<number> {
    return this.#headsOf(manager).now;
  }

  /**
   * Moves a tree off some revisions and onto others.
   * @returns what it then stands on
   */
  move(manager: string, off: readonly number[], onto: readonly number[]): HeadsAfter {
    return this.#headsOf(manager).move(off, onto);
  }

  #headsOf(manager: string): StepHeads {
    const known = this.#heads.get(manager);
    if (known !== undefined) return known;
    const heads = new StepHeads(this.#start.get(manager) ?? [], this.#ids);
    this.#heads.set(manager, heads);
    return heads;
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
    const heads = positions.move(manager, from, [node]);
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
    const before = standing.heads.get(manager) ?? [];
    const heads = [...positions.of(manager)].toSorted((a, b) => a - b);
    const classes = new Set(
      heads.map((node) => valueAt(view.branchOf, node)).filter((branch) => branch !== null),
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
    if (heads.length > 1 && parallel === "refused" && heads.length > before.length)
      throw problem(
        "parallel-tips",
        `${manager} would stand on several revisions at once: ${names}.`,
        `Merge them first: \`godwit revision merge ${manager} ${idsOf(view.graph, heads).join(" ")}\`.`,
      );
  }
}
