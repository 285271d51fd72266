import type { NodeSet } from "./closure.js";
import { type Edges, neighbours } from "./graph.js";
import { MinTree } from "./min-tree.js";
import { type SpanningTree, spanningTree } from "./spanning.js";

/**
 * The tips of a walk downwards, in a list. A tip keeps its place when it moves down; new ones are appended. The first tip
 * above a node is found without walking up to it: the tips above it in a spanning tree are a range of positions. For the edges
 * that the tree leaves out, each node at the upper end of one remembers the first place that it was found below. As tips only
 * move down, that place can only become a later one, so what is remembered is a bound, looked at again only where it is the least.
 */
export class TipList {
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
  /** By node; -1 for one that is no tip. */
  readonly #placeOf: Int32Array;
  readonly #tipAt: number[] = [];
  readonly #before: number[] = [];
  readonly #after: number[] = [];
  #first = -1;
  #last = -1;

  constructor(downs: Edges, ups: Edges, all: NodeSet) {
    this.#downs = downs;
    this.#all = all;
    this.#tree = spanningTree(downs, ups, all);
    this.#places = new MinTree(all.size);
    this.#sideBounds = new MinTree(all.size);
    this.#bounds = new Float64Array(downs.length);
    this.#witness = new Int32Array(downs.length).fill(-1);
    this.#placeOf = new Int32Array(downs.length).fill(-1);
    for (const node of all) {
      let side: Set<number> | undefined;
      for (const up of neighbours(ups, node))
        if (all.has(up) && this.#tree.stem[up] !== node) side = (side ?? new Set()).add(up);
      if (side === undefined) continue;
      this.#sideUpsOf.set(node, side);
      this.#sideBounds.set(this.#position(node), 0);
    }
  }

  first(): number | undefined {
    return this.#tipAt[this.#first];
  }

  has(node: number): boolean {
    return this.#placeOf[node] !== -1;
  }

  append(node: number): void {
    const place = this.#tipAt.length;
    this.#before.push(this.#last);
    this.#after.push(-1);
    if (this.#last === -1) this.#first = place;
    else this.#after[this.#last] = place;
    this.#last = place;
    this.#put(node, place);
  }

  /** Gives the place of a tip to another node. */
  replace(tip: number, successor: number): void {
    const place = this.#take(tip);
    if (place !== undefined) this.#put(successor, place);
  }

  /** Takes a tip out of the list; returns the one before it, or the first. */
  remove(tip: number): number | undefined {
    const place = this.#take(tip);
    if (place === undefined) return this.first();
    this.#tipAt[place] = -1;
    const before = this.#before[place] ?? -1;
    const after = this.#after[place] ?? -1;
    if (before === -1) this.#first = after;
    else this.#after[before] = after;
    if (after === -1) this.#last = before;
    else this.#before[after] = before;
    return this.#tipAt[before === -1 ? this.#first : before];
  }

  /** Forgets a node that no tip can stand on or above any more. */
  passed(node: number): void {
    if (this.#sideUpsOf.size === 0) return;
    for (const down of neighbours(this.#downs, node)) {
      const side = this.#sideUpsOf.get(down);
      if (!this.#all.has(down) || side?.delete(node) !== true) continue;
      if (side.size === 0) this.#sideBounds.set(this.#position(down), Infinity);
    }
  }

  /** Forgets what is remembered, before tips appear above nodes that none was above. */
  restart(): void {
    this.#bounds.fill(0);
    for (const [node, side] of this.#sideUpsOf)
      if (side.size > 0) this.#sideBounds.set(this.#position(node), 0);
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
      this.#witness[top] = this.#tipAt[found.place] ?? -1;
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
      const at = this.#sideBounds.firstAtMost(first, last, bound);
      const side = this.#leastSideUp(this.#tree.nodeAt[at] ?? -1);
      if (side.bound > bound) this.#sideBounds.set(at, side.bound);
      else if (this.#isExact(side.node, bound)) return { place: bound };
      else return { unsure: side.node };
    }
  }

  #leastSideUp(below: number): { readonly node: number; readonly bound: number } {
    let least = { node: -1, bound: Infinity };
    for (const node of this.#sideUpsOf.get(below) ?? []) {
      const bound = this.#bounds[node] ?? 0;
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

  #put(node: number, place: number): void {
    this.#tipAt[place] = node;
    this.#placeOf[node] = place;
    this.#places.set(this.#position(node), place);
  }

  #take(tip: number): number | undefined {
    const place = this.#placeOf[tip] ?? -1;
    if (place === -1) return undefined;
    this.#placeOf[tip] = -1;
    this.#places.set(this.#position(tip), Infinity);
    return place;
  }

  #position(node: number): number {
    return this.#tree.position[node] ?? -1;
  }

  #lastPosition(node: number): number {
    return this.#tree.last[node] ?? -1;
  }
}
