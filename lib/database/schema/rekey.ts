/** Which tables hold a key, and how they change when it gets new values: the same for both databases. */
import { recordAlteration } from "./changes.js";
import type { TableChange } from "./changes.js";
import type { DialectName } from "../database.js";
import type { Rekey, SchemaEditor } from "./editor.js";
import { foldedName } from "./folded-name.js";
import type { ForeignKey, Table } from "./table.js";
import type { LogicalType } from "./types.js";

/** A table with the columns that hold a key. */
export interface KeyHolder {
  readonly table: Table;
  readonly columns: readonly { readonly name: string; readonly rename: string | null }[];
}

/** The key's own table, every table with a foreign key to it, and those that the caller names. */
export async function keyHolders(
  editor: Pick<SchemaEditor, "tableNames" | "table" | "tables" | "planner">,
  tableName: string,
  column: string,
  change: Rekey,
): Promise<KeyHolder[]> {
  const holders: KeyHolder[] = [];
  const target = await editor.table(tableName);
  const { dialect } = editor.planner();
  for (const table of await editor.tables(await editor.tableNames())) {
    const { name } = table;
    const columns = new Map<string, string | null>();
    if (name === tableName) columns.set(column, change.rename ?? null);
    for (const also of change.alsoIn ?? [])
      if (also.table === name) columns.set(also.column, also.rename ?? null);
    for (const own of referringColumns(dialect, table, target, column))
      if (!columns.has(own)) columns.set(own, null);
    if (columns.size === 0) continue;
    holders.push({ table, columns: [...columns].map(([own, rename]) => ({ name: own, rename })) });
  }
  return holders;
}

function referringColumns(
  dialect: DialectName,
  { foreignKeys }: Table,
  target: Table,
  column: string,
): string[] {
  const folded = (name: string): string => foldedName(dialect, name);
  return foreignKeys
    .filter((key) => folded(key.referencedTable) === folded(target.name))
    .flatMap(({ columns, referencedColumns }) => {
      const referenced =
        referencedColumns.length === 0 ? (target.primaryKey?.columns ?? []) : referencedColumns;
      return columns[referenced.map(folded).indexOf(folded(column))] ?? [];
    });
}

function isInteger({ kind }: LogicalType): boolean {
  return kind === "serial" || kind === "bigint" || kind === "integer" || kind === "smallint";
}

/** All changes of a holder: the new type and names of its columns, and what else is asked for. */
export function rekeyChanges({ table, columns }: KeyHolder, { type, alsoAlter }: Rekey): TableChange[] {
  const own = columns.flatMap(({ name, rename }): TableChange[] => {
    const before = table.columns.find((column) => column.name === name);
    // A default of the old values is none of the new ones, but where both are counted up.
    const outdated = before !== undefined && before.default !== null && !isInteger(type);
    const change = outdated ? { type, default: null } : { type };
    const changed: TableChange = { kind: "change-column", name, change };
    return rename === null ? [changed] : [changed, { kind: "rename-column", name, newName: rename }];
  });
  return [...own, ...recordAlteration((draft) => alsoAlter?.(table.name, draft))];
}

/** A table whose foreign keys to a key column that is renamed follow it. */
export function withRenamedReferences(
  dialect: DialectName,
  table: Table,
  tableName: string,
  column: string,
  change: Rekey,
): Table {
  return {
    ...table,
    foreignKeys: table.foreignKeys.map((key) => renamedReference(dialect, key, tableName, column, change)),
  };
}

/** A foreign key that follows the new name of a key column. */
export function renamedReference(
  dialect: DialectName,
  key: ForeignKey,
  tableName: string,
  column: string,
  { rename }: Rekey,
): ForeignKey {
  const same = (a: string, b: string): boolean => foldedName(dialect, a) === foldedName(dialect, b);
  if (rename === undefined || !same(key.referencedTable, tableName)) return key;
  return {
    ...key,
    referencedColumns: key.referencedColumns.map((one) => (same(one, column) ? rename : one)),
  };
}

/** Tells how far a rekey is, table by table. */
export class RekeyMeter {
  #rows = 0n;
  readonly #sizes: ReadonlyMap<string, number | null>;
  readonly #listener: Rekey["onProgress"];

  private constructor(sizes: ReadonlyMap<string, number | null>, listener: Rekey["onProgress"]) {
    this.#sizes = sizes;
    this.#listener = listener;
  }

  static async of(
    session: { tableSize(name: string): Promise<{ readonly rows: number | null }> },
    holders: readonly KeyHolder[],
    { onProgress }: Rekey,
  ): Promise<RekeyMeter> {
    const sizes = new Map<string, number | null>();
    if (onProgress !== undefined) {
      for (const { table } of holders) sizes.set(table.name, (await session.tableSize(table.name)).rows);
    }
    const meter = new RekeyMeter(sizes, onProgress);
    meter.#tell();
    return meter;
  }

  /** A table is written. */
  done(table: string): void {
    this.#rows += BigInt(this.#sizes.get(table) ?? 0);
    this.#tell();
  }

  #tell(): void {
    const rows = [...this.#sizes.values()];
    const total = rows.includes(null) ? null : rows.reduce<bigint>((sum, one) => sum + BigInt(one ?? 0), 0n);
    this.#listener?.({ rows: this.#rows, total });
  }
}
