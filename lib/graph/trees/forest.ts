import { lineage } from "../closure.js";
import { type Graph, neighbours } from "../graph.js";
import { loadGraph } from "../load.js";
import { problem } from "../problems.js";
import type { Revision, Switch } from "../revision.js";
import { valueAt, valueOf } from "../../known.js";

/** All revisions of one manager. */
export interface Tree {
  readonly manager: string;
  /** Node numbers, in load order. */
  readonly nodes: readonly number[];
  /** Nodes of each class (configuration trees: namespace), in load order. */
  readonly branches: ReadonlyMap<string, readonly number[]>;
  readonly switches: readonly Switch[];
  /** Nodes that a switch leads on from within their branch, whose lines have parted: none of them is a tip. */
  readonly sideways: ReadonlySet<number>;
}

/** All trees together, in one graph; never changed after `buildGraph`. */
export interface RevisionGraph {
  readonly graph: Graph;
  /** By node number: the headers in load order, without those that only extend others. */
  readonly revisions: readonly Revision[];
  /** The class of each node: its own, else that of the revision below it. */
  readonly branchOf: readonly (string | null)[];
  /** By manager, sorted by name. */
  readonly trees: ReadonlyMap<string, Tree>;
  readonly switches: readonly Switch[];
  /** Older ids, and the id of the revision that replaces each. */
  readonly replaced: ReadonlyMap<string, string>;
  /** The revision with an id, or the one that replaces it. */
  revision(id: string): Revision | undefined;
}

/** How a revision is named in messages: id, and the place of its header. */
export function describe(revision: Pick<Revision, "id" | "source">): string {
  const { file, line } = revision.source;
  return file === null ? revision.id : `${revision.id} (${file}:${line})`;
}

/** How a node is named in messages. */
export function describeNode(view: RevisionGraph, node: number): string {
  return describe(valueAt(view.revisions, node));
}

/** The tree of a node. */
export function managerOf(view: RevisionGraph, node: number): string {
  return valueAt(view.revisions, node).manager;
}

/** The node of an id, or of an older id that it replaces. */
export function nodeOf(view: RevisionGraph, id: string): number | undefined {
  return view.graph.byId.get(view.replaced.get(id) ?? id);
}

/** The nodes that a switch depends on. */
export function switchNeeds(view: RevisionGraph, edge: Switch): number[] {
  return edge.dependsOn.map((name) => nodeOf(view, name) ?? valueOf(view.graph.byLabel, name));
}

/**
 * Puts the headers of all trees together and checks them as a whole.
 * @param revisions in load order, which decides between otherwise equal orders
 * @throws InputError with the category as its code: see `loadGraph`; `missing-parent` also for a parent of another tree,
 *   `missing-dependency` also for what a switch leads between, and what a revision extends
 */
export function buildGraph(revisions: readonly Revision[], switches: readonly Switch[]): RevisionGraph {
  const nodes = revisions.filter((revision) => revision.extends.length === 0);
  const replaced = replacements(nodes);
  const current = (name: string): string => replaced.get(name) ?? name;
  refuseManagersLabels(nodes);
  const labels = treeLabels(nodes);
  const graph = loadGraph(
    nodes.map((revision) => {
      const own = labels.get(revision.id);
      if (own === undefined && replaced.size === 0) return revision;
      const { id, parents, dependsOn, labels: written, source } = revision;
      return {
        id,
        parents: parents.map(current),
        dependsOn: dependsOn.map(current),
        labels: [...written, ...(own ?? [])],
        source,
      };
    }),
    describe,
  );
  refuseReservedNames(graph, nodes);
  const resolved = switches.map((edge) => ({ ...edge, from: current(edge.from), to: current(edge.to) }));
  const branchOf = inheritedBranches(graph, nodes);
  refuseForeignParents(graph, nodes);
  refuseOddSwitches(graph, nodes, branchOf, resolved);
  refuseLooseExtensions(revisions, graph, replaced);
  const trees = treesOf(nodes, branchOf, resolved, graph);
  const revision = (id: string): Revision | undefined => nodes[graph.byId.get(current(id)) ?? -1];
  return { graph, revisions: nodes, branchOf, trees, switches: resolved, replaced, revision };
}

