/** Reads headers with a complete TypeScript parser. Slower than `read-header.ts`, but it takes any way of writing a header. */
import { parseSync } from "oxc-parser";
import type {
  Argument,
  CallExpression,
  Expression,
  ObjectExpression,
  ParseResult,
  Program,
} from "oxc-parser";
import { faultAt, lineAt } from "./fault.js";
import { codeFields } from "./raw-header.js";
import type { Literal, RawField, RawHeader } from "./raw-header.js";

interface Source {
  readonly file: string;
  readonly text: string;
}

const literalHint =
  "A header is read without running the file: write strings, numbers, true, false, null, lists and objects of these.";

/** Parses a file. @throws InputError `revision-syntax` with file and line */
export function parseCode(file: string, text: string): ParseResult {
  const parsed = parseSync(file, text, { lang: languageOf(file), preserveParens: false });
  const [error] = parsed.errors;
  if (error === undefined) return parsed;
  const spot = { file, line: lineAt(text, error.labels[0]?.start ?? 0) };
  throw faultAt(spot, "revision-syntax", `Syntax error: ${error.message}.`.replace(/\.\.$/, "."), {
    hint: "Mend the file; nothing was touched.",
  });
}

/**
 * Reads the header of a file.
 * @returns null where the file has no default export made by `defineRevision` or `defineSwitch`
 * @throws InputError `revision-syntax`, `header-not-literal` with file and line
 */
export function parseHeader(file: string, text: string): RawHeader | null {
  const source = { file, text };
  const { program } = parseCode(file, text);
  const call = defaultCall(program);
  if (call === null) return null;
  const line = lineAt(text, call.node.start);
  const [argument] = call.node.arguments;
  const definition = argument === undefined ? null : plain(argument);
  if (definition?.type !== "ObjectExpression" || call.node.arguments.length !== 1) {
    throw faultAt(
      { file, line },
      "header-not-literal",
      "The definition must be one object, written in place.",
      {
        hint: literalHint,
      },
    );
  }
  return { kind: call.kind, line, fields: readFields(source, definition) };
}

function languageOf(file: string): "ts" | "js" {
  return /\.m?ts$/.test(file) ? "ts" : "js";
}

function defaultCall(program: Program): { kind: RawHeader["kind"]; node: CallExpression } | null {
  const statement = program.body.find((one) => one.type === "ExportDefaultDeclaration");
  if (statement === undefined) return null;
  const node = plain(statement.declaration as Expression);
  if (node.type !== "CallExpression") return null;
  const callee = calleeName(node, program);
  if (callee === "defineRevision") return { kind: "revision", node };
  if (callee === "defineSwitch") return { kind: "switch", node };
  return null;
}

/** The name of the called function as its module exports it: it may be imported under another, or with a namespace. */
function calleeName(node: CallExpression, program: Program): string | null {
  const callee = plain(node.callee);
  if (callee.type === "MemberExpression" && callee.property.type === "Identifier")
    return callee.property.name;
  if (callee.type !== "Identifier") return null;
  const specifiers = program.body.flatMap((one) => (one.type === "ImportDeclaration" ? one.specifiers : []));
  const specifier = specifiers.find((one) => one.local.name === callee.name);
  if (specifier?.type !== "ImportSpecifier") return callee.name;
  return specifier.imported.type === "Literal" ? specifier.imported.value : specifier.imported.name;
}

/** Without what TypeScript adds around a value: `as const`, `satisfies`, `!`. */
function plain(node: Argument | Expression): Expression {
  switch (node.type) {
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
    case "TSTypeAssertion":
    case "ParenthesizedExpression":
      return plain(node.expression);
    default:
      return node as Expression;
  }
}

function readFields(source: Source, definition: ObjectExpression): Record<string, RawField> {
  return Object.fromEntries(
    [...properties(source, definition)].map(([name, { line, node }]): [string, RawField] => [
      name,
      codeFields.has(name) ? { line } : { line, value: literal(source, node, name) },
    ]),
  );
}

function properties(
  source: Source,
  node: ObjectExpression,
): Map<string, { readonly line: number; readonly node: Expression }> {
  const found = new Map<string, { readonly line: number; readonly node: Expression }>();
  for (const property of node.properties) {
    const line = lineAt(source.text, property.start);
    const name = property.type === "Property" && !property.computed ? keyName(property.key) : null;
    if (property.type !== "Property" || name === null || property.kind !== "init") {
      throw notLiteral(source, line, source.text.slice(property.start, property.end));
    }
    if (found.has(name)) {
      throw faultAt({ file: source.file, line }, "header-field-twice", `"${name}" stands there twice.`);
    }
    found.set(name, { line, node: property.value });
  }
  return found;
}

function keyName(key: { readonly type: string }): string | null {
  if (key.type === "Identifier" && "name" in key) return String(key.name);
  if (key.type === "Literal" && "value" in key) return String(key.value);
  return null;
}

function literal(source: Source, expression: Expression, name: string): Literal {
  const node = plain(expression);
  switch (node.type) {
    case "Literal":
      if (node.raw === "null" || typeof node.value === "boolean") return node.value as Literal;
      if (typeof node.value === "string" || typeof node.value === "number") return node.value;
      break;
    case "TemplateLiteral": {
      const text = node.quasis.length === 1 ? node.quasis[0]?.value.cooked : undefined;
      if (typeof text === "string") return text;
      break;
    }
    case "UnaryExpression": {
      const value =
        node.operator === "-" || node.operator === "+" ? literal(source, node.argument, name) : null;
      if (typeof value === "number") return node.operator === "-" ? -value : value;
      break;
    }
    case "ArrayExpression":
      return node.elements.map((element) => {
        if (element === null || element.type === "SpreadElement") {
          throw notLiteral(source, lineAt(source.text, node.start), name);
        }
        return literal(source, element, name);
      });
    case "ObjectExpression":
      return Object.fromEntries(
        [...properties(source, node)].map(([key, { node: value }]) => [
          key,
          literal(source, value, `${name}.${key}`),
        ]),
      );
    default:
  }
  throw notLiteral(source, lineAt(source.text, node.start), name);
}

function notLiteral({ file }: Source, line: number, what: string): Error {
  const shown = what.length > 40 ? `${what.slice(0, 40)}…` : what;
  return faultAt({ file, line }, "header-not-literal", `"${shown}" is not a literal.`, { hint: literalHint });
}
