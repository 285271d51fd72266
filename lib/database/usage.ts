/** What a run takes while it goes on: room on the disk, and locks. */
import { stat } from "node:fs/promises";
import type { Database } from "./database.js";
import type { DatabaseAddress } from "./open.js";
import { sql } from "./sql.js";

/** A lock that a run holds. */
export interface HeldLock {
  /** Null: the whole database. */
  readonly table: string | null;
  /** As the database calls it. */
  readonly mode: string;
}

/**
 * How many bytes a database takes on the disk at this moment, with its journal and what is not committed yet.
 * @param database open by itself, beside that which is measured
 */
export async function bytesOnDisk(database: Database, address: DatabaseAddress): Promise<bigint> {
  if (address.dialect === "sqlite") {
    const files = ["", "-journal", "-wal"].map((end) =>
      stat(`${address.path}${end}`, { bigint: true }).catch(() => null),
    );
    return (await Promise.all(files)).reduce((sum, file) => sum + (file?.size ?? 0n), 0n);
  }
  const [row] = await database.transaction({ mode: "read" }, (session) =>
    session.query(sql`SELECT pg_database_size(current_database()) AS bytes`),
  );
  return BigInt(String(row?.["bytes"]));
}

/** The strongest lock that other sessions of ours hold on each table of the schema. */
export async function heldLocks(database: Database): Promise<HeldLock[]> {
  if (database.dialect === "sqlite") return [{ table: null, mode: "RESERVED" }];
  const rows = await database.transaction({ mode: "read" }, (session) =>
    session.query(sql`SELECT DISTINCT ON (c.relname) c.relname::text AS name, l.mode
      FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
      WHERE n.nspname = ${database.namespace} AND c.relkind = 'r' AND l.granted AND a.application_name LIKE 'godwit%'
        AND l.pid <> pg_backend_pid() AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
        AND l.mode NOT IN ('AccessShareLock')
      ORDER BY c.relname, array_position(ARRAY['AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock',
        'ShareUpdateExclusiveLock', 'RowExclusiveLock', 'RowShareLock'], l.mode)`),
  );
  return rows.map((row) => ({ table: String(row["name"]), mode: String(row["mode"]) }));
}
