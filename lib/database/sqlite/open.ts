import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import type { Options } from "sequelize";
import { InputError } from "../../errors.js";
import type { Database, Session } from "../database.js";
import { sql } from "../sql.js";
import { SqliteDatabase } from "./database.js";
import { openError } from "./errors.js";

/**
 * Opens a SQLite file, which must exist: a mistyped path must not make an empty database.
 * @param path absolute
 * @throws InputError `no-database`, `not-a-database`, `corrupt-database`, `database-unreadable`
 */
export async function openSqlite(path: string): Promise<Database> {
  await requireFile(path);
  const { Sequelize } = await import("sequelize");
  const { default: sqlite3 } = await import("sqlite3");
  // Sequelize does not declare `foreignKeys`, without which it would enforce them on each connection.
  const options: Options & { readonly foreignKeys: false } = {
    dialect: "sqlite",
    storage: path,
    logging: false,
    foreignKeys: false,
    dialectOptions: { mode: sqlite3.OPEN_READWRITE },
  };
  const sequelize = new Sequelize(options);
  const database = new SqliteDatabase(sequelize, path);
  try {
    await database.transaction({ mode: "read" }, async (session) => {
      await session.query(sql`SELECT count(*) FROM sqlite_schema`);
      await requireWhole(session, path);
    });
    return database;
  } catch (error) {
    await database.close();
    throw openError(error, path);
  }
}

/**
 * SQLite takes a last page that is cut off for one that ends in zeros. While we read, nobody writes into the file; where there is a
 * write-ahead log, its end may still stand there.
 */
async function requireWhole(session: Session, path: string): Promise<void> {
  const [row] = await session.query(
    sql`SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()`,
  );
  const { size } = await stat(path, { bigint: true });
  if (size >= BigInt(String(row?.["bytes"])) || existsSync(`${path}-wal`)) return;
  throw new InputError("corrupt-database", `The SQLite file ${path} is damaged: its end is missing.`, {
    hint: "Do not write to it. Bring it back from a backup, or see sqlite3's .recover.",
  });
}

async function requireFile(path: string): Promise<void> {
  let found;
  try {
    found = await stat(path);
  } catch (error) {
    throw new InputError("no-database", `There is no SQLite file ${path}.`, {
      hint: "Check the path; the first `godwit upgrade` of a plain database makes its file.",
      cause: error,
    });
  }
  if (!found.isFile())
    throw new InputError("no-database", `${path} is not a file.`, { hint: "Check the path." });
}
