import { type Edges, neighbours } from "./graph.js";
import { valueAt } from "../known.js";

const none: readonly never[] = [];

/** The same edges, seen from their other ends. */
export function reversed(edges: Edges): Edges {
  // Most nodes have one neighbour or none: a list that has grown takes room for many.
  const reverse: (number[] | undefined)[] = Array.from({ length: edges.length });
  for (let node = 0; node < edges.length; node++)
    for (const other of neighbours(edges, node)) {
      const list = reverse[other];
      if (list === undefined) reverse[other] = [node];
      else list.push(node);
    }
  return reverse.map((list) => list ?? none);
}

/** The nodes of one cycle, each followed by one that it needs; empty where there is no cycle. */
export function cycleIn(downs: Edges, ups: Edges = reversed(downs)): number[] {
  const looping = withoutOrder(downs, ups);
  const start = looping.indexOf(1);
  if (start === -1) return [];
  // Whatever is left after sorting needs something that is left: walking down from it must come round.
  const seen = new Map<number, number>();
  const walked: number[] = [];
  let node = start;
  while (!seen.has(node)) {
    seen.set(node, walked.length);
    walked.push(node);
    const loopingDowns = neighbours(downs, node).filter((down) => looping[down] === 1);
    node = valueAt(loopingDowns, 0);
  }
  return walked.slice(seen.get(node));
}

/** Marks the nodes that a topological sort, from the bottom up, cannot place. */
function withoutOrder(downs: Edges, ups: Edges): Uint8Array {
  const waiting = new Uint32Array(downs.length);
  const left = new Uint8Array(downs.length).fill(1);
  const ready: number[] = [];
  for (let node = 0; node < downs.length; node++) {
    waiting[node] = neighbours(downs, node).length;
    if (waiting[node] === 0) ready.push(node);
  }
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    left[node] = 0;
    for (const up of neighbours(ups, node)) {
      waiting[up] = valueAt(waiting, up) - 1;
      if (waiting[up] === 0) ready.push(up);
    }
  }
  return left;
}
