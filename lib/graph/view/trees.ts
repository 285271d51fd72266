/** All trees of revisions together, as the repository's commands see them. */
import { InputError } from "../../errors.js";
import type { Revision, Source, Switch } from "../revision.js";

/** The revisions of all trees, checked. Made by `buildGraph`. */
export interface RevisionGraph {
  /** In load order. */
  readonly revisions: readonly Revision[];
  readonly switches: readonly Switch[];
  /** Managers of all trees, sorted. */
  readonly managers: readonly string[];
  /** The revision with an id, or the one that replaces it. */
  revision(id: string): Revision | undefined;
  /** The revisions directly above, by parents, in load order. */
  children(id: string): readonly Revision[];
  /** The revisions that name one in `dependsOn`. */
  dependents(id: string): readonly Revision[];
  /** `dependsOn`, as revisions. */
  dependencies(id: string): readonly Revision[];
  /** The revision that carries a label. */
  labelled(label: string): Revision | undefined;
  /** All revisions of a tree, in load order. */
  tree(manager: string): readonly Revision[];
}

/**
 * Builds the graph, and checks it as a whole.
 * @throws InputError `duplicate-revision`, `duplicate-label`, `missing-parent`, `missing-dependency`, `parent-of-other-tree`, `cycle`, `bad-switch`
 */
export function buildGraph(revisions: readonly Revision[], switches: readonly Switch[]): RevisionGraph {
  const byId = indexIds(revisions);
  const byLabel = indexLabels(revisions, byId);
  const graph = new Graph(revisions, switches, byId, byLabel);
  checkParents(revisions, byId);
  checkSwitches(switches, byId);
  graph.connect();
  refuseCycles(graph);
  return graph;
}

class Graph implements RevisionGraph {
  readonly managers: readonly string[];
  readonly #children = new Map<string, Revision[]>();
  readonly #dependents = new Map<string, Revision[]>();
  readonly #dependencies = new Map<string, Revision[]>();
  readonly #trees = new Map<string, Revision[]>();

  constructor(
    readonly revisions: readonly Revision[],
    readonly switches: readonly Switch[],
    private readonly byId: ReadonlyMap<string, Revision>,
    private readonly byLabel: ReadonlyMap<string, Revision>,
  ) {
    this.managers = [...new Set(revisions.map(({ manager }) => manager))].toSorted();
  }

