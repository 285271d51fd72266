import { NodeSet } from "./closure.js";
import { type Edges, neighbours } from "./graph.js";
import { type SpanningTree, spanningTree } from "./spanning.js";
import { valueAt } from "../known.js";

/**
 * Answers whether one node descends from another by parents. In a tree that is a comparison of positions; only merge points, whose
 * further parents no tree can hold, are looked at one by one.
 */
export class Lines {
  readonly #parents: Edges;
  readonly #tree: SpanningTree;
  /** The nearest merge point on the way down the tree, the node itself included; -1 where there is none. */
  readonly #merge: Int32Array;
  /** Length of the longest way down: a descendant has a greater one. */
  readonly #height: Int32Array;

  constructor(parents: Edges, children: Edges) {
    this.#parents = parents;
    this.#tree = spanningTree(parents, children, new NodeSet(parents.length, parents.keys()));
    this.#merge = new Int32Array(parents.length).fill(-1);
    for (const node of this.#tree.nodeAt) {
      const isMerge = neighbours(parents, node).length > 1;
      this.#merge[node] = isMerge ? node : (this.#merge[this.#stem(node)] ?? -1);
    }
    this.#height = heights(parents, children);
  }

  /** Whether `upper` is a proper descendant of `lower`. */
  isAbove(upper: number, lower: number): boolean {
    const seen = new Set<number>();
    const open = [upper];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (this.#isUp(node, lower)) return true;
      for (let merge = this.#mergeBelow(node); merge !== -1; merge = this.#mergeBelow(this.#stem(merge))) {
        if (seen.has(merge) || valueAt(this.#height, merge) <= valueAt(this.#height, lower)) break;
        seen.add(merge);
        open.push(...neighbours(this.#parents, merge).slice(1));
      }
    }
    return false;
  }

  /** Whether a node is or hangs above another in the tree. */
  #isUp(node: number, lower: number): boolean {
    const position = valueAt(this.#tree.position, node);
    return position >= valueAt(this.#tree.position, lower) && position <= valueAt(this.#tree.last, lower);
  }

  #stem(node: number): number {
    return valueAt(this.#tree.stem, node);
  }

  #mergeBelow(node: number): number {
    return valueAt(this.#merge, node);
  }
}

function heights(parents: Edges, children: Edges): Int32Array {
  const height = new Int32Array(parents.length);
  const waiting = Int32Array.from(parents, (list) => list.length);
  const ready = Array.from(waiting.keys()).filter((node) => waiting[node] === 0);
  for (let node = ready.pop(); node !== undefined; node = ready.pop())
    for (const child of neighbours(children, node)) {
      height[child] = Math.max(valueAt(height, child), valueAt(height, node) + 1);
      waiting[child] = valueAt(waiting, child) - 1;
      if (waiting[child] === 0) ready.push(child);
    }
  return height;
}
