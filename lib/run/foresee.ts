import { GodwitError, InputError, messageOf, RefusedError, StepError } from "../errors.js";
import type { Session } from "../database/database.js";
import type { CostClass, SchemaEditor } from "../database/schema/editor.js";
import type { Repository } from "../repository/repository.js";
import { progressTable, readProgress } from "../state/progress.js";
import { requireAllNow } from "./gather.js";
import { codeOf, definitionsOf, describeStep, isTransactional } from "./prepare.js";
import type { PreparedStep } from "./prepare.js";
import { NotKnownYet, PlanContext } from "./plan-context.js";
import { dataLossRefused } from "./run-context.js";
import type { RunEnvironment } from "./run-context.js";
import { valueAt } from "../known.js";

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

/** How far a plan is looked into. */
export interface ForeseeOptions {
  /** What becomes of what stands in the way: the plan is refused, or it is told with the step. */
  readonly faults?: "refuse" | "tell";
  /** How many steps have all that their code needs; of the others only the preconditions are asked. */
  readonly runnable?: number;
}

/**
 * Runs the code of each step without changing anything, on the schema as the steps before it would leave it. Finds
 * refusals before anything is touched.
 *
 * @throws what the revisions' code throws: a precondition that does not hold; of `preconditions`, all at once
 * @throws RefusedError `data-loss` where steps would lose information and that is not allowed
 */
export async function foresee(
  repository: Repository,
  environment: RunEnvironment,
  steps: readonly PreparedStep[],
  { faults = "refuse", runnable = steps.length }: ForeseeOptions = {},
): Promise<Foresight[]> {
  return repository.database.transaction({ mode: "read" }, async (session) => {
    const { PlanningSchemaEditor } = await import("../database/schema/planning.js");
    const planning = (): SchemaEditor => new PlanningSchemaEditor(session.schema(repository.conventions));
    const examined = await examineAll(environment, session, planning, steps);
    if (faults === "refuse") refuseFaults(examined);
    const shared = { schema: planning(), changed: new Set<string>(), shadow: new Map<string, unknown>() };
    const foresights: Foresight[] = [];
    for (const [index, step] of steps.entries()) {
      const isKnown = foresights.every(({ open }) => open === null);
      const foresight =
        index < runnable
          ? await foreseeStep(environment, session, { ...shared, isKnown }, step)
          : { ...new PlanContext(environment, session, shared, step).foresight(), open: null };
      foresights.push(combined(valueAt(examined, index), foresight));
    }
    refuseDataLoss(environment, foresights);
    return foresights;
  });
}

/**
 * Asks the preconditions of steps alone, for a plan that cannot run anyway.
 * @throws what they throw, all at once
 */
export function requirePreconditions(
  repository: Repository,
  environment: RunEnvironment,
  steps: readonly PreparedStep[],
): Promise<void> {
  return repository.database.transaction({ mode: "read" }, async (session) => {
    const { PlanningSchemaEditor } = await import("../database/schema/planning.js");
    const planning = (): SchemaEditor => new PlanningSchemaEditor(session.schema(repository.conventions));
    refuseFaults(await examineAll(environment, session, planning, steps));
  });
}

async function examineAll(
  environment: RunEnvironment,
  session: Session,
  planning: () => SchemaEditor,
  steps: readonly PreparedStep[],
): Promise<Examined[]> {
  const examined: Examined[] = [];
  for (const step of steps) examined.push(await examine(environment, session, planning(), step));
  return examined;
}

function refuseFaults(examined: readonly Examined[]): void {
  requireAllNow(
    examined.map(({ fault }) => () => {
      if (fault !== null) throw fault;
    }),
  );
}

/** What the preconditions of a step say. */
interface Examined extends Pick<Foresight, "losesData" | "notes"> {
  readonly fault: GodwitError | null;
}

/** Asks the preconditions of a step, of the repository as it stands. */
async function examine(
  environment: RunEnvironment,
  session: Session,
  schema: SchemaEditor,
  prepared: PreparedStep,
): Promise<Examined> {
  const unchanged = { schema, changed: new Set<string>(), shadow: new Map<string, unknown>() };
  const context = new PlanContext(environment, session, unchanged, prepared);
  let fault: GodwitError | null = null;
  try {
    for (const definition of definitionsOf(prepared)) await definition.preconditions?.(context);
  } catch (error) {
    if (!(error instanceof InputError || error instanceof RefusedError)) throw asForeseen(prepared, error);
    fault = error;
  }
  return { ...context.foresight(), fault };
}

/** What preconditions say comes first; what the code of the step says too is told once. */
function combined(examined: Examined, foresight: Foresight): Foresight {
  const { losesData, notes, fault } = examined;
  const known = new Set(losesData.map(({ what }) => what));
  const inTheWay = fault === null ? [] : [`In the way: ${[fault.message, fault.hint].join(" ").trim()}`];
  return {
    ...foresight,
    losesData: [...losesData, ...foresight.losesData.filter(({ what }) => !known.has(what))],
    notes: [...new Set([...inTheWay, ...notes, ...foresight.notes])],
  };
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
  shared: SharedForesight & { readonly isKnown: boolean },
  prepared: PreparedStep,
): Promise<Foresight> {
  const done = await substepsDone(environment, session, prepared);
  const context = new PlanContext(environment, session, shared, prepared, done);
  let open: string | null = null;
  try {
    for (const definition of definitionsOf(prepared)) {
      await codeOf(definition, prepared.direction)?.(context);
    }
  } catch (error) {
    if (error instanceof NotKnownYet) open = error.message;
    else if (shared.isKnown || error instanceof InputError || !(error instanceof GodwitError))
      throw asForeseen(prepared, error);
    // What an earlier step leaves behind is not known: whether this stands in the way shows once that one has run.
    else open = error.message;
  }
  return { ...context.foresight(), open };
}

/** What fails while a step is looked into is that step's, and has changed nothing. */
function asForeseen(prepared: PreparedStep, error: unknown): GodwitError {
  if (error instanceof GodwitError && !(error instanceof StepError)) return error;
  const { file, line } = prepared.revision.source;
  const place = file === null ? "" : ` (${file}:${line})`;
  return new StepError(
    error instanceof GodwitError ? error.code : "step-failed",
    `${describeStep(prepared)} fails before anything is changed${place}: ${messageOf(error)}`,
    { hint: "The repository is as it was. `--verbose` shows where the code stopped.", cause: error },
  );
}

/** Sub-steps that an interrupted run has done. */
async function substepsDone(
  { repository }: RunEnvironment,
  session: Session,
  prepared: PreparedStep,
): Promise<ReadonlySet<string>> {
  const isRecorded =
    !isTransactional(prepared) && (await session.schema(repository.conventions).hasTable(progressTable));
  return isRecorded ? readProgress(session, prepared.revision.id, prepared.direction) : new Set();
}

function refuseDataLoss(environment: RunEnvironment, foresights: readonly Foresight[]): void {
  const losses = foresights.flatMap(({ revision, losesData }) =>
    losesData.filter(({ count }) => count > 0n).map((loss) => ({ revision, ...loss })),
  );
  if (losses.length > 0 && environment.dataLoss === "refuse") throw dataLossRefused(losses);
}
