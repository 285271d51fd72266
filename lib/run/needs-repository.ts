import { RefusedError } from "../errors.js";

/** The refusal of a step that cannot be written down without a repository. */
export function needsRepository(step: string, reason: string): RefusedError {
  return new RefusedError(
    "needs-repository",
    `${step} cannot be written down without a repository: it ${reason}.`,
    { hint: "Add --repo, and the values are written into the script; or end the range before this step." },
  );
}
