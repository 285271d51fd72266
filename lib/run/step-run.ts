/** What all steps of a run have in common: their transactions, the lock, and when to stop. */
import { InterruptedError } from "../errors.js";
import type { CommittedStep } from "../errors.js";
import type { Session, SessionOptions, TransactionOptions } from "../database/database.js";
import { describeHolder, requireHeld } from "../database/lock.js";
import type { WriterLock } from "../database/lock.js";
import type { KnownRevisions } from "../state/state.js";
import type { Stamp } from "../state/write.js";
import { pauseAt } from "./pause.js";
import type { PreparedStep } from "./prepare.js";
import type { RunContext, RunEnvironment } from "./run-context.js";
import type { TreeRunner } from "./tree-runner.js";

/** What a step runs with. */
export interface StepRun {
  readonly environment: RunEnvironment;
  readonly known: KnownRevisions;
  readonly trees: ReadonlyMap<string, TreeRunner>;
  /** The lock against other runners. */
  readonly lock: WriterLock;
  readonly lockTimeoutMs: number;
  /** Aborted: the run stops at the next safe point. */
  readonly signal: AbortSignal | undefined;
  readonly stamp: () => Stamp;
  /** The statement that was sent last, for the log. */
  readonly trace: { statement: string | null };
}

/**
 * A write transaction whose statements are told and remembered.
 * @param current the step that they belong to
 */
export function inTransaction<T>(
  run: StepRun,
  current: () => PreparedStep,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { environment } = run;
  return environment.repository.database.transaction(
    {
      mode: "write",
      jobs: environment.jobs,
      ...observed(run, current),
      signal: run.signal,
      onWaiting: (holder) => environment.onEvent({ kind: "waiting", holder: describeHolder(holder) }),
    },
    work,
  );
}

/** A write transaction of the run itself, whose statements belong to no step. */
export function writing<T>(
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

/** How long statements of a step wait for locks, and who is told of them. */
export function observed(
  { environment, lockTimeoutMs, trace }: StepRun,
  current: () => PreparedStep,
): Required<SessionOptions> {
  return {
    lockTimeoutMs,
    onStatement: (text) => {
      trace.statement = text;
      environment.onEvent({ kind: "statement", revision: current().revision.id, text });
    },
  };
}

/** What is looked at when all is done, and nothing is committed yet. */
export async function checkBeforeCommit(
  run: StepRun,
  prepared: PreparedStep,
  context: RunContext,
): Promise<void> {
  await context.session.checkForeignKeys([...context.written].toSorted());
  await requireHeld(run.lock, context.session);
  await pauseAt(run.environment.onPause, "step:commit", prepared.revision.id);
}

/** @throws InterruptedError where the run is to stop: what is committed stays, and the same command goes on from there */
export function stopIfAsked(
  { signal }: Pick<StepRun, "signal">,
  next: string,
  done: readonly CommittedStep[] = [],
): void {
  if (signal?.aborted !== true) return;
  throw new InterruptedError("interrupted", `Stopped before ${next}, as asked.`, {
    hint: "The repository is consistent. Run the same command again to go on.",
    done,
  });
}
