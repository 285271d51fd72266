/** SQL text from data: names are quoted, values become literals. What cannot be written safely is refused, never mended. */
import { InputError } from "../../errors.js";
import type { Sql, SqlPart, SqlValue } from "../sql.js";

/** The longest name in bytes that PostgreSQL keeps; it cuts longer ones without an error. */
export const maximumNameBytes = 63;

const loneSurrogate = /[\uD800-\uDFFF]/u;

/**
 * Quotes a name.
 * @throws InputError `name-too-long`, `bad-name`
 */
export function quoteName(name: string): string {
  if (name === "" || name.includes("\0") || loneSurrogate.test(name)) {
    throw new InputError("bad-name", `${JSON.stringify(name)} cannot be a name in PostgreSQL.`);
  }
  if (Buffer.byteLength(name) > maximumNameBytes) {
    throw new InputError(
      "name-too-long",
      `The name ${JSON.stringify(name)} is longer than ${maximumNameBytes} bytes; PostgreSQL would cut it.`,
      { hint: "Give a shorter name in the revision." },
    );
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Writes a text as a literal, right whatever `standard_conforming_strings` is.
 * @throws InputError `bad-text` for what no PostgreSQL text can hold
 */
export function quoteText(text: string): string {
  if (text.includes("\0") || loneSurrogate.test(text)) {
    throw new InputError(
      "bad-text",
      `PostgreSQL cannot store the text ${shorten(JSON.stringify(text))}: it holds a zero byte or half a character.`,
    );
  }
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

/** Writes a value as a literal whose type PostgreSQL recognizes by itself: an integer stays an integer of the fitting size. */
export function literal(value: SqlValue): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return quoteText(value);
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (typeof value === "bigint") return integerLiteral(value);
  if (typeof value === "number") return numberLiteral(value);
  return `'\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}'::bytea`;
}

/** Parentheses, as `-5::text` means `-(5::text)`; the smallest bigint, as its digits without the sign are a numeric. */
function integerLiteral(value: bigint): string {
  if (value === -(2n ** 63n)) return "'-9223372036854775808'::bigint";
  return value < 0n ? `(${value})` : String(value);
}

function numberLiteral(value: number): string {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return integerLiteral(BigInt(value));
  return `'${Object.is(value, -0) ? "-0" : String(value)}'::double precision`;
}

/**
 * Writes a statement as text.
 * @param namespace the schema by which tables are qualified
 */
export function renderSql(statement: Sql, namespace: string): string {
  return statement.parts.map((part) => renderPart(part, namespace)).join("");
}

function renderPart(part: SqlPart, namespace: string): string {
  if (part.kind === "text") return part.text;
  if (part.kind === "value") return literal(part.value);
  if (part.kind === "identifier") return quoteName(part.name);
  return `${quoteName(namespace)}.${quoteName(part.name)}`;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
