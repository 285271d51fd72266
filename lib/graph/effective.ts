import { reach } from "./closure.js";
import { type Edges, neighbours } from "./graph.js";

interface Wiring {
  readonly parents: Edges;
  readonly children: Edges;
  readonly dependsOn: Edges;
  readonly dependents: Edges;
}

/** The dependsOn of each node without what any of its ancestors by parents already depends on. */
export function effectiveDependencies({ children, dependsOn, dependents }: Wiring): Edges {
  const dropped = new Map<number, Set<number>>();
  for (const [needed, needing] of dependents.entries()) {
    if (needing.length < 2) continue;
    const covered = reach(
      children,
      needing.flatMap((node) => neighbours(children, node)),
    );
    for (const node of needing)
      if (covered.has(node)) dropped.set(node, (dropped.get(node) ?? new Set<number>()).add(needed));
  }
  return dependsOn.map((list, node) => {
    const redundant = dropped.get(node);
    return redundant === undefined ? list : list.filter((needed) => !redundant.has(needed));
  });
}
