/** Sends scripts as another client would: all of the text, with nothing of godwit in between. */
import { Client } from "pg";
import sqlite3 from "sqlite3";

/** @param databaseUrl `sqlite:////path` or `postgresql://…` */
export async function sendScript(databaseUrl: string, text: string): Promise<void> {
  if (databaseUrl.startsWith("sqlite:")) return sendToSqlite(databaseUrl.replace(/^sqlite:\/\/\//, ""), text);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function sendToSqlite(file: string, text: string): Promise<void> {
  const database = new sqlite3.Database(file);
  try {
    await new Promise<void>((resolve, reject) => {
      database.exec(text, (error) => (error === null ? resolve() : reject(error)));
    });
  } finally {
    await new Promise<void>((resolve) => {
      database.close(() => resolve());
    });
  }
}
