import { branchPointsOf, headsOfGraph, resolveRevision } from "../graph/index.js";
import type { RevisionDefinition } from "../revision.js";
import { entriesOf } from "./history.js";
import type { ProjectOptions } from "./options.js";
import { findRevisions } from "./revision-set.js";
import type { RevisionSet } from "./revision-set.js";
import type { HistoryReport, RevisionEntry } from "./results.js";

/** Which trees are looked at. */
export interface TreesOptions extends ProjectOptions {
  /** `shipped`: the Butler's trees and those of the configuration (default); `own`: only those of the configuration. */
  readonly trees?: "shipped" | "own";
}

/** A revision with the header that only the file has. */
export interface ShowReport extends HistoryReport {
  readonly revisions: readonly (RevisionEntry &
    Pick<
      RevisionDefinition,
      "compatibility" | "execution" | "options" | "needs" | "asks" | "irreversible" | "placeholder"
    >)[];
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
    switches: set.code.switches.map(({ manager, from, to, summary }) => ({ manager, from, to, summary })),
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
    switches: set.code.switches
      .filter(({ from, to }) => from === revision.id || to === revision.id)
      .map(({ manager, from, to, summary }) => ({ manager, from, to, summary })),
  };
}

function revisionSet(options: TreesOptions): Promise<RevisionSet> {
  return findRevisions(options, options.trees === "own" ? "plain" : "butler");
}
