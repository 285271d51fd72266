import { RefusedError } from "../errors.js";
import type { Revision, Step } from "../graph/revision.js";
import type { RevisionDefinition, SwitchDefinition } from "../revision.js";
import type { RevisionContext } from "./context.js";
import { resolveOptions } from "./option-values.js";
import type { OptionValue } from "./option-values.js";
import { surely } from "../known.js";

export type StepDefinition = RevisionDefinition | SwitchDefinition;
export type StepCode = (context: RevisionContext) => Promise<void>;

/** A step with its code, ready to run. */
export interface PreparedStep {
  readonly step: Step;
  /** What the step reaches (up, switch) or leaves (down; the way back of a switch). */
  readonly revision: Revision;
  /** Class and version afterwards, null at a root or below. */
  readonly after: Revision | null;
  /** Class before the step. */
  readonly before: Revision | null;
  readonly definition: StepDefinition;
  /** Code of revisions of other places that `extends` this one; it runs after it, in the same transaction. */
  readonly extensions: readonly StepDefinition[];
  readonly direction: "up" | "down";
  checksum(): Promise<string | null>;
}

/** Loads the code of steps. The catalog is one. */
export interface CodeSource {
  load(revision: string): Promise<RevisionDefinition>;
  loadSwitch(manager: string, from: string, to: string): Promise<SwitchDefinition>;
  /** Definitions that extend a revision, in the order of their places. */
  extensionsOf(revision: string): Promise<readonly RevisionDefinition[]>;
  checksum(revision: string): Promise<string | null>;
  checksumOfSwitch(manager: string, from: string, to: string): Promise<string | null>;
  revision(id: string): Revision | undefined;
}

/** Loads the code of each step. */
export async function prepareSteps(steps: readonly Step[], source: CodeSource): Promise<PreparedStep[]> {
  const prepared: PreparedStep[] = [];
  for (const step of steps) prepared.push(await prepareStep(step, source));
  return prepared;
}

async function prepareStep(step: Step, source: CodeSource): Promise<PreparedStep> {
  if (step.switch !== undefined) return prepareSwitch(step, step.switch, source);
  const revision = surely(source.revision(step.revision));
  const below = step.from[0] === undefined ? null : surely(source.revision(step.from[0]));
  const goesUp = step.direction === "up";
  return {
    step,
    revision,
    after: goesUp ? revision : below,
    before: goesUp ? below : revision,
    definition: await source.load(revision.id),
    extensions: await source.extensionsOf(revision.id),
    direction: goesUp ? "up" : "down",
    checksum: () => source.checksum(revision.id),
  };
}

async function prepareSwitch(
  step: Step,
  { edge, way }: NonNullable<Step["switch"]>,
  source: CodeSource,
): Promise<PreparedStep> {
  const from = surely(source.revision(edge.from));
  const to = surely(source.revision(edge.to));
  return {
    step,
    revision: to,
    after: way === "forth" ? to : from,
    before: way === "forth" ? from : to,
    definition: await source.loadSwitch(edge.manager, edge.from, edge.to),
    extensions: [],
    direction: way === "forth" ? "up" : "down",
    checksum: () => source.checksumOfSwitch(edge.manager, edge.from, edge.to),
  };
}

/**
 * Refuses steps that cannot run, all of them at once.
 * @throws RefusedError `no-code`, `irreversible`
 */
export function refuseStepsWithoutCode(steps: readonly PreparedStep[]): void {
  const faults = steps.flatMap((step) => faultOf(step) ?? []);
  const [first] = faults;
  if (first === undefined) return;
  throw new RefusedError(first.code, faults.map(({ message }) => message).join("\n"), { hint: first.hint });
}

/** What a step does, in a sentence: a switch that is gone back over says so. */
export function summaryOf({ step, definition }: PreparedStep): string {
  return step.switch?.way === "back" ? `Back over the switch: ${definition.summary}` : definition.summary;
}

