/** Reads the complete definition of a table from the stored text, and holds it against what SQLite's own pragmas say. */
import { InputError } from "../../errors.js";
import type { Index, Table, Trigger } from "../schema/table.js";
import type { DriverRow } from "./driver.js";
import { literal, quoteName } from "./literals.js";
import { parseCreateIndex } from "./parse/create-index.js";
import { parseCreateTable } from "./parse/create-table.js";
import type { ParsedTable } from "./parse/create-table.js";
import { nameOf, tokenize } from "./parse/tokens.js";
import type { Token } from "./parse/tokens.js";
import { surely } from "../../known.js";

/** Runs a query whose rows hold no large integers. */
export type Reader = (text: string) => Promise<DriverRow[]>;

interface StoredObject {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/**
 * The complete definition of a table.
 * @throws InputError `unknown-table`, or `unrepresentable-table` naming what the model cannot hold
 */
export async function inspectTable(read: Reader, name: string): Promise<Table> {
  const stored = await storedObjects(read, name);
  const table = stored.find((one) => one.type === "table");
  const text = table?.sql ?? null;
  if (table === undefined || text === null)
    throw new InputError("unknown-table", `There is no table "${name}".`);
  const parsed = parse(table.name, () => parseCreateTable(text));
  await requireAgreement(read, table.name, parsed);
  return {
    name: table.name,
    ...parsed,
    exclusions: [],
    indexes: stored
      .filter(({ type, sql }) => type === "index" && sql !== null)
      .map((one) => readIndex(table.name, one)),
    triggers: stored.filter(({ type }) => type === "trigger").map(readTrigger),
    comment: null,
  };
}

async function storedObjects(read: Reader, name: string): Promise<StoredObject[]> {
  const rows = await read(
    `SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = ${literal(name)} COLLATE NOCASE ORDER BY rowid`,
  );
  return rows.map((row) => ({
    type: String(row["type"]),
    name: String(row["name"]),
    sql: textOf(row["sql"]),
  }));
}

function readIndex(table: string, { sql }: StoredObject): Index {
  return parse(table, () => parseCreateIndex(surely(sql)));
}

function readTrigger({ name, sql }: StoredObject): Trigger {
  return { name, definition: surely(sql) };
}

function parse<T>(table: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw unrepresentable(table, error.message);
  }
}

/** A misread text must be an error, never a silent loss: columns, keys and foreign keys are compared with the pragmas. */
async function requireAgreement(read: Reader, name: string, parsed: ParsedTable): Promise<void> {
  const columns = await read(`PRAGMA table_xinfo(${quoteName(name)})`);
  const described = columns.map((row) => ({
    name: String(row["name"]),
    type: plainType(String(row["type"])),
    required: row["notnull"] === 1,
    default: bareOrNull(textOf(row["dflt_value"])),
  }));
  const found = parsed.columns.map((column) => ({
    name: column.name,
    type: plainType(column.type),
    required: !column.nullable,
    default: bareOrNull(column.default),
  }));
  requireSame(name, "columns", described, found);
  const key = columns
    .filter((row) => Number(row["pk"]) > 0)
    .toSorted((a, b) => Number(a["pk"]) - Number(b["pk"]))
    .map((row) => String(row["name"]));
  requireSame(name, "primary key", key, parsed.primaryKey?.columns ?? []);
  const foreignKeys = await read(
    `SELECT count(DISTINCT id) AS n FROM pragma_foreign_key_list(${literal(name)})`,
  );
  requireSame(name, "number of foreign keys", Number(foreignKeys[0]?.["n"]), parsed.foreignKeys.length);
  const uniques = await read(
    `SELECT count(*) AS n FROM pragma_index_list(${literal(name)}) WHERE origin = 'u'`,
  );
  requireSame(name, "number of unique constraints", Number(uniques[0]?.["n"]), distinctUniques(parsed));
}

/** SQLite keeps one index for constraints on the same columns, and none for one that equals the primary key. */
function distinctUniques({ uniques, primaryKey }: ParsedTable): number {
  const sets = new Set(uniques.map(({ columns }) => JSON.stringify(columns)));
  if (primaryKey !== null) sets.delete(JSON.stringify(primaryKey.columns));
  return sets.size;
}

/** SQLite takes `GENERATED ALWAYS` for the end of the type, and tells its own types in upper case however they are written. */
function plainType(type: string): string {
  return tokenize(type)
    .map((token) => nameOf(token))
    .join(" ")
    .replace(/ ?GENERATED ALWAYS$/i, "")
    .toUpperCase();
}

function textOf(value: DriverRow[string] | undefined): string | null {
  return typeof value === "string" ? value : null;
}

/** The pragma leaves out the outer parentheses of some defaults, and keeps comments. */
function bareOrNull(text: string | null): string | null {
  if (text === null) return null;
  let tokens = tokenize(text);
  while (isEnclosed(tokens)) tokens = tokens.slice(1, -1);
  return tokens.map((token) => token.text).join(" ");
}

/** Whether the first parenthesis is closed by the last. */
function isEnclosed(tokens: readonly Token[]): boolean {
  if (tokens[0]?.text !== "(") return false;
  let depth = 0;
  return tokens.every((token, index) => {
    if (token.kind === "symbol" && token.text === "(") depth += 1;
    if (token.kind === "symbol" && token.text === ")") depth -= 1;
    return depth > 0 || index === tokens.length - 1;
  });
}

function requireSame(table: string, what: string, expected: unknown, found: unknown): void {
  if (JSON.stringify(expected) === JSON.stringify(found)) return;
  throw unrepresentable(
    table,
    `its ${what} were read as ${JSON.stringify(found)}, and are ${JSON.stringify(expected)}`,
  );
}

function unrepresentable(table: string, reason: string): InputError {
  return new InputError(
    "unrepresentable-table",
    `The definition of table "${table}" cannot be represented: ${reason}.`,
    {
      hint: "A migration of it would lose something, so that it is refused.",
    },
  );
}
