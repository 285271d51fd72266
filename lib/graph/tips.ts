import type { NodeSet } from "./closure.js";
import { type Edges, neighbours } from "./graph.js";
import { MinTree } from "./min-tree.js";
import { type SpanningTree, spanningTree } from "./spanning.js";

/**
 * The tips of a walk downwards, in a list. A tip keeps its place when it moves down; new ones are appended. The first tip
 * above a node is found without walking up to it: tips above it in a spanning tree are a range of positions, and only
 * the edges that the tree leaves out are followed one by one.
 */
export class TipList {
  readonly #downs: Edges;
  readonly #all: NodeSet;
  readonly #tree: SpanningTree;
  /** Place in the list by position in the tree. */
  readonly #places: MinTree;
  /** Positions of nodes with ups outside of the tree that are not passed. */
  readonly #sideUps: MinTree;
  readonly #sideUpsOf = new Map<number, Set<number>>();
  readonly #placeOf = new Map<number, number>();
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
    this.#sideUps = new MinTree(all.size);
    for (const node of all) {
      const side = neighbours(ups, node).filter((up) => all.has(up) && this.#tree.stem[up] !== node);
      if (side.length === 0) continue;
      this.#sideUpsOf.set(node, new Set(side));
      this.#sideUps.set(this.#position(node), 0);
    }
  }

  first(): number | undefined {
    return this.#tipAt[this.#first];
  }

  has(node: number): boolean {
    return this.#placeOf.has(node);
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
    for (const down of neighbours(this.#downs, node)) {
      const side = this.#sideUpsOf.get(down);
      if (!this.#all.has(down) || side?.delete(node) !== true) continue;
      if (side.size === 0) this.#sideUps.set(this.#position(down), Infinity);
    }
  }

  /** The first tip in the list that needs a node, other than the node itself. */
  firstAbove(node: number): number | undefined {
    const visited: number[] = [];
    let place = this.#places.least(this.#position(node) + 1, this.#lastPosition(node));
    const open = [node];
    for (let from = open.pop(); from !== undefined; from = open.pop()) {
      if (from !== node)
        place = Math.min(place, this.#places.least(this.#position(from), this.#lastPosition(from)));
      for (;;) {
        const at = this.#sideUps.firstSet(this.#position(from), this.#lastPosition(from));
        if (at === -1) break;
        // Taken out while the search lasts, so that no range is searched twice.
        this.#sideUps.set(at, Infinity);
        visited.push(at);
        open.push(...(this.#sideUpsOf.get(this.#tree.nodeAt[at] ?? -1) ?? []));
      }
    }
    for (const at of visited) this.#sideUps.set(at, 0);
    return this.#tipAt[place];
  }

  #put(node: number, place: number): void {
    this.#tipAt[place] = node;
    this.#placeOf.set(node, place);
    this.#places.set(this.#position(node), place);
  }

  #take(tip: number): number | undefined {
    const place = this.#placeOf.get(tip);
    if (place === undefined) return undefined;
    this.#placeOf.delete(tip);
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
