import type { NodeSet } from "./closure.js";
import type { Edges } from "./graph.js";
import { TipSearch } from "./tip-search.js";
import { valueAt } from "../known.js";

/** The tips of a walk downwards, in a list. A tip keeps its place when it moves down; new ones are appended. */
export class TipList {
  readonly #downs: Edges;
  readonly #ups: Edges;
  readonly #all: NodeSet;
  /** Nodes that no tip can stand on or above any more. */
  readonly #passed: NodeSet;
  /** By node; -1 for one that is no tip. */
  readonly #placeOf: Int32Array;
  readonly #tipAt: number[] = [];
  readonly #before: number[] = [];
  readonly #after: number[] = [];
  #first = -1;
  #last = -1;
  /** Made when it is first asked: a walk that meets no branch point never needs it. */
  #search: TipSearch | null = null;

  constructor(downs: Edges, ups: Edges, all: NodeSet, passed: NodeSet) {
    this.#downs = downs;
    this.#ups = ups;
    this.#all = all;
    this.#passed = passed;
    this.#placeOf = new Int32Array(downs.length).fill(-1);
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
    this.#put(successor, this.#take(tip));
  }

  /** Takes a tip out of the list; returns the one before it, or the first. */
  remove(tip: number): number | undefined {
    const place = this.#take(tip);
    this.#tipAt[place] = -1;
    const before = valueAt(this.#before, place);
    const after = valueAt(this.#after, place);
    if (before === -1) this.#first = after;
    else this.#after[before] = after;
    if (after === -1) this.#last = before;
    else this.#before[after] = before;
    return this.#tipAt[before === -1 ? this.#first : before];
  }

  /** Forgets a node, which now counts as passed. */
  forget(node: number): void {
    this.#search?.forget(node);
  }

  /** Forgets what is remembered, before tips appear above nodes that none was above. */
  restart(): void {
    this.#search = null;
  }

  /** The first tip in the list that needs a node, other than the node itself. */
  firstAbove(node: number): number | undefined {
    this.#search ??= this.#newSearch();
    return this.#search.firstAbove(node);
  }

  #newSearch(): TipSearch {
    const search = new TipSearch(this.#downs, this.#ups, this.#all, this.#passed);
    for (let place = this.#first; place !== -1; place = valueAt(this.#after, place))
      search.put(valueAt(this.#tipAt, place), place);
    return search;
  }

  #put(node: number, place: number): void {
    this.#tipAt[place] = node;
    this.#placeOf[node] = place;
    this.#search?.put(node, place);
  }

  #take(tip: number): number {
    const place = valueAt(this.#placeOf, tip);
    this.#placeOf[tip] = -1;
    this.#search?.take(tip, place);
    return place;
  }
}
