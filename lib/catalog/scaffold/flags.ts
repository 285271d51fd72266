/** The flags of templates: a template declares them, and says in which form each is written. */
import { InputError } from "../../errors.js";
import { parseColumn } from "./column.js";
import type { ColumnText } from "./column.js";
import { parseCheck, parseForeignKey, parseKey, parseRename } from "./keys.js";
import { checkName, unquote } from "./names.js";
import { surely } from "../../known.js";

/** How the text of a flag is read. */
export const flagForms = {
  text: (text: string): string => text,
  /** A dimension that a repository has. */
  dimension: (text: string): string => text.trim(),
  table: (text: string): string => checkName("table", unquote(text.trim())),
  column: parseColumn,
  /** A column with its definition, or its name alone. */
  "dropped-column": (text: string): ColumnText | string =>
    /^\s*("(?:[^"]|"")+"|[^\s"]+)\s*$/.test(text)
      ? checkName("column", unquote(text.trim()))
      : parseColumn(text),
  rename: parseRename,
  key: parseKey,
  "foreign-key": parseForeignKey,
  check: parseCheck,
} as const;

export type FlagForm = keyof typeof flagForms;

/** A flag as a template declares it. */
export interface FlagDeclaration {
  readonly description: string;
  readonly form: FlagForm;
  /** May be given several times. */
  readonly many: boolean;
  readonly required: boolean;
}

/** The flags that were given, read: a list for a flag that may be given several times. */
export type FlagValues = Readonly<Record<string, unknown>>;

/**
 * Reads the flags that were given for a template.
 * @param given texts by the flag's name without dashes in front
 * @returns values by the flag's name in camelCase
 * @throws InputError `unknown-flag`, `flag-twice`, `missing-flag`, and those of the forms
 */
export function readFlags(
  kind: string,
  declared: Readonly<Record<string, FlagDeclaration>>,
  given: Readonly<Record<string, readonly string[]>>,
): FlagValues {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(declared, name)) continue;
    throw new InputError("unknown-flag", `Revisions of kind "${kind}" take no --${name}.`, {
      hint: `They take ${Object.keys(declared)
        .map((one) => `--${one}`)
        .join(", ")}.`,
    });
  }
  return Object.fromEntries(
    Object.entries(declared).map(([name, declaration]) => [
      camelCase(name),
      readFlag(name, declaration, Object.hasOwn(given, name) ? surely(given[name]) : []),
    ]),
  );
}

function readFlag(
  name: string,
  { form, many, required }: FlagDeclaration,
  texts: readonly string[],
): unknown {
  if (texts.length > 1 && !many) {
    throw new InputError("flag-twice", `--${name} can be given only once.`);
  }
  if (required && texts.length === 0) {
    throw new InputError("missing-flag", `This kind of revision needs --${name}.`);
  }
  const values: unknown[] = texts.map((text) => flagForms[form](text));
  return many ? values : values[0];
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}
