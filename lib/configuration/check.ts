import { InputError } from "../errors.js";
import type { ConfigurationFile, Hooks } from "./configuration.js";

interface Rule {
  readonly demand: string;
  accepts(value: unknown): boolean;
}

const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text: Rule = { demand: "a text that is not empty", accepts: isText };

const texts: Rule = {
  demand: "a list of texts",
  accepts: (value) => Array.isArray(value) && value.every(isText),
};

const rules: Readonly<Record<keyof ConfigurationFile, Rule>> = {
  repo: text,
  revisions: texts,
  templates: text,
  providers: { demand: "an object of providers by name", accepts: isRecord },
  hooks: { demand: "an object", accepts: isRecord },
};

const called: Rule = { demand: "a function", accepts: (value) => typeof value === "function" };

const hookRules: Readonly<Record<keyof Hooks, Rule>> = {
  afterWriting: texts,
  onEvent: called,
  beforeStep: called,
  afterStep: called,
};

/**
 * Checks what a configuration file holds.
 * @throws InputError `configuration` with the file and the field
 */
export function checkConfiguration(file: string, content: unknown): ConfigurationFile {
  if (!isRecord(content)) {
    throw new InputError("configuration", `${file}: The configuration must be an object.`, {
      hint: "A godwit.config.ts exports one: export default defineConfiguration({ … });",
    });
  }
  checkFields(file, "", content, rules);
  if (isRecord(content["hooks"])) checkFields(file, "hooks.", content["hooks"], hookRules);
  return content;
}

function checkFields(
  file: string,
  prefix: string,
  content: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, Rule>>,
): void {
  for (const [name, value] of Object.entries(content)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined && name !== "$schema") {
      throw new InputError("configuration", `${file}: There is no field "${prefix}${name}".`, {
        hint: `The fields are ${Object.keys(rules).join(", ")}.`,
      });
    }
    if (value !== undefined && rule?.accepts(value) === false) {
      throw new InputError("configuration", `${file}: "${prefix}${name}" must be ${rule.demand}.`, {
        hint: "Correct the file, or name another one with --config.",
      });
    }
  }
}
