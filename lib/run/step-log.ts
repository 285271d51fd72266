/** What a run tells the log of steps while it goes on. */
import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import { InterruptedError, StepError } from "../errors.js";
import { valueAt } from "../known.js";
import { logEnded, logForgotten, logStarted } from "../state/log.js";
import type { Outcome } from "../state/log.js";
import type { PreparedStep } from "./prepare.js";
import { writing } from "./step-run.js";
import type { StepRun } from "./step-run.js";

/** The log is written outside of the step's transaction, so that failures and kills are in it. */
export class StepLog {
  readonly #run: StepRun;
  readonly #tool: string;
  readonly #id = randomUUID();
  #step = 0n;

  /** @param tool name and version, as it is recorded */
  constructor(run: StepRun, tool: string) {
    this.#run = run;
    this.#tool = tool;
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
      tool: this.#tool,
      user: userInfo().username,
    };
    const { lockTimeoutMs, signal } = this.#run;
    await writing(this.#run, { lockTimeoutMs, signal }, (session) => logStarted(session, entry));
    return this.#step;
  }

  async ended(step: bigint, outcome: Outcome, statement: string | null): Promise<void> {
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

/** Whether the answer to a commit was lost. */
export function isCommitUnknown(error: unknown): boolean {
  return error instanceof StepError && error.code === "commit-unknown";
}

/** The step that is at work when so many are done: behind the last one, it is still that. */
export function stepAt<Step>(steps: readonly Step[], done: number): Step {
  return valueAt(steps, Math.min(done, steps.length - 1));
}
