/** Which tables hold a key, and how they change when it gets new values: the same for both databases. */
import { InputError } from "../../errors.js";
import { recordAlteration } from "./changes.js";
import type { TableChange } from "./changes.js";
import type { DialectName } from "../database.js";
import type { Rekey, SchemaEditor } from "./editor.js";
import { foldedName } from "./folded-name.js";
import type { ForeignKey, Table } from "./table.js";
import type { LogicalType } from "./types.js";
import { valueOf } from "../../known.js";

/** A table with the columns that hold a key. */
export interface KeyHolder {
  readonly table: Table;
  readonly columns: readonly { readonly name: string; readonly rename: string | null }[];
}

/**
 * The key's own table, those that the caller names, and every table with a foreign key to it, also through the key of another table that
 * holds it.
 * @throws InputError `unknown-table`, `unknown-column`
 */
export async function keyHolders(
  editor: Pick<SchemaEditor, "tableNames" | "table" | "tables" | "planner">,
  tableName: string,
  column: string,
  change: Rekey,
): Promise<KeyHolder[]> {
  const { dialect } = editor.planner();
  const target = await editor.table(tableName);
  const tables = await editor.tables(await editor.tableNames());
  const found = new Map(tables.map((table) => [table.name, new Map<string, string | null>()]));
  const waiting: [table: Table, column: string][] = [];
  const hold = (table: Table, own: string, rename: string | null): void => {
    const columns = found.get(table.name);
    if (columns === undefined || columns.has(own)) return;
    requireColumn(table, own);
    columns.set(own, rename);
    waiting.push([table, own]);
  };
  hold(target, column, change.rename ?? null);
  for (const also of change.alsoIn ?? []) {
    const table = tables.find(({ name }) => name === also.table);
    if (table !== undefined) hold(table, also.column, also.rename ?? null);
  }
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    for (const table of tables)
      for (const own of referringColumns(dialect, table, ...next)) hold(table, own, null);
  }
  return tables.flatMap((table) => {
    const columns = [...valueOf(found, table.name)].map(([name, rename]) => ({ name, rename }));
    return columns.length === 0 ? [] : [{ table, columns }];
  });
}

function requireColumn({ name, columns }: Table, column: string): void {
  if (columns.some((one) => one.name === column)) return;
  throw new InputError("unknown-column", `Table "${name}" has no column "${column}".`);
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

/** Whether a type is one that a database counts up. */
export function isInteger({ kind }: LogicalType): boolean {
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

/** A table whose foreign keys follow the new names of the columns that hold a key. */
export function withRenamedReferences(
  dialect: DialectName,
  table: Table,
  holders: readonly KeyHolder[],
): Table {
  return {
    ...table,
    foreignKeys: table.foreignKeys.map((key) => renamedReference(dialect, key, holders)),
  };
}

function renamedReference(dialect: DialectName, key: ForeignKey, holders: readonly KeyHolder[]): ForeignKey {
  const same = (a: string, b: string): boolean => foldedName(dialect, a) === foldedName(dialect, b);
  const renames = holders
    .filter(({ table }) => key.referencedSchema === undefined && same(table.name, key.referencedTable))
    .flatMap(({ columns }) => columns);
  const newName = (name: string): string => renames.find((one) => same(one.name, name))?.rename ?? name;
  return { ...key, referencedColumns: key.referencedColumns.map(newName) };
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
