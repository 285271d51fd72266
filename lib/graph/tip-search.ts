import type { NodeSet } from "./closure.js";
import { type Edges, neighbours } from "./graph.js";
import { MinTree } from "./min-tree.js";
import { type SpanningTree, spanningTree } from "./spanning.js";
import { valueAt, valueOf } from "../known.js";

/**
 * Finds the first tip above a node without walking up to it: the tips above it in a spanning tree are a range of positions. For the
 * edges that the tree leaves out, each node at the upper end of one remembers the first place that it was found below. As tips only
 * move down, that place can only become a later one, so what is remembered is a bound, looked at again only where it is the least.
 */
export class TipSearch {
  readonly #downs: Edges;
  readonly #all: NodeSet;
  readonly #tree: SpanningTree;
  /** Place in the list by position in the tree. */
  readonly #places: MinTree;
  /** By position: the least bound of the ups outside of the tree that are not passed. */
  readonly #sideBounds: MinTree;
  readonly #sideUpsOf = new Map<number, Set<number>>();
  /** By node: no tip at an earlier place is at it or above it. */
  readonly #bounds: Float64Array;
  /** By node: the tip that stood at that place when the bound was exact. */
  readonly #witness: Int32Array;
  readonly #tipAt: number[] = [];

  /** @param passed nodes that no tip can stand on or above any more */
  constructor(downs: Edges, ups: Edges, all: NodeSet, passed: NodeSet) {
    this.#downs = downs;
    this.#all = all;
    this.#tree = spanningTree(downs, ups, all);
    this.#places = new MinTree(all.size);
    this.#sideBounds = new MinTree(all.size);
    this.#bounds = new Float64Array(downs.length);
    this.#witness = new Int32Array(downs.length).fill(-1);
    for (const node of all) {
      let side: Set<number> | undefined;
      for (const up of neighbours(ups, node))
        if (all.has(up) && !passed.has(up) && this.#tree.stem[up] !== node)
          side = (side ?? new Set()).add(up);
      if (side === undefined) continue;
      this.#sideUpsOf.set(node, side);
      this.#sideBounds.set(this.#position(node), 0);
    }
  }

  /** Notes that a tip stands at a place of the list. */
  put(tip: number, place: number): void {
    this.#tipAt[place] = tip;
    this.#places.set(this.#position(tip), place);
  }

  /** Notes that a tip left its place. */
  take(tip: number, place: number): void {
    this.#tipAt[place] = -1;
    this.#places.set(this.#position(tip), Infinity);
  }

  /** Forgets a node that no tip can stand on or above any more. */
  forget(node: number): void {
    if (this.#sideUpsOf.size === 0) return;
    for (const down of neighbours(this.#downs, node)) {
      const side = this.#sideUpsOf.get(down);
      if (!this.#all.has(down) || side?.delete(node) !== true) continue;
      if (side.size === 0) this.#sideBounds.set(this.#position(down), Infinity);
    }
  }

  /** The first tip in the list that needs a node, other than the node itself. */
  firstAbove(node: number): number | undefined {
    const open: number[] = [];
    for (;;) {
      const top = open.at(-1) ?? node;
      const found = this.#firstPlace(top, top === node ? 1 : 0);
      if ("unsure" in found) {
        open.push(found.unsure);
        continue;
      }
      if (open.pop() === undefined) return this.#tipAt[found.place];
      this.#bounds[top] = found.place;
      this.#witness[top] = valueAt(this.#tipAt, found.place);
    }
  }

  /** The first place at or above a node (above, where `skip` is 1), or a node whose own first place has to be known before. */
  #firstPlace(node: number, skip: 0 | 1): { readonly place: number } | { readonly unsure: number } {
    const first = this.#position(node);
    const last = this.#lastPosition(node);
    const place = this.#places.least(first + skip, last);
    for (;;) {
      const bound = this.#sideBounds.least(first, last);
      if (bound >= place) return { place };
      const at = this.#sideBounds.firstAtMost(first, bound);
      const side = this.#leastSideUp(valueAt(this.#tree.nodeAt, at));
      if (side.bound > bound) this.#sideBounds.set(at, side.bound);
      else if (this.#isExact(side.node, bound)) return { place: bound };
      else return { unsure: side.node };
    }
  }

  #leastSideUp(below: number): { readonly node: number; readonly bound: number } {
    let least = { node: -1, bound: Infinity };
    for (const node of valueOf(this.#sideUpsOf, below)) {
      const bound = valueAt(this.#bounds, node);
      if (bound < least.bound) least = { node, bound };
    }
    return least;
  }

  /** Whether the tip at a place is still at or above a node. */
  #isExact(node: number, place: number): boolean {
    const tip = this.#tipAt[place] ?? -1;
    if (tip === -1) return false;
    const position = this.#position(tip);
    const isAbove = position >= this.#position(node) && position <= this.#lastPosition(node);
    return isAbove || this.#witness[node] === tip;
  }

  #position(node: number): number {
    return valueAt(this.#tree.position, node);
  }

  #lastPosition(node: number): number {
    return valueAt(this.#tree.last, node);
  }
}
