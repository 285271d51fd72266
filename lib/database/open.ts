import type { Database } from "./database.js";

/** Where a database is. */
export type DatabaseAddress =
  | { readonly dialect: "sqlite"; /** Absolute path of the file. */ readonly path: string }
  | {
      readonly dialect: "postgres";
      /** `postgresql://host:port/database` */
      readonly url: string;
      /** The schema that holds the tables; without it the one that the server chooses for the user. */
      readonly namespace?: string | null;
      readonly user?: string;
      readonly password?: string;
    };

/**
 * Opens a database; its driver is loaded only now.
 * @throws InputError where there is no such database, or it cannot be used
 */
export async function openDatabase(address: DatabaseAddress): Promise<Database> {
  if (address.dialect === "sqlite") {
    const { openSqlite } = await import("./sqlite/open.js");
    return openSqlite(address.path);
  }
  const { openPostgres } = await import("./postgres/open.js");
  return openPostgres(address);
}
