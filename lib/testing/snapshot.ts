/** The complete content of a repository's database, to be compared. */
import type { Session } from "../database/database.js";
import type { Table } from "../database/schema/table.js";
import { sql } from "../database/sql.js";
import type { Row } from "../database/sql.js";
import type { Repository } from "../repository/repository.js";

/** A table: its definition, and its rows, in an order of their own. */
export interface TableSnapshot {
  readonly definition: Table;
  readonly rows: readonly Row[];
}

/** Tables by name. */
export type Snapshot = Readonly<Record<string, TableSnapshot>>;

/** Describes all tables but those in which migrations are recorded. */
export async function takeSnapshot(repository: Repository): Promise<Snapshot> {
  return repository.database.transaction({ mode: "read" }, async (session) => {
    const schema = session.schema(repository.conventions);
    const entries: [string, TableSnapshot][] = [];
    for (const table of await schema.tables(await contentTables(repository, session))) {
      const definition = comparable(table);
      entries.push([table.name, { definition, rows: await rowsOf(session, table.name) }]);
    }
    return Object.fromEntries(entries);
  });
}

/** The tables that hold content; those that record migrations come and go by themselves. */
export async function contentTables(repository: Repository, session: Session): Promise<string[]> {
  const names = await session.schema(repository.conventions).tableNames();
  return names.filter((name) => !/^(revision_|godwit_)|^alembic_version$/.test(name));
}

/** A column that is dropped and added again comes last, and an index may be made before another. */
function comparable(table: Table): Table {
  return {
    ...table,
    columns: table.columns.toSorted(byName),
    uniques: sortedByText(table.uniques),
    foreignKeys: sortedByText(table.foreignKeys),
    checks: sortedByText(table.checks),
    indexes: table.indexes.toSorted(byName),
  };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function sortedByText<Item>(items: readonly Item[]): Item[] {
  return items.toSorted((a, b) => (rowText(a as Row) < rowText(b as Row) ? -1 : 1));
}

async function rowsOf(session: Session, table: string): Promise<readonly Row[]> {
  const rows = await session.query(sql`SELECT * FROM ${sql.table(table)}`);
  return sortedByText(rows.map((row) => Object.fromEntries(Object.entries(row).toSorted(byKey))));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** A row as text: integers keep all their digits. */
export function rowText(row: Row): string {
  return JSON.stringify(row, (_key, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
  });
}
