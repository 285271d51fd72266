/** Ways from one class of a tree to another, over switches. */
import { InputError } from "../../errors.js";
import type { Revision, Switch } from "../revision.js";
import type { RevisionGraph } from "./trees.js";

/** One move of a way. */
export type Move =
  | { readonly kind: "up"; readonly to: Revision }
  | { readonly kind: "down"; readonly from: Revision }
  | { readonly kind: "forth" | "back"; readonly edge: Switch };

interface Reached {
  readonly at: Revision;
  readonly move: Move;
  readonly before: Reached | null;
}

/**
 * The shortest way from a head to a revision of another class: up along the class, over switches, and on. Only where no
 * such way exists it goes down first.
 *
 * @throws InputError `no-way`, `ambiguous-way` with the ways that are equally short
 */
export function findWay(graph: RevisionGraph, head: Revision, target: Revision): Move[] {
  const upwards = shortestWays(graph, head, target, "up");
  const ways = upwards.length > 0 ? upwards : shortestWays(graph, head, target, "down-and-up");
  const [way, other] = ways;
  if (way === undefined) throw noWay(graph, head, target);
  if (other !== undefined) {
    throw new InputError(
      "ambiguous-way",
      `There are ${ways.length} equally short ways from ${describe(head)} to ${describe(target)}.`,
      { hint: `Name a revision on the way first:\n${ways.map(describeWay).join("\n")}` },
    );
  }
  return way;
}

type Directions = "up" | "down-and-up";

/** All shortest ways, at most a few. Breadth first. */
function shortestWays(
  graph: RevisionGraph,
  head: Revision,
  target: Revision,
  directions: Directions,
): Move[][] {
  let front: Reached[] = movesFrom(graph, head, directions).map((next) => ({ ...next, before: null }));
  const seen = new Set([head.id]);
  while (front.length > 0) {
    const there = front.filter(({ at }) => at.id === target.id);
    if (there.length > 0) return there.map(movesTo);
    for (const { at } of front) seen.add(at.id);
    front = front.flatMap((before) =>
      movesFrom(graph, before.at, directions)
        .filter(({ at }) => !seen.has(at.id))
        .map((next) => ({ ...next, before })),
    );
  }
  return [];
}

function movesFrom(
  graph: RevisionGraph,
  at: Revision,
  directions: Directions,
): { at: Revision; move: Move }[] {
  const moves: { at: Revision; move: Move }[] = [];
  for (const child of graph.children(at.id)) {
    if (child.branch === at.branch) moves.push({ at: child, move: { kind: "up", to: child } });
  }
  for (const edge of graph.switches) {
    const to = edge.from === at.id ? graph.revision(edge.to) : undefined;
    if (to !== undefined) moves.push({ at: to, move: { kind: "forth", edge } });
    const from = edge.to === at.id && edge.reversible ? graph.revision(edge.from) : undefined;
    if (from !== undefined) moves.push({ at: from, move: { kind: "back", edge } });
  }
  if (directions === "up") return moves;
  for (const id of at.parents) {
    const parent = graph.revision(id);
    if (parent?.branch === at.branch && parent !== undefined)
      moves.push({ at: parent, move: { kind: "down", from: at } });
  }
  return moves;
}

function movesTo(reached: Reached): Move[] {
  const moves: Move[] = [];
  for (let step: Reached | null = reached; step !== null; step = step.before) moves.push(step.move);
  return moves.toReversed();
}

function noWay(graph: RevisionGraph, head: Revision, target: Revision): InputError {
  const edges = graph.switches.filter(({ manager }) => manager === target.manager);
  return new InputError("no-way", `There is no way from ${describe(head)} to ${describe(target)}.`, {
    hint:
      edges.length === 0
        ? `"${target.manager}" has no switches between its classes.`
        : `The switches of "${target.manager}" are ${edges.map(({ from, to }) => `${from} to ${to}`).join(", ")}.`,
  });
}

function describe({ id, branch, version }: Revision): string {
  return [branch, version, `(${id})`].filter((part) => part !== null).join(" ");
}

function describeWay(way: readonly Move[]): string {
  return way
    .map((move) => {
      if (move.kind === "up") return move.to.id;
      if (move.kind === "down") return `below ${move.from.id}`;
      return move.kind === "forth" ? `switch to ${move.edge.to}` : `switch back to ${move.edge.from}`;
    })
    .join(", ");
}
