/** Carries a plan out, each step or all of them in a transaction, and tells the log. */
import { GodwitError, InterruptedError, messageOf, StepError } from "../errors.js";
import type { CommittedStep } from "../errors.js";
import { valueAt } from "../known.js";
import { requireHeld } from "../database/lock.js";
import { readState, readStateOnce } from "../state/read.js";
import type { RepositoryState } from "../state/state.js";
import { adopt, needsAdoption } from "../state/write.js";
import type { Stamp } from "../state/write.js";
import type { Move, MovePlan } from "./move.js";
import { pauseAt } from "./pause.js";
import { describeStep, summaryOf } from "./prepare.js";
import type { PreparedStep } from "./prepare.js";
import { isCommitUnknown, StepLog, stepAt } from "./step-log.js";
import { inTransaction, stopIfAsked, writing } from "./step-run.js";
import type { StepRun } from "./step-run.js";
import { asStepError, headsOf, runInside, runStep, sameHeads, withHeads } from "./step.js";
import type { Heads, StepOutcome } from "./step.js";
import { treeRunners } from "./tree-runner.js";

/** Whether the plan was carried out, or another runner has moved the repository first. */
export type Outcome = "done" | "moved";

/**
 * Carries a plan out: adopts the repository where that is needed, then runs the steps.
 * @param done steps that are committed are added to it
 * @throws as `move`
 */
export async function carryOut(
  request: Move,
  plan: MovePlan,
  state: RepositoryState,
  done: CommittedStep[],
): Promise<Outcome> {
  const { environment, steps } = plan;
  environment.onEvent({
    kind: "plan",
    steps: steps.map(({ revision }) => ({ revision: revision.id, manager: revision.manager })),
  });
  const stamp = (): Stamp => ({ at: new Date().toISOString(), by: request.tool });
  const run: StepRun = {
    environment,
    known: request.known,
    trees: await treeRunners(steps, request.known, environment, stamp),
    lock: request.lock,
    lockTimeoutMs: request.lockTimeoutMs,
    signal: request.signal,
    stamp,
    trace: { statement: null },
  };
  if (!(await adoptIfNeeded(request, run, state))) return "moved";
  if (request.atomic === "plan") return carryOutAtOnce(request, run, steps, headsOf(state), done);
  return carryOutEach(request, run, steps, headsOf(state), done);
}

/** The first write. False where the plan has to be made again: another runner was faster, or revisions are recorded under newer ids. */
async function adoptIfNeeded(request: Move, run: StepRun, before: RepositoryState): Promise<boolean> {
  const { repository, known, lockTimeoutMs } = request;
  if (!needsAdoption(repository, before, known)) return true;
  await pauseAt(run.environment.onPause, "adopt");
  const { signal } = run;
  return writing(run, { lockTimeoutMs, signal }, async (session) => {
    const state = await readState(repository, session, known);
    if (state.problems.length > 0 || !sameHeads(headsOf(state), headsOf(before))) return false;
    if (needsAdoption(repository, state, known)) await adopt(repository, session, state, known, run.stamp());
    await requireHeld(run.lock, session);
    // Revisions that others replace are called otherwise now, so that the plan is made again.
    return sameHeads(headsOf(await readState(repository, session, known)), headsOf(before));
  });
}

async function carryOutEach(
  request: Move,
  run: StepRun,
  steps: readonly PreparedStep[],
  start: Heads,
  done: CommittedStep[],
): Promise<Outcome> {
  const log = new StepLog(run, request.tool);
  let heads = start;
  for (const prepared of steps) {
    stopIfAsked(run, `revision ${prepared.revision.id}`, done);
    const outcome = await carryOutOne(log, run, prepared, heads, done);
    if (outcome.kind === "moved") return "moved";
    heads = outcome.heads;
  }
  return "done";
}

async function carryOutOne(
  log: StepLog,
  run: StepRun,
  prepared: PreparedStep,
  heads: Heads,
  done: CommittedStep[],
): Promise<StepOutcome> {
  let entry: bigint | null = null;
  let outcome: StepOutcome;
  const began = performance.now();
  try {
    entry = await log.started(prepared);
    tellStarted(run, prepared);
    outcome = await runCommitted(run, heads, [prepared], () => runStep(run, prepared, heads));
    if (outcome.kind === "moved") {
      await log.forget(entry);
      return outcome;
    }
  } catch (error) {
    if (entry !== null) await log.failed(entry, error, run.trace.statement);
    throw withDone(error, done);
  }
  noteDone(run, prepared, performance.now() - began, done);
  await finish(log, run, prepared, entry, done);
  return outcome;
}

