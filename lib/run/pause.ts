/**
 * Pause points: named places at which a run can be stopped, killed or interleaved with another, for tests. The order in
 * a step is `step:begin`, those of the revision itself, `step:record`, `step:commit`, and after the commit `step:committed`; a plan in one
 * transaction has `plan:begin` before that.
 */
export type PausePoint =
  | "plan"
  | "plan:begin"
  | "adopt"
  | "step:begin"
  | "step:record"
  | "step:commit"
  | "step:committed"
  | "outside";

/** Called at each pause point with its name, followed by the revision: `step:commit 4e2d7a28475b`. */
export type PauseHook = (point: string) => Promise<void> | void;

/** Calls the hook where there is one. */
export async function pauseAt(hook: PauseHook | undefined, point: string, revision?: string): Promise<void> {
  if (hook === undefined) return;
  await hook(revision === undefined ? point : `${point} ${revision}`);
}
