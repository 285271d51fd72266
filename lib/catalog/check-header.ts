import { closest } from "fastest-levenshtein";
import { faultAt } from "./fault.js";
import type { Header, HeaderExtras } from "./header.js";
import { fieldRules, requiredFields } from "./header-rules.js";
import { codeFields } from "./raw-header.js";
import type { Literal, RawHeader } from "./raw-header.js";
import { surely } from "../known.js";

/**
 * Checks a header that was read, and gives it its types.
 * @throws InputError `header-field`, `header-missing-field`, `header-unknown-field` with file and line
 */
export function checkHeader(file: string | null, raw: RawHeader): Header {
  checkFields(file, raw);
  const extras = extrasOf(raw);
  if (raw.kind === "revision") return { kind: "revision", revision: revisionOf(file, raw), extras };
  return { kind: "switch", edge: switchOf(file, raw), extras };
}

function checkFields(file: string | null, raw: RawHeader): void {
  const rules = fieldRules[raw.kind];
  for (const [name, { line, value }] of Object.entries(raw.fields)) {
    if (codeFields.has(name)) continue;
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      const near = closest(name, [...Object.keys(rules), ...codeFields]);
      throw faultAt({ file, line }, "header-unknown-field", `A ${raw.kind} has no field "${name}".`, {
        hint: `Did you mean "${near}"?`,
      });
    }
    if (value === undefined || !rule.accepts(value)) {
      throw faultAt({ file, line }, "header-field", `"${name}" must be ${rule.demand}.`);
    }
  }
  const missing = requiredFields[raw.kind].filter((name) => !Object.hasOwn(raw.fields, name));
  if (missing.length > 0) {
    const list = missing.map((name) => `"${name}"`).join(", ");
    throw faultAt({ file, line: raw.line }, "header-missing-field", `The header has no ${list}.`);
  }
}

function revisionOf(file: string | null, raw: RawHeader): Extract<Header, { kind: "revision" }>["revision"] {
  return {
    id: surely(text(raw, "id")),
    parents: parentsOf(raw),
    dependsOn: list(raw, "dependsOn"),
    labels: list(raw, "labels"),
    replaces: list(raw, "replaces"),
    extends: list(raw, "extends"),
    manager: surely(text(raw, "manager")),
    branch: text(raw, "branch"),
    version: text(raw, "version"),
    summary: surely(text(raw, "summary")),
    placeholder: text(raw, "placeholder"),
    source: { file, line: raw.line },
  };
}

/** Each parent once. */
function parentsOf(raw: RawHeader): readonly string[] {
  const written = list(raw, "parent");
  return written.length < 2 ? written : [...new Set(written)];
}

function switchOf(file: string | null, raw: RawHeader): Extract<Header, { kind: "switch" }>["edge"] {
  return {
    manager: surely(text(raw, "manager")),
    from: surely(text(raw, "from")),
    to: surely(text(raw, "to")),
    dependsOn: list(raw, "dependsOn"),
    summary: surely(text(raw, "summary")),
    reversible: Object.hasOwn(raw.fields, "down"),
    source: { file, line: raw.line },
  };
}

const extraFields = [
  "compatibility",
  "execution",
  "options",
  "needs",
  "asks",
  "irreversible",
  "placeholder",
] as const satisfies readonly (keyof HeaderExtras)[];

function extrasOf(raw: RawHeader): HeaderExtras {
  const present = extraFields.filter((name) => Object.hasOwn(raw.fields, name));
  const isOneWay = Object.hasOwn(raw.fields, "up") && !Object.hasOwn(raw.fields, "down");
  return {
    ...(Object.fromEntries(present.map((name) => [name, raw.fields[name]?.value])) as HeaderExtras),
    ...(isOneWay ? { reversible: false } : {}),
  };
}

function text({ fields }: RawHeader, name: string): string | null {
  const value = Object.hasOwn(fields, name) ? fields[name]?.value : null;
  return typeof value === "string" ? value : null;
}

function list({ fields }: RawHeader, name: string): readonly string[] {
  const value: Literal = (Object.hasOwn(fields, name) ? fields[name]?.value : null) ?? null;
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