/** Words that targets give a meaning to: what is called so could not be named. A manager may be; its tree is named by `MANAGER@`. */
export const reservedNames: readonly string[] = ["head", "heads", "base", "current"];

function refuseReservedNames({ byId, byLabel }: Graph, nodes: readonly Revision[]): void {
  for (const name of reservedNames) {
    const revision = nodes[byId.get(name) ?? byLabel.get(name) ?? -1];
    // A tree has its manager as a label without a word.
    if (revision === undefined || (revision.id !== name && !revision.labels.includes(name))) continue;
    const what = revision.id === name ? "id" : "label";
    throw problem(
      "invalid-revision-id",
      `${describe(revision)} has the ${what} '${name}', which stands for something else in targets.`,
    );
  }
}

function replacements(nodes: readonly Revision[]): Map<string, string> {
  const replaced = new Map<string, string>();
  if (nodes.every((revision) => revision.replaces.length === 0)) return replaced;
  const byId = new Map(nodes.map((revision) => [revision.id, revision]));
  const replacing = new Map<string, Revision>();
  for (const revision of nodes)
    for (const older of revision.replaces) {
      const other = byId.get(older) ?? replacing.get(older);
      if (other !== undefined)
        throw problem(
          "duplicate-revision",
          `${describe(revision)} replaces ${older}, which is or belongs to ${describe(other)}.`,
        );
      replaced.set(older, revision.id);
      replacing.set(older, revision);
    }
  return replaced;
}

/** A tree is named by its manager, so that no revision of another can be. */
function refuseManagersLabels(nodes: readonly Revision[]): void {
  const labelled = nodes.filter(({ labels }) => labels.length > 0);
  if (labelled.length === 0) return;
  const managers = new Set(nodes.map(({ manager }) => manager));
  for (const revision of labelled)
    for (const label of revision.labels)
      if (label !== revision.manager && managers.has(label))
        throw problem(
          "duplicate-label",
          `The label '${label}' of ${describe(revision)} is the name of a manager.`,
        );
}

/** Labels that every tree and class has without writing them: the manager, and `<manager>-<Class>` on the first of a class. */
function treeLabels(nodes: readonly Revision[]): Map<string, string[]> {
  const candidates = labelCandidates(nodes);
  // What a file of the tree says itself goes first.
  const take = (name: string, manager: string): void => {
    const carriers = candidates.get(name);
    if (carriers === undefined) return;
    candidates.set(
      name,
      carriers.filter((carrier) => carrier.manager !== manager),
    );
  };
  for (const { manager, id, labels } of nodes) {
    take(id, manager);
    if (labels.length > 0) for (const label of labels) take(label, manager);
  }
  const labels = new Map<string, string[]>();
  for (const [label, [carrier, ...others]] of candidates)
    if (carrier !== undefined && others.length === 0)
      labels.set(carrier.id, [...(labels.get(carrier.id) ?? []), label]);
  return labels;
}

/** By label: the revisions that could carry it. */
function labelCandidates(nodes: readonly Revision[]): Map<string, readonly Revision[]> {
  const candidates = new Map<string, Revision[]>();
  const propose = (label: string, revision: Revision): void => {
    const carriers = candidates.get(label);
    if (carriers === undefined) candidates.set(label, [revision]);
    else carriers.push(revision);
  };
  const branchById = new Map<string, string>();
  for (const { id, branch } of nodes) if (branch !== null) branchById.set(id, branch);
  for (const revision of nodes) {
    if (revision.parents.length === 0) propose(revision.manager, revision);
    const { branch } = revision;
    if (branch !== null && !revision.parents.some((parent) => branchById.get(parent) === branch))
      propose(`${revision.manager}-${branch}`, revision);
  }
  return candidates;
}

