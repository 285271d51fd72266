import type { Sql } from "../../database/sql.js";

/** A rule for the rows of one table. */
export interface BookkeepingRule {
  readonly code: string;
  readonly table: string;
  readonly object?: string;
  /** What is said of the rows that break it. */
  readonly what: string;
  readonly columns: readonly string[];
  /** True for such a row `t`. */
  readonly broken: Sql;
  /** Columns of other tables that the condition reads. */
  readonly needs: readonly (readonly [table: string, column: string])[];
}

/** What kinds of collections are stored as. */
export const collectionTypes = { run: 1n, tagged: 2n, chained: 3n, calibration: 4n } as const;
