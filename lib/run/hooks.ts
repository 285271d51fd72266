/** Code of a project around each step: `hooks.beforeStep` and `hooks.afterStep` of the configuration. */
import { GodwitError, messageOf, StepError } from "../errors.js";
import type { RevisionContext } from "./context.js";
import { describeStep } from "./prepare.js";
import type { PreparedStep } from "./prepare.js";

/** The step that a hook is called for. */
export interface HookedStep {
  readonly revision: string;
  readonly manager: string;
  readonly direction: "up" | "down" | "switch";
  /** Class and version that the manager is at after the step; null below the first version, and where there are none. */
  readonly branch: string | null;
  readonly version: string | null;
  readonly summary: string;
}

/** Runs in the transaction of the step: what it writes is committed with the step, and what it throws rolls the step back. */
export type StepHook = (step: HookedStep, context: RevisionContext) => Promise<void> | void;

/** What is called around each step. */
export interface StepHooks {
  /** Before the revision's code. */
  readonly beforeStep?: StepHook;
  /** After the step was recorded, before the commit. */
  readonly afterStep?: StepHook;
}

/** Calls a hook where there is one. @throws StepError `hook-failed` */
export async function callHook(
  name: keyof StepHooks,
  hooks: StepHooks | undefined,
  prepared: PreparedStep,
  context: RevisionContext,
): Promise<void> {
  const { step, after, definition } = prepared;
  try {
    await hooks?.[name]?.(
      {
        revision: prepared.revision.id,
        manager: step.manager,
        direction: step.direction,
        branch: after?.branch ?? null,
        version: after?.version ?? null,
        summary: definition.summary,
      },
      context,
    );
  } catch (error) {
    if (error instanceof GodwitError) throw error;
    const reason = messageOf(error);
    throw new StepError("hook-failed", `hooks.${name} failed at ${describeStep(prepared)}: ${reason}`, {
      hint: "The step is not recorded. Mend the hook in the configuration, and run the same command again.",
      cause: error,
    });
  }
}
