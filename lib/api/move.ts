/** What `upgrade` and `downgrade` have in common: the lock, the plan under it, the run. */
import { statSync } from "node:fs";
import path from "node:path";
import { GodwitError, messageOf, RefusedError, StepError } from "../errors.js";
import type { CommittedStep } from "../errors.js";
import type { Step } from "../graph/revision.js";
import { requirePreconditions } from "../run/foresee.js";
import { move } from "../run/move.js";
import {
  describeStep,
  optionsOf,
  prepareSteps,
  providersNeeded,
  refuseStepsWithoutCode,
} from "../run/prepare.js";
import type { PreparedStep } from "../run/prepare.js";
import { resolveProviders } from "../run/providers.js";
import type { Providers } from "../run/providers.js";
import type { RunEnvironment } from "../run/run-context.js";
import type { RunEvent } from "../run/events.js";
import type { RepositoryState } from "../state/state.js";
import { toolName } from "../version.js";
import { requireAll } from "../run/gather.js";
import { reportCurrent } from "./current.js";
import type { RunOptions } from "./options.js";
import { preflight } from "./preflight.js";
import { startVerification } from "./verify.js";
import type { StepVerifier } from "./verify.js";
import { withProject } from "./project.js";
import { warn } from "./warnings.js";
import type { Project } from "./project.js";
import type { CurrentReport, RunReport } from "./results.js";

/** What the graph says is to be done. */
export interface GraphPlan {
  readonly steps: readonly Step[];
  readonly note: string | null;
}

const defaultLockTimeoutMs = 60_000;

/**
 * Moves a repository by the steps that `planSteps` finds for its state.
 * @param doing shown to those who wait for the lock
 */
export function moveRepository(
  uri: string,
  options: RunOptions,
  doing: string,
  planSteps: (project: Project, state: RepositoryState) => GraphPlan,
  missingFile: "refuse" | "create" = "refuse",
): Promise<RunReport> {
  return withProject(uri, options, (project) => moveProject(project, options, doing, planSteps), missingFile);
}

async function moveProject(
  project: Project,
  asked: RunOptions,
  doing: string,
  planSteps: (project: Project, state: RepositoryState) => GraphPlan,
): Promise<RunReport> {
  const { repository } = project;
  const options = { ...asked, onEvent: listeners(project, asked) };
  repository.requireWritable();
  const lockTimeoutMs = options.lockTimeoutMs ?? defaultLockTimeoutMs;
  const { acquireWriterLock, describeHolder } = await import("../database/lock.js");
  const lock = await acquireWriterLock(repository.database, {
    timeoutMs: lockTimeoutMs,
    doing,
    signal: options.signal,
    onWaiting: (holder) => options.onEvent?.({ kind: "waiting", holder: describeHolder(holder) }),
  });
  try {
    const verify = options.verify === "every-step" ? await startVerification(project) : null;
    const result = await move({
      repository,
      known: project.known,
      plan: async (state) =>
        verified(await prepareOrExamine(project, options, planSteps(project, state)), verify),
      atomic: options.atomic ?? "step",
      lockTimeoutMs,
      signal: options.signal,
      tool: toolName,
      lock,
      beforeChange: async (steps, foresights) => {
        await preflight(repository, foresights, options);
        await warn(project, steps, options);
        await makeBackup(project, options, lockTimeoutMs);
        await repository.database.removeLeftovers();
      },
    });
    // Each step does this after its commit; where there is none, an interrupted run may have left it. A refusal touches nothing.
    if (result.steps.length === 0) await finishInterrupted(project, options);
    return { ...result, current: await currentAfter(project, result.steps) };
  } finally {
    await lock.release();
  }
}

/** Those who are told what happens. What a hook of the configuration throws is told too, and does not stop the run. */
function listeners({ hooks }: Project, { onEvent }: RunOptions): (event: RunEvent) => void {
  const warn = (error: unknown): void => {
    const reason = messageOf(error);
    onEvent?.({ kind: "warning", message: `hooks.onEvent of the configuration failed: ${reason}` });
  };
  return (event) => {
    onEvent?.(event);
    try {
      const result: unknown = hooks.onEvent?.(event);
      if (result instanceof Promise) result.catch(warn);
    } catch (error) {
      warn(error);
    }
  };
}

/** After a committed step it is no longer true that nothing was touched, whatever fails then. */
async function currentAfter(project: Project, done: readonly CommittedStep[]): Promise<CurrentReport> {
  try {
    return await reportCurrent(project);
  } catch (error) {
    if (done.length === 0 || !(error instanceof GodwitError)) throw error;
    const list = done.map(({ manager, revision }) => `${manager} ${revision}`).join(", ");
    throw new StepError(
      error.code,
      `Committed: ${list}. Where the repository stands then cannot be told: ${error.message}`,
      { hint: error.hint, cause: error, done },
    );
  }
}

