import { InputError } from "../../errors.js";
import type { DialectName } from "../database.js";
import { recordAlteration, recordDefinition } from "./changes.js";
import type { TableChange } from "./changes.js";
import type { Rekey, SchemaEditor, SchemaEffect, TableAlteration, TableDefinition } from "./editor.js";
import { keyHolders, rekeyChanges, withRenamedReferences } from "./rekey.js";
import type { Table } from "./table.js";

/** What a dialect says of an operation without carrying it out. */
export interface SchemaPlanner {
  readonly dialect: DialectName;
  define(
    name: string,
    parts: readonly TableChange[],
  ): { readonly effect: SchemaEffect; readonly table: Table };
  create(table: Table): SchemaEffect;
  drop(table: Table): SchemaEffect;
  alter(table: Table, changes: readonly TableChange[]): PlannedAlteration;
  /** A table written anew with changes, in the order in which they are given. */
  rebuild(
    table: Table,
    changes: readonly TableChange[],
  ): { readonly effect: SchemaEffect; readonly table: Table };
  createSequence(name: string, start: bigint): SchemaEffect;
  dropSequence(name: string): SchemaEffect;
}

/** What an alteration would do. */
export interface PlannedAlteration {
  readonly effect: SchemaEffect;
  /** The table afterwards. */
  readonly table: Table;
  /** Old columns that go or change their type, which nothing outside of the table may use on PostgreSQL. */
  readonly remade: readonly string[];
  /** PostgreSQL: constraints that go, and what the columns are called afterwards, which keys of other tables have to follow. */
  readonly gone?: { readonly constraints: readonly string[]; readonly newNames: ReadonlyMap<string, string> };
}

/** What is done to a table that others may use. */
export type TableUse =
  { readonly kind: "whole" } | { readonly kind: "columns"; readonly columns: readonly string[] };

/** Where the tables before the first operation come from. */
export interface TableSource extends Pick<
  SchemaEditor,
  "planner" | "tableNames" | "table" | "tables" | "hasTable"
> {
  /**
   * Looks for what uses a table from outside, and would not survive.
   * @throws RefusedError naming it
   */
  requireFree?(table: string, use: TableUse): Promise<void>;
  /** What an alteration does to other tables besides, which the planner does not see. */
  withReferring?(table: string, planned: PlannedAlteration): Promise<SchemaEffect>;
}

/**
 * An editor that carries nothing out: each operation is planned on the schema as the operations before it would leave it,
 * so that a plan of several steps is right for each of them.
 */
export class PlanningSchemaEditor implements SchemaEditor {
  readonly #editor: TableSource;
  readonly #planner: SchemaPlanner;
  /** Tables as they would be; null for one that would be gone. */
  readonly #tables = new Map<string, Table | null>();

  constructor(editor: TableSource) {
    this.#editor = editor;
    this.#planner = editor.planner();
  }

  planner(): SchemaPlanner {
    return this.#planner;
  }

  async tableNames(): Promise<string[]> {
    const names = new Set(await this.#editor.tableNames());
    for (const [name, table] of this.#tables) {
      if (table === null) names.delete(name);
      else names.add(name);
    }
    return [...names].toSorted();
  }

  async table(name: string): Promise<Table> {
    const planned = this.#tables.get(name);
    if (planned === null) throw new InputError("unknown-table", `There is no table "${name}".`);
    return planned ?? this.#editor.table(name);
  }

  async tables(names: readonly string[]): Promise<Table[]> {
    const asked = await this.#editor.tables(names.filter((name) => !this.#tables.has(name)));
    const found = new Map(asked.map((table) => [table.name, table]));
    const tables: Table[] = [];
    for (const name of names) tables.push(found.get(name) ?? (await this.table(name)));
    return tables;
  }

  async hasTable(name: string): Promise<boolean> {
    const planned = this.#tables.get(name);
    return planned === undefined ? this.#editor.hasTable(name) : planned !== null;
  }

  async create(name: string, define: (table: TableDefinition) => void): Promise<SchemaEffect> {
    await this.#requireAbsent(name);
    const { effect, table } = this.#planner.define(name, recordDefinition(define));
    this.#tables.set(name, table);
    return effect;
  }

  async createFrom(table: Table): Promise<SchemaEffect> {
    await this.#requireAbsent(table.name);
    this.#tables.set(table.name, table);
    return this.#planner.create(table);
  }

  async drop(name: string): Promise<SchemaEffect> {
    const effect = this.#planner.drop(await this.table(name));
    this.#tables.set(name, null);
    return effect;
  }

  async alter(name: string, change: (table: TableAlteration) => void): Promise<SchemaEffect> {
    const planned = this.#planner.alter(await this.table(name), recordAlteration(change));
    const { table, remade } = planned;
    const isThere = await this.#editor.hasTable(name);
    if (isThere) await this.#editor.requireFree?.(name, { kind: "columns", columns: remade });
    const effect =
      (isThere ? await this.#editor.withReferring?.(name, planned) : undefined) ?? planned.effect;
    if (table.name !== name) this.#tables.set(name, null);
    this.#tables.set(table.name, table);
    return effect;
  }

  async planAlter(name: string, change: (table: TableAlteration) => void): Promise<SchemaEffect> {
    return this.#planner.alter(await this.table(name), recordAlteration(change)).effect;
  }

  /** The values are not asked for: which tables are written is known without them. */
  async rekey(table: string, column: string, change: Rekey): Promise<SchemaEffect[]> {
    const effects: SchemaEffect[] = [];
    const holders = await keyHolders(this, table, column, change);
    for (const holder of holders) {
      const { name } = holder.table;
      if (await this.#editor.hasTable(name)) await this.#editor.requireFree?.(name, { kind: "whole" });
      const start = withRenamedReferences(this.#planner.dialect, holder.table, holders);
      const { effect, table: after } = this.#planner.rebuild(start, rekeyChanges(holder, change));
      this.#tables.set(after.name, after);
      effects.push(effect);
    }
    return effects;
  }

  async createSequence(name: string, start: bigint): Promise<SchemaEffect> {
    return this.#planner.createSequence(name, start);
  }

  async dropSequence(name: string): Promise<SchemaEffect> {
    return this.#planner.dropSequence(name);
  }

  async #requireAbsent(name: string): Promise<void> {
    if (await this.hasTable(name)) {
      throw new InputError("table-exists", `Table "${name}" is there already.`, {
        hint: "A run that was broken off may have left it: `godwit check` tells, and `godwit repair` removes what it knows.",
      });
    }
  }
}
