import { cycleIn, reversed } from "./cycles.js";
import { effectiveDependencies } from "./effective.js";
import { type Edges, type Graph, type GraphNode, neighbours } from "./graph.js";
import { enumerate, problem } from "./problems.js";
import { valueAt, valueOf } from "../known.js";

/** One list for all that have no neighbours: thousands of empty ones would cost more than the graph itself. */
const none: readonly never[] = [];

/** Characters that targets give a meaning to, so that no id may have them. */
const reserved = /[@\-+:]/;

/**
 * Builds the graph of some revisions and checks it as a whole, so that no command runs on a broken one.
 * @param nodes in load order
 * @param describe how a revision is named in messages (with its file and line, where there is one)
 * @throws InputError `duplicate-revision`, `invalid-revision-id`, `self-loop`, `dependency-self-loop`, `duplicate-label`,
 *   `missing-parent`, `missing-dependency`, `cycle` or `dependency-cycle`
 */
export function loadGraph<Node extends GraphNode>(
  nodes: readonly Node[],
  describe: (node: Node) => string = (node) => node.id,
): Graph {
  const byId = indexIds(nodes, describe);
  const byLabel = indexLabels(nodes, byId, describe);
  const parents = nodes.map((node) => parentsOf(node, byId, describe));
  const dependsOn = nodes.map((node) =>
    node.dependsOn === undefined || node.dependsOn.length === 0
      ? none
      : unique(node.dependsOn.map((name) => dependencyOf(node, name, byId, byLabel, describe))),
  );
  const name = (node: number): string =>
    nodes
      .slice(node, node + 1)
      .map(describe)
      .join("");
  const children = reversed(parents);
  refuseCycle(cycleIn(parents, children), "cycle", name);
  const isLinked = dependsOn.some((list) => list.length > 0);
  if (isLinked) refuseCycle(cycleIn(joined(parents, dependsOn)), "dependency-cycle", name);
  const dependents = isLinked ? reversed(dependsOn) : dependsOn;
  const effectiveDependsOn = effectiveDependencies({ parents, children, dependsOn, dependents });
  const downs = isLinked ? joined(parents, effectiveDependsOn) : parents;
  const ups = isLinked ? reversed(downs) : children;
  const ids = nodes.map((node) => node.id);
  const labels = nodes.map((node) => node.labels ?? none);
  return {
    ids,
    byId,
    byLabel,
    labels,
    parents,
    children,
    dependsOn,
    dependents,
    effectiveDependsOn,
    downs,
    ups,
  };
}

function indexIds<Node extends GraphNode>(
  nodes: readonly Node[],
  describe: (node: Node) => string,
): Map<string, number> {
  const byId = new Map<string, number>();
  for (const node of nodes) {
    refuseOddNode(node, describe);
    const other = byId.get(node.id);
    if (other !== undefined)
      throw problem(
        "duplicate-revision",
        `Two revisions have the id ${node.id}: ${nodes
          .slice(other, other + 1)
          .map(describe)
          .join("")} and ${describe(node)}.`,
        "Give one of them another id.",
      );
    byId.set(node.id, byId.size);
  }
  return byId;
}

/** Refuses an id that no target could name. @param owner how its revision is named in messages @throws InputError `invalid-revision-id` */
export function refuseOddId(id: string, owner: string): void {
  if (id !== "" && !reserved.test(id)) return;
  throw problem(
    "invalid-revision-id",
    `The id '${id}' of ${owner} is not possible: an id is not empty and has none of @ - + :`,
  );
}

function refuseOddNode<Node extends GraphNode>(node: Node, describe: (node: Node) => string): void {
  if (node.id === "" || reserved.test(node.id)) refuseOddId(node.id, describe(node));
  if (node.parents.includes(node.id))
    throw problem("self-loop", `${describe(node)} names itself as its parent.`);
  if (node.dependsOn?.includes(node.id) === true)
    throw problem("dependency-self-loop", `${describe(node)} names itself in dependsOn.`);
}

function indexLabels<Node extends GraphNode>(
  nodes: readonly Node[],
  byId: ReadonlyMap<string, number>,
  describe: (node: Node) => string,
): Map<string, number> {
  const byLabel = new Map<string, number>();
  const carrier = new Map<string, Node>();
  for (const node of nodes) {
    if (node.labels === undefined || node.labels.length === 0) continue;
    for (const label of node.labels) {
      const other = carrier.get(label);
      const named = byId.get(label);
      if (other !== undefined || named !== undefined)
        throw problem(
          "duplicate-label",
          other === undefined
            ? `The label '${label}' of ${describe(node)} is the id of a revision.`
            : other === node
              ? `${describe(node)} has the label '${label}' twice.`
              : `Two revisions have the label '${label}': ${describe(other)} and ${describe(node)}.`,
        );
      carrier.set(label, node);
      byLabel.set(label, valueOf(byId, node.id));
    }
  }
  return byLabel;
}

function parentsOf<Node extends GraphNode>(
  node: Node,
  byId: ReadonlyMap<string, number>,
  describe: (node: Node) => string,
): readonly number[] {
  const { parents } = node;
  // Most nodes have one parent and nothing else: this runs at every start, over thousands of them.
  if (parents.length === 1) return [parentOf(node, valueAt(parents, 0), byId, describe)];
  return parents.length === 0 ? none : unique(parents.map((id) => parentOf(node, id, byId, describe)));
}

function parentOf<Node extends GraphNode>(
  node: Node,
  id: string,
  byId: ReadonlyMap<string, number>,
  describe: (node: Node) => string,
): number {
  const parent = byId.get(id);
  if (parent !== undefined) return parent;
  throw problem("missing-parent", `${describe(node)} has the parent '${id}', which is no revision.`);
}

function dependencyOf<Node extends GraphNode>(
  node: Node,
  name: string,
  byId: ReadonlyMap<string, number>,
  byLabel: ReadonlyMap<string, number>,
  describe: (node: Node) => string,
): number {
  const dependency = byId.get(name) ?? byLabel.get(name);
  if (dependency === undefined)
    throw problem(
      "missing-dependency",
      `${describe(node)} depends on '${name}', which is neither a revision nor a label.`,
    );
  if (byId.get(node.id) === dependency)
    throw problem("dependency-self-loop", `${describe(node)} depends on its own label '${name}'.`);
  return dependency;
}

function refuseCycle(
  cycle: readonly number[],
  category: "cycle" | "dependency-cycle",
  name: (node: number) => string,
): void {
  if (cycle.length === 0) return;
  const reason = category === "cycle" ? "are each other's ancestors" : "need each other through dependsOn";
  throw problem(category, `These revisions ${reason}: ${enumerate(cycle.map(name), 10)}.`);
}

/** The neighbours in both, each once. */
function joined(some: Edges, others: Edges): Edges {
  return some.map((list, node) => unique([...list, ...neighbours(others, node)]));
}

function unique<Value>(values: readonly Value[]): readonly Value[] {
  return values.length < 2 ? values : [...new Set(values)];
}
