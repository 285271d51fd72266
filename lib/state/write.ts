/** The only writer of the version tables and of `alembic_version`. Everything here belongs into the transaction of the step that it records. */
import type { Session } from "../database/database.js";
import type { Sql } from "../database/sql.js";
import type { Revision, Step, Switch } from "../graph/revision.js";
import type { Repository } from "../repository/repository.js";
import { createAlembicTable, replaceAlembicRows } from "./alembic.js";
import { createLogTable } from "./log.js";
import { createProgressTable } from "./progress.js";
import type { KnownRevisions, RepositoryState, TreeState } from "./state.js";
import {
  clearVersionTable,
  createVersionTable,
  deleteVersionRows,
  insertVersionRows,
} from "./version-tables.js";
import type { NewVersionRow, RowKind, VersionRow } from "./version-tables.js";
import { surely, valueOf } from "../known.js";

/** When and by what something is recorded. */
export interface Stamp {
  /** UTC, ISO 8601. */
  readonly at: string;
  /** Tool and version. */
  readonly by: string;
  /** The next number in the order of application, where only the database will know it. */
  readonly seq?: Sql;
}

/** The next number in the order of application. */
export function nextSequence(state: RepositoryState): bigint {
  let last = 0n;
  for (const { rows } of state.trees.values()) {
    for (const { seq } of rows) if (seq > last) last = seq;
  }
  return last + 1n;
}

/**
 * Whether the first write is still to come: a table of ours is missing, a recorded manager is not yet in its version table, or what
 * is recorded has an id that a revision replaces since.
 */
export function needsAdoption(
  repository: Repository,
  state: RepositoryState,
  known: KnownRevisions,
): boolean {
  if (!state.hasLog || !state.hasProgress) return true;
  if (repository.kind === "butler" && !state.hasAlembicTable) return true;
  return [...state.trees.values()].some((tree) => tree.recordedBy !== "godwit" || hasOlderIds(tree, known));
}

function hasOlderIds({ rows }: TreeState, known: KnownRevisions): boolean {
  return rows.some((row) => currentId(known, row.revision) !== row.revision);
}

/** The id that files have for a revision; of one that no file has, its own. */
function currentId(known: KnownRevisions, id: string): string {
  return known.revision(id)?.id ?? id;
}

/**
 * The first write: makes the tables, records every started tree with its chain back to the root, and on a Butler makes
 * `alembic_version`, so that either tool can take over. What is recorded under an older id gets the one that files have now.
 */
export async function adopt(
  repository: Repository,
  session: Session,
  state: RepositoryState,
  known: KnownRevisions,
  stamp: Stamp,
): Promise<void> {
  await createLogTable(session);
  await createProgressTable(session);
  const seq = nextSequence(state);
  for (const tree of state.trees.values()) {
    if (tree.recordedBy === "godwit" && !hasOlderIds(tree, known)) continue;
    await createVersionTable(session, tree.manager);
    await clearVersionTable(session, tree.manager);
    const rows =
      tree.recordedBy === "godwit"
        ? renamedRows(tree.rows, known)
        : chainRows(tree.heads, known, "adopt", seq, stamp);
    await insertVersionRows(session, tree.manager, rows);
  }
  const older = (state.alembic ?? []).filter((id) => currentId(known, id) !== id);
  if (older.length > 0)
    await replaceAlembicRows(session, { remove: older, add: older.map((id) => currentId(known, id)) });
  if (repository.kind === "butler" && state.alembic === null) {
    await createAlembicTable(session);
    await replaceAlembicRows(session, { remove: [], add: headsOf(state) });
  }
}

/** Rows under the ids that files have now; of several revisions that one replaces, those that lead to it from elsewhere. */
function renamedRows(rows: readonly VersionRow[], known: KnownRevisions): VersionRow[] {
  const renamed = rows.flatMap((row) => {
    const parent = row.parent === null ? null : currentId(known, row.parent);
    const revision = known.revision(row.revision);
    if (revision === undefined || revision.id === row.revision) return { ...row, parent };
    const { id, branch, version } = revision;
    return parent === id ? [] : { ...row, revision: id, parent, branch, version, checksum: null };
  });
  return [...new Map(renamed.map((row) => [JSON.stringify([row.revision, row.parent]), row])).values()];
}

function headsOf(state: RepositoryState): string[] {
  return [...state.trees.values()].flatMap((tree) => tree.heads);
}

