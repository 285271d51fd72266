import { valueAt } from "../known.js";

/** What the model needs to know of a revision. */
export interface GraphNode {
  readonly id: string;
  /** Ids of the revisions directly below. */
  readonly parents: readonly string[];
  /** Ids or labels of revisions that must be applied first. */
  readonly dependsOn?: readonly string[];
  readonly labels?: readonly string[];
}

/** Neighbours of each node, by node number. */
export type Edges = readonly (readonly number[])[];

/**
 * A revision graph without cycles and loose ends. Nodes are numbers in load order, which decides between otherwise equal
 * orders. Made by `loadGraph`; never changed afterwards.
 */
export interface Graph {
  /** Ids by node number. */
  readonly ids: readonly string[];
  /** Node numbers by id. */
  readonly byId: ReadonlyMap<string, number>;
  /** The node that carries a label in its file. */
  readonly byLabel: ReadonlyMap<string, number>;
  /** Labels as written in each file. */
  readonly labels: readonly (readonly string[])[];
  readonly parents: Edges;
  readonly children: Edges;
  /** Every `dependsOn`, resolved. */
  readonly dependsOn: Edges;
  /** The nodes that name a node in `dependsOn`. */
  readonly dependents: Edges;
  /** `dependsOn` without what an ancestor by parents already depends on. */
  readonly effectiveDependsOn: Edges;
  /** Parents, then effective dependsOn, without repeats: what a node needs directly. */
  readonly downs: Edges;
  /** The reverse of `downs`. */
  readonly ups: Edges;
}

/** Numbers of all nodes for which a condition holds, in load order. */
export function nodesWhere(graph: Graph, condition: (node: number) => boolean): number[] {
  const found: number[] = [];
  for (let node = 0; node < graph.ids.length; node++) if (condition(node)) found.push(node);
  return found;
}

/** Neighbours of a node. */
export function neighbours(edges: Edges, node: number): readonly number[] {
  return valueAt(edges, node);
}

/** The id of a node. */
export function idOf(graph: Graph, node: number): string {
  return valueAt(graph.ids, node);
}

/** Ids of nodes, in their order. */
export function idsOf(graph: Graph, nodes: Iterable<number>): string[] {
  const ids: string[] = [];
  for (const node of nodes) ids.push(idOf(graph, node));
  return ids;
}

/** Nodes without children, in load order. */
export function heads(graph: Graph): number[] {
  return nodesWhere(graph, (node) => neighbours(graph.children, node).length === 0);
}

/** Nodes without children and dependents, in load order. */
export function effectiveHeads(graph: Graph): number[] {
  return nodesWhere(
    graph,
    (node) =>
      neighbours(graph.children, node).length === 0 && neighbours(graph.dependents, node).length === 0,
  );
}

/** Nodes without parents, in load order. */
export function bases(graph: Graph): number[] {
  return nodesWhere(graph, (node) => neighbours(graph.parents, node).length === 0);
}