/** A plan that cannot be made is told together with what else would be in the way. */
async function prepareOrExamine(
  project: Project,
  options: RunOptions,
  plan: GraphPlan,
): Promise<PreparedPlan> {
  try {
    return await preparePlan(project, options, plan);
  } catch (error) {
    await requireAll([
      () => {
        throw error;
      },
      () => requireConditions(project, options, plan),
      () => preflight(project.repository, [], options),
    ]);
    throw error;
  }
}

/** Whatever options and providers are missing, what the repository holds may stand in the way as well. */
async function requireConditions(project: Project, options: RunOptions, plan: GraphPlan): Promise<void> {
  const steps = await prepareSteps(plan.steps, project.code);
  let environment: RunEnvironment;
  try {
    const providers = await resolveProviders(project, options);
    environment = environmentOf(project, options, steps, providers, "allowed");
  } catch {
    // Options and providers that cannot be used are told already.
    return;
  }
  await requirePreconditions(project.repository, environment, steps);
}

async function makeBackup(
  { repository: { database } }: Project,
  { backup, folder = process.cwd(), onEvent }: RunOptions,
  lockTimeoutMs: number,
): Promise<void> {
  if (backup === undefined) return;
  const { backUpDatabase, backupExtension } = await import("../database/backup.js");
  const { requireExistingFolder } = await import("../copy/folders.js");
  const place = path.resolve(folder, backup);
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const file = isFolder(place) ? path.join(place, `backup-${time}${backupExtension(database)}`) : place;
  await requireExistingFolder(path.dirname(file));
  await backUpDatabase(database, file, lockTimeoutMs);
  onEvent?.({ kind: "backup", file });
}

function isFolder(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The plan with a check after each step. */
function verified(plan: PreparedPlan, verify: StepVerifier | null): PreparedPlan {
  return verify === null ? plan : { ...plan, environment: { ...plan.environment, verify } };
}

/** What an interrupted run left to do outside of the database. */
async function finishInterrupted({ repository }: Project, options: RunOptions): Promise<void> {
  for (const edit of await repository.finishOutside()) {
    options.onEvent?.({ kind: "outside-edit", ...edit });
  }
}

/** A plan with its code, options and providers. */
export interface PreparedPlan {
  readonly steps: readonly PreparedStep[];
  readonly note: string | null;
  readonly environment: RunEnvironment;
}

/**
 * Loads the code of a plan, and refuses what is missing, all at once, before anything is touched.
 * @throws RefusedError `no-code`, `irreversible`, `missing-provider`
 * @throws InputError about options and provider modules
 */
export async function preparePlan(
  project: Project,
  options: RunOptions,
  plan: GraphPlan,
): Promise<PreparedPlan> {
  const steps = await prepareSteps(plan.steps, project.code);
  let providers: Providers = new Map();
  await requireAll([
    () => refuseStepsWithoutCode(steps),
    async () => {
      providers = await resolveProviders(project, options);
    },
    () => refuseMissingProviders(steps, { ...project.providers, ...options.providers }),
    () => void environmentOf(project, options, steps, providers),
  ]);
  return { steps, note: plan.note, environment: environmentOf(project, options, steps, providers) };
}

function environmentOf(
  project: Project,
  options: RunOptions,
  steps: readonly PreparedStep[],
  providers: Providers,
  missing: "refused" | "allowed" = "refused",
): RunEnvironment {
  return {
    repository: project.repository,
    options: steps.length === 0 ? new Map() : optionsOf(steps, options.options ?? {}, missing),
    providers,
    dataLoss: options.dataLoss ?? "refuse",
    // One transaction is one connection.
    jobs: options.atomic === "plan" ? 1 : (options.jobs ?? 1),
    onEvent: options.onEvent ?? (() => {}),
    onPause: options.onPause,
    hooks: project.hooks,
  };
}

function refuseMissingProviders(
  steps: readonly PreparedStep[],
  given: Readonly<Record<string, unknown>>,
): void {
  const missing = [...providersNeeded(steps)].filter(([name]) => !Object.hasOwn(given, name));
  if (missing.length === 0) return;
  const needing = (name: string): string =>
    steps
      .filter(({ definition, extensions }) =>
        [definition, ...extensions].some((one) => Object.hasOwn(one.needs ?? {}, name)),
      )
      .map(describeStep)
      .join(", ");
  throw new RefusedError(
    "missing-provider",
    missing
      .map(([name, purpose]) => `Provider "${name}" is missing: ${purpose} (${needing(name)}).`)
      .join("\n"),
    {
      hint: missing
        .map(([name]) => `Add --provider ${name}=module#export, or name it in the configuration.`)
        .join("\n"),
    },
  );
}
