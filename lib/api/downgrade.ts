import { planDowngrade } from "../graph/index.js";
import { moveRepository } from "./move.js";
import type { RunOptions } from "./options.js";
import { stateForGraph } from "./project.js";
import type { RunReport } from "./results.js";

/**
 * Takes a repository back to a target.
 *
 * @param uri folder or `butler.yaml` of a Butler, label of the repository index, or database URL
 * @param target what to go back to: `-1` is the step applied last
 * @returns the steps that were undone, and where the repository stands then
 * @throws InputError, RefusedError: nothing was touched; StepError: `done` holds the steps that were committed before
 */
export function downgrade(uri: string, target: string, options: RunOptions = {}): Promise<RunReport> {
  return moveRepository(uri, options, `downgrade ${target}`, ({ graph }, state) =>
    planDowngrade(graph, stateForGraph(state), target),
  );
}
