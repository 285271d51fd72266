/** Compares an answer to a graph case with the expected one; test/fixtures/README.md says what the cases are. */
import type { GraphNode } from "../../lib/graph/graph.js";
import type { Answer } from "../../scripts/graph-cases/answer.js";

/** What a case file says of the right answer. */
export type ExpectedAnswer = Readonly<Record<string, unknown>> & {
  readonly error?: string;
  readonly recommended?: string;
  readonly steps?: readonly ExpectedStep[];
  readonly idealSteps?: readonly string[];
  readonly idealFinal?: readonly string[];
};

interface ExpectedStep {
  readonly revision: string;
  readonly direction: string;
  readonly heads?: readonly string[];
  readonly idealHeads?: readonly string[];
}

/** What decides how an answer is compared. */
export interface Rules {
  readonly op: string;
  readonly order?: string;
  readonly currentOrder?: string;
  readonly quirks?: readonly string[];
  readonly nodes: readonly GraphNode[];
}

/** Errors that are better than what Alembic does, by quirk. */
const better: Readonly<Record<string, string>> = {
  "unknown-row": "unknown-revision",
  "duplicate-id-accepted": "duplicate-revision",
  "base-minus-wraps": "relative-out-of-range",
  "duplicate-rows": "version-table-mismatch",
};

/** Keys of an expected answer that tell of Alembic, or of one of several ways, and are not compared. */
const notCompared = new Set([
  "message",
  "detail",
  "warnings",
  "python",
  "where",
  "dml",
  "recommended",
  "stepsBefore",
  "idealSteps",
  "idealFinal",
  "steps",
  "final",
]);

/** Compares an answer with what is expected; returns what is wrong with it, or null. */
export function judge(answer: Answer, expected: ExpectedAnswer, rules: Rules): string | null {
  const error = answer["error"] as string | undefined;
  if (expected.error === "internal") return judgeCrash(answer, expected);
  if (error !== undefined && error !== expected.error) {
    const accepted = (rules.quirks ?? []).map((quirk) => better[quirk]);
    if (rules.currentOrder === "significant") accepted.push("ambiguous-start");
    return accepted.includes(error) ? null : `error ${error} instead of ${expected.error}`;
  }
  if (expected.error !== undefined) {
    if (error === expected.error) return null;
    return rules.quirks?.includes("check-ignores-effective-heads") === true && answer["ok"] === true
      ? null
      : `no error ${expected.error}`;
  }
  return (
    judgeSteps(answer, expected, rules) ??
    judgeFinal(answer, expected, rules) ??
    judgeRest(answer, expected, rules)
  );
}

function judgeCrash(answer: Answer, expected: ExpectedAnswer): string | null {
  const { idealSteps, idealFinal, recommended } = expected;
  const error = answer["error"] as string | undefined;
  if (idealSteps !== undefined || idealFinal !== undefined)
    return same(revisionsOf(answer), idealSteps) && same(answer["final"], idealFinal)
      ? null
      : "not the ideal answer";
  if (error === undefined) return "no error where Alembic crashes";
  return recommended === undefined || error === recommended
    ? null
    : `error ${error} instead of ${recommended}`;
}

function revisionsOf(answer: Answer): string[] {
  return ((answer["steps"] ?? []) as ExpectedStep[]).map((step) => step.revision);
}

function judgeSteps(answer: Answer, { steps }: ExpectedAnswer, rules: Rules): string | null {
  if (steps === undefined) return null;
  const given = (answer["steps"] ?? []) as ExpectedStep[];
  if (!given.every((step) => step.direction === (rules.op === "downgrade" ? "down" : "up")))
    return "a wrong direction";
  const [ids, wanted] = [revisionsOf(answer), steps.map((step) => step.revision)];
  if (rules.order === "any-topological")
    return same(ids.toSorted(), wanted.toSorted()) && isTopological(ids, rules) ? null : "no possible order";
  if (!same(ids, wanted)) return `steps ${ids.join(" ")} instead of ${wanted.join(" ")}`;
  if (rules.quirks?.includes("redundant-rows") === true) return null;
  const wrong = steps.find(
    ({ heads, idealHeads }, at) =>
      heads !== undefined && !same(given[at]?.heads, heads) && !same(given[at]?.heads, idealHeads),
  );
  return wrong === undefined ? null : `other rows after ${wrong.revision}`;
}

/** Whether nothing runs before what it needs (up), or before what needs it (down). */
function isTopological(ids: readonly string[], { op, nodes }: Rules): boolean {
  const oldestFirst = op === "downgrade" ? ids.toReversed() : ids;
  const place = new Map(oldestFirst.map((id, at) => [id, at]));
  const byLabel = new Map(nodes.flatMap((node) => (node.labels ?? []).map((label) => [label, node.id])));
  return nodes.every((node) => {
    const own = place.get(node.id) ?? Infinity;
    const needs = [...node.parents, ...(node.dependsOn ?? []).map((name) => byLabel.get(name) ?? name)];
    return needs.every((id) => (place.get(id) ?? -1) < own);
  });
}

function judgeFinal(answer: Answer, expected: ExpectedAnswer, rules: Rules): string | null {
  if (expected["final"] === undefined || rules.quirks?.includes("redundant-rows") === true) return null;
  const final = answer["final"];
  return same(final, expected["final"]) || same(final, expected.idealFinal)
    ? null
    : `rows ${JSON.stringify(final)} instead of ${JSON.stringify(expected["final"])}`;
}

function judgeRest(answer: Answer, expected: ExpectedAnswer, rules: Rules): string | null {
  for (const [key, value] of Object.entries(expected)) {
    if (notCompared.has(key)) continue;
    const given = answer[key];
    const isFree = key === "revisions" && rules.order === "any-topological";
    const isRight = isFree
      ? same((given as string[]).toSorted(), (value as string[]).toSorted())
      : same(given, value);
    if (!isRight) return `${key} ${JSON.stringify(given)} instead of ${JSON.stringify(value)}`;
  }
  return null;
}

/** Equality of data, whatever the order of keys. */
function same(one: unknown, other: unknown): boolean {
  return other !== undefined && canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
