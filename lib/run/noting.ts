/** Editors that change nothing and tell what they would do. */
import type { DataEditor, RowBatch } from "../database/data.js";
import type {
  Rekey,
  SchemaEditor,
  SchemaEffect,
  TableAlteration,
  TableDefinition,
} from "../database/schema/editor.js";
import type { SchemaPlanner } from "../database/schema/planning.js";
import type { Table } from "../database/schema/table.js";
import type { Row } from "../database/sql.js";

type Note = (effect: SchemaEffect) => void;

/** A planning editor whose effects are told. */
export class NotingSchemaEditor implements SchemaEditor {
  readonly #editor: SchemaEditor;
  readonly #note: Note;

  constructor(editor: SchemaEditor, note: Note) {
    this.#editor = editor;
    this.#note = note;
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
    return this.#noted(this.#editor.create(name, define));
  }

  createFrom(table: Table): Promise<SchemaEffect> {
    return this.#noted(this.#editor.createFrom(table));
  }

  drop(name: string): Promise<SchemaEffect> {
    return this.#noted(this.#editor.drop(name));
  }

  alter(name: string, change: (table: TableAlteration) => void): Promise<SchemaEffect> {
    return this.#noted(this.#editor.alter(name, change));
  }

  planAlter(name: string, change: (table: TableAlteration) => void): Promise<SchemaEffect> {
    return this.#editor.planAlter(name, change);
  }

  async rekey(table: string, column: string, change: Rekey): Promise<SchemaEffect[]> {
    const effects = await this.#editor.rekey(table, column, change);
    for (const effect of effects) this.#note(effect);
    return effects;
  }

  createSequence(name: string, start: bigint): Promise<SchemaEffect> {
    return this.#noted(this.#editor.createSequence(name, start));
  }

  dropSequence(name: string): Promise<SchemaEffect> {
    return this.#noted(this.#editor.dropSequence(name));
  }

  async #noted(planning: Promise<SchemaEffect>): Promise<SchemaEffect> {
    const effect = await planning;
    this.#note(effect);
    return effect;
  }
}

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
