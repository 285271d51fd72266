/** Copies a SQLite file. */
import { createHash } from "node:crypto";
import { InputError, RefusedError } from "../../errors.js";
import { copyDiffers, requireEqualDigests } from "../copy.js";
import type { DatabaseCopyOptions, TableDigest } from "../copy.js";
import type { Database, Session } from "../database.js";
import { sql } from "../sql.js";
import { existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { literal, quoteName } from "./literals.js";
import { openSqlite } from "./open.js";
import { SqliteSession } from "./session.js";

const rowsABatch = 2000;

/** Writes a copy beside its final place, compares it, and only then gives it its name. */
export async function copySqlite(
  source: Database,
  path: string,
  options: DatabaseCopyOptions,
): Promise<TableDigest[]> {
  if (existsSync(path)) {
    throw new RefusedError("not-empty", `${path} exists already.`, { hint: "Name a file that does not." });
  }
  const part = `${path}.godwit-part`;
  await rm(part, { force: true });
  try {
    const digests = await copyAndCompare(source, part, options);
    await flushed(part);
    await rename(part, path);
    return digests;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** SQLite leaves it to the system when the copy comes to the disk. */
async function flushed(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function copyAndCompare(
  source: Database,
  part: string,
  options: DatabaseCopyOptions,
): Promise<TableDigest[]> {
  return whileUnchanged(source, options, async (session) => {
    await source.session((other) => other.execute(sql`VACUUM INTO ${part}`));
    const copy = await openSqlite(part);
    try {
      return await copy.transaction({ mode: "read" }, (other) =>
        requireSame(sqliteSession(session), sqliteSession(other), options),
      );
    } finally {
      await copy.close();
    }
  });
}

/** Keeps writers away meanwhile. Where the file cannot be written by us, a reader's lock has to do. */
async function whileUnchanged<T>(
  source: Database,
  { lockTimeoutMs }: DatabaseCopyOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  try {
    return await source.transaction({ mode: "write", lockTimeoutMs }, work);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return source.transaction({ mode: "read" }, work);
  }
}

function sqliteSession(session: Session): SqliteSession {
  if (session instanceof SqliteSession) return session;
  throw new Error("not a session of SQLite");
}

async function requireSame(
  original: SqliteSession,
  copy: SqliteSession,
  options: DatabaseCopyOptions,
): Promise<TableDigest[]> {
  const [definitions, copied] = [await definitionsOf(original), await definitionsOf(copy)];
  if (definitions !== copied) throw copyDiffers("tables, indexes or triggers are defined otherwise");
  const [check] = await copy.all("PRAGMA integrity_check(1)");
  const answer = String(check?.["integrity_check"]);
  if (answer !== "ok") throw copyDiffers(answer);
  const digests = await digestsOf(original, options);
  requireEqualDigests(digests, await digestsOf(copy, { lockTimeoutMs: options.lockTimeoutMs }));
  return digests;
}

/** Everything that is defined, and the numbers that a file carries for its application. */
async function definitionsOf(session: SqliteSession): Promise<string> {
  const objects = await session.all(
    "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name",
  );
  const numbers = await session.all(
    "SELECT user_version, application_id, encoding FROM pragma_user_version, pragma_application_id, pragma_encoding",
  );
  return JSON.stringify([objects, numbers]);
}

/** A digest of each table. */
async function digestsOf(session: SqliteSession, options: DatabaseCopyOptions): Promise<TableDigest[]> {
  const tables = await session.all(
    "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name <> 'sqlite_schema' ORDER BY name",
  );
  const digests: TableDigest[] = [];
  for (const row of tables) {
    const table = String(row["name"]);
    digests.push(await digestOf(session, table));
    options.onTable?.("compared", table);
  }
  return digests;
}

/** Copying may give rows other row ids, but leaves their order. */
async function digestOf(session: SqliteSession, table: string): Promise<TableDigest> {
  const columns = (await session.all(`PRAGMA table_xinfo(${quoteName(table)})`)).map((row) =>
    String(row["name"]),
  );
  const hash = createHash("sha256");
  let rows = 0n;
  for await (const batch of batchesOf(session, table, columns)) {
    hash.update(batch.text);
    rows += BigInt(batch.rows);
  }
  return { table, rows, digest: hash.digest("hex").slice(0, 32) };
}

interface Batch {
  readonly text: string;
  readonly rows: number;
}

async function* batchesOf(
  session: SqliteSession,
  table: string,
  columns: readonly string[],
): AsyncIterable<Batch> {
  const line = lineOf(columns);
  const rowid = await rowidOf(session, table, columns);
  let last: string | null = null;
  for (let offset = 0; ; offset += rowsABatch) {
    const range =
      rowid === null
        ? `ORDER BY ${await keyOf(session, table)} LIMIT ${rowsABatch} OFFSET ${offset}`
        : `${last === null ? "" : `WHERE ${rowid} > ${last} `}ORDER BY ${rowid} LIMIT ${rowsABatch}`;
    const [row] = await session.all(
      `SELECT group_concat(line, char(10)) AS text, count(*) AS rows, CAST(max(place) AS TEXT) AS last
       FROM (SELECT ${line} AS line, ${rowid ?? "NULL"} AS place FROM ${quoteName(table)} ${range})`,
    );
    const rows = Number(row?.["rows"]);
    if (rows === 0) return;
    yield { text: `${String(row?.["text"])}\n`, rows };
    if (rows < rowsABatch) return;
    last = String(row?.["last"]);
  }
}

/** A row as text that tells every value and its storage class apart. `quote` ends at a NUL, so the length is added. */
function lineOf(columns: readonly string[]): string {
  const values = columns.map((name) => {
    const column = quoteName(name);
    return `quote(${column}) || ':' || ifnull(length(CAST(${column} AS BLOB)), '')`;
  });
  const groups: string[] = [];
  for (let start = 0; start < values.length; start += 50) {
    groups.push(`(${values.slice(start, start + 50).join(" || ',' || ")})`);
  }
  return groups.join(" || ',' || ");
}

/** The name by which the row id can be reached, or null in a table without. */
async function rowidOf(
  session: SqliteSession,
  table: string,
  columns: readonly string[],
): Promise<string | null> {
  const [row] = await session.all(
    `SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ${literal(table)}`,
  );
  if (row?.["wr"] === 1) return null;
  const taken = new Set(columns.map((name) => name.toLowerCase()));
  return ["rowid", "_rowid_", "oid"].find((name) => !taken.has(name)) ?? null;
}

/** The primary key of a table without row ids; all columns where even that does not tell. */
async function keyOf(session: SqliteSession, table: string): Promise<string> {
  const columns = await session.all(`PRAGMA table_xinfo(${quoteName(table)})`);
  const keys = columns
    .filter((row) => Number(row["pk"]) > 0)
    .toSorted((a, b) => Number(a["pk"]) - Number(b["pk"]));
  return (keys.length > 0 ? keys : columns).map((row) => quoteName(String(row["name"]))).join(", ");
}
