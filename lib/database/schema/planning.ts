import { InputError } from "../../errors.js";
import { recordAlteration, recordDefinition } from "./changes.js";
import type { TableChange } from "./changes.js";
import type { Rekey, SchemaEditor, SchemaEffect, TableAlteration, TableDefinition } from "./editor.js";
import type { ForeignKey, Table } from "./table.js";

/** What a dialect says of an operation without carrying it out. */
export interface SchemaPlanner {
  define(
    name: string,
    parts: readonly TableChange[],
  ): { readonly effect: SchemaEffect; readonly table: Table };
  create(table: Table): SchemaEffect;
  drop(table: Table): SchemaEffect;
  alter(
    table: Table,
    changes: readonly TableChange[],
  ): { readonly effect: SchemaEffect; readonly table: Table };
  /** A table written anew with changes, in the order in which they are given. */
  rebuild(
    table: Table,
    changes: readonly TableChange[],
  ): { readonly effect: SchemaEffect; readonly table: Table };
  createSequence(name: string, start: bigint): SchemaEffect;
  dropSequence(name: string): SchemaEffect;
}

/** Where the tables before the first operation come from. */
export type TableSource = Pick<SchemaEditor, "planner" | "tableNames" | "table" | "hasTable">;

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
    const { effect, table } = this.#planner.alter(await this.table(name), recordAlteration(change));
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
    for (const holder of await keyHolders(this, table, column, change)) {
      const start = withRenamedReferences(holder.table, table, column, change);
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
    if (await this.hasTable(name)) throw new InputError("table-exists", `Table "${name}" is there already.`);
  }
}

/** A table with the columns that hold a key. */
export interface KeyHolder {
  readonly table: Table;
  readonly columns: readonly { readonly name: string; readonly rename: string | null }[];
}

/** The key's own table, every table with a foreign key to it, and those that the caller names. */
export async function keyHolders(
  editor: Pick<SchemaEditor, "tableNames" | "table">,
  tableName: string,
  column: string,
  change: Rekey,
): Promise<KeyHolder[]> {
  const holders: KeyHolder[] = [];
  for (const name of await editor.tableNames()) {
    const table = await editor.table(name);
    const columns = new Map<string, string | null>();
    if (name === tableName) columns.set(column, change.rename ?? null);
    for (const also of change.alsoIn ?? [])
      if (also.table === name) columns.set(also.column, also.rename ?? null);
    for (const own of referringColumns(table, tableName, column))
      if (!columns.has(own)) columns.set(own, null);
    if (columns.size === 0) continue;
    holders.push({ table, columns: [...columns].map(([own, rename]) => ({ name: own, rename })) });
  }
  return holders;
}

function referringColumns({ foreignKeys }: Table, target: string, column: string): string[] {
  return foreignKeys
    .filter((key) => key.referencedTable.toLowerCase() === target.toLowerCase())
    .flatMap((key) => key.columns[key.referencedColumns.indexOf(column)] ?? []);
}

/** All changes of a holder: the new type and names of its columns, and what else is asked for. */
export function rekeyChanges({ table, columns }: KeyHolder, { type, alsoAlter }: Rekey): TableChange[] {
  const own = columns.flatMap(({ name, rename }): TableChange[] => {
    const changed: TableChange = { kind: "change-column", name, change: { type } };
    return rename === null ? [changed] : [changed, { kind: "rename-column", name, newName: rename }];
  });
  return [...own, ...recordAlteration((draft) => alsoAlter?.(table.name, draft))];
}

/** A table whose foreign keys to a key column that is renamed follow it. */
export function withRenamedReferences(table: Table, tableName: string, column: string, change: Rekey): Table {
  return {
    ...table,
    foreignKeys: table.foreignKeys.map((key) => renamedReference(key, tableName, column, change)),
  };
}

/** A foreign key that follows the new name of a key column. */
export function renamedReference(
  key: ForeignKey,
  tableName: string,
  column: string,
  { rename }: Rekey,
): ForeignKey {
  if (rename === undefined || key.referencedTable.toLowerCase() !== tableName.toLowerCase()) return key;
  return { ...key, referencedColumns: key.referencedColumns.map((one) => (one === column ? rename : one)) };
}
