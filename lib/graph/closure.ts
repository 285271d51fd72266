import { type Edges, type Graph, neighbours } from "./graph.js";
import { valueAt } from "../known.js";

/** A set of nodes, by number. */
export class NodeSet {
  readonly #marks: Uint8Array;
  #size = 0;

  constructor(capacity: number, nodes: Iterable<number> = []) {
    this.#marks = new Uint8Array(capacity);
    for (const node of nodes) this.add(node);
  }

  get size(): number {
    return this.#size;
  }

  has(node: number): boolean {
    return this.#marks[node] === 1;
  }

  add(node: number): void {
    if (this.has(node)) return;
    this.#marks[node] = 1;
    this.#size++;
  }

  delete(node: number): void {
    this.#size -= valueAt(this.#marks, node);
    this.#marks[node] = 0;
  }

  /** The members, in load order. */
  *[Symbol.iterator](): Generator<number> {
    for (let node = 0; node < this.#marks.length; node++) if (this.has(node)) yield node;
  }
}

/** Everything that can be reached from `starts` along `edges`, the starts included; with `within`, without leaving that set. */
export function reach(
  edges: Edges,
  starts: Iterable<number>,
  within?: { has(node: number): boolean },
): NodeSet {
  const reached = new NodeSet(edges.length);
  const open: number[] = [];
  const visit = (node: number): void => {
    if (reached.has(node) || (within !== undefined && !within.has(node))) return;
    reached.add(node);
    open.push(node);
  };
  for (const start of starts) visit(start);
  for (let node = open.pop(); node !== undefined; node = open.pop())
    for (const next of neighbours(edges, node)) visit(next);
  return reached;
}

/** The revisions themselves and all that they need, through parents and dependsOn. */
export function ancestors(graph: Graph, nodes: Iterable<number>): NodeSet {
  return reach(graph.downs, nodes);
}

/** The revisions themselves and all that need them, through children and dependents. */
export function descendants(graph: Graph, nodes: Iterable<number>): NodeSet {
  return reach(graph.ups, nodes);
}

/** Ancestors and descendants by parents only, the revisions included: what shares lineage with them. */
export function lineage(graph: Graph, nodes: readonly number[]): NodeSet {
  const related = reach(graph.parents, nodes);
  for (const node of reach(graph.children, nodes)) related.add(node);
  return related;
}
