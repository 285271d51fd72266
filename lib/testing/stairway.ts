/** Tries revisions one by one: up, down, up again, with rows in every table. */
import { isDeepStrictEqual } from "node:util";
import { downgrade } from "../api/downgrade.js";
import { plan } from "../api/plan.js";
import type { RunOptions } from "../api/options.js";
import type { PlannedStep } from "../api/results.js";
import { findRevisions } from "../api/revision-set.js";
import { upgrade } from "../api/upgrade.js";
import { StepError } from "../errors.js";
import { openRepository } from "../repository/open.js";
import type { Repository } from "../repository/repository.js";
import { fillEmptyTables } from "./fill.js";
import { takeSnapshot } from "./snapshot.js";
import type { Snapshot } from "./snapshot.js";

/** How revisions are tried. */
export interface StairwayOptions extends RunOptions {
  /** What to climb to (default `head`). */
  readonly target?: string;
  /** Revisions that rightly change nothing. Roots and merges need not be named. */
  readonly changeNothing?: readonly string[];
  /** Puts rows of the test's own into the repository before a revision is tried. */
  readonly rows?: (repository: Repository, revision: string) => Promise<void>;
}

/** What was found out about one revision. */
export interface StairwayStep {
  readonly revision: string;
  readonly manager: string;
  /** Whether the way down was tried; a revision that declares that it cannot be undone has none. */
  readonly down: "tried" | "irreversible";
  /** Tables that stayed empty, with the reason. */
  readonly unfilled: ReadonlyMap<string, string>;
}

/**
 * Climbs from where a repository stands to a target. Each revision is applied, taken back and applied again, and schema and rows are
 * compared after each of the three; the run is interrupted at each pause point once.
 *
 * @throws StepError `stairway` naming the revision, the table and what differs
 */
export async function climb(uri: string, options: StairwayOptions = {}): Promise<StairwayStep[]> {
  const { steps } = await plan(uri, "up", options.target ?? "head", { ...options, dataLoss: "allow" });
  const kind = await withRepository(uri, options, async (repository) => repository.kind);
  const { graph } = await findRevisions(options, kind);
  const tried: StairwayStep[] = [];
  for (const step of steps) {
    const parents = step.direction === "switch" ? 1 : (graph.revision(step.revision)?.parents.length ?? 1);
    tried.push(await tryStep(uri, { step, parents }, options));
  }
  return tried;
}

async function tryStep(
  uri: string,
  planned: { readonly step: PlannedStep; readonly parents: number },
  options: StairwayOptions,
): Promise<StairwayStep> {
  const { step } = planned;
  const { revision, manager } = step;
  const run: RunOptions = { ...options, dataLoss: "allow" };
  const unfilled = await withRepository(uri, options, async (repository) => {
    await options.rows?.(repository, revision);
    return fillEmptyTables(repository);
  });
  const before = await snapshot(uri, options);
  if (step.transactional) await interruptEverywhere(uri, revision, run, before);
  await upgrade(uri, revision, run);
  const after = await snapshot(uri, options);
  requireChange(planned, before, after, options);
  if (!step.reversible) return { revision, manager, down: "irreversible", unfilled };
  await downgrade(uri, "-1", run);
  requireSame(revision, "after up and down", before, await snapshot(uri, options));
  await upgrade(uri, revision, run);
  requireSame(revision, "after up, down and up", after, await snapshot(uri, options));
  return { revision, manager, down: "tried", unfilled };
}

/** The pause points of every step before its commit. */
const pausePoints = ["step:begin", "step:record", "step:commit"];

/** Stops the run at each pause point of the step before its commit: nothing of it may stay. */
async function interruptEverywhere(
  uri: string,
  revision: string,
  run: RunOptions,
  before: Snapshot,
): Promise<void> {
  for (const point of pausePoints) {
    const stop = new Error("stopped by the test");
    const onPause = (name: string): void => {
      if (name === `${point} ${revision}`) throw stop;
    };
    try {
      await upgrade(uri, revision, { ...run, onPause });
    } catch (error) {
      if (!isStop(error, stop)) throw error;
    }
    requireSame(revision, `after it was stopped at "${point}"`, before, await snapshot(uri, run));
  }
}

function isStop(error: unknown, stop: Error): boolean {
  return error === stop || (error instanceof Error && isStop(error.cause, stop));
}

/** Merges change nothing, nor do roots whose code does nothing. */
function requireChange(
  { step, parents }: { readonly step: PlannedStep; readonly parents: number },
  before: Snapshot,
  after: Snapshot,
  options: StairwayOptions,
): void {
  const idle = parents > 1 || (parents === 0 && step.statements.length === 0);
  if (idle || options.changeNothing?.includes(step.revision) === true) return;
  if (!isDeepStrictEqual(before, after)) return;
  throw new StepError("stairway", `Revision ${step.revision} changes nothing: neither a table nor a row.`, {
    hint: "Is its `up` written? Name the revision in `changeNothing` if that is right.",
  });
}

function requireSame(revision: string, when: string, expected: Snapshot, found: Snapshot): void {
  if (isDeepStrictEqual(expected, found)) return;
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  const table = names.find((name) => !isDeepStrictEqual(expected[name], found[name])) ?? "";
  const part = isDeepStrictEqual(expected[table]?.definition, found[table]?.definition)
    ? "rows"
    : "definition";
  throw new StepError(
    "stairway",
    `Revision ${revision}: the ${part} of table "${table}" differ ${when}.\nExpected: ${shown(expected[table]?.[part])}\nFound:    ${shown(found[table]?.[part])}`,
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "no such table";
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
}

function snapshot(uri: string, options: RunOptions): Promise<Snapshot> {
  return withRepository(uri, options, takeSnapshot);
}

async function withRepository<Result>(
  uri: string,
  options: RunOptions,
  work: (repository: Repository) => Promise<Result>,
): Promise<Result> {
  const repository = await openRepository(uri, {
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    missingFile: "create",
  });
  try {
    return await work(repository);
  } finally {
    await repository.close();
  }
}