/** One transaction for all steps, which are in the log from before it on. */
async function carryOutAtOnce(
  request: Move,
  run: StepRun,
  steps: readonly PreparedStep[],
  start: Heads,
  done: CommittedStep[],
): Promise<Outcome> {
  const log = new StepLog(run, request.tool);
  const entries: bigint[] = [];
  const durations: number[] = [];
  let outcome: StepOutcome;
  try {
    stopIfAsked(run, "the first step");
    for (const prepared of steps) entries.push(await log.started(prepared));
    await pauseAt(run.environment.onPause, "plan:begin");
    outcome = await runCommitted(run, start, steps, () => runTogether(run, steps, start, durations));
  } catch (error) {
    await log.failedTogether(entries, durations.length, error, run.trace.statement);
    throw error;
  }
  if (outcome.kind === "moved") {
    for (const entry of entries) await log.forget(entry);
    return "moved";
  }
  for (const [index, prepared] of steps.entries()) noteDone(run, prepared, valueAt(durations, index), done);
  for (const [index, prepared] of steps.entries())
    await finish(log, run, prepared, valueAt(entries, index), done);
  return "done";
}

/** The steps in one transaction; how long each took is added to `durations` when it is done. */
function runTogether(
  run: StepRun,
  steps: readonly PreparedStep[],
  start: Heads,
  durations: number[],
): Promise<StepOutcome> {
  return inTransaction(
    run,
    () => stepAt(steps, durations.length),
    async (session) => {
      let heads = start;
      for (const prepared of steps) {
        stopIfAsked(run, `revision ${prepared.revision.id}`);
        tellStarted(run, prepared);
        const began = performance.now();
        const outcome = await runInside(run, prepared, heads, session).catch((error: unknown) => {
          throw asStepError(prepared, error);
        });
        if (outcome.kind === "moved") return outcome;
        heads = outcome.heads;
        durations.push(performance.now() - began);
      }
      return { kind: "done", heads };
    },
  );
}

/** Runs what ends with a commit. Where the answer to that is lost, the repository itself tells whether it took place. */
async function runCommitted(
  run: StepRun,
  heads: Heads,
  steps: readonly PreparedStep[],
  work: () => Promise<StepOutcome>,
): Promise<StepOutcome> {
  try {
    return await work();
  } catch (error) {
    if (!isCommitUnknown(error)) throw error;
    const after = steps.reduce(withHeads, heads);
    if (await standsAt(run, after)) return { kind: "done", heads: after };
    throw error;
  }
}

/** Whether the trees stand there now; false where that cannot be found out. */
async function standsAt({ environment, known }: StepRun, heads: Heads): Promise<boolean> {
  const state = await readStateOnce(environment.repository, known).catch(() => null);
  return state !== null && sameHeads(headsOf(state), heads);
}

/** What follows a commit. */
async function finish(
  log: StepLog,
  run: StepRun,
  prepared: PreparedStep,
  entry: bigint,
  done: readonly CommittedStep[],
): Promise<void> {
  try {
    await log.ended(entry, "done", null);
    await finishOutside(run, prepared);
  } catch (error) {
    throw afterCommit(prepared, error, done);
  }
}

function tellStarted({ environment }: StepRun, prepared: PreparedStep): void {
  const { step, revision } = prepared;
  environment.onEvent({
    kind: "step-started",
    revision: revision.id,
    manager: step.manager,
    direction: step.direction,
    summary: summaryOf(prepared),
  });
}

/** A step that is committed counts, whatever fails after it. */
function noteDone(
  { environment }: StepRun,
  { step, revision }: PreparedStep,
  durationMs: number,
  done: CommittedStep[],
): void {
  const committed = {
    revision: revision.id,
    direction: step.direction,
    manager: step.manager,
    durationMs: Math.round(durationMs),
  };
  done.push(committed);
  environment.onEvent({ kind: "step-done", ...committed });
}

async function finishOutside({ environment }: StepRun, { revision }: PreparedStep): Promise<void> {
  await pauseAt(environment.onPause, "outside", revision.id);
  for (const edit of await environment.repository.finishOutside()) {
    environment.onEvent({ kind: "outside-edit", ...edit });
  }
}

function afterCommit(prepared: PreparedStep, error: unknown, done: readonly CommittedStep[]): StepError {
  const reason = messageOf(error);
  const code = error instanceof GodwitError ? error.code : "after-commit";
  return new StepError(code, `${describeStep(prepared)} was applied, but what follows it failed: ${reason}`, {
    hint: "Run the same command again: it finishes what is open.",
    cause: error,
    done,
  });
}

/** After the first committed step it is no longer true that nothing was touched. */
function withDone(error: unknown, done: readonly CommittedStep[]): unknown {
  if (done.length === 0 || !(error instanceof GodwitError)) return error;
  if (error instanceof InterruptedError)
    return new InterruptedError(error.code, error.message, { hint: error.hint, cause: error, done });
  const list = done.map(({ revision, manager }) => `${manager} ${revision}`).join(", ");
  return new StepError(error.code, `${error.message}\nCommitted before: ${list}.`, {
    hint: error.hint,
    cause: error,
    done,
  });
}
