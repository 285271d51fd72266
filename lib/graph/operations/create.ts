import { type Graph, type GraphNode, heads, idOf, idsOf, neighbours } from "../graph.js";
import { loadGraph, refuseOddId } from "../load.js";
import { problem } from "../problems.js";
import { resolveName, resolveOne } from "./names.js";

/** A revision that is to be written. */
export interface NewRevision {
  readonly id: string;
  /** Names of what it is built on; `base` begins a tree. */
  readonly on: readonly string[];
  readonly dependsOn: readonly string[];
  readonly labels: readonly string[];
  /** Whether it may be built on a revision that has children. */
  readonly place: "head" | "anywhere";
}

/** What is written into its file, and the heads of the graph with it (ids, in load order). */
export interface CreatedRevision {
  readonly parents: readonly string[];
  readonly dependsOn: readonly string[];
  readonly heads: readonly string[];
}

/**
 * Works out the header of a new revision, and checks the graph with it.
 * @param nodes the graph's revisions, in load order
 * @throws InputError with the category as its code: `invalid-revision-id`, `not-a-head`, `duplicate-heads`, and what `loadGraph` finds
 */
export function createRevision(
  graph: Graph,
  nodes: readonly GraphNode[],
  wanted: NewRevision,
): CreatedRevision {
  refuseOddId(wanted.id, "the new revision");
  const below = wanted.on.flatMap((name) => resolveName(graph, name).nodes);
  if (new Set(below).size !== below.length)
    throw problem("duplicate-heads", `The same parent is named twice: ${idsOf(graph, below).join(", ")}.`);
  if (wanted.place === "head") refuseSplice(graph, below);
  const parents = idsOf(graph, below);
  const dependsOn = wanted.dependsOn.map((name) => dependencyOf(graph, name));
  const extended = loadGraph([...nodes, { id: wanted.id, parents, dependsOn, labels: wanted.labels }]);
  return { parents, dependsOn, heads: idsOf(extended, heads(extended)) };
}

function refuseSplice(graph: Graph, parents: readonly number[]): void {
  const tips = new Set(heads(graph));
  const inner = parents.find((parent) => !tips.has(parent));
  if (inner === undefined) return;
  const others = neighbours(graph.children, inner);
  throw problem(
    "not-a-head",
    `${idOf(graph, inner)} is no head: ${idsOf(graph, others).join(", ")} is built on it already.`,
    "Build on the head, or begin a branch with --splice.",
  );
}

/** A label stays a label in the file; anything else becomes the full id. */
function dependencyOf(graph: Graph, name: string): string {
  const node = resolveOne(graph, name);
  if (node === undefined)
    throw problem("missing-dependency", `'${name}' is no revision that could be depended on.`);
  return graph.labels[node]?.includes(name) === true ? name : idOf(graph, node);
}
