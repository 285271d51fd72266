/** Describes a SQLite database, read through the driver alone. */
import type { Item, RowsDescription, SchemaDescription, TableDescription } from "./description.js";
import { exactFloat, exactInteger, type Json } from "./json.js";
import { openReader, type Reader } from "./sqlite-reader.js";
import {
  columnNames,
  identifier,
  normalizeExpression,
  parenthesized,
  splitList,
  unquote,
} from "./sql-text.js";

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const oneSpace = (text: string): string => text.toUpperCase().replaceAll(/\s+/g, " ");

function foreignKey(text: string, name: string | null, columns: string[]): Item {
  const match = new RegExp(String.raw`^\s*REFERENCES\s+(${identifier})\s*`, "i").exec(text);
  if (match === null) throw new Error(`a foreign key without REFERENCES: ${text}`);
  let rest = text.slice(match[0].length);
  let referenced: string[] = [];
  if (rest.startsWith("(")) {
    const { inner, end } = parenthesized(rest, 0);
    referenced = columnNames(inner);
    rest = rest.slice(end);
  }
  const action = (event: string): string | null => {
    const found = new RegExp(
      String.raw`ON\s+${event}\s+(CASCADE|SET\s+NULL|SET\s+DEFAULT|RESTRICT|NO\s+ACTION)`,
      "i",
    ).exec(rest);
    return found === null ? null : oneSpace(found[1] ?? "");
  };
  return {
    name,
    columns,
    ref_table: unquote(match[1] ?? ""),
    ref_columns: referenced,
    on_delete: action("DELETE"),
    on_update: action("UPDATE"),
  };
}