/** Whether a step is one transaction, or sub-steps that each commit. */
export function isTransactional({ definition }: PreparedStep): boolean {
  return definition.execution?.transactional ?? true;
}

/** The root of a tree of classes is the beginning before any class: there is nothing to do for it. */
export function isEmptyRoot({ revision, definition }: PreparedStep): boolean {
  return revision.parents.length === 0 && revision.branch === null && definition.placeholder !== undefined;
}

function faultOf(prepared: PreparedStep): { code: string; message: string; hint: string } | null {
  const { definition, direction } = prepared;
  if (isEmptyRoot(prepared)) return null;
  const what = describeStep(prepared);
  if (definition.placeholder !== undefined && codeOf(definition, direction) === undefined) {
    return {
      code: "no-code",
      message: `${what}: there is no code yet: ${definition.placeholder}`,
      hint: "`godwit plan` shows the steps; choose a target on this side of it.",
    };
  }
  const [lasting] = direction === "down" ? irreversibleExtensions(prepared) : [];
  const has = codeOf(definition, direction) !== undefined;
  if (has && lasting === undefined) return null;
  if (direction === "down") {
    const reason = has
      ? `"${lasting?.summary}", which extends it: ${lasting?.irreversible ?? "there is no way down."}`
      : (definition.irreversible ?? "it has no way down.");
    return {
      code: "irreversible",
      message: `${what} cannot be undone: ${reason}`,
      hint: "Go back to a copy that was made before it.",
    };
  }
  return { code: "no-code", message: `${what}: there is no code yet.`, hint: "Write its `up`." };
}

/** A step in words: `datasets ByDimensions…UUID 2.0.0 (4e2d7a28475b)`. */
export function describeStep({ revision }: Pick<PreparedStep, "revision">): string {
  const version = [revision.branch, revision.version].filter((part) => part !== null).join(" ");
  return `${revision.manager} ${version === "" ? "root" : version} (${revision.id})`;
}

/** The code of a step in the order in which it runs: what extends a revision comes after it, and is taken back before it. */
export function definitionsOf({
  definition,
  extensions,
  direction,
}: PreparedStep): readonly StepDefinition[] {
  const all = [definition, ...extensions];
  return direction === "up" ? all : all.toReversed();
}

/** What extends a revision and does something that it cannot take back. */
export function irreversibleExtensions({ extensions }: PreparedStep): readonly StepDefinition[] {
  return extensions.filter((one) => one.up !== undefined && one.down === undefined);
}

/** The function that a definition has for a direction. */
export function codeOf(definition: StepDefinition, direction: "up" | "down"): StepCode | undefined {
  if (definition[direction] === undefined) return undefined;
  return async (context) => {
    await definition[direction]?.(context);
  };
}

/**
 * Types the options that were given, for all steps of a plan. Only the way up takes options that are required.
 * @param missing whether options that are missing are a fault
 * @throws InputError `unknown-option`, `bad-option`, `missing-option`
 */
export function optionsOf(
  steps: readonly PreparedStep[],
  given: Readonly<Record<string, string>>,
  missing: "refused" | "allowed" = "refused",
): Map<string, OptionValue> {
  const declared = steps.flatMap(({ definition, extensions, revision, direction }) =>
    [definition, ...extensions].map((one) => ({
      revision: revision.id,
      options:
        direction === "up" && missing === "refused"
          ? (one.options ?? {})
          : withoutRequired(one.options ?? {}),
    })),
  );
  return resolveOptions(declared, given);
}

function withoutRequired(
  options: NonNullable<StepDefinition["options"]>,
): NonNullable<StepDefinition["options"]> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, { ...option, required: false }]),
  );
}

/** Names of providers that a plan needs, with what for. */
export function providersNeeded(steps: readonly PreparedStep[]): Map<string, string> {
  return new Map(
    steps
      .filter(({ direction }) => direction === "up")
      .flatMap(({ definition, extensions }) => [definition, ...extensions])
      .flatMap((one) => Object.entries(one.needs ?? {})),
  );
}
