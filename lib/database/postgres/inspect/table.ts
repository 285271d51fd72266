/** Inspection: the complete definition of a table, or an error that names what it cannot hold. */
import { distance } from "fastest-levenshtein";
import { InputError } from "../../../errors.js";
import type { Table } from "../../schema/table.js";
import { sql } from "../../sql.js";
import type { PostgresSession } from "../session.js";
import { readAttachments } from "./attachments.js";
import { readCatalogs } from "./catalog.js";
import type { Catalog } from "./catalog.js";
import { readColumns, readSequences } from "./columns.js";
import { readChecks, readExclusions, readForeignKeys, readPrimaryKey, readUniques } from "./constraints.js";
import { readIndexes, readTriggers } from "./indexes.js";
import { readOptions } from "./options.js";
import { textOf, textOrNull } from "./read.js";
import { cannotRepresent } from "./unsupported.js";

/** Names of the tables of the repository's schema, partitions included, sorted by code point. */
export async function tableNames(session: PostgresSession): Promise<string[]> {
  const rows = await session.query(sql`SELECT c.relname::text AS name FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${session.namespace} AND c.relkind IN ('r', 'p') ORDER BY c.relname COLLATE "C"`);
  return rows.map((row) => textOf(row, "name"));
}

/** The number of a table in `pg_class`; null where there is no such table. */
export async function findTable(session: PostgresSession, name: string): Promise<bigint | null> {
  const [row] =
    await session.query(sql`SELECT c.oid::bigint AS oid, c.relkind::text AS kind FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${session.namespace} AND c.relname = ${name} AND c.relkind IN ('r', 'p', 'f')`);
  if (row === undefined) return null;
  if (row["kind"] === "f") throw cannotRepresent(name, "its rows on another server: it is a foreign table");
  return row["oid"] as bigint;
}

/** @throws InputError `unknown-table` with near matches */
export async function requireTable(session: PostgresSession, name: string): Promise<bigint> {
  const oid = await findTable(session, name);
  if (oid !== null) return oid;
  const near = (await tableNames(session)).filter((other) => distance(other, name) <= 3).slice(0, 3);
  const details = near.length === 0 ? {} : { hint: `Similar names: ${near.join(", ")}` };
  throw new InputError("unknown-table", `Schema "${session.namespace}" has no table "${name}".`, details);
}

/** @throws InputError `unknown-table`, `unsupported-object` */
export async function inspectTable(session: PostgresSession, name: string): Promise<Table> {
  const oid = await requireTable(session, name);
  return readTable(session, name, (await readCatalogs(session, [oid])).get(oid));
}

/**
 * The definitions of several tables, in the order of their names given.
 * @throws InputError `unknown-table`, `unsupported-object`
 */
export async function inspectTables(session: PostgresSession, names: readonly string[]): Promise<Table[]> {
  const oids = await findTables(session);
  const asked: [string, bigint][] = [];
  for (const name of names) asked.push([name, oids.get(name) ?? (await requireTable(session, name))]);
  const catalogs = await readCatalogs(
    session,
    asked.map(([, oid]) => oid),
  );
  return asked.map(([name, oid]) => readTable(session, name, catalogs.get(oid)));
}

/** The numbers of all tables in `pg_class`, by name. */
async function findTables(session: PostgresSession): Promise<Map<string, bigint>> {
  const rows = await session.query(sql`SELECT c.oid::bigint AS oid, c.relname::text AS name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${session.namespace} AND c.relkind IN ('r', 'p')`);
  return new Map(rows.map((row) => [textOf(row, "name"), row["oid"] as bigint]));
}

function readTable(session: PostgresSession, name: string, catalog: Catalog | undefined): Table {
  if (catalog === undefined) throw new Error(`the catalogs do not answer for ${name}`);
  const sequences = readSequences(name, catalog);
  const [table] = catalog.table;
  return {
    name,
    columns: readColumns(name, catalog),
    primaryKey: readPrimaryKey(catalog),
    uniques: readUniques(catalog),
    foreignKeys: readForeignKeys(catalog),
    checks: readChecks(catalog),
    exclusions: readExclusions(catalog),
    indexes: readIndexes(name, catalog),
    triggers: readTriggers(catalog),
    comment: table === undefined ? null : textOrNull(table, "comment"),
    options: readOptions(name, catalog),
    ...(sequences.length === 0 ? {} : { sequences }),
    attachments: readAttachments(catalog, session.namespace),
  };
}
