import type { NodeSet } from "./closure.js";
import { type Edges, neighbours } from "./graph.js";
import { valueAt } from "../known.js";

/**
 * A tree that spans some nodes of a graph, each hanging from the first node that it needs, numbered so that what hangs
 * above a node is a range of positions.
 */
export interface SpanningTree {
  /** Position of each node in a walk upwards that meets a node before what hangs above it. */
  readonly position: Int32Array;
  /** The node at each position. */
  readonly nodeAt: Int32Array;
  /** The last position that hangs above each node. */
  readonly last: Int32Array;
  /** The node from which each node hangs; -1 for those at the bottom. */
  readonly stem: Int32Array;
}

/** Spans `nodes` along `downs`, whose reverse is `ups`. */
export function spanningTree(downs: Edges, ups: Edges, nodes: NodeSet): SpanningTree {
  const stem = new Int32Array(downs.length).fill(-1);
  for (const node of nodes) stem[node] = neighbours(downs, node).find((down) => nodes.has(down)) ?? -1;
  const position = new Int32Array(downs.length).fill(-1);
  const last = new Int32Array(downs.length).fill(-1);
  const nodeAt = new Int32Array(nodes.size);
  let next = 0;
  for (const bottom of nodes) {
    if (stem[bottom] !== -1) continue;
    const open = [bottom];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      position[node] = next;
      nodeAt[next++] = node;
      for (const up of neighbours(ups, node)) if (nodes.has(up) && stem[up] === node) open.push(up);
    }
  }
  // What hangs above a node stands behind it, so walking back each node is complete before the one it hangs from.
  for (let at = next - 1; at >= 0; at--) {
    const node = valueAt(nodeAt, at);
    const end = Math.max(valueAt(last, node), at);
    last[node] = end;
    const below = valueAt(stem, node);
    if (below !== -1) last[below] = Math.max(valueAt(last, below), end);
  }
  return { position, nodeAt, last, stem };
}
