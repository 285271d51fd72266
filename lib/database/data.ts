import type { Row, Sql, SqlValue } from "./sql.js";

/** A table of values made in TypeScript: rows in the order of `columns`. */
export interface RowBatch {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** Bulk data on one connection: sets, not rows. */
export interface DataEditor {
  /** Inserts rows in as few statements as the database allows; returns how many. */
  insert(table: string, batch: RowBatch): Promise<number>;
  /** Inserts a stream of batches (PostgreSQL `COPY`, SQLite prepared multi-row inserts), in constant memory; returns how many. */
  copyIn(
    table: string,
    columns: readonly string[],
    batches: AsyncIterable<readonly (readonly SqlValue[])[]>,
  ): Promise<bigint>;
  /** Reads the rows of a query in batches, in constant memory. */
  stream(statement: Sql, options: StreamOptions): AsyncIterable<readonly Row[]>;
  /** Sets columns of a table from a table of values: `key` columns find the row, the others are set; returns how many rows changed. */
  update(table: string, batch: RowBatch, key: readonly string[]): Promise<number>;
}

/** How a stream is read. */
export interface StreamOptions {
  /** Columns of the result that identify a row and order the batches. */
  readonly key: readonly string[];
  /** Rows a batch (default 10000). */
  readonly batchSize?: number;
  /** Starts after this key: what `resume` needs. */
  readonly after?: readonly SqlValue[];
}
