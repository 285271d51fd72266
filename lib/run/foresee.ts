import { GodwitError, InputError } from "../errors.js";
import type { Session } from "../database/database.js";
import type { CostClass, SchemaEditor } from "../database/schema/editor.js";
import type { Repository } from "../repository/repository.js";
import { progressTable, readProgress } from "../state/progress.js";
import { codeOf, definitionsOf, isTransactional } from "./prepare.js";
import type { PreparedStep } from "./prepare.js";
import { NotKnownYet, PlanContext } from "./plan-context.js";
import { dataLossRefused } from "./run-context.js";
import type { RunEnvironment } from "./run-context.js";

/** What a step would do, as far as it can be known beforehand. */
export interface Foresight {
  readonly revision: string;
  /** The dearest thing done to each table. */
  readonly tables: ReadonlyMap<string, CostClass>;
  readonly statements: readonly string[];
  /** Whether definitions of tables change, rows alone, or neither. */
  readonly changes: "schema" | "content" | "nothing";
  readonly losesData: readonly {
    readonly what: string;
    readonly count: bigint;
    /** Some of it, in words. */
    readonly rows: readonly string[];
  }[];
  readonly notes: readonly string[];
  /** Why the rest of the step is only known while it runs, or null. */
  readonly open: string | null;
}

/**
 * Runs the code of each step without changing anything, on the schema as the steps before it would leave it. Finds
 * refusals before anything is touched.
 *
 * @throws what the revisions' code throws: a precondition that does not hold
 * @throws RefusedError `data-loss` where a step would lose information and that is not allowed
 */
export async function foresee(
  repository: Repository,
  environment: RunEnvironment,
  steps: readonly PreparedStep[],
): Promise<Foresight[]> {
  return repository.database.transaction({ mode: "read" }, async (session) => {
    const { PlanningSchemaEditor } = await import("../database/schema/planning.js");
    const schema = new PlanningSchemaEditor(session.schema(repository.conventions));
    const shared = { schema, changed: new Set<string>(), shadow: new Map<string, unknown>() };
    const foresights: Foresight[] = [];
    for (const step of steps) {
      const foresight = await foreseeStep(environment, session, shared, step);
      foresights.push(foresight);
      refuseDataLoss(environment, foresight);
    }
    return foresights;
  });
}

/** What the steps of one plan share: the schema and the small tables as earlier steps would leave them. */
export interface SharedForesight {
  readonly schema: SchemaEditor;
  /** Tables whose rows earlier steps would have changed. */
  readonly changed: Set<string>;
  readonly shadow: Map<string, unknown>;
}

async function foreseeStep(
  environment: RunEnvironment,
  session: Session,
  shared: SharedForesight,
  prepared: PreparedStep,
): Promise<Foresight> {
  const first = shared.changed.size === 0;
  const done = await substepsDone(environment, session, prepared);
  const context = new PlanContext(environment, session, shared, prepared, done);
  let open: string | null = null;
  try {
    for (const definition of definitionsOf(prepared)) {
      await codeOf(definition, prepared.direction)?.(context);
    }
  } catch (error) {
    if (error instanceof NotKnownYet) open = error.message;
    else if (first || error instanceof InputError || !(error instanceof GodwitError)) throw error;
    // A precondition on rows that an earlier step changes can only be judged once it has run.
    else open = error.message;
  }
  return { ...context.foresight(), open };
}

/** Sub-steps that an interrupted run has done. */
async function substepsDone(
  { repository }: RunEnvironment,
  session: Session,
  prepared: PreparedStep,
): Promise<ReadonlyMap<string, unknown>> {
  const isRecorded =
    !isTransactional(prepared) && (await session.schema(repository.conventions).hasTable(progressTable));
  return isRecorded ? readProgress(session, prepared.revision.id, prepared.direction) : new Map();
}

function refuseDataLoss(environment: RunEnvironment, { revision, losesData }: Foresight): void {
  const [loss] = losesData.filter(({ count }) => count > 0n);
  if (loss === undefined || environment.dataLoss === "allow") return;
  throw dataLossRefused(revision, loss.what, loss.count);
}