/** A revision without a class of its own continues that of its first parent. */
function inheritedBranches(graph: Graph, nodes: readonly Revision[]): (string | null)[] {
  const known: (string | null | undefined)[] = nodes.map((revision) => revision.branch ?? undefined);
  const below = (node: number): number | undefined => neighbours(graph.parents, node)[0];
  for (let start = 0; start < nodes.length; start++) {
    let end: number | undefined = start;
    while (end !== undefined && known[end] === undefined) end = below(end);
    const branch = end === undefined ? null : (known[end] ?? null);
    for (let node: number | undefined = start; node !== undefined && node !== end; node = below(node))
      known[node] = branch;
  }
  return known.map((branch) => branch ?? null);
}

function refuseForeignParents(graph: Graph, nodes: readonly Revision[]): void {
  let node = 0;
  for (const revision of nodes) {
    for (const parent of neighbours(graph.parents, node)) {
      const below = valueAt(nodes, parent);
      if (below.manager !== revision.manager)
        throw problem(
          "missing-parent",
          `${describe(revision)} of ${revision.manager} has the parent ${describe(below)} of ${below.manager}.`,
          "A revision of another tree that must come first belongs into dependsOn.",
        );
    }
    node += 1;
  }
}

function refuseOddSwitches(
  graph: Graph,
  nodes: readonly Revision[],
  branchOf: readonly (string | null)[],
  switches: readonly Switch[],
): void {
  for (const edge of switches) {
    const place = edge.source.file === null ? "" : ` (${edge.source.file}:${edge.source.line})`;
    const name = `The switch of ${edge.manager} from ${edge.from} to ${edge.to}${place}`;
    const end = (id: string): number => {
      const node = graph.byId.get(id);
      if (node !== undefined && nodes[node]?.manager === edge.manager) return node;
      throw problem("missing-parent", `${name} has the end ${id}, which is no revision of that tree.`);
    };
    const [from, to] = [end(edge.from), end(edge.to)];
    for (const dependency of edge.dependsOn)
      if (!graph.byId.has(dependency) && !graph.byLabel.has(dependency))
        throw problem("missing-dependency", `${name} depends on '${dependency}', which is no revision.`);
    if (edge.from === edge.to) throw problem("self-loop", `${name} leads nowhere.`);
    if (branchOf[from] !== branchOf[to]) continue;
    if (lineage(graph, [from]).has(to))
      throw problem(
        "not-in-branch",
        `${name} stays on one line of a branch.`,
        "Revisions lead from one of its ends to the other.",
      );
  }
}

function refuseLooseExtensions(
  revisions: readonly Revision[],
  graph: Graph,
  replaced: ReadonlyMap<string, string>,
): void {
  for (const revision of revisions)
    for (const id of revision.extends)
      if (!graph.byId.has(replaced.get(id) ?? id))
        throw problem("missing-dependency", `${describe(revision)} extends '${id}', which is no revision.`);
}

function sidewaysOf(edge: Switch, branchOf: readonly (string | null)[], { byId }: Graph): number[] {
  const [from, to] = [valueOf(byId, edge.from), valueOf(byId, edge.to)];
  return branchOf[from] === branchOf[to] ? [from] : [];
}

function treesOf(
  nodes: readonly Revision[],
  branchOf: readonly (string | null)[],
  switches: readonly Switch[],
  graph: Graph,
): Map<string, Tree> {
  const managers = [...new Set(nodes.map((revision) => revision.manager))].toSorted();
  const trees = new Map(
    managers.map((manager) => [
      manager,
      {
        manager,
        nodes: [] as number[],
        branches: new Map<string, number[]>(),
        switches: switches.filter((edge) => edge.manager === manager),
        sideways: new Set(
          switches
            .filter((edge) => edge.manager === manager)
            .flatMap((edge) => sidewaysOf(edge, branchOf, graph)),
        ),
      },
    ]),
  );
  let node = -1;
  for (const revision of nodes) {
    node += 1;
    const tree = valueOf(trees, revision.manager);
    const branch = valueAt(branchOf, node);
    tree.nodes.push(node);
    if (branch === null) continue;
    const members = tree.branches.get(branch) ?? [];
    members.push(node);
    tree.branches.set(branch, members);
  }
  return trees;
}
