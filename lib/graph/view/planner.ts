/** Steps are gathered one by one, each on the heads that those before it leave. */
import type { Revision, Step, Switch } from "../revision.js";
import { findWay } from "./ways.js";
import { ancestorsOf } from "./trees.js";
import type { RevisionGraph } from "./trees.js";

/** What a repository says of itself. */
export interface AppliedState {
  /** Heads of each started tree. */
  readonly heads: ReadonlyMap<string, readonly string[]>;
  /** Rows of the version tables; rows that were recorded together share a `seq`. */
  readonly order: readonly AppliedRow[];
}

export interface AppliedRow {
  readonly seq: bigint;
  readonly manager: string;
  readonly revision: string;
  readonly parent: string | null;
  readonly kind: string;
}

/** How targets are read for a kind of repository. */
export interface Policy {
  /** Whether a tree whose manager the repository does not record is left alone by `head`, or started. */
  readonly unrecordedTrees: "left-alone" | "started";
}

/** An ordered list of steps. */
export interface StepPlan {
  readonly steps: readonly Step[];
  /** Why there are none. */
  readonly note: string | null;
}

/** Gathers steps. */
export class Planner {
  readonly steps: Step[] = [];
  readonly #graph: RevisionGraph;
  readonly #heads: Map<string, readonly string[]>;
  readonly #applied: Map<string, Set<string>>;
  /** Where a revision was reached from, where that was over a switch. */
  readonly #switchedFrom: ReadonlyMap<string, string>;

  constructor(graph: RevisionGraph, state: AppliedState) {
    this.#graph = graph;
    this.#heads = new Map(
      [...state.heads].map(([manager, ids]) => [manager, ids.map((id) => graph.revision(id)?.id ?? id)]),
    );
    this.#applied = new Map([...this.#heads].map(([manager, ids]) => [manager, ancestorsOf(graph, ids)]));
    this.#switchedFrom = new Map(
      state.order.flatMap(({ revision, parent, kind }) =>
        kind === "switch" && parent !== null ? [[revision, parent]] : [],
      ),
    );
  }

  heads(manager: string): readonly string[] {
    return this.#heads.get(manager) ?? [];
  }

  isApplied({ id, manager }: Revision): boolean {
    return this.#applied.get(manager)?.has(id) === true;
  }

  /**
   * Plans everything that a revision needs, and the revision.
   * @throws InputError `no-way` where another class stands in between
   */
  reach(target: Revision): void {
    if (this.isApplied(target)) return;
    const head = this.#otherClass(target);
    if (head !== null) {
      this.#followWay(head, target);
      return;
    }
    for (const revision of this.#missing(target)) this.#applyUp(revision);
  }

  /** The head of a tree that stands on another class than the target, which the target does not descend from. */
  #otherClass(target: Revision): Revision | null {
    const [head] = this.heads(target.manager).flatMap((id) => this.#graph.revision(id) ?? []);
    if (head === undefined || head.branch === null || target.branch === null || head.branch === target.branch)
      return null;
    return ancestorsOf(this.#graph, [target.id]).has(head.id) ? null : head;
  }

  #followWay(head: Revision, target: Revision): void {
    for (const move of findWay(this.#graph, head, target)) {
      switch (move.kind) {
        case "up":
          this.reachDependencies(move.to);
          this.#applyUp(move.to);
          break;
        case "down":
          this.down(move.from);
          break;
        case "forth":
        case "back":
          this.#applySwitch(move.edge, move.kind);
          break;
      }
    }
  }

  reachDependencies(revision: Revision): void {
    for (const needed of this.#graph.dependencies(revision.id)) this.reach(needed);
  }

  /** What is missing for a target, through parents and dependencies, in an order in which it can run. Iterative: chains may be long. */
  #missing(target: Revision): Revision[] {
    const order: Revision[] = [];
    const state = new Map<string, "open" | "done">();
    const stack: Revision[] = [target];
    while (stack.length > 0) {
      const revision = stack.at(-1);
      if (revision === undefined) break;
      if (this.isApplied(revision) || state.get(revision.id) === "done") {
        stack.pop();
        continue;
      }
      if (state.get(revision.id) === "open") {
        state.set(revision.id, "done");
        order.push(revision);
        stack.pop();
        continue;
      }
      state.set(revision.id, "open");
      const needed = [...parentsOf(this.#graph, revision), ...this.#graph.dependencies(revision.id)];
      for (const one of needed.toReversed()) {
        if (state.get(one.id) !== undefined || this.isApplied(one)) continue;
        if (this.#otherClass(one) === null) stack.push(one);
        else this.reach(one);
      }
    }
    return order;
  }

  #applyUp(revision: Revision): void {
    const { id, manager } = revision;
    const from = parentsOf(this.#graph, revision).map((parent) => parent.id);
    const heads = [...this.heads(manager).filter((head) => !from.includes(head)), id];
    this.#move(manager, heads);
    this.steps.push({ direction: "up", manager, revision: id, from, heads: heads.toSorted() });
  }

  #applySwitch(edge: Switch, way: "forth" | "back"): void {
    const { manager } = edge;
    const from = way === "forth" ? edge.from : edge.to;
    const to = way === "forth" ? edge.to : edge.from;
    const target = this.#graph.revision(to);
    if (way === "forth" && target !== undefined) this.reachDependencies(target);
    for (const name of way === "forth" ? edge.dependsOn : []) {
      const needed = this.#graph.revision(name) ?? this.#graph.labelled(name);
      if (needed !== undefined) this.reach(needed);
    }
    this.#move(manager, [to]);
    this.steps.push({
      direction: "switch",
      manager,
      revision: to,
      from: [from],
      switch: { edge, way },
      heads: [to],
    });
  }

  /** Plans to go back over a switch, from the revision that it leads to. */
  back(edge: Switch): void {
    this.#applySwitch(edge, "back");
  }

  /** Plans to undo one revision, which must be a head; back over the switch where it was reached by one. */
  down(revision: Revision): void {
    const { id, manager } = revision;
    const edge = this.#switchInto(revision);
    if (edge !== null) {
      this.#applySwitch(edge, "back");
      return;
    }
    const parents = parentsOf(this.#graph, revision).map((parent) => parent.id);
    const others = this.heads(manager).filter((head) => head !== id);
    const covered = ancestorsOf(this.#graph, others);
    const heads = [...others, ...parents.filter((parent) => !covered.has(parent))];
    this.#move(manager, heads);
    this.steps.push({ direction: "down", manager, revision: id, from: parents, heads: heads.toSorted() });
  }

  #switchInto({ id }: Revision): Switch | null {
    const from = this.#switchedFrom.get(id);
    if (from === undefined) return null;
    return this.#graph.switches.find((edge) => edge.to === id && edge.from === from) ?? null;
  }

  /** What is below a head: the revision that a switch came from, or the parents. */
  below(revision: Revision): readonly Revision[] {
    const edge = this.#switchInto(revision);
    if (edge !== null) return [this.#graph.revision(edge.from) ?? []].flat();
    return parentsOf(this.#graph, revision);
  }

  #move(manager: string, heads: readonly string[]): void {
    this.#heads.set(manager, heads);
    this.#applied.set(manager, ancestorsOf(this.#graph, heads));
  }
}

function parentsOf(graph: RevisionGraph, revision: Revision): Revision[] {
  return revision.parents.flatMap((id) => graph.revision(id) ?? []);
}
