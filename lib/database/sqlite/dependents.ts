/** Views and triggers whose text names what is no longer there: SQLite takes them, and fails when they are used. */
import { literal, quoteName } from "./literals.js";
import type { Reader } from "./inspect.js";
import { nameOf, tokenize } from "./parse/tokens.js";
import { messageOf } from "../../errors.js";

/** Names of the views and triggers that cannot be used, with SQLite's reason. */
export async function brokenDependents(read: Reader): Promise<Map<string, string>> {
  const broken = new Map<string, string>();
  const objects = await read(
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY name",
  );
  const subjects = new Set<string>();
  for (const row of objects) {
    const name = String(row["name"]);
    if (row["type"] === "trigger") subjects.add(String(row["tbl_name"]));
    else {
      await note(broken, `view "${name}"`, () => read(`SELECT 1 FROM ${quoteName(name)} LIMIT 0`));
      const select = strictSelect(String(row["sql"]));
      if (select !== null)
        await note(broken, `view "${name}"`, () => read(`SELECT 1 FROM (${select}) LIMIT 0`));
    }
  }
  for (const subject of subjects) {
    for (const text of await writesOf(read, subject)) {
      await note(broken, `a trigger of "${subject}"`, () => read(`EXPLAIN ${text}`));
    }
  }
  return broken;
}

/**
 * What a view selects, with other quotes around its names: where a column in double quotes is gone, SQLite takes them for a string, and
 * the view goes on without a word.
 */
function strictSelect(text: string): string | null {
  const tokens = tokenize(text);
  let depth = 0;
  const start = tokens.findIndex(({ kind, text: word }) => {
    if (kind === "symbol" && word === "(") depth += 1;
    if (kind === "symbol" && word === ")") depth -= 1;
    return depth === 0 && kind === "word" && word.toUpperCase() === "AS";
  });
  if (start < 0) return null;
  return tokens
    .slice(start + 1)
    .map((token) => (token.kind === "name" ? `\`${nameOf(token).replaceAll("`", "``")}\`` : token.text))
    .join(" ");
}

/** Statements that fire every trigger of a table; they are compiled, and not run. */
async function writesOf(read: Reader, name: string): Promise<string[]> {
  const table = quoteName(name);
  const columns = await read(`SELECT name FROM pragma_table_xinfo(${literal(name)}) WHERE hidden = 0`);
  const assignments = columns.map((row) => quoteName(String(row["name"]))).map((one) => `${one} = ${one}`);
  return [
    `INSERT INTO ${table} DEFAULT VALUES`,
    `UPDATE ${table} SET ${assignments.join(", ")}`,
    `DELETE FROM ${table}`,
  ];
}

async function note(
  broken: Map<string, string>,
  what: string,
  attempt: () => Promise<unknown>,
): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    broken.set(what, messageOf(error).replace(/, in: .*$/s, ""));
  }
}
