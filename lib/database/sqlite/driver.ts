/** The few calls that we make on a connection of the `sqlite3` package, as promises. */
import type { Database as Connection } from "sqlite3";

export type DriverRow = Readonly<Record<string, string | number | null | Uint8Array>>;

/** Runs a statement and returns its rows as the driver gives them: integers rounded to JavaScript numbers. */
export function all(connection: Connection, text: string): Promise<DriverRow[]> {
  return new Promise((resolve, reject) => {
    connection.all(text, (error: Error | null, rows: DriverRow[]) => {
      if (error === null) resolve(rows);
      else reject(error);
    });
  });
}

/** Runs a statement and returns how many rows it changed. */
export function run(connection: Connection, text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    connection.run(text, function done(this: { readonly changes: number }, error: Error | null) {
      if (error === null) resolve(this.changes);
      else reject(error);
    });
  });
}
