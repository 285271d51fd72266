import { planDowngrade } from "../graph/index.js";
import type { CostClass } from "../database/schema/editor.js";
import { foresee } from "../run/foresee.js";
import type { Foresight } from "../run/foresee.js";
import { refuseInconsistent } from "../run/move.js";
import {
  codeOf,
  irreversibleExtensions,
  isEmptyRoot,
  optionsOf,
  prepareSteps,
  providersNeeded,
  summaryOf,
} from "../run/prepare.js";
import type { PreparedStep } from "../run/prepare.js";
import { missingOptions } from "../run/option-values.js";
import { resolveProviders } from "../run/providers.js";
import type { Compatibility } from "../revision.js";
import type { RunEnvironment } from "../run/run-context.js";
import { readStateOnce } from "../state/read.js";
import type { RunOptions } from "./options.js";
import { planTargets } from "./defaults.js";
import { stateForGraph, withProject } from "./project.js";
import type { Project } from "./project.js";
import type { PlannedStep, PlannedTable, PlanReport } from "./results.js";
import { surely, valueAt } from "../known.js";

/**
 * What `upgrade` or `downgrade` would do. Changes nothing.
 *
 * @param uri folder or `butler.yaml` of a Butler, label of the repository index, or database URL
 * @param direction `up` for `upgrade`, `down` for `downgrade`
 * @param targets as for `upgrade`; one for `down`
 */
export function plan(
  uri: string,
  direction: "up" | "down",
  targets: string | readonly string[] = "head",
  options: RunOptions = {},
): Promise<PlanReport> {
  const list = typeof targets === "string" ? [targets] : targets;
  return withProject(uri, options, async (project) => {
    const { repository, known, graph, code } = project;
    const state = await readStateOnce(repository, known);
    refuseInconsistent(state);
    const applied = stateForGraph(state);
    const found =
      direction === "up" ? planTargets(project, state, list) : planDowngrade(graph, applied, list[0] ?? "-1");
    const steps = await prepareSteps(found.steps, code);
    return { steps: await describeSteps(project, options, steps), note: found.note };
  });
}

async function describeSteps(
  project: Project,
  options: RunOptions,
  steps: readonly PreparedStep[],
): Promise<PlannedStep[]> {
  const missing = steps.map((step) => missingOf(project, options, step));
  const foresights = await foreseeAsFarAsPossible(project, options, steps, missing);
  const sizes = await tableSizes(project, foresights);
  return steps.map((step, index) => ({
    ...describe(step, valueAt(missing, index), valueAt(foresights, index), sizes, editNote(project, step)),
    options: optionsIn(options, step),
    providers: providersIn(project, options, step),
  }));
}

function optionsIn(options: RunOptions, { definition, extensions }: PreparedStep): PlannedStep["options"] {
  const given = options.options ?? {};
  return [definition, ...extensions]
    .flatMap((one) => Object.entries(one.options ?? {}))
    .map(([name, option]) => ({
      name,
      description: option.description,
      required: option.required === true && option.default === undefined,
      value: (Object.hasOwn(given, name) ? given[name] : option.default) ?? null,
    }));
}

function providersIn(
  project: Project,
  options: RunOptions,
  { definition, extensions }: PreparedStep,
): PlannedStep["providers"] {
  const given = new Set([...Object.keys(project.providers), ...Object.keys(options.providers ?? {})]);
  const listed = (
    which: Readonly<Record<string, string>> | undefined,
    required: boolean,
  ): PlannedStep["providers"] =>
    Object.entries(which ?? {}).map(([name, purpose]) => ({
      name,
      purpose,
      required,
      given: given.has(name),
    }));
  return [definition, ...extensions].flatMap((one) => [
    ...listed(one.needs, true),
    ...listed(one.asks, false),
  ]);
}

/** Names of options and providers that are missing, and `code` where there is none. */
function missingOf(project: Project, options: RunOptions, step: PreparedStep): string[] {
  const { definition, extensions, direction, revision } = step;
  const declared = [definition, ...extensions].map((one) => ({
    revision: revision.id,
    options: one.options ?? {},
  }));
  const missing =
    direction === "up" ? missingOptions(declared, options.options ?? {}).map(({ name }) => name) : [];
  const given = new Set([...Object.keys(project.providers), ...Object.keys(options.providers ?? {})]);
  for (const name of providersNeeded([step]).keys()) if (!given.has(name)) missing.push(name);
  const lasting = direction === "down" && irreversibleExtensions(step).length > 0;
  if (lasting || (codeOf(definition, direction) === undefined && !isEmptyRoot(step))) missing.push("code");
  return missing;
}

