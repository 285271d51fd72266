import { branchPointsOf, headsOfGraph, resolveRevision } from "../graph/index.js";
import { entriesOf, switchesOf } from "./history.js";
import type { ProjectOptions } from "./options.js";
import { findRevisions } from "./revision-set.js";
import type { RevisionSet } from "./revision-set.js";
import type { HistoryReport, RevisionEntry } from "./results.js";

/** Which trees are looked at. */
export interface TreesOptions extends ProjectOptions {
  /** `shipped`: the Butler's trees and those of the configuration (default); `own`: only those of the configuration. */
  readonly trees?: "shipped" | "own";
}

/** A revision with what its file declares, and what extends it. */
export interface ShowReport extends HistoryReport {
  readonly extensions: readonly Pick<RevisionEntry, "id" | "summary" | "file">[];
}

/** The tips of all branches. */
export async function heads(options: TreesOptions = {}): Promise<HistoryReport> {
  const set = await revisionSet(options);
  return { revisions: entriesOf(set, headsOfGraph(set.graph), null), switches: [] };
}

/** The revisions from which several branches start, and the switches between branches. */
export async function branches(options: TreesOptions = {}): Promise<HistoryReport> {
  const set = await revisionSet(options);
  return {
    revisions: entriesOf(set, branchPointsOf(set.graph), null),
    switches: switchesOf(set),
  };
}

/**
 * One revision, with what its header declares.
 * @param name id, a unique beginning of one, a label, or `MANAGER-CLASS@VERSION`
 * @throws InputError `unknown-revision`, `ambiguous-prefix`
 */
export async function show(name: string, options: TreesOptions = {}): Promise<ShowReport> {
  const set = await revisionSet(options);
  const revision = resolveRevision(set.graph, name);
  const [entry] = entriesOf(set, [revision], null);
  const header = set.code.header(revision.id);
  return {
    revisions: entry === undefined ? [] : [{ ...entry, ...header }],
    switches: switchesOf(set, "read").filter(({ from, to }) => from === revision.id || to === revision.id),
    extensions: set.code.extensions
      .filter((one) => one.extends.includes(revision.id))
      .map(({ id, summary, source }) => ({ id, summary, file: source.file })),
  };
}

function revisionSet(options: TreesOptions): Promise<RevisionSet> {
  return findRevisions(options, options.trees === "own" ? "plain" : "butler");
}
