import { InputError } from "../../errors.js";
import type { SqlValue } from "../sql.js";
import { surely } from "../../known.js";

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A row in the text format of `COPY` (PostgreSQL's manual, COPY, "Text Format"). */
export function copyLine(row: readonly SqlValue[]): string {
  return `${row.map(copyValue).join("\t")}\n`;
}

function copyValue(value: SqlValue): string {
  const text = copiedText(value);
  return text === null ? "\\N" : text.replaceAll(/[\\\n\r\t]/g, (character) => surely(escapes[character]));
}

/** The text that a column reads a value from; null for NULL. @throws InputError `nul-character`, `bad-text` */
export function copiedText(value: SqlValue): string | null {
  if (value === null) return null;
  switch (typeof value) {
    case "string":
      if (value.includes("\0"))
        throw new InputError("nul-character", "PostgreSQL has no text with a NUL character.");
      if (!value.isWellFormed()) {
        throw new InputError(
          "bad-text",
          `The text ${JSON.stringify(value.slice(0, 80))} holds half a character, which no database can store.`,
        );
      }
      return value;
    case "boolean":
      return value ? "t" : "f";
    case "bigint":
      return value.toString();
    case "number":
      return numberText(value);
    default:
      return `\\x${Buffer.from(value).toString("hex")}`;
  }
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : value.toString();
}
