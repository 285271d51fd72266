import { InputError } from "../errors.js";
import type { OptionDeclaration } from "../revision.js";
import { requireAllNow } from "./gather.js";

export type OptionValue = string | bigint | boolean;

/** The options of one revision. */
export interface DeclaredOptions {
  readonly revision: string;
  readonly options: Readonly<Record<string, OptionDeclaration>>;
}

/**
 * Checks the options that were given against all revisions of a plan, and types them.
 *
 * @param given values as text, by name
 * @returns the values by name, defaults included
 * @throws InputError `unknown-option`, `bad-option`, `missing-option`, or `preflight` about several of them
 */
export function resolveOptions(
  declared: readonly DeclaredOptions[],
  given: Readonly<Record<string, string>>,
): Map<string, OptionValue> {
  const known = new Map(declared.flatMap(({ options }) => Object.entries(options)));
  const values = new Map<string, OptionValue>();
  requireAllNow([
    () => refuseUnknown(known, Object.keys(given)),
    () => refuseMissing(declared, given),
    ...[...known].map(([name, declaration]) => () => {
      const text = Object.hasOwn(given, name) ? given[name] : declaration.default;
      if (text !== undefined) values.set(name, parseOption(name, declaration, text));
    }),
  ]);
  return values;
}

function refuseUnknown(known: ReadonlyMap<string, OptionDeclaration>, given: readonly string[]): void {
  const unknown = given.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const list = [...known].map(([name, option]) => `  ${name}: ${option.description}`).join("\n");
  throw new InputError("unknown-option", `No revision of this plan takes the option ${quoted(unknown)}.`, {
    hint: known.size === 0 ? "The revisions of this plan take no options." : `The options are:\n${list}`,
  });
}

function refuseMissing(declared: readonly DeclaredOptions[], given: Readonly<Record<string, string>>): void {
  const missing = missingOptions(declared, given);
  if (missing.length === 0) return;
  const list = missing.map(
    ({ name, revision, description }) => `  ${name} (revision ${revision}): ${description}`,
  );
  throw new InputError(
    "missing-option",
    `Needed, and not given: option ${quoted(missing.map(({ name }) => name))}.\n${list.join("\n")}`,
    { hint: missing.map(({ name, example }) => `Add --options ${name}=${example}`).join("\n") },
  );
}

/** What a plan needs and was not given. */
export function missingOptions(
  declared: readonly DeclaredOptions[],
  given: Readonly<Record<string, string>>,
): {
  readonly name: string;
  readonly revision: string;
  readonly description: string;
  readonly example: string;
}[] {
  return declared.flatMap(({ revision, options }) =>
    Object.entries(options)
      .filter(
        ([name, option]) =>
          option.required === true && option.default === undefined && !Object.hasOwn(given, name),
      )
      .map(([name, option]) => ({
        name,
        revision,
        description: option.description,
        example: option.values?.join("|") ?? `<${option.type}>`,
      })),
  );
}

function parseOption(name: string, declaration: OptionDeclaration, text: string): OptionValue {
  if (declaration.values !== undefined && !declaration.values.includes(text)) {
    throw badOption(name, text, `one of ${declaration.values.join(", ")}`);
  }
  switch (declaration.type) {
    case "integer":
      if (!/^[+-]?\d+$/.test(text)) throw badOption(name, text, "an integer");
      return BigInt(text);
    case "boolean":
      if (["1", "true", "yes"].includes(text)) return true;
      if (["0", "false", "no"].includes(text)) return false;
      throw badOption(name, text, "0 or 1");
    case "string":
    case "path":
      return text;
  }
}

function badOption(name: string, text: string, expected: string): InputError {
  return new InputError("bad-option", `Option "${name}" is ${expected}, not "${text}".`, {
    hint: `Give --options ${name}=… again.`,
  });
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
