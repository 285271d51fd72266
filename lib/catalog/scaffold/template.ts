/** Templates of revision files: a head in YAML that declares flags, and a text that Eta fills. */
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Document } from "yaml";
import { InputError, messageOf } from "../../errors.js";
import { flagForms } from "./flags.js";
import type { FlagDeclaration, FlagForm } from "./flags.js";
import { surely, valueAt } from "../../known.js";

/** A template that was found and read. */
export interface Template {
  readonly kind: string;
  /** Absolute path. */
  readonly file: string;
  readonly description: string;
  readonly flags: Readonly<Record<string, FlagDeclaration>>;
  /** The text below the head. */
  readonly body: string;
  /** Lines of the head, before the text. */
  readonly headLines: number;
}

const shippedFolder = fileURLToPath(new URL("../../../../templates", import.meta.url));
const ending = ".ts.eta";

/**
 * Finds the template of a kind: that of the project, else the one that comes with godwit.
 * @param folders absolute paths of the project's own folders of templates
 * @throws InputError `unknown-kind`, `template` with file and line
 */
export async function findTemplate(kind: string, folders: readonly string[]): Promise<Template> {
  const file = [...folders, shippedFolder]
    .map((folder) => path.join(folder, `${kind}${ending}`))
    .find((candidate) => /^[\w-]+$/.test(kind) && existsSync(candidate));
  if (file !== undefined) return readTemplate(kind, file);
  const { closest } = await import("fastest-levenshtein");
  const kinds = templateKinds(folders);
  throw new InputError("unknown-kind", `There is no template for revisions of kind "${kind}".`, {
    hint: `Did you mean "${closest(kind, kinds)}"? There are ${kinds.join(", ")}.`,
  });
}

/** The kinds for which there are templates, sorted. */
export function templateKinds(folders: readonly string[]): string[] {
  const files = [...folders, shippedFolder].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder) : [],
  );
  const kinds = files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
  return [...new Set(kinds)].toSorted();
}

async function readTemplate(kind: string, file: string): Promise<Template> {
  const text = await readFile(file, "utf8");
  const match = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(text);
  if (match === null) throw templateFault(file, 1, "A template begins with a head between lines of ---.");
  const [head, yaml = ""] = match;
  const { parseDocument } = await import("yaml");
  const document = parseDocument(yaml, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined)
    throw templateFault(
      file,
      surely(error.linePos)[0].line + 1,
      valueAt(error.message.split(" at line ", 1), 0),
    );
  const { description, flags = {} } = (document.toJS() ?? {}) as Record<string, unknown>;
  return {
    kind,
    file,
    description: typeof description === "string" ? description : "",
    flags: readDeclarations(file, flags, (name) => lineIn(document, yaml, name)),
    body: text.slice(head.length),
    headLines: head.split("\n").length - 1,
  };
}

/** The line of a flag in the file. */
function lineIn(document: Document, yaml: string, name: string): number {
  const flag = document.getIn(["flags", name], true) as { readonly range?: readonly number[] } | undefined;
  const offset = flag?.range?.[0] ?? 0;
  return yaml.slice(0, offset).split("\n").length + 1;
}

function readDeclarations(
  file: string,
  flags: unknown,
  lineOfFlag: (name: string) => number,
): Record<string, FlagDeclaration> {
  if (typeof flags !== "object" || flags === null) throw templateFault(file, 1, '"flags" must be an object.');
  return Object.fromEntries(
    Object.entries(flags).map(([name, declared]) => {
      const {
        description,
        form,
        many = false,
        required = false,
      } = (declared ?? {}) as Record<string, unknown>;
      if (typeof form !== "string" || !Object.hasOwn(flagForms, form)) {
        const forms = Object.keys(flagForms).join(", ");
        throw templateFault(file, lineOfFlag(name), `The form of --${name} must be one of ${forms}.`);
      }
      return [
        name,
        {
          description: typeof description === "string" ? description : "",
          form: form as FlagForm,
          many: many === true,
          required: required === true,
        },
      ];
    }),
  );
}

/**
 * Fills a template.
 * @param values what the template sees as `it`
 * @throws InputError `template` with file and line
 */
export async function renderTemplate(template: Template, values: object): Promise<string> {
  const { Eta } = await import("eta/core");
  // `debug` makes Eta tell the line of an error.
  const eta = new Eta({ autoEscape: false, autoTrim: [false, "nl"], debug: true, useWith: false });
  try {
    return eta.renderString(template.body, values);
  } catch (error) {
    // What the flags ask for may be wrong; Eta wraps that error in one of its own.
    if (error instanceof Error && error.cause instanceof InputError) throw error.cause;
    const message = messageOf(error);
    const line = lineOf(message) ?? (await lineOfBadSyntax(() => eta.compileToString(template.body)));
    const reason = message.split("\n").findLast((text) => text.trim() !== "") ?? message;
    throw templateFault(template.file, line + template.headLines, reason, error);
  }
}

/** Errors of Eta say the line in a sentence, or as `:3`. */
function lineOf(message: string): number | null {
  const line = /\bline (\d+)\b/.exec(message)?.[1];
  return line === undefined ? null : Number(line);
}

/** What Eta makes of a template notes the line before each piece, so the last note before the mistake tells where it is. */
async function lineOfBadSyntax(compile: () => string): Promise<number> {
  const { parseSync } = await import("oxc-parser");
  const before = "async function template() {\n";
  const code = `${before}${compile()}\n}`;
  const [error] = parseSync("template.js", code).errors;
  const notes = code.slice(0, error?.labels[0]?.start ?? 0).match(/__eta\.line=\d+/g) ?? [];
  return Number(/\d+/.exec(notes.at(-1) ?? "1")?.[0]);
}

function templateFault(file: string, line: number, message: string, cause?: unknown): InputError {
  return new InputError("template", `${file}:${line}: ${message}`, {
    hint: "The error is in the template, not in what you asked for.",
    cause,
  });
}
