import { NodeSet } from "./closure.js";
import { type Edges, neighbours } from "./graph.js";
import { TipList } from "./tips.js";
import { valueAt } from "../known.js";

/** What is put in order. */
export interface Ordering {
  readonly downs: Edges;
  /** The reverse of `downs`. */
  readonly ups: Edges;
  /** The nodes to put in order. */
  readonly nodes: NodeSet;
  /** Where the walk starts; those that are not among `nodes` are passed over. */
  readonly tips: Iterable<number>;
  /** Nodes that are not shown, but make what is below them wait for what is above; they lie between `nodes`. */
  readonly hidden?: NodeSet;
}

/**
 * Puts nodes in order, newest first: depth-first along one line, where a line waits at a branch point until every other
 * line that needs it is through. Only the load order decides between equals, so that the result is the same everywhere.
 *
 * All that is not yet out hangs below some tip, so a tip is needed by another tip exactly as long as one of its direct ups
 * is not out; which tip that is, is asked of the tip list. So the whole costs n log n.
 * @returns all of `nodes`
 */
export function newestFirst(ordering: Ordering): number[] {
  const walk = new Walk(ordering);
  walk.run(new NodeSet(ordering.downs.length, ordering.tips));
  // Below hidden nodes there may be some that no tip leads to; they start again as tips.
  for (let rest = walk.unreached(); rest.size > 0; rest = walk.unreached()) walk.run(rest);
  return walk.output;
}

class Walk {
  readonly output: number[] = [];
  readonly #downs: Edges;
  readonly #nodes: NodeSet;
  readonly #all: NodeSet;
  readonly #tips: TipList;
  /** How many direct ups of each node are not out yet. */
  readonly #waitsFor: Uint32Array;
  readonly #out: NodeSet;

  constructor({ downs, ups, nodes, hidden }: Ordering) {
    this.#downs = downs;
    this.#nodes = nodes;
    this.#all = hidden === undefined || hidden.size === 0 ? nodes : new NodeSet(downs.length, nodes);
    for (const node of hidden ?? []) this.#all.add(node);
    this.#out = new NodeSet(downs.length);
    this.#tips = new TipList(downs, ups, this.#all, this.#out);
    this.#waitsFor = new Uint32Array(downs.length);
    for (const node of this.#all) {
      let waits = 0;
      for (const up of neighbours(ups, node)) if (this.#all.has(up)) waits++;
      this.#waitsFor[node] = waits;
    }
    for (const node of hidden ?? []) if (this.#waitsFor[node] === 0) this.#pass(node);
  }

  /** Nodes that are not out although nothing above them is missing. */
  unreached(): NodeSet {
    const rest = new NodeSet(this.#downs.length);
    for (const node of this.#nodes) if (!this.#out.has(node) && this.#waitsFor[node] === 0) rest.add(node);
    return rest;
  }

  run(starts: NodeSet): void {
    this.#tips.restart();
    for (const start of starts) {
      // A walk that starts again may find tips that it left waiting.
      const isNew = this.#nodes.has(start) && !this.#out.has(start) && !this.#tips.has(start);
      if (isNew) this.#tips.append(start);
    }
    let tip = this.#tips.first();
    while (tip !== undefined) tip = this.#isFree(tip) ? this.#emit(tip) : this.#tips.firstAbove(tip);
  }

  #isFree(node: number): boolean {
    return this.#waitsFor[node] === 0;
  }

  /** Puts a tip out and lets what it needs take its place; returns the tip to go on with. */
  #emit(tip: number): number | undefined {
    this.output.push(tip);
    this.#pass(tip);
    let first: number | undefined;
    for (const down of neighbours(this.#downs, tip)) {
      if (!this.#nodes.has(down) || this.#out.has(down) || this.#tips.has(down)) continue;
      if (first === undefined) this.#tips.replace(tip, (first = down));
      else this.#tips.append(down);
    }
    return first ?? this.#tips.remove(tip);
  }

  /** Marks a node as out, and every hidden node that only waited for it. */
  #pass(start: number): void {
    const open: number[] = [];
    for (let node: number | undefined = start; node !== undefined; node = open.pop()) {
      this.#out.add(node);
      this.#tips.forget(node);
      for (const down of neighbours(this.#downs, node)) {
        if (!this.#all.has(down)) continue;
        this.#waitsFor[down] = valueAt(this.#waitsFor, down) - 1;
        if (this.#waitsFor[down] === 0 && !this.#nodes.has(down)) open.push(down);
      }
    }
  }
}
