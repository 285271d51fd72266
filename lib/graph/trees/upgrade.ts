import { NodeSet, reach } from "../closure.js";
import { idOf, neighbours } from "../graph.js";
import { newestFirst } from "../order.js";
import { enumerate, problem } from "../problems.js";
import type { Step } from "../revision.js";
import { Actions } from "./actions.js";
import { describeNode, managerOf, type RevisionGraph, switchNeeds, type Tree } from "./forest.js";
import { leadsSideways, shortestRoute } from "./route.js";
import { type AppliedState, refuseUnknownHeads, type Standing, standingOf } from "./standing.js";
import { Positions, refuseMixedHeads, stepsUp } from "./steps.js";
import { parseTarget, type Place, type Policy, upgradeGoals } from "./target.js";
import { valueAt, valueOf } from "../../known.js";

/** What to do, in order. */
export interface StepPlan {
  readonly steps: readonly Step[];
  /** Why there are no steps; null where there are some. */
  readonly note: string | null;
}

/**
 * Plans the way up to some targets: what they need and is not applied, with what it depends on in other trees, and over
 * switches where a target is on another branch of its tree.
 * @param targets as the user typed them; none means `head`
 * @throws InputError with the category as its code
 */
export function planUpgrade(
  view: RevisionGraph,
  state: AppliedState,
  targets: readonly string[],
  policy: Policy,
): StepPlan {
  const standing = standingOf(view, state);
  const place: Place = { view, standing, policy };
  const texts = targets.length === 0 ? ["head"] : [...new Set(targets)];
  refuseUnknownHeads(standing, state, managersOf(place, state, texts));
  const goals = texts.map((text) => upgradeGoals(place, text));
  refuseOverlap(view, texts, goals);
  const planner = new UpgradePlanner(view, standing);
  const unique = [...new Set(goals.flat())];
  for (const goal of unique) planner.reach(goal);
  planner.settle();
  refuseUnknownHeads(standing, state, planner.managers());
  const positions = new Positions(view, standing);
  const steps = stepsUp(view, positions, planner.actions, planner.ordered());
  refuseMixedHeads(view, standing, positions, policy);
  return { steps, note: steps.length > 0 ? null : nothingToDo(view, unique) };
}

function nothingToDo(view: RevisionGraph, goals: readonly number[]): string {
  const names = goals.map((goal) => `${idOf(view.graph, goal)} of ${managerOf(view, goal)}`);
  return names.length === 0
    ? "Nothing to do."
    : `Nothing to do: ${enumerate(names, 10)} ${names.length === 1 ? "is" : "are"} applied already.`;
}

/** The trees whose position a target is counted from. */
function managersOf(place: Place, state: AppliedState, texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const { scope, symbol } = parseTarget(place, text);
    if (scope.kind !== "all") return [scope.tree.manager];
    return symbol.kind === "node" ? [managerOf(place.view, symbol.node)] : [...state.heads.keys()];
  });
}

/** Two targets, one of which is on the way to the other, are taken for a mistake. */
function refuseOverlap(
  view: RevisionGraph,
  texts: readonly string[],
  goals: readonly (readonly number[])[],
): void {
  if (texts.length < 2) return;
  for (const [at, nodes] of goals.entries()) {
    const below = reach(view.graph.parents, nodes);
    for (const [other, others] of goals.entries()) {
      const overlap =
        other === at ? undefined : others.find((node) => below.has(node) && !nodes.includes(node));
      if (overlap === undefined) continue;
      throw problem(
        "overlapping-revisions",
        `The target '${texts[other]}' (${idOf(view.graph, overlap)}) is on the way to '${texts[at]}'.`,
        `Name '${texts[at]}' alone.`,
      );
    }
  }
}

interface Landing {
  readonly action: number;
  /** What the landing stands for: the revision itself and those below it. */
  readonly below: NodeSet;
}

class UpgradePlanner {
  readonly actions: Actions;
  readonly #view: RevisionGraph;
  readonly #standing: Standing;
  /** Applied, or below something applied. */
  readonly #covered: NodeSet;
  /** What the trees stand on, and what is below it. */
  readonly #below: NodeSet;
  readonly #wanted: NodeSet;
  readonly #crossings: number[] = [];
  readonly #goals: number[] = [];
  readonly #landings = new Map<string, Landing[]>();
  readonly #unsettled: number[] = [];