/** The rows that stand for a chain: every revision from the root of the tree to the heads, with its parents. Files have all of them. */
export function chainRows(
  heads: readonly string[],
  known: KnownRevisions,
  kind: RowKind,
  seq: bigint,
  stamp: Stamp,
): VersionRow[] {
  const rows: VersionRow[] = [];
  const seen = new Set<string>();
  const open = [...heads];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const revision = surely(known.revision(id));
    if (seen.has(revision.id)) continue;
    seen.add(revision.id);
    rows.push(...rowsOf(revision, revision.parents, kind, { seq, durationMs: null, checksum: null, stamp }));
    open.push(...revision.parents);
  }
  return rows.toReversed();
}

interface RowDetails<Seq> {
  readonly seq: Seq;
  readonly durationMs: bigint | null;
  readonly checksum: string | null;
  readonly stamp: Stamp;
}

/** One row a parent; a single one without parent for a root. */
function rowsOf<Seq extends bigint | Sql>(
  revision: Revision,
  parents: readonly string[],
  kind: RowKind,
  details: RowDetails<Seq>,
): NewVersionRow<Seq>[] {
  const pointers = parents.length === 0 ? [null] : parents;
  return pointers.map((parent) => ({
    seq: details.seq,
    revision: revision.id,
    parent,
    branch: revision.branch,
    version: revision.version,
    kind,
    appliedAt: details.stamp.at,
    durationMs: details.durationMs,
    appliedBy: details.stamp.by,
    checksum: details.checksum,
  }));
}

/** A step that has run, to be recorded. */
export interface RanStep {
  readonly step: Step;
  /** The revision that the step reaches (up, switch) or leaves (down). */
  readonly revision: Revision;
  readonly durationMs: bigint;
  readonly checksum: string | null;
}

/** Records a step: its row in the version table, and the heads in `alembic_version` where there is one. */
export async function recordStep(
  session: Session,
  state: RepositoryState,
  known: KnownRevisions,
  ran: RanStep,
  stamp: Stamp,
): Promise<void> {
  const { step, revision } = ran;
  await createVersionTable(session, step.manager);
  if (step.direction === "down") {
    await deleteVersionRows(session, step.manager, revision.id);
  } else if (step.switch?.way === "back") {
    await recordWayBack(session, state, known, step.switch.edge, stamp);
  } else {
    const kind = step.direction === "switch" ? "switch" : "upgrade";
    const details = {
      seq: stamp.seq ?? nextSequence(state),
      durationMs: ran.durationMs,
      checksum: ran.checksum,
      stamp,
    };
    await insertVersionRows(session, step.manager, rowsOf(revision, step.from, kind, details));
  }
  if (!state.hasAlembicTable) return;
  const before = state.trees.get(step.manager)?.heads ?? [];
  await replaceAlembicRows(session, { remove: before, add: step.heads });
}

/** An adopted tree knows only the chain of the class it stands on, so the chain below the switch may have to be written. */
async function recordWayBack(
  session: Session,
  state: RepositoryState,
  known: KnownRevisions,
  edge: Switch,
  stamp: Stamp,
): Promise<void> {
  const { rows } = valueOf(state.trees, edge.manager);
  await deleteVersionRows(session, edge.manager, edge.to);
  if (rows.some((row) => row.revision === edge.from)) return;
  const seq = nextSequence(state);
  const chain = chainRows([edge.from], known, "switch", seq, stamp);
  // What was adopted below the class that is left would be a second head.
  const kept = new Set(chain.map((row) => row.revision));
  const left = chainRows([edge.to], known, "switch", seq, stamp).filter((row) => !kept.has(row.revision));
  for (const { revision } of left) await deleteVersionRows(session, edge.manager, revision);
  const present = new Set(rows.map((row) => row.revision));
  const missing = chain.filter((row) => !present.has(row.revision));
  await insertVersionRows(session, edge.manager, missing);
}

/** New heads of one tree, to be stamped. */
export interface StampedTree {
  readonly manager: string;
  /** Empty: nothing of the tree is applied. */
  readonly heads: readonly string[];
}

/** Replaces the rows of trees by chains to the given heads, without running anything. */
export async function writeStamps(
  session: Session,
  state: RepositoryState,
  known: KnownRevisions,
  trees: readonly StampedTree[],
  stamp: Stamp,
): Promise<void> {
  const seq = nextSequence(state);
  for (const { manager, heads } of trees) {
    await createVersionTable(session, manager);
    await clearVersionTable(session, manager);
    await insertVersionRows(session, manager, chainRows(heads, known, "stamp", seq, stamp));
  }
}
