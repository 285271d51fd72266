/** Makes the database and the schema that a copy goes into, and removes them again. */
import { InputError, messageOf, RefusedError } from "../../errors.js";
import type { Database } from "../database.js";
import type { DatabaseAddress } from "../open.js";
import { sql } from "../sql.js";
import type { Row, Sql } from "../sql.js";
import { openPostgres } from "./open.js";

type PostgresAddress = DatabaseAddress & { readonly dialect: "postgres" };

/** What was made. */
export interface Made {
  readonly database: boolean;
  readonly namespace: boolean;
}

/**
 * Makes database and schema where they are missing, and the extensions that the original's database has.
 * @throws RefusedError `no-privilege` with what is lacking
 */
export async function prepareNamespace(address: PostgresAddress, source: Database): Promise<Made> {
  const { namespace, ...whole } = address;
  const database = await makeDatabase(whole, source);
  const opened = await openPostgres(whole);
  try {
    await makeExtensions(opened, source);
    return { database, namespace: await makeNamespace(opened, namespace ?? "public") };
  } finally {
    await opened.close();
  }
}

async function makeDatabase(address: PostgresAddress, source: Database): Promise<boolean> {
  try {
    await (await openPostgres(address)).close();
    return false;
  } catch (error) {
    if (!(error instanceof InputError) || error.code !== "unknown-database") throw error;
  }
  const url = new URL(address.url);
  const name = decodeURIComponent(url.pathname.slice(1));
  const [row] = await ask(
    source,
    sql`SELECT datcollate::text AS collate, datctype::text AS ctype FROM pg_catalog.pg_database WHERE datname = current_database()`,
  );
  const maintenance = await openMaintenance(address);
  try {
    await maintenance.session((session) =>
      session.execute(
        sql`CREATE DATABASE ${sql.id(name)} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE ${String(row?.["collate"])} LC_CTYPE ${String(row?.["ctype"])}`,
      ),
    );
    return true;
  } catch (error) {
    throw lacking(`database "${name}"`, error);
  } finally {
    await maintenance.close();
  }
}

/** A database cannot be made or dropped from inside of it. */
function openMaintenance(address: PostgresAddress): Promise<Database> {
  const url = new URL(address.url);
  url.pathname = "/postgres";
  return openPostgres({ ...address, url: url.href });
}

async function makeExtensions(target: Database, source: Database): Promise<void> {
  const statement = sql`SELECT extname::text AS name FROM pg_catalog.pg_extension ORDER BY extname`;
  const present = new Set((await ask(target, statement)).map((row) => String(row["name"])));
  for (const row of await ask(source, statement)) {
    const name = String(row["name"]);
    if (present.has(name)) continue;
    try {
      await target.session((session) => session.execute(sql`CREATE EXTENSION IF NOT EXISTS ${sql.id(name)}`));
    } catch (error) {
      throw lacking(`extension "${name}"`, error);
    }
  }
}

async function makeNamespace(target: Database, name: string): Promise<boolean> {
  const found = await ask(target, sql`SELECT FROM pg_catalog.pg_namespace WHERE nspname = ${name}`);
  if (found.length > 0) return false;
  try {
    await target.session((session) => session.execute(sql`CREATE SCHEMA ${sql.id(name)}`));
    return true;
  } catch (error) {
    throw lacking(`schema "${name}"`, error);
  }
}

function ask(database: Database, statement: Sql): Promise<Row[]> {
  return database.transaction({ mode: "read" }, (session) => session.query(statement));
}

function lacking(what: string, cause: unknown): RefusedError {
  const reason = messageOf(cause);
  return new RefusedError("no-privilege", `The ${what} for the copy could not be made: ${reason}.`, {
    hint: `Ask the server's administrator to make it, then run the same command again.`,
    cause,
  });
}

/** Removes what `prepareNamespace` made. */
export async function removeNamespace(address: PostgresAddress, made: Made): Promise<void> {
  const { namespace, ...whole } = address;
  if (made.database) {
    const maintenance = await openMaintenance(whole);
    const name = decodeURIComponent(new URL(address.url).pathname.slice(1));
    try {
      await maintenance.session((session) => session.execute(sql`DROP DATABASE IF EXISTS ${sql.id(name)}`));
    } finally {
      await maintenance.close();
    }
    return;
  }
  if (!made.namespace || namespace === null || namespace === undefined) return;
  const opened = await openPostgres(whole);
  try {
    await opened.session((session) =>
      session.execute(sql`DROP SCHEMA IF EXISTS ${sql.id(namespace)} CASCADE`),
    );
  } finally {
    await opened.close();
  }
}
