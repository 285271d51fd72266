import { reach } from "./closure.js";
import { type Edges, neighbours } from "./graph.js";
import { Lines } from "./lines.js";

interface Wiring {
  readonly parents: Edges;
  readonly children: Edges;
  readonly dependsOn: Edges;
  readonly dependents: Edges;
}

/** So many that need the same are compared with each other; of more, all descendants are walked once. */
const fewEnough = 16;

/** The dependsOn of each node without what any of its ancestors by parents already depends on. */
export function effectiveDependencies({ parents, children, dependsOn, dependents }: Wiring): Edges {
  if (dependents.every((needing) => needing.length < 2)) return dependsOn;
  const lines = new Lines(parents, children);
  const dropped = new Map<number, Set<number>>();
  for (const [needed, needing] of dependents.entries())
    for (const node of needing.length < 2 ? [] : covered(children, lines, needing))
      dropped.set(node, (dropped.get(node) ?? new Set<number>()).add(needed));
  return dependsOn.map((list, node) => {
    const redundant = dropped.get(node);
    return redundant === undefined ? list : list.filter((needed) => !redundant.has(needed));
  });
}

/** Those of some nodes that have another of them as a proper ancestor. */
function covered(children: Edges, lines: Lines, nodes: readonly number[]): readonly number[] {
  if (nodes.length <= fewEnough)
    return nodes.filter((node) => nodes.some((other) => other !== node && lines.isAbove(node, other)));
  const above = reach(
    children,
    nodes.flatMap((node) => neighbours(children, node)),
  );
  return nodes.filter((node) => above.has(node));
}
