import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import type { DialectName } from "../database/database.js";
import { InputError } from "../errors.js";
import { parseRange, planDowngrade, planUpgrade, stateAt } from "../graph/index.js";
import type { AppliedState, Policy, Range, RevisionGraph, Step } from "../graph/index.js";
import { optionsOf, prepareSteps, refuseStepsWithoutCode } from "../run/prepare.js";
import { needsRepository } from "../run/needs-repository.js";
import { scriptText, writeDown } from "../run/script.js";
import type { RepositoryState } from "../state/state.js";
import { toolName } from "../version.js";
import { preparePlan } from "./move.js";
import type { GraphPlan } from "./move.js";
import type { RunOptions } from "./options.js";
import { policyOf, stateForGraph, withProject } from "./project.js";
import type { Project } from "./project.js";
import { findRevisions } from "./revision-set.js";
import type { RevisionSet } from "./revision-set.js";

const defaultLockTimeoutMs = 60_000;

/** How a script is written. */
export interface ScriptOptions extends RunOptions {
  /** The database that the script is meant for: refused where the repository is on another one. */
  readonly dialect?: DialectName;
}

/**
 * What `upgrade` or `downgrade` would send, as a script for another client. It leads to the same end as running the steps, records
 * included. The steps are carried out in a transaction that is rolled back, so the tables are locked meanwhile.
 *
 * @param uri folder or `butler.yaml` of a Butler, label of the repository index, or database URL
 * @param direction `up` for `upgrade`, `down` for `downgrade`
 * @param targets as for these; or one range `A:B`, where `A` is where the repository stands
 * @returns SQL without commands of any client
 * @throws InputError `not-at-start` where the repository does not stand at `A`; else as `upgrade` and `downgrade`
 */
export function script(
  uri: string,
  direction: "up" | "down",
  targets: readonly string[],
  options: ScriptOptions = {},
): Promise<string> {
  return withProject(uri, options, (project) => {
    const { dialect } = project.repository.database;
    if (options.dialect === undefined || options.dialect === dialect)
      return scriptOf(project, direction, targets, options);
    throw new InputError(
      "other-dialect",
      `${project.repository.uri} is on ${dialect}, not on ${options.dialect}.`,
      {
        hint: "Leave --dialect out, or leave --repo out and give a range.",
      },
    );
  });
}

async function scriptOf(
  project: Project,
  direction: "up" | "down",
  targets: readonly string[],
  options: RunOptions,
): Promise<string> {
  const { repository, known } = project;
  repository.requireWritable();
  const lockTimeoutMs = options.lockTimeoutMs ?? defaultLockTimeoutMs;
  const { acquireWriterLock, describeHolder } = await import("../database/lock.js");
  const lock = await acquireWriterLock(repository.database, {
    timeoutMs: lockTimeoutMs,
    doing: "write a script",
    signal: options.signal,
    onWaiting: (holder) => options.onEvent?.({ kind: "waiting", holder: describeHolder(holder) }),
  });
  try {
    const { parts, steps, note } = await writeDown({
      repository,
      known,
      plan: async (state) => preparePlan(project, options, planSteps(project, state, direction, targets)),
      lockTimeoutMs,
      signal: options.signal,
      tool: toolName,
      lock,
    });
    if (steps.length === 0) return `-- ${note ?? "Nothing to do."}`;
    const comments = [
      ...beginning(repository.uri),
      ...(repository.kind === "butler" ? [configurationNote] : []),
    ];
    return scriptText(comments, parts, repository.database.scriptFrame);
  } finally {
    await lock.release();
  }
}

function beginning(uri: string): string[] {
  return [
    `Written by ${toolName} for ${uri}, at ${new Date().toISOString()}.`,
    "It is right only while nobody else changes the repository. Have the client stop at the first error.",
  ];
}

const configurationNote =
  "Where a manager gets another class, butler.yaml follows with the next command of godwit that writes.";

function planSteps(
  { graph, repository }: Project,
  state: RepositoryState,
  direction: "up" | "down",
  targets: readonly string[],
): GraphPlan {
  const applied = stateForGraph(state);
  const range = rangeOf(targets);
  if (range !== null && range.from !== "" && range.from !== "current")
    requireAt(stateAt(graph, [range.from]).heads, state);
  const wanted = range === null ? targets : [range.to === "" ? "head" : range.to];
  return direction === "up"
    ? planUpgrade(graph, applied, wanted, policyOf(repository))
    : planDowngrade(graph, applied, wanted[0] ?? "");
}

