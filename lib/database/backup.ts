/** Keeps the database as it is in a file. */
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { InputError, messageOf, RefusedError, StepError } from "../errors.js";
import { copyDatabase } from "./copy.js";
import type { Database } from "./database.js";

/** How the file of a backup is called where only a folder is named: `.sqlite3`, `.sql`. */
export function backupExtension(database: Database): string {
  return database.dialect === "sqlite" ? ".sqlite3" : ".sql";
}

/**
 * Writes a backup: a SQLite file, or a script for `psql`. The file has its name only when it is whole.
 * @throws RefusedError `not-empty` where the file is there already; nothing is ever overwritten. StepError `backup-failed`
 */
export async function backUpDatabase(database: Database, file: string, lockTimeoutMs: number): Promise<void> {
  try {
    await write(database, file, lockTimeoutMs);
  } catch (error) {
    throw error instanceof RefusedError || error instanceof InputError ? error : failed(file, error);
  }
}

function failed(file: string, error: unknown): StepError {
  const reason = messageOf(error);
  return new StepError("backup-failed", `The backup could not be written to ${file}: ${reason}`, {
    hint: "Nothing was changed. Make room or name another place with --backup, then run the same command again.",
    cause: error,
  });
}

async function write(database: Database, file: string, lockTimeoutMs: number): Promise<void> {
  if (database.dialect === "sqlite") {
    await copyDatabase(database, { dialect: "sqlite", path: file }, { lockTimeoutMs });
    return;
  }
  if (existsSync(file)) {
    throw new RefusedError("not-empty", `${file} exists already.`, { hint: "Name a file that does not." });
  }
  const { dumpPostgres } = await import("./postgres/dump.js");
  const part = `${file}.godwit-part`;
  await rm(part, { force: true });
  try {
    await dumpPostgres(database, part, { lockTimeoutMs });
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
