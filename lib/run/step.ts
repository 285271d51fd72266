import { GodwitError, messageOf, StepError } from "../errors.js";
import type { Session } from "../database/database.js";
import { requireHeld } from "../database/lock.js";
import { readState } from "../state/read.js";
import type { RepositoryState } from "../state/state.js";
import { clearProgress, readProgress } from "../state/progress.js";
import { pauseAt } from "./pause.js";
import { describeStep, isTransactional } from "./prepare.js";
import type { PreparedStep } from "./prepare.js";
import { RunContext } from "./run-context.js";
import { checkBeforeCommit, inTransaction, observed } from "./step-run.js";
import type { StepRun } from "./step-run.js";
import { Substeps, SubstepsInside } from "./substeps.js";
import type { StepScope } from "./tree-runner.js";
import { valueOf } from "../known.js";

/** Where the trees stood when the plan was made, by manager. */
export type Heads = ReadonlyMap<string, readonly string[]>;

/** `moved`: another runner changed the state meanwhile; nothing was done. */
export type StepOutcome = { readonly kind: "done"; readonly heads: Heads } | { readonly kind: "moved" };

/** The heads of a state, by manager. */
export function headsOf(state: RepositoryState): Heads {
  return new Map([...state.trees].map(([manager, tree]) => [manager, tree.heads]));
}

/**
 * Runs one step in one transaction together with its record, or, if its revision is not transactional, in recorded sub-steps.
 * @throws StepError what went wrong, after the rollback
 */
export async function runStep(run: StepRun, prepared: PreparedStep, expected: Heads): Promise<StepOutcome> {
  await pauseAt(run.environment.onPause, "step:begin", prepared.revision.id);
  try {
    const outcome = isTransactional(prepared)
      ? await inTransaction(
          run,
          () => prepared,
          (session) => runInside(run, prepared, expected, session),
        )
      : await runInSubsteps(run, prepared, expected);
    await pauseAt(run.environment.onPause, "step:committed", prepared.revision.id);
    return outcome;
  } catch (error) {
    throw asStepError(prepared, error);
  }
}

/** Runs one step on a session of a transaction that somebody else began. */
export async function runInside(
  run: StepRun,
  prepared: PreparedStep,
  expected: Heads,
  session: Session,
): Promise<StepOutcome> {
  const { environment, known } = run;
  const state = await readState(environment.repository, session, known);
  if (!sameHeads(headsOf(state), expected)) return { kind: "moved" };
  await runFrom(run, prepared, session, state);
  return { kind: "done", heads: withHeads(expected, prepared) };
}

/** Runs one step from the state that was read in the same transaction. */
export async function runFrom(
  run: StepRun,
  prepared: PreparedStep,
  session: Session,
  state: RepositoryState,
): Promise<void> {
  const { environment } = run;
  const { direction, revision } = prepared;
  // A script of a revision of which an interrupted run has done a part begins where that ended.
  const done = isTransactional(prepared)
    ? new Set<string>()
    : await readProgress(session, revision.id, direction);
  const context = new RunContext(environment, session, direction, revision.id, new SubstepsInside(done));
  const record: StepScope["record"] = async (work) => {
    await work(session);
    if (done.size > 0) await clearProgress(session, revision.id, direction);
  };
  await runOnTree(run, prepared, { session, state, context, record });
  await environment.verify?.(session, prepared.revision.id);
  await checkBeforeCommit(run, prepared, context);
}

/** Each sub-step commits together with the note that it is done; the record of the step comes last. */
async function runInSubsteps(run: StepRun, prepared: PreparedStep, expected: Heads): Promise<StepOutcome> {
  const { environment, known } = run;
  const { repository } = environment;
  const revision = prepared.revision.id;
  const { state, done } = await repository.database.transaction({ mode: "read" }, async (session) => ({
    state: await readState(repository, session, known),
    done: await readProgress(session, revision, prepared.direction),
  }));
  if (!sameHeads(headsOf(state), expected)) return { kind: "moved" };

  return repository.database.session(
    async (outer) => {
      const substeps = new Substeps(run, prepared, done);
      const context = new RunContext(environment, outer, prepared.direction, revision, substeps);
      await runOnTree(run, prepared, {
        session: outer,
        state,
        context,
        record: (work) =>
          inTransaction(
            run,
            () => prepared,
            async (session) => {
              context.session = session;
              context.written.clear();
              await work(session);
              await session.checkForeignKeys([...context.written].toSorted());
              await clearProgress(session, revision, prepared.direction);
              await environment.verify?.(session, revision);
              await requireHeld(run.lock, session);
            },
          ),
      });
      return { kind: "done", heads: withHeads(expected, prepared) };
    },
    observed(run, () => prepared),
  );
}

async function runOnTree(
  run: StepRun,
  prepared: PreparedStep,
  scope: Omit<StepScope, "startedAt">,
): Promise<void> {
  const tree = valueOf(run.trees, prepared.step.manager);
  // What was read before the code began is not where a step fails.
  run.trace.statement = null;
  await tree.run(prepared, { ...scope, startedAt: performance.now() });
}

/** Where the trees stand when a step is done. */
export function withHeads(heads: Heads, { step }: PreparedStep): Heads {
  const next = new Map(heads);
  if (step.heads.length === 0) next.delete(step.manager);
  else next.set(step.manager, step.heads);
  return next;
}

/** Whether the trees stand at the same revisions. */
export function sameHeads(a: Heads, b: Heads): boolean {
  const text = (heads: Heads): string =>
    JSON.stringify([...heads].filter(([, ids]) => ids.length > 0).toSorted(([x], [y]) => (x < y ? -1 : 1)));
  return text(a) === text(b);
}

/** Failures of single statements, by their code: they say which, and not of what step. */
const ofStatement: ReadonlySet<string> = new Set(["statement-failed", "constraint-violated"]);

/** An error of ours says already what is wrong; anything else failed in the revision's code or in the database. */
export function asStepError(prepared: PreparedStep, error: unknown): GodwitError {
  if (error instanceof GodwitError && !ofStatement.has(error.code)) return error;
  const reason = messageOf(error);
  const code = error instanceof GodwitError ? error.code : "step-failed";
  return new StepError(code, `${describeStep(prepared)} failed and was rolled back: ${reason}`, {
    hint: "The repository is as it was before this step. `--verbose` shows the statements.",
    cause: error,
  });
}