/** A step that cannot run yet ends what can be foreseen; what stands in the way of the others is told nevertheless. */
async function foreseeAsFarAsPossible(
  project: Project,
  options: RunOptions,
  steps: readonly PreparedStep[],
  missing: readonly (readonly string[])[],
): Promise<Foresight[]> {
  const first = missing.findIndex((names) => names.length > 0);
  const environment: RunEnvironment = {
    repository: project.repository,
    options: steps.length === 0 ? new Map() : optionsOf(steps, options.options ?? {}, "allowed"),
    providers: await resolveProviders(project, options),
    dataLoss: "allow",
    onEvent: () => {},
    jobs: 1,
    onPause: undefined,
  };
  return foresee(project.repository, environment, steps, {
    faults: "tell",
    runnable: first === -1 ? steps.length : first,
  });
}

type Sizes = ReadonlyMap<string, { readonly rows: number | null; readonly bytes: number | null }>;

async function tableSizes({ repository }: Project, foresights: readonly Foresight[]): Promise<Sizes> {
  const names = new Set(foresights.flatMap(({ tables }) => [...tables.keys()]));
  return repository.database.transaction({ mode: "read" }, async (session) => {
    const sizes = new Map<string, { rows: number | null; bytes: number | null }>();
    for (const name of names) sizes.set(name, await session.tableSize(name));
    return sizes;
  });
}

function describe(
  prepared: PreparedStep,
  missing: readonly string[],
  foresight: Foresight,
  sizes: Sizes,
  edits: readonly string[],
): Omit<PlannedStep, "options" | "providers"> {
  const { step, definition, extensions, revision, before, after, direction } = prepared;
  const opposite = direction === "up" ? "down" : "up";
  const hasWayBack = codeOf(definition, opposite) !== undefined || definition.placeholder !== undefined;
  return {
    revision: revision.id,
    direction: step.direction,
    manager: step.manager,
    class: after?.branch ?? revision.branch,
    fromClass: before?.branch ?? null,
    fromVersion: before?.version ?? null,
    toVersion: after?.version ?? null,
    summary: summaryOf(prepared),
    live: [definition, ...extensions].every(({ execution }) => execution?.live ?? false),
    transactional: definition.execution?.transactional ?? true,
    reversible: hasWayBack && (direction === "down" || irreversibleExtensions(prepared).length === 0),
    compatibility: compatibilityOf(prepared),
    changes: changesOf(foresight),
    tables: [...foresight.tables].map(([name, cost]) => tableOf(name, cost, sizes)),
    losesData: foresight.losesData.map(({ what, count }) => ({ what, count: Number(count) })),
    missing,
    statements: foresight.statements,
    notes: [
      ...edits,
      ...extensions.map((one) => `also: ${one.summary}`),
      ...foresight.notes,
      ...openNote(foresight.open),
    ],
  };
}

function changesOf(foresight: Foresight): PlannedStep["changes"] {
  if (foresight.open !== null && foresight.changes !== "schema") return null;
  return foresight.changes;
}

/** The least that the revision and what extends it declare. */
function compatibilityOf({ definition, extensions }: PreparedStep): PlannedStep["compatibility"] {
  const declared = [definition, ...extensions].flatMap(({ compatibility }) => compatibility ?? []);
  if (declared.length === 0) return null;
  return {
    backward: least(declared.map(({ backward }) => backward)),
    forward: least(declared.map(({ forward }) => forward)),
  };
}

function least(values: readonly Compatibility[]): Compatibility {
  return surely(levels.find((level) => values.includes(level)));
}

/** From least to most. */
const levels: readonly Compatibility[] = ["none", "read", "full"];

/** What changes outside of the database where a step changes the class of a manager. */
function editNote({ repository }: Project, { step, before, after }: PreparedStep): string[] {
  const className = after?.branch ?? null;
  if ((before?.branch ?? null) === className) return [];
  const edit = repository.foreseeClass(step.manager, className);
  return edit === null ? [] : [`${edit.file}: ${edit.description}`];
}

function openNote(open: string | null): string[] {
  return open === null ? [] : [`Only known while running: ${open}`];
}

function tableOf(name: string, cost: CostClass, sizes: Sizes): PlannedTable {
  return { name, cost, rows: sizes.get(name)?.rows ?? null, bytes: sizes.get(name)?.bytes ?? null };
}
