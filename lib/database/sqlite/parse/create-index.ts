import type { Index, IndexKey } from "../../schema/table.js";
import { nameOf, TokenReader, tokenize } from "./tokens.js";
import type { Token } from "./tokens.js";
import { valueAt } from "../../../known.js";

/** Reads `CREATE INDEX`. */
export function parseCreateIndex(text: string): Index {
  const reader = new TokenReader(text, tokenize(text), "CREATE INDEX");
  reader.expect("CREATE");
  const unique = reader.take("UNIQUE");
  reader.expect("INDEX");
  reader.take("IF", "NOT", "EXISTS");
  const name = reader.name();
  reader.expect("ON");
  reader.name();
  const list = reader.parenthesized();
  const where = reader.take("WHERE") ? reader.rest() : null;
  return { name, unique, keys: splitKeys(list).map(readKey), method: "btree", where, include: [] };
}

/** The pieces between commas outside of parentheses. */
function splitKeys(list: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  let start = 0;
  for (const token of tokenize(list)) {
    if (token.kind !== "symbol") continue;
    if (token.text === "(") depth += 1;
    if (token.text === ")") depth -= 1;
    if (token.text !== "," || depth > 0) continue;
    keys.push(list.slice(start, token.start).trim());
    start = token.end;
  }
  return [...keys, list.slice(start).trim()];
}

function readKey(text: string): IndexKey {
  const tokens = tokenize(text);
  let end = tokens.length;
  if (isWord(tokens[end - 1], "ASC") || isWord(tokens[end - 1], "DESC")) end -= 1;
  if (isWord(tokens[end - 2], "COLLATE")) end -= 2;
  const rest = tokens.slice(end);
  const suffix = rest.length === 0 ? null : text.slice(rest[0]?.start, rest.at(-1)?.end);
  const [first] = tokens;
  const isColumn = end === 1 && first !== undefined && (first.kind === "word" || first.kind === "name");
  if (isColumn) return { column: nameOf(first), expression: null, suffix };
  return { column: null, expression: text.slice(0, valueAt(tokens, end - 1).end), suffix };
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toUpperCase() === word;
}
