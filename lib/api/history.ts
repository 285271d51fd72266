import { historyOf, pending } from "../graph/index.js";
import type { AppliedState } from "../graph/index.js";
import type { Revision } from "../graph/revision.js";
import type { Repository } from "../repository/repository.js";
import type { RepositoryState } from "../state/state.js";
import type { VersionRow } from "../state/version-tables.js";
import type { ProjectOptions } from "./options.js";
import { findRevisions } from "./revision-set.js";
import type { RevisionSet } from "./revision-set.js";
import type { HistoryReport, RevisionEntry } from "./results.js";

/** What of the history is asked for. */
export interface HistoryOptions extends ProjectOptions {
  /** Repository to compare with; without it no database is opened, and only shipped and configured files are read. */
  readonly uri?: string;
  /** `A:B`; everything without it. */
  readonly range?: string;
  /** Which shipped trees are shown where no repository is given (default `shipped`). */
  readonly trees?: "shipped" | "own";
  /** Whether to read what ran on the repository, downgrades and failures included (default `skip`). */
  readonly runs?: "skip" | "read";
  /** Whether to tell what the files declare: compatibility, execution, options, providers (default `skip`). */
  readonly declarations?: "skip" | "read";
}

/** The revisions, newest first, and the switches between branches. Files are read, not run. */
export async function history(options: HistoryOptions = {}): Promise<HistoryReport> {
  if (options.uri === undefined) {
    const kind = options.trees === "own" ? "plain" : "butler";
    return reportHistory(await findRevisions(options, kind), options, null);
  }
  // Loaded only here: what opens repositories takes longer to load than most histories to read.
  const [{ stateForGraph, withProject }, { readState }, { runEntries }] = await Promise.all([
    import("./project.js"),
    import("../state/read.js"),
    import("./log.js"),
  ]);
  return withProject(options.uri, options, async (project) => {
    const { repository, known } = project;
    const { state, runs } = await repository.database.transaction({ mode: "read" }, async (session) => {
      const found = await readState(repository, session, known);
      return { state: found, runs: options.runs === "read" && found.hasLog ? await runEntries(session) : [] };
    });
    const { unrecordedTrees } = repository;
    const standing = { state, applied: stateForGraph(state), unrecordedTrees };
    const report = reportHistory(project, options, standing);
    return options.runs === "read" ? { ...report, runs } : report;
  });
}

/** What is known of a repository, for people and for the graph. */
interface Standing {
  readonly state: RepositoryState;
  readonly applied: AppliedState;
  readonly unrecordedTrees: Repository["unrecordedTrees"];
}

function reportHistory(
  set: RevisionSet,
  { range, declarations = "skip" }: HistoryOptions,
  standing: Standing | null,
): HistoryReport {
  const { graph, code } = set;
  const revisions = historyOf(graph, standing?.applied ?? null, range);
  const shown = range === undefined ? null : new Set(revisions.map(({ id }) => id));
  const isShown = ({ from, to }: HistoryReport["switches"][number]): boolean =>
    shown === null || (shown.has(from) && shown.has(to));
  const open = standing === null ? new Map<string, string[]>() : pending(graph, standing.applied, standing);
  const entries = entriesOf(set, revisions, standing?.state ?? null, new Set([...open.values()].flat()));
  return {
    revisions: declarations === "read" ? entries.map((one) => ({ ...one, ...code.header(one.id) })) : entries,
    ...unknownOf(graph, standing),
    switches: switchesOf(set, declarations).filter(isShown),
  };
}

function unknownOf(graph: RevisionSet["graph"], standing: Standing | null): Pick<HistoryReport, "unknown"> {
  if (standing === null) return {};
  const unknown = [...standing.state.trees.values()].flatMap(({ manager, heads, rows }) =>
    [...new Set([...heads, ...rows.map(({ revision }) => revision)])]
      .filter((id) => graph.revision(id) === undefined)
      .map((revision) => ({ manager, revision })),
  );
  return unknown.length === 0 ? {} : { unknown };
}

/** Describes switches for people and programs. */
export function switchesOf(
  { code }: RevisionSet,
  declarations: "skip" | "read" = "skip",
): HistoryReport["switches"] {
  return code.switches.map(({ manager, from, to, summary }) => ({
    manager,
    from,
    to,
    summary,
    ...(declarations === "read" ? code.headerOfSwitch(manager, from, to) : {}),
  }));
}

/** Describes revisions for people and programs. */
export function entriesOf(
  { graph }: RevisionSet,
  revisions: readonly Revision[],
  state: RepositoryState | null,
  open: ReadonlySet<string> = new Set(),
): RevisionEntry[] {
  const recorded = state === null ? [] : [...state.trees.values()].flatMap((tree) => tree.heads);
  const heads = new Set(recorded.map((id) => currentId(graph, id)));
  const applied = state === null ? null : appliedRows(graph, state);
  return revisions.map((revision) => {
    const row = applied?.get(revision.id) ?? null;
    return {
      id: revision.id,
      parents: revision.parents,
      manager: revision.manager,
      class: revision.branch,
      version: revision.version,
      labels: revision.labels,
      dependsOn: revision.dependsOn,
      summary: revision.summary,
      file: revision.source.file,
      applied: applied === null ? null : applied.has(revision.id),
      state: applied === null ? null : stateOf(revision.id, heads, applied, open),
      appliedAt: row?.appliedAt ?? null,
      appliedBy: row?.appliedBy ?? null,
      durationMs: numberOrNull(row?.durationMs ?? null),
    };
  });
}

function stateOf(
  id: string,
  heads: ReadonlySet<string>,
  applied: ReadonlyMap<string, unknown>,
  open: ReadonlySet<string>,
): RevisionEntry["state"] {
  if (heads.has(id)) return "current";
  if (applied.has(id)) return "applied";
  return open.has(id) ? "pending" : "absent";
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}

/** The id that a recorded one has in the files now. */
function currentId(graph: RevisionSet["graph"], id: string): string {
  return graph.revision(id)?.id ?? id;
}

/** What is applied, with its row where there is one: a tree that is not adopted yet has none. */
function appliedRows(graph: RevisionSet["graph"], state: RepositoryState): Map<string, VersionRow | null> {
  const applied = new Map<string, VersionRow | null>();
  for (const { heads, rows } of state.trees.values()) {
    for (const row of rows) applied.set(currentId(graph, row.revision), row);
    if (rows.length > 0) continue;
    const open = heads.map((id) => currentId(graph, id));
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (applied.has(id)) continue;
      applied.set(id, null);
      open.push(...(graph.revision(id)?.parents ?? []));
    }
  }
  return applied;
}