/** Reads a constraint of the table; false where the text defines a column. */
function readConstraint(text: string, table: TableDescription): boolean {
  const named = new RegExp(String.raw`^CONSTRAINT\s+(${identifier})\s+`, "i").exec(text);
  const name = named === null ? null : unquote(named[1] ?? "");
  const rest = text.slice(named?.[0].length ?? 0);
  const kind = /^(PRIMARY\s+KEY|UNIQUE|FOREIGN\s+KEY|CHECK)\s*\(/i.exec(rest);
  if (kind === null) return false;
  const { inner, end } = parenthesized(rest, kind[0].length - 1);
  switch (oneSpace(kind[1] ?? "")) {
    case "PRIMARY KEY":
      table.primary_key = { name, columns: [] };
      break;
    case "UNIQUE":
      table.unique.push({ name, columns: columnNames(inner) });
      break;
    case "FOREIGN KEY":
      table.foreign_keys.push(foreignKey(rest.slice(end), name, columnNames(inner)));
      break;
    default:
      table.checks.push({ name, expr: normalizeExpression(inner) });
  }
  return true;
}

/** Reads the constraints that stand with a column. */
function readColumn(text: string, table: TableDescription): void {
  const match = new RegExp(`^${identifier}`, "i").exec(text);
  const column = unquote(match?.[0] ?? "");
  const tail = text.slice(match?.[0].length ?? 0);
  const named = String.raw`(?:CONSTRAINT\s+(${identifier})\s+)?`;
  const nameOf = (found: RegExpExecArray): string | null =>
    found[1] === undefined ? null : unquote(found[1]);
  for (const check of tail.matchAll(new RegExp(String.raw`${named}CHECK\s*\(`, "gi"))) {
    const { inner } = parenthesized(tail, check.index + check[0].length - 1);
    table.checks.push({ name: nameOf(check), expr: normalizeExpression(inner) });
  }
  const reference = new RegExp(String.raw`${named}REFERENCES\s`, "i").exec(tail);
  if (reference !== null) {
    const start = tail.toUpperCase().indexOf("REFERENCES", reference.index);
    table.foreign_keys.push(foreignKey(tail.slice(start), nameOf(reference), [column]));
  }
  if (/\bUNIQUE\b/i.test(tail)) table.unique.push({ name: null, columns: [column] });
  if (/\bAUTOINCREMENT\b/i.test(tail)) table.autoincrement = column;
  if (/\bCOLLATE\b/i.test(tail)) (table.collate ??= []).push(column);
}

async function readIndexes(reader: Reader, name: string): Promise<Item[]> {
  const indexes: Item[] = [];
  for (const index of await reader.all(`PRAGMA index_list(${quote(name)})`)) {
    if (index["origin"] !== "c") continue;
    const info = await reader.all(`PRAGMA index_info(${quote(String(index["name"]))})`);
    const columns = info.toSorted((a, b) => Number(a["seqno"]) - Number(b["seqno"]));
    indexes.push({
      name: String(index["name"]),
      columns: columns.map((column) => column["name"] as string | null),
      unique: Number(index["unique"]) === 1,
    });
  }
  return indexes;
}

async function describeTable(reader: Reader, name: string, text: string): Promise<TableDescription> {
  const table: TableDescription = {
    columns: [],
    primary_key: null,
    unique: [],
    foreign_keys: [],
    checks: [],
    indexes: await readIndexes(reader, name),
  };
  const key = new Map<number, string>();
  for (const column of await reader.all(`PRAGMA table_info(${quote(name)})`)) {
    const position = Number(column["pk"]);
    if (position > 0) key.set(position, String(column["name"]));
    table.columns.push({
      name: String(column["name"]),
      type: oneSpace(String(column["type"])),
      notnull: Number(column["notnull"]) === 1,
      default: column["dflt_value"] as string | null,
      pk: position,
      comment: null,
    });
  }
  for (const part of splitList(parenthesized(text, text.indexOf("(")).inner)) {
    if (!readConstraint(part, table)) readColumn(part, table);
  }
  const columns = [...key].toSorted(([a], [b]) => a - b).map(([, column]) => column);
  table.primary_key = key.size === 0 ? null : { name: table.primary_key?.name ?? null, columns };
  if (/WITHOUT\s+ROWID\s*$/i.test(text)) table.without_rowid = true;
  return table;
}

function encode(type: unknown, value: unknown): Json {
  if (type === "integer") return exactInteger(String(value));
  if (type === "real") return exactFloat(value as number);
  if (type === "blob") return { blob: (value as Buffer).toString("hex") };
  return value as string | null;
}

/** The driver rounds integers above 2^53, and can't tell 1.0 from 1: the database says what a value is, and integers come as text. */
async function readRows(reader: Reader, table: string, names: readonly string[]): Promise<RowsDescription> {
  const columns = names.toSorted((a, b) => (a < b ? -1 : 1));
  const fields = columns.flatMap((column, index) => [
    `typeof(${quote(column)}) AS t${index}`,
    `CASE typeof(${quote(column)}) WHEN 'integer' THEN CAST(${quote(column)} AS TEXT) ELSE ${quote(column)} END AS v${index}`,
  ]);
  const rows = await reader.all(`SELECT ${fields.join(", ")} FROM ${quote(table)}`);
  return { columns, rows: rows.map((row) => columns.map((_, i) => encode(row[`t${i}`], row[`v${i}`]))) };
}

async function firstValue(reader: Reader, statement: string): Promise<Json> {
  const [row] = await reader.all(statement);
  return Object.values(row ?? {})[0] as Json;
}

async function describeSequences(reader: Reader): Promise<Record<string, Json>> {
  const found = await firstValue(reader, "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'");
  if (found === 0) return {};
  const rows = await reader.all("SELECT name, CAST(seq AS TEXT) AS seq FROM sqlite_sequence");
  return Object.fromEntries(
    rows.map((row) => [String(row["name"]), { last_value: exactInteger(String(row["seq"])) }]),
  );
}

async function describeRest(reader: Reader): Promise<Record<string, Json>> {
  const others = await reader.all(
    "SELECT type, name, sql FROM sqlite_master WHERE type IN ('view', 'trigger') ORDER BY name",
  );
  return {
    user_version: await firstValue(reader, "PRAGMA user_version"),
    encoding: await firstValue(reader, "PRAGMA encoding"),
    views_triggers: others.map((row) => [row["type"], row["name"], row["sql"]] as Json[]),
    foreign_key_check: (await reader.all("PRAGMA foreign_key_check")).length,
    integrity_check: await firstValue(reader, "PRAGMA integrity_check"),
  };
}

/** Describes the schema and all rows of a SQLite file. */
export async function describeSqlite(
  file: string,
): Promise<{ schema: SchemaDescription; rows: Record<string, RowsDescription> }> {
  const reader = await openReader(file);
  try {
    const tables: Record<string, TableDescription> = {};
    const rows: Record<string, RowsDescription> = {};
    const found = await reader.all(
      "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    for (const { name, sql } of found as { name: string; sql: string }[]) {
      const table = await describeTable(reader, name, sql);
      tables[name] = table;
      const names = table.columns.map((column) => column.name);
      rows[name] = await readRows(reader, name, names);
    }
    const sequences = await describeSequences(reader);
    const extra = await describeRest(reader);
    return { schema: { backend: "sqlite", tables, sequences, extra }, rows };
  } finally {
    await reader.close();
  }
}
