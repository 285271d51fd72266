import { isDeepStrictEqual } from "node:util";
import { StepError } from "../errors.js";

/**
 * Requires that something that a revision must not change is as it was.
 * @throws StepError `invariant` with what it was before and after
 */
export function requireEqual(revision: string, description: string, before: unknown, after: unknown): void {
  if (isDeepStrictEqual(before, after)) return;
  throw new StepError(
    "invariant",
    `Revision ${revision} would have changed what it must not: ${description}.\nBefore: ${show(before)}\nAfter:  ${show(after)}`,
    { hint: "The step was rolled back. Please report this." },
  );
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "bigint" ? inner.toString() : inner,
  );
}
