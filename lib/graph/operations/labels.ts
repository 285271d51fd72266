import { reach } from "../closure.js";
import { type Graph, neighbours } from "../graph.js";

/**
 * The revisions that show a label: its own and all descendants by parents, and, where these form one plain chain, also the
 * ancestors down to the first that is a merge point or that several others build on.
 */
export function carriersOf(graph: Graph, label: string): readonly number[] {
  const own = graph.byLabel.get(label);
  if (own === undefined) return [];
  const above = reach(graph.children, [own]);
  const carriers = new Set(above);
  if ([...above].some((node) => !isPlain(graph, node))) return [...carriers];
  for (
    let [below] = neighbours(graph.parents, own);
    below !== undefined && isPlain(graph, below);
    [below] = neighbours(graph.parents, below)
  )
    carriers.add(below);
  return [...carriers].toSorted((a, b) => a - b);
}

/** Whether a revision is no merge point, and nothing but one other builds on it. */
function isPlain(graph: Graph, node: number): boolean {
  const above = new Set([...neighbours(graph.children, node), ...neighbours(graph.dependents, node)]);
  return neighbours(graph.parents, node).length < 2 && above.size < 2;
}
