import { reach } from "../closure.js";
import { idOf } from "../graph.js";
import { problem } from "../problems.js";
import type { Crossing } from "./actions.js";
import { describeNode, type RevisionGraph, type Tree } from "./forest.js";
import { valueAt, valueOf } from "../../known.js";

/** A way over switches, and how many steps it takes, those over switches included. */
interface Route {
  readonly crossings: readonly Crossing[];
  readonly steps: number;
}

/** Less than 0 where a way is shorter than another. */
function compareRoutes(one: Route, other: Route): number {
  return one.steps - other.steps || one.crossings.length - other.crossings.length;
}

/**
 * The shortest way from a revision to one on another branch or line: up along the branch, over a switch, and on. Of ways with as
 * many steps, the one over the fewest switches.
 * @returns the switches, in order
 * @throws InputError `no-switch` where none leads there, `ambiguous-switch` where two ways are equally long
 */
export function shortestRoute(
  view: RevisionGraph,
  tree: Tree,
  from: number,
  to: number,
): readonly Crossing[] {
  const crossings = crossingsOf(view, tree);
  const [best, other] = allShortest(view, crossings, from, to);
  if (best === undefined) throw noRoute(view, crossings, from, to);
  if (other === undefined) return best.crossings;
  const ways = [best, other].map((route) =>
    route.crossings.map((crossing) => crossingName(view, crossing)).join(", then "),
  );
  const choices = forks(best, other).map((node) => `\`godwit upgrade ${idOf(view.graph, node)}\``);
  throw problem(
    "ambiguous-switch",
    `Two ways lead from ${idOf(view.graph, from)} to ${idOf(view.graph, to)} in ${best.steps} steps: ${ways.join("; or ")}.`,
    `Choose one with ${choices.join(" or ")}, then go on to ${idOf(view.graph, to)}.`,
  );
}

/** Where two ways part: what the first switches that differ lead to, or where they start, if they lead to the same revision. */
function forks(one: Route, other: Route): number[] {
  const at = one.crossings.findIndex((crossing, index) => crossing !== other.crossings[index]);
  const parting = [valueAt(one.crossings, at), valueAt(other.crossings, at)];
  const ends = new Set(parting.map(({ to }) => to));
  return ends.size > 1 ? [...ends] : parting.map(({ from }) => from);
}

/** Whether a switch leads on from a revision, or one above it, within its branch. */
export function leadsSideways(view: RevisionGraph, { sideways }: Tree, node: number): boolean {
  if (sideways.size === 0) return false;
  const above = reach(view.graph.children, [node]);
  return [...sideways].some((from) => above.has(from));
}

/** The revisions on the shortest way between two, in order: those below a landing are not on it. */
export function revisionsOnRoute(view: RevisionGraph, tree: Tree, from: number, to: number): number[] {
  const found: number[] = [];
  let covered = reach(view.graph.parents, [from]);
  const climbTo = (node: number): void => {
    const below = reach(view.graph.parents, [node]);
    found.push(...tree.nodes.filter((one) => below.has(one) && !covered.has(one)));
  };
  for (const crossing of shortestRoute(view, tree, from, to)) {
    climbTo(crossing.from);
    found.push(crossing.to);
    covered = reach(view.graph.parents, [crossing.to]);
  }
  climbTo(to);
  return found;
}

/** A switch as it is shown: where it starts and ends. */
export function crossingName(view: RevisionGraph, { from, to, way }: Crossing): string {
  return `the switch ${idOf(view.graph, from)} → ${idOf(view.graph, to)}${way === "back" ? " (back)" : ""}`;
}

function crossingsOf(view: RevisionGraph, tree: Tree): Crossing[] {
  return tree.switches.flatMap((edge) => {
    const from = valueOf(view.graph.byId, edge.from);
    const to = valueOf(view.graph.byId, edge.to);
    const forth: Crossing = { edge, way: "forth", from, to };
    return edge.reversible ? [forth, { edge, way: "back" as const, from: to, to: from }] : [forth];
  });
}

/**
 * Every route of the least number of steps, at most two: more are not needed to tell that there are several. The position with the
 * fewest steps goes first, and each switch is a step more, so that none is gone on from before all its shortest routes are known.
 */
function allShortest(
  view: RevisionGraph,
  crossings: readonly Crossing[],
  start: number,
  end: number,
): Route[] {
  const climb = climbs(view);
  const best = new Map<number, Route[]>([[start, [{ crossings: [], steps: 0 }]]]);
  const open = new Set([start]);
  while (open.size > 0) {
    const position = [...open].reduce((a, b) => (stepsTo(best, b) < stepsTo(best, a) ? b : a));
    open.delete(position);
    for (const crossing of crossings) {
      const up = climb(position, crossing.from);
      if (up === undefined) continue;
      const routes = valueOf(best, position).map((route) => ({
        crossings: [...route.crossings, crossing],
        steps: route.steps + up + 1,
      }));
      if (keepShortest(best, crossing.to, routes)) open.add(crossing.to);
    }
  }
  const arrivals = new Map<number, Route[]>();
  for (const [position, routes] of best) {
    const up = climb(position, end);
    if (up === undefined) continue;
    keepShortest(
      arrivals,
      end,
      routes.map((route) => ({ ...route, steps: route.steps + up })),
    );
  }
  return arrivals.get(end) ?? [];
}

function stepsTo(best: ReadonlyMap<number, readonly Route[]>, position: number): number {
  return valueAt(valueOf(best, position), 0).steps;
}

/** Keeps the shortest routes to a position, two at most; tells whether a shorter or another one was found. */
function keepShortest(best: Map<number, Route[]>, position: number, routes: readonly Route[]): boolean {
  let changed = false;
  for (const route of routes) {
    const known = best.get(position) ?? [];
    const [first] = known;
    const order = first === undefined ? -1 : compareRoutes(route, first);
    if (order > 0 || (order === 0 && known.length > 1)) continue;
    best.set(position, order < 0 ? [route] : [...known, route]);
    changed = true;
  }
  return changed;
}

/** How many revisions lie between a position and one above it on its branch; undefined where it is not above. */
function climbs(view: RevisionGraph): (from: number, to: number) => number | undefined {
  const below = new Map<number, ReturnType<typeof reach>>();
  const belowOf = (node: number): ReturnType<typeof reach> => {
    const known = below.get(node) ?? reach(view.graph.parents, [node]);
    below.set(node, known);
    return known;
  };
  return (from, to) => {
    const target = belowOf(to);
    if (!target.has(from)) return undefined;
    return target.size - belowOf(from).size;
  };
}

function noRoute(
  view: RevisionGraph,
  crossings: readonly Crossing[],
  from: number,
  to: number,
): ReturnType<typeof problem> {
  const message = `No switch leads from ${describeNode(view, from)} to ${describeNode(view, to)}`;
  const under = reach(view.graph.parents, [from]);
  const missed = crossings.find(
    (crossing) => under.has(crossing.from) && reach(view.graph.children, [crossing.to]).has(to),
  );
  if (missed === undefined) return problem("no-switch", `${message}.`);
  const start = idOf(view.graph, missed.from);
  return problem(
    "no-switch",
    `${message}: ${crossingName(view, missed)} starts below the current revision.`,
    `godwit downgrade ${start}, then upgrade to ${idOf(view.graph, to)}.`,
  );
}
