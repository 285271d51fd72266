/** Bulk data of a run: which tables are written is noted, so that the runner can check these before the commit. */
import type { DataEditor, RowBatch, StreamOptions } from "../database/data.js";
import type { Row, Sql, SqlValue } from "../database/sql.js";

/** Bulk data whose tables are noted in `written`. */
export class TrackingDataEditor implements DataEditor {
  readonly #editor: DataEditor;
  readonly #written: Set<string>;

  constructor(editor: DataEditor, written: Set<string>) {
    this.#editor = editor;
    this.#written = written;
  }

  insert(table: string, batch: RowBatch): Promise<number> {
    this.#written.add(table);
    return this.#editor.insert(table, batch);
  }

  copyIn(
    table: string,
    columns: readonly string[],
    batches: AsyncIterable<readonly (readonly SqlValue[])[]>,
  ): Promise<bigint> {
    this.#written.add(table);
    return this.#editor.copyIn(table, columns, batches);
  }

  stream(statement: Sql, options: StreamOptions): AsyncIterable<readonly Row[]> {
    return this.#editor.stream(statement, options);
  }

  update(table: string, batch: RowBatch, key: readonly string[]): Promise<number> {
    this.#written.add(table);
    return this.#editor.update(table, batch, key);
  }
}
