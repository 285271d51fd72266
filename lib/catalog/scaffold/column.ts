/** Columns as they are written on the command line: `doc text null`, `stars bigint not null default 0`. */
import { InputError } from "../../errors.js";
import { literalCode } from "./code.js";
import { checkName, unquote } from "./names.js";

/** A column, with pieces of code for a revision file. */
export interface ColumnText {
  readonly name: string;
  /** `type.string(32)` */
  readonly type: string;
  readonly nullable: boolean;
  /** Code of the default: `5n`, `"x"`, `` sql`CURRENT_TIMESTAMP` ``; null without one. */
  readonly default: string | null;
}

const plainTypes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    text: "text",
    bigint: "bigint",
    integer: "integer",
    int: "integer",
    smallint: "smallint",
    boolean: "boolean",
    bool: "boolean",
    double: "double",
    float: "double",
    uuid: "uuid",
    bytes: "bytes",
    timestamp: "timestamp",
    json: "json",
  }),
);

/**
 * Reads a column: a name, a type that both databases have, `null` or `not null`, and `default` with a value.
 * @throws InputError `bad-column` with what is wrong
 */
export function parseColumn(text: string): ColumnText {
  const head = /^\s*("(?:[^"]|"")+"|[^\s"]+)\s+(\S[\s\S]*)$/.exec(text);
  if (head === null) throw badColumn(text, "it needs a name and a type");
  const [, name = "", rest = ""] = head;
  const typed = parseType(text, rest);
  return { name: checkName("column", unquote(name)), type: typed.code, ...parseRules(text, typed.rest) };
}

function parseType(text: string, rest: string): { code: string; rest: string } {
  const word = /^[A-Za-z]\w*(?: precision(?=\s|$))?/i.exec(rest)?.[0];
  if (word === undefined) throw badColumn(text, "its type is not readable");
  const after = rest.slice(word.length);
  const inside = insideParentheses(after.trimStart());
  const left = inside === null ? after : after.trimStart().slice(inside.length + 2);
  if (!/^(\s|$)/.test(left)) throw badColumn(text, "its type is not readable");
  return { code: typeCode(text, word.toLowerCase(), inside ?? undefined), rest: left };
}

/** What stands in the parentheses that a text begins with; null where it begins otherwise, or they do not end. */
function insideParentheses(text: string): string | null {
  if (!text.startsWith("(")) return null;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    if (text[at] === ")") depth -= 1;
    if (depth === 0) return text.slice(1, at);
  }
  return null;
}

function typeCode(text: string, word: string, inside: string | undefined): string {
  const plain = plainTypes.get(word.replace("double precision", "double"));
  if (plain !== undefined && inside === undefined) return `type.${plain}()`;
  if ((word === "string" || word === "varchar") && /^\s*[1-9]\d{0,8}\s*$/.test(inside ?? "")) {
    return `type.string(${Number(inside)})`;
  }
  const shared = sharedType(word, inside);
  if (shared !== null) return nativeCode(shared.toUpperCase(), shared);
  const [sqlite = "", postgres = ""] = (inside ?? "").split(/,(?![^()]*\))/).map((one) => one.trim());
  if (word === "native" && sqlite !== "" && postgres !== "") return nativeCode(sqlite, postgres);
  throw badColumn(text, `the type "${word}" is not one that both databases have`);
}

/** Types that both databases know by the same words, and that have no name of their own here. */
function sharedType(word: string, inside: string | undefined): string | null {
  if (word === "date") return inside === undefined ? word : null;
  if (word !== "numeric" && word !== "decimal") return null;
  if (inside === undefined) return "numeric";
  const digits = /^\s*(\d{1,4})\s*(?:,\s*(\d{1,4})\s*)?$/.exec(inside);
  return digits === null ? null : `numeric(${digits.slice(1).filter(Boolean).join(",")})`;
}

function nativeCode(sqlite: string, postgres: string): string {
  return `type.native(${literalCode({ sqlite, postgres })})`;
}

const defaultPattern =
  /^default\s+('(?:[^']|'')*'|[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|true|false|null|current_timestamp)(?=\s|$)/i;

function parseRules(text: string, rules: string): Pick<ColumnText, "nullable" | "default"> {
  let rest = rules.trim();
  let nullable: boolean | null = null;
  let value: string | null = null;
  while (rest !== "") {
    const nullness = /^(not\s+)?null(?=\s|$)/i.exec(rest);
    const given = defaultPattern.exec(rest);
    if (nullness !== null && nullable === null) nullable = nullness[1] === undefined;
    else if (given?.[1] !== undefined && value === null) value = defaultCode(given[1]);
    else throw badColumn(text, `"${rest}" is not understood`);
    rest = rest.slice((nullness ?? given)?.[0].length).trim();
  }
  return { nullable: nullable ?? value === null, default: value === "null" ? null : value };
}

function defaultCode(text: string): string {
  if (text.startsWith("'")) return literalCode(text.slice(1, -1).replaceAll("''", "'"));
  const lower = text.toLowerCase();
  if (lower === "current_timestamp") return "sql`CURRENT_TIMESTAMP`";
  if (/^[-+]?\d+$/.test(lower)) return `${BigInt(lower.replace("+", ""))}n`;
  return /^[-+]?\d/.test(lower) ? String(Number(lower)) : lower;
}

/**
 * Refuses a column that the rows of a table could not have.
 * @throws InputError `bad-column`
 */
export function requireFillable({ name, nullable, default: value }: ColumnText): void {
  if (nullable || value !== null) return;
  throw badColumn(name, "a column that is not null needs a default for the rows that are there");
}

function badColumn(text: string, problem: string): InputError {
  const types = [...plainTypes.keys()].filter((name) => !["int", "bool", "float"].includes(name)).join(", ");
  return new InputError("bad-column", `The column ${JSON.stringify(text)} cannot be made: ${problem}.`, {
    hint: `Write it as 'name type [null | not null] [default value]'; types are ${types}, date, string(LENGTH), numeric(DIGITS, SCALE), and native(SQLITE, POSTGRES).`,
  });
}
