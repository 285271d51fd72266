import { type NodeSet, reach } from "../closure.js";
import { cycleIn } from "../cycles.js";
import { type Edges, idsOf, neighbours } from "../graph.js";
import { problem } from "../problems.js";
import { managerOf, nodeOf, type RevisionGraph } from "./forest.js";
import { valueOf } from "../../known.js";

/** A row of a version table. */
export interface AppliedRow {
  /** Order of application over all trees; rows of one adoption or stamp share it. */
  readonly seq: bigint;
  readonly manager: string;
  readonly revision: string;
  /** Where the revision was reached from: a parent (a merge has a row for each), or the other end of a switch; null for a root. */
  readonly parent: string | null;
}

/** What a repository records about its trees. */
export interface AppliedState {
  /** By manager of a started tree: the revisions that it stands on. */
  readonly heads: ReadonlyMap<string, readonly string[]>;
  /** All recorded revisions, where version tables exist; empty where only heads are known. */
  readonly order: readonly AppliedRow[];
}

/** A recorded state, found in the graph. */
export interface Standing {
  /** Everything that is recorded as applied, or follows from it. */
  readonly applied: NodeSet;
  /** What each tree stands on, by manager of a started tree. */
  readonly heads: ReadonlyMap<string, readonly number[]>;
  /** By node: where it was reached from; where nothing else is recorded, its parents. */
  readonly reachedFrom: Edges;
  /** Applied nodes that were not reached from their parents: over a switch. */
  readonly astray: readonly number[];
  /** By applied node: its place in the order of application, where a row tells it. */
  readonly sequence: ReadonlyMap<number, bigint>;
  /** Recorded revisions that no file has; one may come more than once. */
  readonly unknown: readonly { readonly manager: string; readonly revision: string }[];
}

/** Finds a recorded state in the graph; what no file has is listed, not refused. */
export function standingOf(view: RevisionGraph, state: AppliedState): Standing {
  const unknown: { manager: string; revision: string }[] = [];
  const find = (manager: string, revision: string): number[] => {
    const node = nodeOf(view, revision);
    if (node !== undefined && managerOf(view, node) === manager) return [node];
    unknown.push({ manager, revision });
    return [];
  };
  const heads = new Map<string, number[]>();
  for (const [manager, ids] of state.heads) {
    const nodes = [...new Set(ids.flatMap((id) => find(manager, id)))];
    if (ids.length > 0) heads.set(manager, nodes);
  }
  const recorded = new Map<number, number[]>();
  const sequence = new Map<number, bigint>();
  for (const { seq, manager, revision, parent } of state.order)
    for (const node of find(manager, revision)) {
      // Of several revisions that one replaces, those below others were reached from what is the same now.
      const from = (parent === null ? [] : find(manager, parent)).filter((other) => other !== node);
      recorded.set(node, [...(recorded.get(node) ?? []), ...from]);
      sequence.set(node, seq);
    }
  const { parents } = view.graph;
  const astray = [...recorded]
    .filter(([node, from]) => from.some((one) => !neighbours(parents, node).includes(one)))
    .map(([node]) => node);
  const elsewhere = new Set(astray);
  const reachedFrom =
    astray.length === 0
      ? parents
      : parents.map((below, node) => (elsewhere.has(node) ? valueOf(recorded, node) : below));
  const applied = reach(reachedFrom, [...[...heads.values()].flat(), ...sequence.keys()]);
  if (astray.length > 0) refuseLoops(view, applied, reachedFrom);
  return { applied, heads, reachedFrom, astray, sequence, unknown };
}

function refuseLoops(view: RevisionGraph, applied: NodeSet, edges: Edges): void {
  const recorded = edges.map((parents, node) => (applied.has(node) ? parents : []));
  const loop = idsOf(view.graph, cycleIn(recorded));
  if (loop.length === 0) return;
  throw problem(
    "version-table-mismatch",
    `The recorded parents of ${loop.join(", ")} go round in a circle.`,
    "Settle what is applied with `godwit stamp`.",
  );
}

/**
 * Stops where a tree stands on a revision that no file has.
 * @param way how to settle it
 */
export function refuseUnknownHeads(
  standing: Standing,
  state: AppliedState,
  managers: Iterable<string>,
  way = "settle it with `godwit stamp`",
): void {
  const concerned = new Set(managers);
  for (const { manager, revision } of standing.unknown) {
    if (!concerned.has(manager) || state.heads.get(manager)?.includes(revision) !== true) continue;
    throw problem(
      "unknown-revision",
      `${manager} stands on ${revision}, which no revision file has.`,
      `Add the place of its file to \`revisions\` in the configuration, or ${way}.`,
    );
  }
}

/** Where an applied node was reached from. */
export function recordedParents(standing: Standing, node: number): readonly number[] {
  return neighbours(standing.reachedFrom, node);
}
