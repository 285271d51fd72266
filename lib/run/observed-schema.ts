/** A schema editor whose effects are told: to a plan that notes them, or to the runner that checks the tables before the commit. */
import type {
  Rekey,
  SchemaEditor,
  SchemaEffect,
  TableAlteration,
  TableDefinition,
} from "../database/schema/editor.js";
import type { SchemaPlanner } from "../database/schema/planning.js";
import type { Table } from "../database/schema/table.js";

/** What an operation was about. */
export type EffectKind = "table" | "dropped-table" | "sequence";

/** Told of each operation when it is done. */
export type EffectListener = (effect: SchemaEffect, kind: EffectKind) => void;

/** Schema operations of another editor, each of which is told. */
export class ObservedSchemaEditor implements SchemaEditor {
  readonly #editor: SchemaEditor;
  readonly #listener: EffectListener;
  readonly #pause: ((point: string) => Promise<void>) | undefined;

  /** @param pause called at the pause points of long operations */
  constructor(editor: SchemaEditor, listener: EffectListener, pause?: (point: string) => Promise<void>) {
    this.#editor = editor;
    this.#listener = listener;
    this.#pause = pause;
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

  tables(names: readonly string[]): Promise<Table[]> {
    return this.#editor.tables(names);
  }

  hasTable(name: string): Promise<boolean> {
    return this.#editor.hasTable(name);
  }

  create(name: string, define: (table: TableDefinition) => void): Promise<SchemaEffect> {
    return this.#told(this.#editor.create(name, define));
  }

  createFrom(table: Table): Promise<SchemaEffect> {
    return this.#told(this.#editor.createFrom(table));
  }

  drop(name: string): Promise<SchemaEffect> {
    return this.#told(this.#editor.drop(name), "dropped-table");
  }

  alter(name: string, change: (table: TableAlteration) => void): Promise<SchemaEffect> {
    return this.#told(this.#editor.alter(name, change));
  }

  planAlter(name: string, change: (table: TableAlteration) => void): Promise<SchemaEffect> {
    return this.#editor.planAlter(name, change);
  }

  async rekey(table: string, column: string, change: Rekey): Promise<SchemaEffect[]> {
    const pause = this.#pause;
    const effects = await this.#editor.rekey(
      table,
      column,
      pause === undefined ? change : { ...change, onPause: pause },
    );
    for (const effect of effects) this.#listener(effect, "table");
    return effects;
  }

  createSequence(name: string, start: bigint): Promise<SchemaEffect> {
    return this.#told(this.#editor.createSequence(name, start), "sequence");
  }

  dropSequence(name: string): Promise<SchemaEffect> {
    return this.#told(this.#editor.dropSequence(name), "sequence");
  }

  async #told(running: Promise<SchemaEffect>, kind: EffectKind = "table"): Promise<SchemaEffect> {
    const effect = await running;
    this.#listener(effect, kind);
    return effect;
  }
}
