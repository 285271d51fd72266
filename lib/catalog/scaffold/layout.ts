/**
 * Breaks lines of generated code that are too long, where prettier would break them: generated code is made of calls, literals and
 * the heads of functions, a statement a line, so a small part of what prettier knows is enough.
 */
import { valueAt } from "../../known.js";

/** The width of this project's own code. */
const width = 110;

/** Lays out code whose statements stand in a line each. */
export function layOut(code: string): string {
  let inTemplate = false;
  const lines = code.split("\n").map((line) => {
    const isStatement = !inTemplate && !/^\s*\/\//.test(line);
    const backticks = line.match(/(?<!\\)`/g)?.length ?? 0;
    if (backticks % 2 === 1) inTemplate = !inTemplate;
    return isStatement ? layOutLine(line) : line;
  });
  return lines.join("\n");
}

/** Text without brackets in it, or what stands in brackets. */
type Piece = string | Group;

interface Group {
  readonly open: "(" | "[" | "{";
  readonly items: readonly (readonly Piece[])[];
}

function layOutLine(line: string): string {
  const [, indentation = "", text = "", end = ""] = /^(\s*)(.*?)(,| \{)?$/.exec(line) ?? [];
  const pieces = parse(text);
  return pieces === null ? line : `${indentation}${broken(pieces, indentation, "", end)}${end}`;
}

/**
 * A statement or an item, in one line where that is allowed and short enough.
 *
 * @param before what stands before it in its line, after the indentation
 * @param after what follows it in its last line
 */
function broken(pieces: readonly Piece[], indentation: string, before: string, after: string): string {
  const flat = pieces.map(flatText).join("");
  const isShort = indentation.length + before.length + flat.length + after.length <= width;
  if (isShort && !pieces.some(isAlwaysBroken)) return flat;
  const value = /^([\w$]+|"[^"]*"): (["'].*)$/.exec(flat);
  if (value !== null && pieces.length === 1) return `${value[1]}:\n${indentation}  ${value[2]}`;
  const at = pieces.findLastIndex((piece) => typeof piece !== "string" && piece.items.length > 0);
  const group = pieces[at];
  if (group === undefined || typeof group === "string") return flat;
  const head = pieces.slice(0, at).map(flatText).join("");
  const rest = pieces
    .slice(at + 1)
    .map(flatText)
    .join("");
  return head + brokenGroup(group, indentation, before + head, rest + after) + rest;
}

function brokenGroup(group: Group, indentation: string, before: string, after: string): string {
  const { open, items } = group;
  const last = items.at(-1);
  if (open === "(" && last !== undefined && isHugged(items)) {
    const others = items
      .slice(0, -1)
      .map((item) => `${itemText(item)}, `)
      .join("");
    const inside = brokenGroup(last[0] as Group, indentation, `${before}(${others}`, `)${after}`);
    const first = `${indentation}${before}(${others}${inside}`.split("\n", 1).join("");
    if (first.length <= width) return `(${others}${inside})`;
  }
  const inner = `${indentation}  `;
  const lines = items.map((item) => `${inner}${broken(item, inner, "", ",")},\n`).join("");
  return `${open}\n${lines}${indentation}${closing[open]}`;
}

/** A literal that is the last argument is broken instead of the arguments, unless the one before is of its kind. */
function isHugged(items: readonly (readonly Piece[])[]): boolean {
  const [before, last] = [literalIn(items.at(-2)), literalIn(items.at(-1))];
  return last !== null && before?.open !== last.open;
}

/** The object or list that an item is, if it is one with members and nothing else. */
function literalIn(item: readonly Piece[] | undefined): Group | null {
  const [first, ...others] = item ?? [];
  const isLiteral =
    typeof first === "object" && first.open !== "(" && first.items.length > 0 && others.length === 0;
  return isLiteral ? first : null;
}

/** A list of several objects, or of several lists, with more than one member each. */
function isAlwaysBroken(piece: Piece): boolean {
  if (typeof piece === "string") return false;
  const { open, items } = piece;
  if (items.some((item) => item.some(isAlwaysBroken))) return true;
  if (open !== "[" || items.length < 2) return false;
  const groups = items.map(literalIn);
  return groups.every((group) => group !== null && group.open === groups[0]?.open && group.items.length > 1);
}

const closing = { "(": ")", "[": "]", "{": "}" } as const;

function flatText(piece: Piece): string {
  if (typeof piece === "string") return piece;
  const inside = piece.items.map(itemText).join(", ");
  if (piece.open === "{" && inside !== "") return `{ ${inside} }`;
  return `${piece.open}${inside}${closing[piece.open]}`;
}

function itemText(item: readonly Piece[]): string {
  return item.map(flatText).join("");
}

/** Strings and templates; brackets and commas; anything else. */
const token =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\$]|\\.|\$(?!\{)|\$\{(?:[^`{}]|`[^`]*`|\{[^{}]*\})*\})*`|[()[\]{},]|[^"'`()[\]{},]+/gy;

/** The pieces of a line; null where it is no statement in one line. */
function parse(line: string): readonly Piece[] | null {
  const tokens = line.match(token) ?? [];
  if (tokens.join("") !== line) return null;
  const [pieces, end] = parseItem(tokens, 0);
  return end === tokens.length ? pieces : null;
}

/** One item, up to a comma or a closing bracket. */
function parseItem(tokens: readonly string[], start: number): readonly [pieces: Piece[], end: number] {
  const pieces: Piece[] = [];
  let at = start;
  for (; at < tokens.length; at += 1) {
    const text = valueAt(tokens, at);
    if (/^[)\]},]$/.test(text)) break;
    if (text !== "(" && text !== "[" && text !== "{") {
      addText(pieces, text);
      continue;
    }
    const parsed = parseGroup(tokens, at, text);
    if (parsed === null) return [[], start];
    pieces.push(parsed[0]);
    at = parsed[1];
  }
  return [pieces, at];
}

function addText(pieces: Piece[], text: string): void {
  const last = pieces.at(-1);
  if (typeof last === "string") pieces[pieces.length - 1] = last + text;
  else pieces.push(text);
}

/** What stands between brackets, and where the closing one is; null where there is none in this line. */
function parseGroup(
  tokens: readonly string[],
  start: number,
  open: Group["open"],
): readonly [group: Group, end: number] | null {
  const items: Piece[][] = [];
  for (let at = start + 1; at < tokens.length; at += 1) {
    const [item, end] = parseItem(tokens, at);
    const trimmed = trimItem(item);
    if (trimmed.length > 0) items.push(trimmed);
    if (tokens[end] === closing[open]) return [{ open, items }, end];
    if (tokens[end] !== ",") return null;
    at = end;
  }
  return null;
}

function trimItem(item: readonly Piece[]): Piece[] {
  return item
    .map((piece, at) => {
      if (typeof piece !== "string") return piece;
      const begun = at === 0 ? piece.trimStart() : piece;
      return at === item.length - 1 ? begun.trimEnd() : begun;
    })
    .filter((piece) => piece !== "");
}
