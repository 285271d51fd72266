/** Reads configuration files: YAML with `!include`, and the key `includeConfigs`. */
import type { Environment } from "../../environment.js";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { YAMLMap, YAMLSeq, isScalar, parseDocument, visit } from "yaml";
import type { CollectionTag, Document, Scalar, ScalarTag } from "yaml";
import { InputError } from "../../errors.js";
import { isRemote, pathOf, withoutPassword } from "./paths.js";
import { isRecord, merged } from "./tree.js";
import type { ConfigTree } from "./tree.js";
import { valueAt } from "../../known.js";

/** A value that stands in another file: one name, a list of names, or names by key. */
export class Include {
  constructor(readonly names: string | readonly string[] | Readonly<Record<string, string>>) {}
}

const includeTags: (ScalarTag | CollectionTag)[] = [
  { tag: "!include", resolve: (text: string) => new Include(text) },
  {
    tag: "!include",
    collection: "seq",
    resolve: (node) => new Include(node instanceof YAMLSeq ? node.items.map(textOf) : []),
  },
  {
    tag: "!include",
    collection: "map",
    resolve: (node) =>
      new Include(
        node instanceof YAMLMap
          ? Object.fromEntries(node.items.map(({ key, value }) => [textOf(key), textOf(value)]))
          : {},
      ),
  },
];

function textOf(node: unknown): string {
  return String(isScalar(node) ? node.value : node);
}

/** What reading a configuration depends on. */
export interface ReadScope {
  readonly environment: Environment;
  /** The folder that `includeConfigs` looks in first. */
  readonly folder: string;
}

/** Parses a text, keeping where everything stands. @throws InputError `bad-yaml` with the line */
export function parseYaml(text: string, name: string): Document.Parsed {
  const document = parseDocument(text, { customTags: includeTags, logLevel: "silent", version: "1.1" });
  // A tag that is not known could mean anything; Butler refuses it too.
  const unknownTag = document.warnings.find(({ code }) => code === "TAG_RESOLVE_FAILED");
  const error = document.errors[0] ?? unknownTag;
  if (error === undefined) return document;
  const [{ line } = { line: 1 }] = error.linePos ?? [];
  throw new InputError("bad-yaml", `${name}:${line}: This is not YAML: ${firstLine(error.message)}`, {
    hint: "Correct the file, or name another one.",
  });
}

/**
 * Reads a file with all that it includes.
 * @param file absolute path of a YAML or JSON file
 * @throws InputError `unreadable-file`, `bad-yaml`, `include-cycle`
 */
export function readConfigFile(file: string, scope: ReadScope, above: readonly string[] = []): unknown {
  if (above.includes(file)) {
    throw new InputError("include-cycle", `${file} includes itself: ${[...above, file].join(" → ")}.`, {
      hint: "Remove one of these inclusions.",
    });
  }
  return resolveIncludes(parsedValue(readText(file), file), file, scope, [...above, file]);
}

/** Reads a text that stands by itself, such as the value of an environment variable. */
export function readConfigText(text: string, name: string): unknown {
  return parsedValue(text, name);
}

function parsedValue(text: string, name: string): unknown {
  try {
    const document = parseYaml(text, name);
    visit(document, { Scalar: (_key, node) => keepAsWritten(node) });
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    requireFinite(value, name, []);
    return value;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError("bad-yaml", `${name}: This YAML cannot be used: ${firstLine(String(error))}`, {
      hint: "Correct the file, or name another one.",
      cause: error,
    });
  }
}

/** A password, a version or a name of digits stays what was written, where a number would be written otherwise. */
function keepAsWritten(node: Scalar): void {
  if (typeof node.value === "number" && node.source !== undefined && String(node.value) !== node.source)
    node.value = node.source;
}

/** An alias may lead back to what it stands in. */
function requireFinite(value: unknown, name: string, above: readonly unknown[]): void {
  if (typeof value !== "object" || value === null || value instanceof Include) return;
  if (above.includes(value)) {
    throw new InputError("bad-yaml", `${name}: This YAML cannot be used: a part of it contains itself.`, {
      hint: "Remove the alias (*name) that leads back to where it stands.",
    });
  }
  for (const inner of Object.values(value)) requireFinite(inner, name, [...above, value]);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new InputError("unreadable-file", `${file} cannot be read: ${reasonOf(error)}.`, {
      cause: error,
      hint: "Check the path and its permissions.",
    });
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return (
    { ENOENT: "there is no such file", EACCES: "permission denied", EISDIR: "it is a folder" }[code ?? ""] ??
    String(error)
  );
}

function resolveIncludes(value: unknown, file: string, scope: ReadScope, above: readonly string[]): unknown {
  if (value instanceof Include) return included(value, file, scope, above);
  if (Array.isArray(value)) return value.map((one) => resolveIncludes(one, file, scope, above));
  if (!isRecord(value)) return value;
  const { includeConfigs, ...own } = value;
  const local = Object.fromEntries(
    Object.entries(own).map(([key, inner]) => [key, resolveIncludes(inner, file, scope, above)]),
  );
  return includeConfigs === undefined ? local : beneath(local, includeConfigs, file, scope, above);
}

function included({ names }: Include, file: string, scope: ReadScope, above: readonly string[]): unknown {
  const read = (name: string): unknown =>
    readConfigFile(
      path.resolve(path.dirname(file), pathOf(local(name, file), scope.environment)),
      scope,
      above,
    );
  if (typeof names === "string") return read(names);
  if (Array.isArray(names)) return (names as readonly string[]).map(read);
  return Object.fromEntries(Object.entries(names).map(([key, name]) => [key, read(name)]));
}

/** What is included lies beneath what the file says itself; of several, later ones win. */
function beneath(
  local: ConfigTree,
  names: unknown,
  file: string,
  scope: ReadScope,
  above: readonly string[],
): ConfigTree {
  const list = Array.isArray(names) ? names : [names];
  const trees = list.map((name) => {
    const found = findIncluded(String(name), file, scope);
    const tree = readConfigFile(found, scope, above);
    if (isRecord(tree)) return tree;
    throw new InputError("bad-yaml", `${found}, which ${file} includes, is no map of keys.`, {
      hint: "What includeConfigs names is laid beneath the keys beside it.",
    });
  });
  return [...trees, local].reduce(merged, {});
}

function findIncluded(name: string, file: string, { environment, folder }: ReadScope): string {
  const expanded = pathOf(local(name, file), environment);
  const candidates = path.isAbsolute(expanded)
    ? [expanded]
    : [path.resolve(folder, expanded), path.resolve(path.dirname(file), expanded)];
  const found = candidates.find((one) => existsSync(one));
  if (found !== undefined) return found;
  throw new InputError(
    "unreadable-file",
    `${file} includes ${name}, which is ${candidates.length === 1 ? "not there" : "neither of"}: ${candidates.join(", ")}.`,
    { hint: "Check the name; it is looked for in the current folder, then beside the file." },
  );
}

/** @throws InputError `unreadable-file` for the URI of another computer's file */
function local(name: string, file: string): string {
  if (!isRemote(name)) return name;
  throw new InputError(
    "unreadable-file",
    `${file} includes ${withoutPassword(name)}, which is not a file of this computer.`,
    { hint: "Copy it here, and include the copy." },
  );
}

function firstLine(text: string): string {
  return valueAt(text.split("\n"), 0);
}
