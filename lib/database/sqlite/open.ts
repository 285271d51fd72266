import { stat } from "node:fs/promises";
import type { Options } from "sequelize";
import { InputError } from "../../errors.js";
import type { Database } from "../database.js";
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
    await database.transaction({ mode: "read" }, (session) =>
      session.query(sql`SELECT count(*) FROM sqlite_schema`),
    );
    return database;
  } catch (error) {
    await database.close();
    throw openError(error, path);
  }
}

async function requireFile(path: string): Promise<void> {
  let found;
  try {
    found = await stat(path);
  } catch (error) {
    throw new InputError("no-database", `There is no SQLite file ${path}.`, {
      hint: "Check the path.",
      cause: error,
    });
  }
  if (!found.isFile())
    throw new InputError("no-database", `${path} is not a file.`, { hint: "Check the path." });
}
