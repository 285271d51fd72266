/** Digests of revision files that stay the same while only comments and layout change. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import type { ParseResult } from "oxc-parser";

/**
 * Digests a file and all files that it imports by relative paths, without comments and layout.
 * @param file absolute path
 * @returns SHA-256, hexadecimal
 */
export function checksumOfFile(file: string): string {
  const texts = new Map<string, string>();
  collect(file, texts);
  const hash = createHash("sha256");
  for (const text of texts.values()) hash.update(text).update("\0");
  return hash.digest("hex");
}

/** Gathers normalized texts in the order in which the files are imported; paths are no part of it, a checkout may lie anywhere. */
function collect(file: string, texts: Map<string, string>): void {
  if (texts.has(file)) return;
  const text = readFileSync(file, "utf8");
  if (!/\.[mc]?[jt]s$/.test(file)) {
    texts.set(file, text);
    return;
  }
  const parsed = parseSync(file, text, { preserveParens: false });
  texts.set(file, normalize(text, parsed));
  for (const imported of relativeImports(text, parsed)) {
    const found = resolveImport(path.resolve(path.dirname(file), imported));
    if (found !== null) collect(found, texts);
  }
}

/** What a file imports by relative paths. */
export function relativeImports(text: string, { module }: ParseResult): string[] {
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.map(({ moduleRequest }) => moduleRequest?.value ?? ""),
    ),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => text.slice(start + 1, end - 1)),
  ];
  return requests.filter((request) => request.startsWith("./") || request.startsWith("../"));
}

/** TypeScript files import each other by the name that they have once compiled. */
export function resolveImport(file: string): string | null {
  const candidates = [file, file.replace(/\.([mc]?)js$/, ".$1ts"), `${file}.ts`, `${file}.js`];
  return candidates.find((candidate) => existsSync(candidate)) ?? null;
}

interface Span {
  readonly start: number;
  readonly end: number;
  /** The token that stands for the text; none for a comment. */
  readonly token: string | null;
}

/** The tokens of a text, each followed by a space, without a comma that only a layout of one item a line has. */
function normalize(text: string, parsed: ParseResult): string {
  const tokens: string[] = [];
  let position = 0;
  for (const { start, end, token } of spansOf(text, parsed)) {
    tokens.push(...tokensOf(text.slice(position, start)));
    if (token !== null) tokens.push(token);
    position = end;
  }
  tokens.push(...tokensOf(text.slice(position)));
  return tokens.filter((token, at) => token !== "," || !/^[)\]}]$/.test(tokens[at + 1] ?? "")).join(" ");
}

/** Comments, and literals, inside of which white space counts. */
function spansOf(text: string, { program, comments }: ParseResult): Span[] {
  const spans: Span[] = comments.map(({ start, end }) => ({ start, end, token: null }));
  new Visitor({
    Literal: ({ start, end, value }) => {
      spans.push({
        start,
        end,
        token: typeof value === "string" ? JSON.stringify(value) : text.slice(start, end),
      });
    },
    TemplateElement: ({ start, end }) => {
      spans.push({ start, end, token: text.slice(start, end) });
    },
  }).visit(program);
  return spans.toSorted((a, b) => a.start - b.start);
}

/** Words and single signs; only `++` and `--` mean something else than their signs. */
function tokensOf(code: string): readonly string[] {
  return code.match(/[\p{ID_Continue}$]+|\++|-+|[^\s]/gu) ?? [];
}
