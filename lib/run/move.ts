import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import { GodwitError, InterruptedError, messageOf, RefusedError, StepError } from "../errors.js";
import type { CommittedStep } from "../errors.js";
import type { Session, TransactionOptions } from "../database/database.js";
import { describeHolder, requireHeld } from "../database/lock.js";
import type { WriterLock } from "../database/lock.js";
import type { Repository } from "../repository/repository.js";
import { logEnded, logForgotten, logStarted } from "../state/log.js";
import type { Outcome as LogOutcome } from "../state/log.js";
import { readState } from "../state/read.js";
import type { KnownRevisions, RepositoryState } from "../state/state.js";
import { adopt, needsAdoption } from "../state/write.js";
import type { Stamp } from "../state/write.js";
import { foresee } from "./foresee.js";
import type { Foresight } from "./foresee.js";
import { pauseAt } from "./pause.js";
import { describeStep, isTransactional, summaryOf } from "./prepare.js";
import type { PreparedStep } from "./prepare.js";
import type { RunEnvironment } from "./run-context.js";
import { inTransaction, stopIfAsked } from "./step-run.js";
import type { StepRun } from "./step-run.js";
import { asStepError, headsOf, runInside, runStep, sameHeads, withHeads } from "./step.js";
import type { Heads, StepOutcome } from "./step.js";
import { TreeRunner } from "./tree-runner.js";
import { valueAt } from "../known.js";

/** A plan for a state. Made again whenever another runner has moved the repository. */
export type Planner = (state: RepositoryState) => Promise<MovePlan>;

export interface MovePlan {
  readonly steps: readonly PreparedStep[];
  /** Why nothing is to be done, where there are no steps. */
  readonly note: string | null;
  /** Options and providers, checked against the steps. */
  readonly environment: RunEnvironment;
}

/** How a repository is moved. */
export interface Move {
  readonly repository: Repository;
  readonly known: KnownRevisions;
  readonly plan: Planner;
  readonly atomic: "step" | "plan";
  readonly lockTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Tool and version, as it is recorded. */
  readonly tool: string;
  readonly lock: WriterLock;
  /** Called once, when it is known what will be done, and nothing is done yet; what it throws keeps it from being done. */
  readonly beforeChange?: (steps: readonly PreparedStep[], foresights: readonly Foresight[]) => Promise<void>;
}

export interface MoveResult {
  readonly steps: readonly CommittedStep[];
  readonly note: string | null;
}

/**
 * Plans under the lock that the caller holds, and carries the plan out: per step one transaction together with its record.
 *
 * @throws RefusedError where the state is inconsistent or a step cannot run; nothing has changed then
 * @throws StepError where a step failed; those before it stay
 * @throws InterruptedError where the signal was given; those before it stay
 */
export async function move(request: Move): Promise<MoveResult> {
  const done: CommittedStep[] = [];
  let asked = false;
  for (;;) {
    const state = await readStateOnce(request);
    refuseInconsistent(state);
    const plan = await request.plan(state);
    if (plan.steps.length === 0) return { steps: done, note: done.length > 0 ? null : plan.note };
    refuseAtomicSubsteps(request.atomic, plan.steps);
    try {
      const foresights = await foresee(request.repository, plan.environment, plan.steps);
      if (!asked) await request.beforeChange?.(plan.steps, foresights);
    } catch (error) {
      if (await hasMoved(request, state)) continue;
      throw error;
    }
    asked = true;
    const outcome = await carryOut(request, plan, state, done);
    if (outcome === "done") return { steps: done, note: null };
  }
}

/** Whether another runner has changed the state since: on SQLite nobody keeps others away while a plan is made. */
async function hasMoved(request: Move, before: RepositoryState): Promise<boolean> {
  return !sameHeads(headsOf(await readStateOnce(request)), headsOf(before));
}

function readStateOnce({ repository, known }: Move): Promise<RepositoryState> {
  return repository.database.transaction({ mode: "read" }, (session) =>
    readState(repository, session, known),
  );
}

/** @throws RefusedError `inconsistent` with every disagreement */
export function refuseInconsistent({ problems }: RepositoryState): void {
  if (problems.length === 0) return;
  const hints = new Set(problems.map(({ hint }) => hint).filter((hint) => hint !== null));
  throw new RefusedError("inconsistent", problems.map(({ message }) => message).join("\n"), {
    hint: [...hints].join("\n"),
  });
}

function refuseAtomicSubsteps(atomic: Move["atomic"], steps: readonly PreparedStep[]): void {
  const step = atomic === "plan" ? steps.find((one) => !isTransactional(one)) : undefined;
  if (step === undefined) return;
  throw new RefusedError(
    "not-atomic",
    `Revision ${step.revision.id} works in several transactions, so the plan cannot be one.`,
    { hint: "Leave --atomic out; an interrupted run goes on where it stopped." },
  );
}

type Outcome = "done" | "moved";

