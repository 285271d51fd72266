/** What each field of a header may hold. */
import type { Literal } from "./raw-header.js";

/** What a field must be, in words for messages, and the test for it. */
export interface FieldRule {
  readonly demand: string;
  accepts(value: Literal): boolean;
}

const text: FieldRule = { demand: "a text", accepts: (value) => typeof value === "string" };

const words: FieldRule = {
  demand: "a text that is not empty",
  accepts: (value) => typeof value === "string" && value.trim() !== "",
};

const flag: FieldRule = { demand: "true or false", accepts: (value) => typeof value === "boolean" };

const wordList: FieldRule = {
  demand: "a list of texts",
  accepts: (value) => Array.isArray(value) && value.every((one) => words.accepts(one as Literal)),
};

const either = (...rules: readonly FieldRule[]): FieldRule => ({
  demand: rules.map(({ demand }) => demand).join(" or "),
  accepts: (value) => rules.some((rule) => rule.accepts(value)),
});

const nothing: FieldRule = { demand: "null", accepts: (value) => value === null };

const oneOf = (...allowed: readonly string[]): FieldRule => ({
  demand: `one of ${allowed.map((one) => `"${one}"`).join(", ")}`,
  accepts: (value) => typeof value === "string" && allowed.includes(value),
});

function isRecord(value: Literal): value is Readonly<Record<string, Literal>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const record = (
  demand: string,
  required: Readonly<Record<string, FieldRule>>,
  optional: Readonly<Record<string, FieldRule>> = {},
): FieldRule => ({
  demand,
  accepts: (value) =>
    isRecord(value) &&
    Object.keys(required).every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, inner]) => {
      const rules = Object.hasOwn(required, name) ? required : optional;
      return Object.hasOwn(rules, name) && rules[name]?.accepts(inner) === true;
    }),
});

const map = (demand: string, rule: FieldRule): FieldRule => ({
  demand,
  accepts: (value) => isRecord(value) && Object.values(value).every((inner) => rule.accepts(inner)),
});

const compatibilityLevel = oneOf("full", "read", "none");

const option = record(
  "a declaration",
  { type: oneOf("string", "integer", "boolean", "path"), description: words },
  { required: flag, values: wordList, default: text },
);

const common = {
  manager: words,
  summary: words,
  dependsOn: wordList,
  compatibility: record(`{ backward, forward }, each ${compatibilityLevel.demand}`, {
    backward: compatibilityLevel,
    forward: compatibilityLevel,
  }),
  execution: record("{ live, transactional }, each true or false", {}, { live: flag, transactional: flag }),
  options: map(
    "an object of { type, description, required?, values?, default? }, where type is string, integer, boolean or path",
    option,
  ),
  needs: map("an object that says for each name what it is needed for", words),
  asks: map("an object that says for each name what it is asked for", words),
  placeholder: words,
  irreversible: words,
};

/** The fields that a file of each kind may have. Fields that hold code are not among them. */
export const fieldRules: Readonly<Record<"revision" | "switch", Readonly<Record<string, FieldRule>>>> = {
  revision: {
    ...common,
    id: words,
    parent: either(words, nothing, wordList),
    branch: words,
    version: words,
    labels: wordList,
    replaces: wordList,
    extends: either(words, wordList),
  },
  switch: { ...common, from: words, to: words },
};

/** The fields that a file of each kind must have. */
export const requiredFields: Readonly<Record<"revision" | "switch", readonly string[]>> = {
  revision: ["id", "parent", "manager", "summary"],
  switch: ["manager", "from", "to", "summary"],
};
