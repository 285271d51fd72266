import { InputError } from "../../errors.js";
import type { Sql, SqlPart, SqlValue } from "../sql.js";

/** A name in double quotes. @throws InputError `bad-name` for a NUL, which SQLite reads as the end of the statement */
export function quoteName(name: string): string {
  if (name.includes("\0")) {
    throw new InputError(
      "bad-name",
      `The name ${JSON.stringify(name)} holds a NUL character, which no table or column can have.`,
    );
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/** A value as SQL text. The driver would bind a `bigint` as NULL and round large integers, so every value is written out. */
export function literal(value: SqlValue): string {
  if (value === null) return "NULL";
  switch (typeof value) {
    case "string":
      return textLiteral(value);
    case "bigint":
      return integerLiteral(value);
    case "number":
      return numberLiteral(value);
    case "boolean":
      return value ? "1" : "0";
    default:
      return `x'${Buffer.from(value).toString("hex")}'`;
  }
}

/** SQLite reads a statement up to the first NUL, so a text with one travels as bytes. */
function textLiteral(value: string): string {
  if (!value.isWellFormed()) {
    throw new InputError(
      "bad-text",
      `The text ${JSON.stringify(value.slice(0, 80))} holds half a character, which no database can store.`,
    );
  }
  if (value.includes("\0")) return `CAST(x'${Buffer.from(value, "utf8").toString("hex")}' AS TEXT)`;
  return `'${value.replaceAll("'", "''")}'`;
}

const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

function integerLiteral(value: bigint): string {
  if (value < smallest || value > largest) {
    throw new InputError("integer-range", `${value} does not fit into 64 bits.`);
  }
  // The parser reads -9223372036854775808 as a negated 9223372036854775808, which is a float.
  return value === smallest ? "(-9223372036854775807-1)" : value.toString();
}

function numberLiteral(value: number): string {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return value.toString();
  if (Number.isNaN(value)) {
    throw new InputError("not-a-number", "SQLite stores no NaN, and would make it NULL without a word.", {
      hint: "Write null where nothing is meant.",
    });
  }
  if (value === Infinity) return "9e999";
  if (value === -Infinity) return "-9e999";
  const text = value.toString();
  if (isReadExactly(text)) return /[.e]/.test(text) ? text : `${text}.0`;
  return value.toExponential(20);
}

/** SQLite misses the nearest float of some texts by one place; few digits, or many more than are needed, are read as they are. */
function isReadExactly(text: string): boolean {
  const [digits = "", exponent = "0"] = text.replace("-", "").split("e");
  return digits.replace(".", "").length <= 15 && Math.abs(Number(exponent)) <= 7;
}

/** The text of a statement. */
export function renderSql(statement: Sql): string {
  return statement.parts.map(renderPart).join("");
}

function renderPart(part: SqlPart): string {
  switch (part.kind) {
    case "text":
      return part.text;
    case "value":
      return literal(part.value);
    case "identifier":
    case "table":
      return quoteName(part.name);
  }
}
