import { lineage, type NodeSet } from "../closure.js";
import { bases, type Graph, idOf, idsOf, neighbours } from "../graph.js";
import { problem } from "../problems.js";

/** A target relative to something: `[branch@][symbol]±n`. */
export interface Relative {
  readonly branch: string | undefined;
  readonly symbol: string | undefined;
  /** Steps up, or, where negative or -0, down. */
  readonly steps: number;
}

/** Takes a relative target apart; null where it is none. What follows the digits is refused later, with the name. */
export function parseRelative(text: string): Relative | null {
  const match = /^(?:(.+?)@)?([\p{L}\p{N}_]+)?([+-]\d+)/u.exec(text);
  if (match === null) return null;
  const [, branch, symbol, steps = "0"] = match;
  return { branch, symbol, steps: Number(steps) };
}

/** Where a walk went. */
export interface Walked {
  /** The node that was reached; undefined for "nothing applied". */
  readonly node: number | undefined;
  /** Whether the walk ended before its steps were gone. */
  readonly ended: boolean;
}

/**
 * Walks to the only child, some times, from a node or from nothing.
 * @param branch gives a node: children that are not on a line with it are left out; asked only where there are any
 * @throws InputError `ambiguous-walk`
 */
export function walkUp(
  graph: Graph,
  start: number | undefined,
  steps: number,
  branch?: () => number,
): Walked {
  let related: NodeSet | undefined;
  let node = start;
  for (let step = 0; step < steps; step++) {
    const children = node === undefined ? bases(graph) : neighbours(graph.children, node);
    if (children.length > 0 && branch !== undefined) related ??= lineage(graph, [branch()]);
    const [next, ...others] = children.filter((child) => related?.has(child) !== false);
    if (next === undefined) return { node, ended: true };
    if (others.length > 0) throw ambiguous(graph, node, [next, ...others]);
    node = next;
  }
  return { node, ended: false };
}

/**
 * Walks to the only parent, some times; below the first revision is nothing.
 * @throws InputError `ambiguous-walk`
 */
export function walkDown(graph: Graph, start: number | undefined, steps: number): Walked {
  let node = start;
  for (let step = 0; step < steps; step++) {
    if (node === undefined) return { node, ended: true };
    const [next, ...others]: readonly number[] = neighbours(graph.parents, node);
    if (next !== undefined && others.length > 0) throw ambiguous(graph, node, [next, ...others]);
    node = next;
  }
  return { node, ended: false };
}

function ambiguous(
  graph: Graph,
  from: number | undefined,
  to: readonly number[],
): ReturnType<typeof problem> {
  const place = from === undefined ? "nothing" : idOf(graph, from);
  return problem(
    "ambiguous-walk",
    `From ${place} there is more than one way on: ${idsOf(graph, to).join(", ")}.`,
    "Name the revision, or the branch: `BRANCH@+1`.",
  );
}

/** The error of a walk that leads too far. */
export function outOfRange(text: string): ReturnType<typeof problem> {
  return problem("relative-out-of-range", `'${text}' leads past the first or last revision.`);
}
