import { InputError } from "../errors.js";
import { parseRange, planDowngrade, planUpgrade, stateAt } from "../graph/index.js";
import type { Range } from "../graph/index.js";
import { scriptText, writeDown } from "../run/script.js";
import type { RepositoryState } from "../state/state.js";
import { toolName } from "../version.js";
import { preparePlan } from "./move.js";
import type { GraphPlan } from "./move.js";
import type { RunOptions } from "./options.js";
import { policyOf, stateForGraph, withProject } from "./project.js";
import type { Project } from "./project.js";

const defaultLockTimeoutMs = 60_000;

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
  options: RunOptions = {},
): Promise<string> {
  return withProject(uri, options, (project) => scriptOf(project, direction, targets, options));
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
      lockAlive: () => lock.alive(),
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
