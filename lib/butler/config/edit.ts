/** Changes the classes that `butler.yaml` names, and nothing else in it. */
import { isAlias, isMap, isScalar } from "yaml";
import type { Pair, YAMLMap } from "yaml";
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
  // What is not written here is overruled by what is; but it cannot be taken away here.
  if (pair === undefined) return edit.classPath === null ? elsewhere : insert(text, managers, edit);
  return edit.classPath === null ? remove(text, managers, pair) : replace(text, pair, edit.classPath);
}

type Node = YAMLMap | string;

/** The map under a key, or in words why there is none in this file. */
function childMap(node: unknown, key: string): Node {
  if (typeof node === "string") return node;
  if (!isMap(node)) return `it has no map \`${key}\` of its own`;
  const value: unknown = node.get(key, true);
  if (isMap(value)) return value;
  const inner: unknown = isScalar(value) ? value.value : value;
  if (inner instanceof Include) return `\`${key}\` comes from ${includedFiles(inner)}`;
  return `it has no map \`${key}\` of its own`;
}

function includedFiles({ names }: Include): string {
  const list = typeof names === "string" ? [names] : Object.values(names);
  return `the included ${list.length === 1 ? "file" : "files"} ${list.join(", ")}`;
}

/** Puts one class in place of another: what stands around it (quotes, anchor, block header) stays. */
function replace(text: string, pair: Pair, classPath: string): EditResult {
  const value = isMap(pair.value) ? pair.value.get("cls", true) : pair.value;
  if (isAlias(value) && value.range) return spliced(text, value.range[0], value.range[1], classPath);
  const written = isScalar(value) ? value.value : undefined;
  if (!isScalar(value) || typeof written !== "string" || !value.range) return elsewhere;
  const [start, end] = value.range;
  const at = text.slice(start, end).indexOf(written);
  // Escapes, or a block that ends in a line break, are not how anybody writes a class.
  if (written.trim() === "" || written !== written.trim() || at < 0) {
    return { kind: "by-hand", reason: "the class is written in a form that is not known here" };
  }
  return spliced(text, start + at, start + at + written.length, classPath);
}

const elsewhere: EditResult = { kind: "by-hand", reason: "the class comes from elsewhere" };

function spliced(text: string, start: number, end: number, replacement: string): EditResult {
  return { kind: "edited", text: text.slice(0, start) + replacement + text.slice(end) };
}

/** Before the first key, where the indentation is known. */
function insert(text: string, managers: YAMLMap, { manager, classPath }: ManagerEdit): EditResult {
  const start = startOf(managers.items[0]);
  if (start === null) return { kind: "by-hand", reason: "its map `managers` is empty" };
  const indentation = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  const isFlow = managers.flow === true;
  if (!isFlow && indentation.trim() !== "")
    return { kind: "by-hand", reason: "its map `managers` has keys of a form that is not known here" };
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  const separator = isFlow ? ", " : `${lineBreak}${indentation}`;
  const quote = text.charAt(start) === '"' ? '"' : "";
  return spliced(text, start, start, `${quote}${manager}${quote}: ${quote}${classPath}${quote}${separator}`);
}

function startOf(pair: Pair | undefined): number | null {
  const key = pair?.key;
  return isScalar(key) && key.range ? key.range[0] : null;
}

/** Takes the line out, where the entry has one for itself; in a map in braces, the entry with its comma. */
function remove(text: string, managers: YAMLMap, pair: Pair): EditResult {
  const start = startOf(pair);
  const { value } = pair;
  const byHand: EditResult = { kind: "by-hand", reason: "the entry has no line of its own" };
  if (start === null || managers.items.length === 1 || !isScalar(value) || !value.range) return byHand;
  if (managers.flow === true) return removeFromFlow(text, managers, pair, [start, value.range[1]]) ?? byHand;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const isBlock = value.type === "BLOCK_FOLDED" || value.type === "BLOCK_LITERAL";
  if (isBlock || text.slice(lineStart, start).trim() !== "") return byHand;
  const lineEnd = text.indexOf("\n", value.range[1]);
  return spliced(text, lineStart, lineEnd < 0 ? text.length : lineEnd + 1, "");
}

/** Comments in between would be lost, or left where they say something else. */
function removeFromFlow(
  text: string,
  { items }: YAMLMap,
  pair: Pair,
  [start, end]: readonly [number, number],
): EditResult | null {
  const position = items.indexOf(pair);
  const next = startOf(items[position + 1]);
  const before: unknown = items[position - 1]?.value;
  const previousEnd = isScalar(before) && before.range ? before.range[1] : null;
  const [from, to] = next === null ? [previousEnd, end] : [start, next];
  if (from === null || text.slice(from, to).includes("#")) return null;
  return spliced(text, from, to, "");
}
