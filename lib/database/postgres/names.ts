/** The names that the server itself gives. */
import { maximumNameBytes } from "./literals.js";

/**
 * The name that PostgreSQL gives to an object of a column: `table_column_label`. Where that is too long, the longer of the two names is
 * cut byte by byte until the whole fits (makeObjectName in PostgreSQL's indexcmds.c).
 */
export function usualName(table: string, column: string, label: "not_null" | "seq"): string {
  const room = maximumNameBytes - label.length - 2;
  let [first, second] = [Buffer.byteLength(table), Buffer.byteLength(column)];
  while (first + second > room) {
    if (first > second) first -= 1;
    else second -= 1;
  }
  return `${clip(table, first)}_${clip(column, second)}_${label}`;
}

/** The longest beginning of whole characters that has at most `bytes` bytes. */
export function clip(text: string, bytes: number): string {
  let result = "";
  let length = 0;
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > bytes) break;
    result += character;
  }
  return result;
}
