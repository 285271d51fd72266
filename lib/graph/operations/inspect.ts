import {
  bases,
  type Edges,
  effectiveHeads,
  type Graph,
  heads,
  idOf,
  idsOf,
  neighbours,
  nodesWhere,
} from "../graph.js";
import { between } from "./history.js";
import { carriersOf } from "./labels.js";

/** What there is to see of a graph; ids. */
export interface Inspection {
  readonly heads: readonly string[];
  readonly effectiveHeads: readonly string[];
  readonly bases: readonly string[];
  readonly branchPoints: readonly string[];
  readonly mergePoints: readonly string[];
  /** By id: labels with those of related revisions, sorted; those with none are left out. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly dependsOn: Readonly<Record<string, readonly string[]>>;
  readonly effectiveDependsOn: Readonly<Record<string, readonly string[]>>;
}

/** Looks at a graph as a whole. */
export function inspectGraph(graph: Graph): Inspection {
  const hasDependencies = (node: number): boolean => neighbours(graph.dependsOn, node).length > 0;
  const byId = (edges: Edges): Record<string, readonly string[]> =>
    Object.fromEntries(
      nodesWhere(graph, hasDependencies).map((node) => [
        idOf(graph, node),
        idsOf(graph, neighbours(edges, node)).toSorted(),
      ]),
    );
  return {
    heads: idsOf(graph, heads(graph)),
    effectiveHeads: idsOf(graph, effectiveHeads(graph)),
    bases: idsOf(graph, bases(graph)),
    branchPoints: idsOf(
      graph,
      nodesWhere(graph, (node) => neighbours(graph.children, node).length > 1),
    ).toSorted(),
    mergePoints: idsOf(
      graph,
      nodesWhere(graph, (node) => neighbours(graph.parents, node).length > 1),
    ).toSorted(),
    labels: labelsOf(graph),
    dependsOn: byId(graph.dependsOn),
    effectiveDependsOn: byId(graph.effectiveDependsOn),
  };
}

/** Branch points in the order of the history, newest first. */
export function branchPointsByAge(graph: Graph): string[] {
  const order = between(graph, [], effectiveHeads(graph));
  return idsOf(
    graph,
    order.filter((node) => neighbours(graph.children, node).length > 1),
  );
}

function labelsOf(graph: Graph): Record<string, string[]> {
  const labels = new Map<number, string[]>();
  for (const label of [...graph.byLabel.keys()].toSorted())
    for (const node of carriersOf(graph, label)) labels.set(node, [...(labels.get(node) ?? []), label]);
  return Object.fromEntries(
    [...labels].toSorted(([a], [b]) => a - b).map(([node, list]) => [idOf(graph, node), list]),
  );
}
