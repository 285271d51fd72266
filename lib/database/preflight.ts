/** What can be known of a database before it is changed: what would keep a run from ending well, and what somebody should know. */
import type { Database } from "./database.js";
import type { DatabaseAddress } from "./open.js";
import type { CostClass } from "./schema/editor.js";

/** What a run is going to do, as far as it is known. */
export interface Undertaking {
  /** The tables concerned, with the dearest thing that is done to each. */
  readonly tables: ReadonlyMap<string, CostClass>;
  readonly statements: readonly string[];
}

/** Something that keeps a run from being begun. */
export interface Obstacle {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface Examination {
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly string[];
}

/** Examines a database without changing anything. */
export async function examineDatabase(
  database: Database,
  address: DatabaseAddress,
  undertaking: Undertaking,
): Promise<Examination> {
  if (address.dialect === "sqlite") {
    const { examineSqlite } = await import("./sqlite/preflight.js");
    return examineSqlite(database, address.path, undertaking);
  }
  const { examinePostgres } = await import("./postgres/preflight.js");
  return examinePostgres(database, undertaking);
}
