/** The named parts of a revision that is not transactional. */
import { requireHeld } from "../database/lock.js";
import { recordProgress } from "../state/progress.js";
import type { RevisionContext, SubstepOptions } from "./context.js";
import { pauseAt } from "./pause.js";
import type { PreparedStep } from "./prepare.js";
import { RunContext } from "./run-context.js";
import type { SubstepRunner } from "./run-context.js";
import { checkBeforeCommit, inTransaction, observed, stopIfAsked } from "./step-run.js";
import type { StepRun } from "./step-run.js";

/** Each commits together with the note that it is done; one that is noted is not run again. */
export class Substeps implements SubstepRunner {
  constructor(
    private readonly run: StepRun,
    private readonly prepared: PreparedStep,
    private readonly done: ReadonlySet<string>,
  ) {}

  async one(
    context: RunContext,
    name: string,
    work: () => Promise<void>,
    options: SubstepOptions,
  ): Promise<void> {
    if (this.done.has(name)) return;
    const { run, prepared } = this;
    const revision = prepared.revision.id;
    stopIfAsked(run, `${name} of revision ${revision}`);
    const outer = context.session;
    const apart = isApart(context, options);
    if (apart) {
      await requireHeld(run.lock, outer);
      await work();
    }
    await inTransaction(
      run,
      () => prepared,
      async (session) => {
        context.session = session;
        if (!apart) await work();
        await recordProgress(session, {
          revision,
          direction: prepared.direction,
          substep: name,
          doneAt: run.stamp().at,
        });
        await checkBeforeCommit(run, prepared, context);
      },
    );
    context.session = outer;
    await pauseAt(run.environment.onPause, `substep:${name}`, revision);
  }

  async each(
    context: RunContext,
    names: readonly string[],
    work: (context: RevisionContext, name: string) => Promise<void>,
    options: SubstepOptions,
  ): Promise<void> {
    const jobs = isApart(context, options) ? Math.min(this.run.environment.jobs, names.length) : 1;
    if (jobs > 1) return this.#sideBySide(jobs, names, work, options);
    for (const name of names) await this.one(context, name, () => work(context, name), options);
  }

  /** Each connection takes the next name; where one fails, the others end what they are at. */
  async #sideBySide(
    jobs: number,
    names: readonly string[],
    work: (context: RevisionContext, name: string) => Promise<void>,
    options: SubstepOptions,
  ): Promise<void> {
    const { run, prepared } = this;
    const { environment } = run;
    const waiting = [...names];
    const connection = (): Promise<void> =>
      environment.repository.database.session(
        async (session) => {
          const own = new RunContext(environment, session, prepared.direction, prepared.revision.id, this);
          for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
            const part = name;
            await this.one(own, part, () => work(own, part), options);
          }
        },
        observed(run, () => prepared),
      );
    const untilFailure = (): Promise<void> =>
      connection().catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      });
    const ended = await Promise.allSettled(Array.from({ length: jobs }, untilFailure));
    for (const one of ended) if (one.status === "rejected") throw one.reason;
  }
}

/** Statements that commit one by one: there is no transaction that the parts would have to share. */
function isApart({ dialect }: RunContext, { autocommit = false }: SubstepOptions): boolean {
  return autocommit && dialect === "postgres";
}

/** The same inside a transaction that somebody else began: what an interrupted run has done is left out, nothing is noted. */
export class SubstepsInside implements SubstepRunner {
  constructor(private readonly done: ReadonlySet<string>) {}

  async one(_context: RunContext, name: string, work: () => Promise<void>): Promise<void> {
    if (!this.done.has(name)) await work();
  }

  async each(
    context: RunContext,
    names: readonly string[],
    work: (context: RevisionContext, name: string) => Promise<void>,
  ): Promise<void> {
    for (const name of names) await this.one(context, name, () => work(context, name));
  }
}
