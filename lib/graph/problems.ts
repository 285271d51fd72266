import { InputError } from "../errors.js";

/** What can be wrong with a graph, a target, or a version table; the `code` of the error. */
export type Category =
  | "unknown-revision"
  | "ambiguous-prefix"
  | "unknown-branch"
  | "not-in-branch"
  | "multiple-heads"
  | "not-an-ancestor"
  | "overlapping-revisions"
  | "relative-out-of-range"
  | "ambiguous-walk"
  | "ambiguous-start"
  | "cycle"
  | "self-loop"
  | "dependency-cycle"
  | "dependency-self-loop"
  | "duplicate-revision"
  | "duplicate-label"
  | "missing-parent"
  | "missing-dependency"
  | "invalid-revision-id"
  | "not-a-head"
  | "duplicate-heads"
  | "not-at-heads"
  | "range-not-allowed"
  | "bad-range-syntax"
  | "bad-option"
  | "version-table-mismatch"
  | "unknown-tree"
  | "unknown-version"
  | "no-switch"
  | "ambiguous-switch"
  | "parallel-tips"
  | "no-repository";

/** An error of the model: input that cannot be followed, found before anything runs. */
export function problem(category: Category, message: string, hint = usualHint(category)): InputError {
  return new InputError(category, message, { hint });
}

const faultsOfFiles: ReadonlySet<Category> = new Set([
  "cycle",
  "self-loop",
  "dependency-cycle",
  "dependency-self-loop",
  "duplicate-revision",
  "duplicate-label",
  "missing-parent",
  "missing-dependency",
  "invalid-revision-id",
]);

/** Where to look on, where nothing better is known. */
function usualHint(category: Category): string {
  if (faultsOfFiles.has(category))
    return "Correct the header of the file; `godwit revision check` looks at all of them.";
  return "`godwit history` lists the revisions, `godwit history -i` with marks where the repository stands.";
}

/** `a, b, c and 7 more`: enough names for a message. */
export function enumerate(names: readonly string[], limit = 5): string {
  if (names.length <= limit) return names.join(", ");
  return `${names.slice(0, limit).join(", ")} and ${names.length - limit} more`;
}
