import sqlite3 from "sqlite3";

/** A read-only connection to a SQLite file. */
export interface Reader {
  all(statement: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** Opens a SQLite file for reading. @throws Error where it is missing or no database */
export async function openReader(file: string): Promise<Reader> {
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(file, sqlite3.OPEN_READONLY, (error) => {
      if (error === null) resolve(opened);
      else reject(error);
    });
  });
  return {
    all: (statement) =>
      new Promise((resolve, reject) => {
        database.all(statement, (error: Error | null, rows: Record<string, unknown>[]) => {
          if (error === null) resolve(rows);
          else reject(error);
        });
      }),
    close: () =>
      new Promise((resolve, reject) => {
        database.close((error) => {
          if (error === null) resolve();
          else reject(error);
        });
      }),
  };
}
