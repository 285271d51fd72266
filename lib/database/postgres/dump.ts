/** Writes a schema as a script that `psql` restores, without any other program: a backup that does not depend on the version of one. */
import { open } from "node:fs/promises";
import type { Database } from "../database.js";
import type { DatabaseCopyOptions } from "../copy.js";
import { sql } from "../sql.js";
import { copySchema, postgresSession } from "./copy.js";
import type { Sink } from "./copy.js";
import { quoteName } from "./literals.js";
import { normalPath } from "./settings.js";

/** Writes the schema of a database, as it is at one moment, into a file that does not exist yet. */
export async function dumpPostgres(
  source: Database,
  file: string,
  options: DatabaseCopyOptions,
): Promise<void> {
  const output = await open(file, "wx", 0o600);
  const write = (text: string | Buffer): Promise<void> => output.writeFile(text);
  try {
    await source.transaction({ mode: "read" }, async (session) => {
      const from = postgresSession(session);
      const extensions = await from.query(
        sql`SELECT extname::text AS name FROM pg_catalog.pg_extension ORDER BY extname`,
      );
      await write(
        beginning(
          from.namespace,
          extensions.map((row) => String(row["name"])),
        ),
      );
      await copySchema(from, fileSink(from.namespace, write), options);
      await write("COMMIT;\n");
    });
    await output.sync();
  } finally {
    await output.close();
  }
}

function beginning(namespace: string, extensions: readonly string[]): string {
  return [
    "-- A backup made by godwit. Restore it into an empty schema: psql -v ON_ERROR_STOP=1 -d DATABASE -f FILE",
    "BEGIN;",
    "SET client_encoding = 'UTF8';",
    "SET standard_conforming_strings = on;",
    "SET client_min_messages = warning;",
    "SET check_function_bodies = off;",
    ...extensions.map((name) => `CREATE EXTENSION IF NOT EXISTS ${quoteName(name)};`),
    `CREATE SCHEMA IF NOT EXISTS ${quoteName(namespace)};`,
    `SET search_path = ${normalPath(namespace)};`,
    "",
  ].join("\n");
}

function fileSink(namespace: string, write: (text: string | Buffer) => Promise<void>): Sink {
  return {
    namespace,
    run: (statement) => write(`${statement};\n`),
    async rows(table, columns, lines) {
      await write(`COPY ${table} (${columns}) FROM stdin;\n`);
      for await (const chunk of lines) await write(chunk as Buffer);
      await write("\\.\n");
    },
  };
}
