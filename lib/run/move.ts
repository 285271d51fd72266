import { RefusedError } from "../errors.js";
import type { CommittedStep } from "../errors.js";
import type { WriterLock } from "../database/lock.js";
import type { Repository } from "../repository/repository.js";
import { readStateOnce } from "../state/read.js";
import type { KnownRevisions, RepositoryState } from "../state/state.js";
import { carryOut } from "./carry-out.js";
import { foresee } from "./foresee.js";
import type { Foresight } from "./foresee.js";
import { isTransactional } from "./prepare.js";
import type { PreparedStep } from "./prepare.js";
import type { RunEnvironment } from "./run-context.js";
import { headsOf, sameHeads } from "./step.js";

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
    const state = await readStateOnce(request.repository, request.known);
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
  return !sameHeads(headsOf(await readStateOnce(request.repository, request.known)), headsOf(before));
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
