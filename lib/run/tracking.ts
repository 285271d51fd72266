/** Editors that note which tables are written, so that the runner can check these before the commit. */
import type { DataEditor, RowBatch, StreamOptions } from "../database/data.js";
import type {
  Rekey,
  SchemaEditor,
  SchemaEffect,
  TableAlteration,
  TableDefinition,
} from "../database/schema/editor.js";
import type { SchemaPlanner } from "../database/schema/planning.js";
import type { Table } from "../database/schema/table.js";
import type { Row, Sql, SqlValue } from "../database/sql.js";

/** Schema operations whose effects are noted in `written`. */
export class TrackingSchemaEditor implements SchemaEditor {
  readonly #editor: SchemaEditor;
  readonly #written: Set<string>;

  constructor(editor: SchemaEditor, written: Set<string>) {
    this.#editor = editor;
    this.#written = written;
  }

  planner(): SchemaPlanner {
    return this.#editor.planner();
  }

  tableNames(): Promise<string[]> {
    return this.#editor.tableNames();
  }

  table(name: string): Promise<Table> {
    return this.#editor.table(name);
  }

  hasTable(name: string): Promise<boolean> {
    return this.#editor.hasTable(name);
  }

  create(name: string, define: (table: TableDefinition) => void): Promise<SchemaEffect> {
    return this.#note(this.#editor.create(name, define));
  }

  createFrom(table: Table): Promise<SchemaEffect> {
    return this.#note(this.#editor.createFrom(table));
  }

  async drop(name: string): Promise<SchemaEffect> {
    const effect = await this.#editor.drop(name);
    this.#written.delete(name);
    return effect;
  }

  alter(name: string, change: (table: TableAlteration) => void): Promise<SchemaEffect> {
    return this.#note(this.#editor.alter(name, change));
  }

  planAlter(name: string, change: (table: TableAlteration) => void): Promise<SchemaEffect> {
    return this.#editor.planAlter(name, change);
  }

  async rekey(table: string, column: string, change: Rekey): Promise<SchemaEffect[]> {
    const effects = await this.#editor.rekey(table, column, change);
    for (const effect of effects) this.#written.add(effect.table);
    return effects;
  }

  createSequence(name: string, start: bigint): Promise<SchemaEffect> {
    return this.#editor.createSequence(name, start);
  }

  dropSequence(name: string): Promise<SchemaEffect> {
    return this.#editor.dropSequence(name);
  }

  async #note(running: Promise<SchemaEffect>): Promise<SchemaEffect> {
    const effect = await running;
    this.#written.add(effect.table);
    return effect;
  }
}

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