async function carryOut(
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

/** A runner for each tree that some steps belong to. */
export async function treeRunners(
  steps: readonly PreparedStep[],
  known: KnownRevisions,
  environment: RunEnvironment,
  stamp: () => Stamp,
): Promise<Map<string, TreeRunner>> {
  const runners = new Map<string, TreeRunner>();
  for (const manager of new Set(steps.map(({ step }) => step.manager))) {
    const own = steps.filter(({ step }) => step.manager === manager);
    runners.set(manager, await TreeRunner.create(manager, own, known, environment, stamp));
  }
  return runners;
}

/** The first write. False where another runner was faster. */
async function adoptIfNeeded(request: Move, run: StepRun, before: RepositoryState): Promise<boolean> {
  const { repository, known, lockTimeoutMs } = request;
  if (!needsAdoption(repository, before, known)) return true;
  await pauseAt(run.environment.onPause, "adopt");
  const { signal } = run;
  return writing(run, { lockTimeoutMs, signal }, async (session) => {
    const state = await readState(repository, session, known);
    if (
      state.problems.length > 0 ||
      JSON.stringify([...headsOf(state)]) !== JSON.stringify([...headsOf(before)])
    )
      return false;
    if (needsAdoption(repository, state, known)) await adopt(repository, session, state, known, run.stamp());
    await requireHeld(run.lock, session);
    return true;
  });
}

function writing<T>(
  { environment }: StepRun,
  waiting: Pick<TransactionOptions, "lockTimeoutMs" | "signal">,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return environment.repository.database.transaction(
    {
      mode: "write",
      ...waiting,
      onWaiting: (holder) => environment.onEvent({ kind: "waiting", holder: describeHolder(holder) }),
    },
    work,
  );
}

async function carryOutEach(
  request: Move,
  run: StepRun,
  steps: readonly PreparedStep[],
  start: Heads,
  done: CommittedStep[],
): Promise<Outcome> {
  const log = new StepLog(request, run);
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
    outcome = await runCommitted(log, heads, [prepared], () => runStep(run, prepared, heads));
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
  const log = new StepLog(request, run);
  const entries: bigint[] = [];
  const durations: number[] = [];
  let outcome: StepOutcome;
  try {
    stopIfAsked(run, "the first step");
    for (const prepared of steps) entries.push(await log.started(prepared));
    await pauseAt(run.environment.onPause, "plan:begin");
    outcome = await runCommitted(log, start, steps, () => runTogether(run, steps, start, durations));
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

/** The step that is at work when so many are done: behind the last one, it is still that. */
function stepAt<Step>(steps: readonly Step[], done: number): Step {
  return valueAt(steps, Math.min(done, steps.length - 1));
}

/** Runs what ends with a commit. Where the answer to that is lost, the repository itself tells whether it took place. */
async function runCommitted(
  log: StepLog,
  heads: Heads,
  steps: readonly PreparedStep[],
  work: () => Promise<StepOutcome>,
): Promise<StepOutcome> {
  try {
    return await work();
  } catch (error) {
    if (!isCommitUnknown(error)) throw error;
    const after = steps.reduce(withHeads, heads);
    if (await log.standsAt(after)) return { kind: "done", heads: after };
    throw error;
  }
}

function isCommitUnknown(error: unknown): boolean {
  return error instanceof StepError && error.code === "commit-unknown";
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

/** The log is written outside of the step's transaction, so that failures and kills are in it. */
class StepLog {
  readonly #request: Move;
  readonly #run: StepRun;
  readonly #id = randomUUID();
  #step = 0n;

  constructor(request: Move, run: StepRun) {
    this.#request = request;
    this.#run = run;
  }

  async started({ step, revision }: PreparedStep): Promise<bigint> {
    this.#step += 1n;
    const entry = {
      run: this.#id,
      step: this.#step,
      manager: step.manager,
      revision: revision.id,
      direction: step.direction,
      started: new Date().toISOString(),
      tool: this.#request.tool,
      user: userInfo().username,
    };
    const { lockTimeoutMs, signal } = this.#run;
    await writing(this.#run, { lockTimeoutMs, signal }, (session) => logStarted(session, entry));
    return this.#step;
  }

  async ended(step: bigint, outcome: LogOutcome, statement: string | null): Promise<void> {
    const entry = { run: this.#id, step, ended: new Date().toISOString(), outcome, statement };
    const { lockTimeoutMs } = this.#run;
    await writing(this.#run, { lockTimeoutMs }, (session) => logEnded(session, entry));
  }

  /**
   * Writes that a step did not come to its end, unless nobody knows. What went wrong is told to the user in any case, even where
   * the database is out of reach and cannot be told.
   */
  async failed(step: bigint, error: unknown, statement: string | null): Promise<void> {
    if (isCommitUnknown(error)) return;
    const outcome = error instanceof InterruptedError ? "interrupted" : "failed";
    await this.ended(step, outcome, statement).catch(() => undefined);
  }

  /** Whether the trees stand there now; false where that cannot be found out. */
  async standsAt(heads: Heads): Promise<boolean> {
    const state = await readStateOnce(this.#request).catch(() => null);
    return state !== null && sameHeads(headsOf(state), heads);
  }

  /** The same for steps of one transaction: it failed at one of them, or at its end, and the others are as if they had not been. */
  async failedTogether(
    steps: readonly bigint[],
    position: number,
    error: unknown,
    statement: string | null,
  ): Promise<void> {
    if (isCommitUnknown(error)) return;
    const failed = stepAt(steps, position);
    for (const step of steps) {
      if (step === failed) await this.failed(step, error, statement);
      else await this.forget(step).catch(() => undefined);
    }
  }

  async forget(step: bigint): Promise<void> {
    const { lockTimeoutMs } = this.#run;
    await writing(this.#run, { lockTimeoutMs }, (session) => logForgotten(session, { run: this.#id, step }));
  }
}