/**
 * The same for a plain database that is not at hand: only what the revisions themselves say is written.
 *
 * @param range `A:B`; an empty `A`, or `base`, is a database without anything
 * @throws RefusedError `needs-repository` naming the first step that reads the database, or runs code on its rows
 */
export async function offlineScript(
  dialect: DialectName,
  direction: "up" | "down",
  range: string,
  options: RunOptions = {},
): Promise<string> {
  const ends = rangeOf([range]);
  if (ends === null)
    throw new InputError(
      "no-range",
      `Without a repository, \`${range}\` does not say where the script starts.`,
      {
        hint: "Give a range: `base:head`, or `A:B`; or add --repo.",
      },
    );
  const [from, to] = [ends.from === "" ? "base" : ends.from, ends.to === "" ? "head" : ends.to];
  const project = await findRevisions(options, "plain");
  const { below, found } = await ownSteps(project, options, direction, from, to);
  const { code } = project;
  const before = await prepareSteps(below, code);
  const steps = await prepareSteps(found.steps, code);
  if (steps.length === 0) return `-- ${found.note ?? "Nothing to do."}`;
  refuseStepsWithoutCode(steps);
  const { offlineDatabase } = await import("../database/offline.js");
  const { writeDownOffline } = await import("../run/offline.js");
  const database = await offlineDatabase(dialect);
  const parts = await writeDownOffline({
    database,
    known: project.known,
    options: optionsOf([...before, ...steps], options.options ?? {}),
    dataLoss: options.dataLoss ?? "refuse",
    before,
    steps,
    started: [...new Set(below.map(({ manager }) => manager))],
    log: { run: randomUUID(), at: new Date().toISOString(), user: userInfo().username, tool: toolName },
  });
  const comments = [...beginning(`a database at ${from}`), "alembic_version, if there is one, is not kept."];
  return scriptText(comments, parts, database.frame);
}

interface OfflineSteps {
  /** From nothing to where the script starts. */
  readonly below: readonly Step[];
  readonly found: GraphPlan;
}

/** @throws RefusedError `needs-repository` where the range is one of the shipped trees: a Butler records its versions itself */
async function ownSteps(
  { graph }: RevisionSet,
  options: RunOptions,
  direction: "up" | "down",
  from: string,
  to: string,
): Promise<OfflineSteps> {
  try {
    return stepsBetween(graph, direction, from, to);
  } catch (error) {
    if (!(error instanceof InputError) || error.code !== "unknown-revision") throw error;
    const shipped = await findRevisions(options, "butler");
    const [step] = stepsBetween(shipped.graph, direction, from, to).found.steps;
    if (step === undefined) throw error;
    throw needsRepository(
      `Revision ${step.revision} of ${step.manager}`,
      "needs what a Butler records of itself",
    );
  }
}

function stepsBetween(
  graph: RevisionGraph,
  direction: "up" | "down",
  from: string,
  to: string,
): OfflineSteps {
  const start = from === "base" ? nothing : stateAt(graph, [from]);
  const below = from === "base" ? [] : planUpgrade(graph, nothing, [from], policy).steps;
  const found =
    direction === "up" ? planUpgrade(graph, start, [to], policy) : planDowngrade(graph, start, to);
  return { below, found };
}

const nothing: AppliedState = { heads: new Map(), order: [] };
const policy: Policy = { unrecordedTrees: "started" };

/** The range that was typed, or null. @throws InputError `bad-range-syntax` */
export function rangeOf(targets: readonly string[]): Range | null {
  const [first = "", ...more] = targets;
  const range = parseRange(first);
  if (range === null || more.length === 0) return range;
  throw new InputError("bad-range-syntax", "With a range there is no other target.");
}

function requireAt(start: ReadonlyMap<string, readonly string[]>, state: RepositoryState): void {
  for (const [manager, heads] of start) {
    const stands = state.trees.get(manager)?.heads ?? [];
    if (heads.toSorted().join() === stands.toSorted().join()) continue;
    const where = stands.length === 0 ? "the beginning" : stands.join(", ");
    throw new InputError(
      "not-at-start",
      `${manager} stands at ${where}, not at ${heads.join(", ")}, where the range begins.`,
      { hint: "Begin the range with `current`, or leave its beginning out." },
    );
  }
}
