/** Changes the classes that `butler.yaml` names, and nothing else in it. */
import { isMap, isScalar } from "yaml";
import type { Pair, Scalar, YAMLMap } from "yaml";
import { Include, parseYaml } from "./yaml.js";

/** A class that the file must name, or (null) must not name. */
export interface ManagerEdit {
  readonly manager: string;
  /** The class as the file is to name it. */
  readonly classPath: string | null;
}

/** The new text of the file, or why it has to be edited by hand. */
export type EditResult =
  { readonly kind: "edited"; readonly text: string } | { readonly kind: "by-hand"; readonly reason: string };

/** Splices one edit into the text of a configuration file. */
export function editManagers(text: string, edit: ManagerEdit, name: string): EditResult {
  const document = parseYaml(text, name);
  const managers = childMap(childMap(document.contents, "registry"), "managers");
  if (typeof managers === "string") return { kind: "by-hand", reason: managers };
  const pair = managers.items.find(({ key }) => isScalar(key) && key.value === edit.manager);
  if (pair === undefined)
    return edit.classPath === null ? { kind: "edited", text } : insert(text, managers, edit);
  return edit.classPath === null ? remove(text, managers, pair) : replace(text, pair, edit.classPath);
}

type Node = YAMLMap | string;

/** The map under a key, or in words why there is none in this file. */
function childMap(node: unknown, key: string): Node {
  if (typeof node === "string") return node;
  if (!isMap(node)) return `it has no map \`${key}\` of its own`;
  const value: unknown = node.get(key, true);
  if (isMap(value)) return value;
  if (isScalar(value) && value.value instanceof Include) return `\`${key}\` comes from an included file`;
  return `it has no map \`${key}\` of its own`;
}

function replace(text: string, pair: Pair, classPath: string): EditResult {
  const value = isMap(pair.value) ? pair.value.get("cls", true) : pair.value;
  if (!isScalar(value) || typeof value.value !== "string" || !value.range) {
    return { kind: "by-hand", reason: "the class comes from elsewhere" };
  }
  const [start, end] = value.range;
  return { kind: "edited", text: text.slice(0, start) + quotedLike(value, classPath) + text.slice(end) };
}

function quotedLike({ type }: Scalar, text: string): string {
  if (type === "QUOTE_DOUBLE") return `"${text}"`;
  return type === "QUOTE_SINGLE" ? `'${text}'` : text;
}

/** Before the first key, where the indentation is known. */
function insert(text: string, managers: YAMLMap, { manager, classPath }: ManagerEdit): EditResult {
  const start = startOf(managers.items[0]);
  if (start === null) return { kind: "by-hand", reason: "its map `managers` is empty" };
  const indentation = start - (text.lastIndexOf("\n", start - 1) + 1);
  const separator = managers.flow === true ? ", " : `\n${" ".repeat(indentation)}`;
  const quote = text.charAt(start) === '"' ? '"' : "";
  const entry = `${quote}${manager}${quote}: ${quote}${classPath}${quote}`;
  return { kind: "edited", text: text.slice(0, start) + entry + separator + text.slice(start) };
}

function startOf(pair: Pair | undefined): number | null {
  const key = pair?.key;
  return isScalar(key) && key.range ? key.range[0] : null;
}

/** Takes the line out, where the entry has one for itself. */
function remove(text: string, managers: YAMLMap, pair: Pair): EditResult {
  const start = startOf(pair);
  const { value } = pair;
  if (
    start === null ||
    managers.flow === true ||
    managers.items.length === 1 ||
    !isScalar(value) ||
    !value.range
  ) {
    return { kind: "by-hand", reason: "the entry has no line of its own" };
  }
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const lineEnd = text.indexOf("\n", value.range[1]);
  return { kind: "edited", text: text.slice(0, lineStart) + (lineEnd < 0 ? "" : text.slice(lineEnd + 1)) };
}