  connect(): void {
    for (const revision of this.revisions) {
      push(this.#trees, revision.manager, revision);
      for (const parent of revision.parents)
        push(this.#children, this.byId.get(parent)?.id ?? parent, revision);
      for (const name of revision.dependsOn) {
        const needed = this.byId.get(name) ?? this.byLabel.get(name);
        if (needed === undefined) {
          throw new InputError(
            "missing-dependency",
            `${named(revision)} depends on "${name}", which is neither a revision nor a label.`,
          );
        }
        push(this.#dependencies, revision.id, needed);
        push(this.#dependents, needed.id, revision);
      }
    }
  }

  revision(id: string): Revision | undefined {
    return this.byId.get(id);
  }

  labelled(label: string): Revision | undefined {
    return this.byLabel.get(label);
  }

  children(id: string): readonly Revision[] {
    return this.#children.get(id) ?? [];
  }

  dependents(id: string): readonly Revision[] {
    return this.#dependents.get(id) ?? [];
  }

  dependencies(id: string): readonly Revision[] {
    return this.#dependencies.get(id) ?? [];
  }

  tree(manager: string): readonly Revision[] {
    return this.#trees.get(manager) ?? [];
  }
}

function push(map: Map<string, Revision[]>, key: string, value: Revision): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function indexIds(revisions: readonly Revision[]): Map<string, Revision> {
  const byId = new Map<string, Revision>();
  for (const revision of revisions) {
    const other = byId.get(revision.id);
    if (other !== undefined) {
      throw new InputError(
        "duplicate-revision",
        `Two files have the id ${revision.id}: ${at(other.source)} and ${at(revision.source)}.`,
        {
          hint: "Give one of them another id.",
        },
      );
    }
    byId.set(revision.id, revision);
  }
  for (const revision of revisions) {
    for (const old of revision.replaces) if (!byId.has(old)) byId.set(old, revision);
  }
  return byId;
}

function indexLabels(
  revisions: readonly Revision[],
  byId: ReadonlyMap<string, Revision>,
): Map<string, Revision> {
  const byLabel = new Map<string, Revision>();
  for (const revision of revisions) {
    for (const label of revision.labels) {
      const other = byLabel.get(label) ?? byId.get(label);
      if (other !== undefined) {
        throw new InputError(
          "duplicate-label",
          `The label "${label}" of ${named(revision)} is taken by ${named(other)}.`,
        );
      }
      byLabel.set(label, revision);
    }
  }
  return byLabel;
}

function checkParents(revisions: readonly Revision[], byId: ReadonlyMap<string, Revision>): void {
  for (const revision of revisions) {
    for (const id of revision.parents) {
      const parent = byId.get(id);
      if (parent === undefined) {
        throw new InputError("missing-parent", `${named(revision)} has the parent ${id}, which no file has.`);
      }
      if (parent === revision)
        throw new InputError("self-loop", `${named(revision)} names itself as its parent.`);
      if (parent.manager !== revision.manager) {
        throw new InputError(
          "parent-of-other-tree",
          `${named(revision)} of "${revision.manager}" has the parent ${named(parent)} of "${parent.manager}".`,
          {
            hint: "Order between trees is said with dependsOn.",
          },
        );
      }
    }
  }
}

function checkSwitches(switches: readonly Switch[], byId: ReadonlyMap<string, Revision>): void {
  const seen = new Map<string, Switch>();
  for (const edge of switches) {
    for (const id of [edge.from, edge.to]) {
      const end = byId.get(id);
      if (end !== undefined && end.manager === edge.manager) continue;
      throw new InputError(
        "bad-switch",
        `The switch of ${at(edge.source)} names ${id}, which is no revision of "${edge.manager}".`,
      );
    }
    const key = `${edge.from} ${edge.to}`;
    const other = seen.get(key);
    if (other !== undefined) {
      throw new InputError(
        "duplicate-switch",
        `Two files define the switch ${edge.from} to ${edge.to}: ${at(other.source)} and ${at(edge.source)}.`,
      );
    }
    seen.set(key, edge);
  }
}

/** Takes away, again and again, what needs nothing that is left; what stays needs itself. */
function refuseCycles(graph: RevisionGraph): void {
  const needs = new Map(
    graph.revisions.map(({ id, parents }) => [id, parents.length + graph.dependencies(id).length]),
  );
  const free = graph.revisions.filter(({ id }) => needs.get(id) === 0);
  let taken = 0;
  for (let revision = free.pop(); revision !== undefined; revision = free.pop()) {
    taken += 1;
    for (const above of [...graph.children(revision.id), ...graph.dependents(revision.id)]) {
      const left = (needs.get(above.id) ?? 0) - 1;
      needs.set(above.id, left);
      if (left === 0) free.push(above);
    }
  }
  if (taken === graph.revisions.length) return;
  const stuck = graph.revisions.filter(({ id }) => (needs.get(id) ?? 0) > 0);
  throw new InputError(
    "cycle",
    `These revisions need each other: ${stuck.slice(0, 10).map(named).join(", ")}.`,
  );
}

/** A revision with its place, for messages. */
export function named({ id, source }: Revision): string {
  return source.file === null ? id : `${id} (${at(source)})`;
}

/** A place in a file, for messages. */
export function at({ file, line }: Source): string {
  return file === null ? "a revision without a file" : `${file}:${line}`;
}

/** The revisions themselves and all below them, by parents, within their tree. */
export function ancestorsOf(graph: RevisionGraph, ids: Iterable<string>): Set<string> {
  const found = new Set<string>();
  const open = [...ids];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const revision = graph.revision(id);
    if (revision === undefined || found.has(revision.id)) continue;
    found.add(revision.id);
    open.push(...revision.parents);
  }
  return found;
}

/** The revisions themselves and all above them, by parents. */
export function descendantsOf(graph: RevisionGraph, ids: Iterable<string>): Set<string> {
  const found = new Set<string>();
  const open = [...ids];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...graph.children(id).map((child) => child.id));
  }
  return found;
}

/** The tips of the branch that a tree stands on: what has no child of the same class above the heads. Nothing applied: all tips of the tree. */
export function tipsOf(graph: RevisionGraph, manager: string, heads: readonly string[]): string[] {
  const start =
    heads.length === 0
      ? graph
          .tree(manager)
          .filter(({ parents }) => parents.length === 0)
          .map(({ id }) => id)
      : heads;
  const branch = heads.length === 1 ? (graph.revision(heads[0] ?? "")?.branch ?? null) : null;
  const above = [...descendantsOf(graph, start)].flatMap((id) => graph.revision(id) ?? []);
  const own =
    branch === null
      ? above
      : above.filter((revision) => revision.branch === branch || heads.includes(revision.id));
  const ids = new Set(own.map(({ id }) => id));
  return own
    .filter(({ id }) => !graph.children(id).some((child) => ids.has(child.id)))
    .map(({ id }) => id)
    .toSorted();
}
