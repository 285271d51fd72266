/** Columns as they are written on the command line: `doc text null`, `stars bigint not null default 0`. */
import { InputError } from "../../errors.js";
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
  const match = /^([A-Za-z]\w*)(?:\s*\(([^)]*)\))?(?=\s|$)/.exec(rest);
  if (match === null) throw badColumn(text, "its type is not readable");
  const [all, word = "", inside] = match;
  return { code: typeCode(text, word.toLowerCase(), inside), rest: rest.slice(all.length) };
}

function typeCode(text: string, word: string, inside: string | undefined): string {
  const plain = plainTypes.get(word);
  if (plain !== undefined && inside === undefined) return `type.${plain}()`;
  if ((word === "string" || word === "varchar") && /^\s*[1-9]\d{0,8}\s*$/.test(inside ?? "")) {
    return `type.string(${Number(inside)})`;
  }
  const [sqlite = "", postgres = ""] = (inside ?? "").split(",").map((one) => one.trim());
  if (word === "native" && sqlite !== "" && postgres !== "") {
    return `type.native({ sqlite: ${JSON.stringify(sqlite)}, postgres: ${JSON.stringify(postgres)} })`;
  }
  throw badColumn(text, `the type "${word}" is not one that both databases have`);
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
  if (text.startsWith("'")) return JSON.stringify(text.slice(1, -1).replaceAll("''", "'"));
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
  const types = [...plainTypes.keys()].filter((name) => name !== "int" && name !== "bool").join(", ");
  return new InputError("bad-column", `The column ${JSON.stringify(text)} cannot be made: ${problem}.`, {
    hint: `Write it as 'name type [null | not null] [default value]'; types are ${types}, string(LENGTH), and native(SQLITE, POSTGRES).`,
  });
}
