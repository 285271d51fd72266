import { isDeepStrictEqual } from "node:util";
import { StepError } from "../errors.js";

const shownRows = 10;

/**
 * Requires that something that a revision must not change is as it was. Lists are compared without regard to their order.
 * @throws StepError `invariant` with what it was before and after; of lists, with the rows that differ
 */
export function requireEqual(revision: string, description: string, before: unknown, after: unknown): void {
  if (isDeepStrictEqual(before, after)) return;
  const difference = differenceOf(before, after);
  if (difference === null) return;
  throw new StepError(
    "invariant",
    `Revision ${revision} would have changed what it must not: ${description}.\nBefore: ${difference.before}\nAfter:  ${difference.after}`,
    { hint: "The step was rolled back. Please report this." },
  );
}

function differenceOf(before: unknown, after: unknown): { before: string; after: string } | null {
  if (!Array.isArray(before) || !Array.isArray(after)) return { before: show(before), after: show(after) };
  const [gone, made] = [beyond(before, after), beyond(after, before)];
  return gone.length + made.length === 0 ? null : { before: rows(gone), after: rows(made) };
}

/** The rows of one list for which the other has none. */
function beyond(list: readonly unknown[], other: readonly unknown[]): string[] {
  const counts = new Map<string, number>();
  for (const row of other) counts.set(show(row), (counts.get(show(row)) ?? 0) + 1);
  return list.map(show).filter((row) => {
    const left = counts.get(row) ?? 0;
    counts.set(row, left - 1);
    return left <= 0;
  });
}

function rows(texts: readonly string[]): string {
  if (texts.length === 0) return "no such rows";
  const more = texts.length > shownRows ? ` and ${texts.length - shownRows} more` : "";
  return texts.slice(0, shownRows).join(", ") + more;
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "bigint" ? inner.toString() : inner,
  );
}
