import { moveRepository } from "./move.js";
import type { RunOptions } from "./options.js";
import { planTargets } from "./defaults.js";
import type { RunReport } from "./results.js";

/**
 * Brings a repository up to the targets.
 *
 * @param uri folder or `butler.yaml` of a Butler, label of the repository index, or database URL
 * @param targets what to reach; `head` unless told
 * @returns the steps that were committed, and where the repository stands then
 * @throws InputError, RefusedError: nothing was touched; StepError: `done` holds the steps that were committed before
 * @example await upgrade("/repo/main");
 */
export function upgrade(
  uri: string,
  targets: string | readonly string[] = "head",
  options: RunOptions = {},
): Promise<RunReport> {
  const list = typeof targets === "string" ? [targets] : targets;
  return moveRepository(
    uri,
    options,
    `upgrade ${list.join(" ")}`,
    (project, state) => planTargets(project, state, list),
    "create",
  );
}
