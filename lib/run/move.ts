import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import { GodwitError, InterruptedError, RefusedError, StepError } from "../errors.js";
import type { CommittedStep } from "../errors.js";
import type { Session } from "../database/database.js";
import { describeHolder } from "../database/lock.js";
import type { Step } from "../graph/revision.js";
import type { Repository } from "../repository/repository.js";
import { logEnded, logForgotten, logStarted } from "../state/log.js";
import { readState } from "../state/read.js";
import type { KnownRevisions, RepositoryState } from "../state/state.js";
import { adopt, needsAdoption } from "../state/write.js";
import type { Stamp } from "../state/write.js";
import { foresee } from "./foresee.js";
import type { Foresight } from "./foresee.js";
import { pauseAt } from "./pause.js";
import { describeStep } from "./prepare.js";
import type { PreparedStep } from "./prepare.js";
import type { RunEnvironment } from "./run-context.js";
import { asStepError, headsOf, isTransactional, runInside, runStep } from "./step.js";
import type { Heads, StepOutcome, StepRun } from "./step.js";
import { TreeRunner } from "./tree-runner.js";

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
  readonly lockAlive: () => Promise<boolean>;
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
    const foresights = await foresee(request.repository, plan.environment, plan.steps);
    if (!asked) await request.beforeChange?.(plan.steps, foresights);
    asked = true;
    const outcome = await carryOut(request, plan, state, done);
    if (outcome === "done") return { steps: done, note: null };
  }
}

function readStateOnce({ repository, known }: Move): Promise<RepositoryState> {
  return repository.database.transaction({ mode: "read" }, (session) =>
    readState(repository, session, known),
  );
}

/** @throws RefusedError `inconsistent` with every disagreement */
export function refuseInconsistent({ problems }: RepositoryState): void {
  if (problems.length === 0) return;
  const hints = [...new Set(problems.flatMap(({ hint }) => hint ?? []))];
  throw new RefusedError("inconsistent", problems.map(({ message }) => message).join("\n"), {
    hint: hints.join("\n"),
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
    lockAlive: request.lockAlive,
    lockTimeoutMs: request.lockTimeoutMs,
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
  if (!needsAdoption(repository, before)) return true;
  await pauseAt(run.environment.onPause, "adopt");
  return writing(run, lockTimeoutMs, async (session) => {
    const state = await readState(repository, session, known);
    if (
      state.problems.length > 0 ||
      JSON.stringify([...headsOf(state)]) !== JSON.stringify([...headsOf(before)])
    )
      return false;
    if (needsAdoption(repository, state)) await adopt(repository, session, state, known, run.stamp());
    return true;
  });
}

function writing<T>(
  { environment }: StepRun,
  lockTimeoutMs: number,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return environment.repository.database.transaction(
    {
      mode: "write",
      lockTimeoutMs,
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
    stopIfAsked(request.signal, done, prepared.step);
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
    outcome = await runStep(run, prepared, heads);
    if (outcome.kind === "moved") {
      await log.forget(entry);
      return outcome;
    }
  } catch (error) {
    if (entry !== null) await log.failed(entry, run.trace.statement);
    throw withDone(error, done);
  }
  noteDone(run, prepared, performance.now() - began, done);
  try {
    await log.ended(entry, "done", null);
    await finishOutside(run, prepared);
  } catch (error) {
    throw afterCommit(prepared, error, done);
  }
  return outcome;
}

/** One transaction for all steps. The log is written afterwards, as nobody else can write meanwhile. */
async function carryOutAtOnce(
  request: Move,
  run: StepRun,
  steps: readonly PreparedStep[],
  start: Heads,
  done: CommittedStep[],
): Promise<Outcome> {
  const log = new StepLog(request, run);
  const durations: number[] = [];
  let running: PreparedStep | null = null;
  let moved = false;
  try {
    await writing(run, request.lockTimeoutMs, async (session) => {
      let heads = start;
      for (const prepared of steps) {
        stopIfAsked(request.signal, done, prepared.step);
        running = prepared;
        tellStarted(run, prepared);
        const began = performance.now();
        const outcome = await runInside(run, prepared, heads, session);
        if (outcome.kind === "moved") {
          moved = true;
          return;
        }
        heads = outcome.heads;
        durations.push(performance.now() - began);
      }
    });
  } catch (error) {
    if (running === null) throw error;
    await log.failedAtOnce(running, run.trace.statement);
    throw asStepError(running, error);
  }
  if (moved) return "moved";
  for (const [index, prepared] of steps.entries()) noteDone(run, prepared, durations[index] ?? 0, done);
  for (const prepared of steps) {
    try {
      await log.ended(await log.started(prepared), "done", null);
      await finishOutside(run, prepared);
    } catch (error) {
      throw afterCommit(prepared, error, done);
    }
  }
  return "done";
}

function stopIfAsked(signal: AbortSignal | undefined, done: readonly CommittedStep[], next: Step): void {
  if (signal?.aborted !== true) return;
  throw new InterruptedError("interrupted", `Stopped before revision ${next.revision}, as asked.`, {
    hint: "The repository is consistent. Run the same command again to go on.",
    done,
  });
}

function tellStarted({ environment }: StepRun, { step, revision, definition }: PreparedStep): void {
  environment.onEvent({
    kind: "step-started",
    revision: revision.id,
    manager: step.manager,
    direction: step.direction,
    summary: definition.summary,
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
  const reason = error instanceof Error ? error.message : String(error);
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
    await writing(this.#run, this.#request.lockTimeoutMs, (session) => logStarted(session, entry));
    return this.#step;
  }

  async ended(step: bigint, outcome: "done" | "failed", statement: string | null): Promise<void> {
    const entry = { run: this.#id, step, ended: new Date().toISOString(), outcome, statement };
    await writing(this.#run, this.#request.lockTimeoutMs, (session) => logEnded(session, entry));
  }

  /** What went wrong is told to the user in any case, even where the database is out of reach and cannot be told. */
  async failed(step: bigint, statement: string | null): Promise<void> {
    await this.ended(step, "failed", statement).catch(() => undefined);
  }

  /** The same for a step whose beginning was not written, as it belonged to a transaction of all steps. */
  async failedAtOnce(prepared: PreparedStep, statement: string | null): Promise<void> {
    try {
      await this.ended(await this.started(prepared), "failed", statement);
    } catch {
      // As in `failed`.
    }
  }

  async forget(step: bigint): Promise<void> {
    await writing(this.#run, this.#request.lockTimeoutMs, (session) =>
      logForgotten(session, { run: this.#id, step }),
    );
  }
}
