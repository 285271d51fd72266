import { writeFile } from "node:fs/promises";
import path from "node:path";
import { openDatabase } from "../../lib/database/open.js";
import type { Session } from "../../lib/database/database.js";
import { sql } from "../../lib/database/sql.js";
import { temporaryFolder } from "./folders.js";

/** A fresh SQLite file on which some statements were run. */
export async function emptySqliteFile(statements: readonly string[] = []): Promise<string> {
  const file = path.join(await temporaryFolder(), "test.sqlite3");
  await writeFile(file, "");
  await writing(file, async (session) => {
    for (const text of statements) await session.execute(sql.raw(text));
  });
  return file;
}

/** Runs `work` in one write transaction of a file. */
export async function writing<T>(file: string, work: (session: Session) => Promise<T>): Promise<T> {
  const database = await openDatabase({ dialect: "sqlite", path: file });
  try {
    return await database.transaction({ mode: "write" }, work);
  } finally {
    await database.close();
  }
}