  constructor(view: RevisionGraph, standing: Standing) {
    this.#view = view;
    this.#standing = standing;
    this.actions = new Actions(view.graph);
    this.#covered = reach(view.graph.parents, standing.applied);
    this.#below = reach(view.graph.parents, [...standing.heads.values()].flat());
    this.#wanted = new NodeSet(view.graph.ids.length);
  }

  managers(): string[] {
    return [...new Set([...this.#wanted].map((node) => managerOf(this.#view, node)))];
  }

  /** Takes a revision, and what it needs within its tree, into the plan. */
  reach(goal: number): void {
    if (this.#below.has(goal) || this.#wanted.has(goal)) return;
    const tree = valueOf(this.#view.trees, managerOf(this.#view, goal));
    const heads = this.#standing.heads.get(tree.manager) ?? [];
    if (this.#isAbove(tree, goal, heads)) this.#climb(goal, this.#covered);
    else this.#cross(tree, heads, goal);
    if (this.#wanted.has(goal)) this.#goals.push(goal);
  }

  /** Takes in what the plan depends on in other trees. */
  settle(): void {
    const { graph } = this.#view;
    for (let node = this.#unsettled.pop(); node !== undefined; node = this.#unsettled.pop())
      for (const needed of neighbours(graph.dependsOn, node)) this.#depend(node, needed);
  }

  /** The actions of the plan, in the order in which they run. */
  ordered(): number[] {
    const nodes = new NodeSet(this.actions.size, this.#wanted);
    for (const crossing of this.#crossings) nodes.add(crossing);
    const { downs, ups } = this.actions;
    return newestFirst({ downs, ups, nodes, tips: [...this.#goals, ...this.#crossings] }).toReversed();
  }

  #isAbove(tree: Tree, goal: number, heads: readonly number[]): boolean {
    const branch = valueAt(this.#view.branchOf, goal);
    const others = heads.filter((head) => {
      const current = valueAt(this.#view.branchOf, head);
      return (
        branch !== null && current !== null && (current !== branch || leadsSideways(this.#view, tree, head))
      );
    });
    if (others.length === 0) return true;
    const below = reach(this.#view.graph.parents, [goal]);
    return others.every((head) => below.has(head));
  }

  /** Takes in a revision and those below it, down to what is reached already; returns what is new. */
  #climb(goal: number, reached: NodeSet): number[] {
    const open = [goal];
    const taken: number[] = [];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (reached.has(node) || this.#wanted.has(node)) continue;
      this.#wanted.add(node);
      this.#unsettled.push(node);
      taken.push(node);
      open.push(...neighbours(this.#view.graph.parents, node));
    }
    return taken;
  }

  #cross(tree: Tree, heads: readonly number[], goal: number): void {
    const [start, ...others] = heads;
    if (start === undefined || others.length > 0 || this.#landings.has(tree.manager))
      throw problem(
        "no-switch",
        `${tree.manager} cannot go over a switch to ${describeNode(this.#view, goal)} from more than one revision.`,
        "Bring the tree to one revision first.",
      );
    let landing: Landing | undefined;
    const landings: Landing[] = [];
    for (const crossing of shortestRoute(this.#view, tree, start, goal)) {
      this.#climbFrom(landing, crossing.from);
      const needs = this.#wanted.has(crossing.from)
        ? [crossing.from]
        : landing === undefined
          ? []
          : [landing.action];
      const action = this.actions.cross(crossing, needs);
      this.#crossings.push(action);
      landing = { action, below: reach(this.#view.graph.parents, [crossing.to]) };
      landings.push(landing);
      this.#landings.set(tree.manager, landings);
      for (const needed of switchNeeds(this.#view, crossing.edge)) this.#depend(action, needed);
    }
    this.#climbFrom(landing, goal);
  }

  /** Climbs behind a crossing: everything then needs the crossing instead of what it stands for. */
  #climbFrom(landing: Landing | undefined, goal: number): void {
    if (landing === undefined) {
      this.#climb(goal, this.#covered);
      return;
    }
    for (const node of this.#climb(goal, landing.below)) {
      const needs = this.actions.needs(node).filter((down) => !landing.below.has(down));
      this.actions.require(node, [...needs, landing.action]);
    }
  }

  #depend(action: number, needed: number): void {
    if (this.#covered.has(needed)) return;
    const landings = this.#landings.get(managerOf(this.#view, needed)) ?? [];
    const landing = landings.find(({ below }) => below.has(needed));
    if (landing === undefined) this.reach(needed);
    const need = landing?.action ?? needed;
    if (!this.actions.needs(action).includes(need))
      this.actions.require(action, [...this.actions.needs(action), need]);
  }
}
