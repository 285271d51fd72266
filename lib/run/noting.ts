/** Bulk data of a plan: nothing is changed, and what would be done is told. */
import type { DataEditor, RowBatch } from "../database/data.js";
import type { SchemaEffect } from "../database/schema/editor.js";
import type { Row } from "../database/sql.js";

type Note = (effect: SchemaEffect) => void;

/** Bulk data that goes nowhere: rows that were only planned are not there to be read. */
export class NotingDataEditor implements DataEditor {
  readonly #note: Note;

  constructor(note: Note) {
    this.#note = note;
  }

  async insert(table: string, batch: RowBatch): Promise<number> {
    this.#note({ table, cost: "rewrite", statements: [`-- ${batch.rows.length} rows into ${table}`] });
    return batch.rows.length;
  }

  async copyIn(table: string): Promise<bigint> {
    this.#note({ table, cost: "rewrite", statements: [`-- rows made while running, into ${table}`] });
    return 0n;
  }

  async *stream(): AsyncIterable<readonly Row[]> {
    // Nothing is read for a plan.
  }

  async update(table: string, batch: RowBatch): Promise<number> {
    this.#note({ table, cost: "rewrite", statements: [`-- ${batch.rows.length} rows of ${table} set`] });
    return batch.rows.length;
  }
}
