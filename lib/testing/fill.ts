/** Puts rows into empty tables, so that a revision that is tried has something to carry over. */
import type { Session } from "../database/database.js";
import type { Column, Table } from "../database/schema/table.js";
import { sql } from "../database/sql.js";
import type { Row, SqlValue } from "../database/sql.js";
import type { Repository } from "../repository/repository.js";
import { contentTables } from "./snapshot.js";
import { messageOf } from "../errors.js";

const rowsPerTable = 3;

/**
 * Puts a few rows into every table that has none, tables that others refer to first.
 * @returns the tables that could not be filled, with the reason: a rule that made up values break
 */
export async function fillEmptyTables(repository: Repository): Promise<ReadonlyMap<string, string>> {
  const failed = new Map<string, string>();
  const names = await repository.database.session((session) => contentTables(repository, session));
  const tables = await repository.database.session((session) =>
    session.schema(repository.conventions).tables(names),
  );
  for (const table of inOrderOfReference(tables)) {
    try {
      await repository.database.transaction({ mode: "write" }, (session) => fillTable(session, table));
    } catch (error) {
      failed.set(table.name, messageOf(error));
    }
  }
  return failed;
}

function inOrderOfReference(tables: readonly Table[]): Table[] {
  const ordered = new Map<string, Table>();
  const visit = (table: Table, path: ReadonlySet<string>): void => {
    if (ordered.has(table.name) || path.has(table.name)) return;
    for (const { referencedTable } of table.foreignKeys) {
      const other = tables.find(({ name }) => name === referencedTable);
      if (other !== undefined) visit(other, new Set([...path, table.name]));
    }
    ordered.set(table.name, table);
  };
  for (const table of tables) visit(table, new Set());
  return [...ordered.values()];
}

async function fillTable(session: Session, table: Table): Promise<void> {
  const [some] = await session.query(sql`SELECT 1 AS one FROM ${sql.table(table.name)} LIMIT 1`);
  if (some !== undefined) return;
  const columns = table.columns.filter(({ generated, identity }) => generated === null && identity === null);
  const borrowed = await referencedValues(session, table);
  const rows: SqlValue[][] = [];
  for (let number = 1; number <= rowsPerTable; number += 1) {
    const values = columns.map((column) => {
      const own = borrowed.get(column.name);
      return own === undefined ? madeUpValue(column, number) : (own[(number - 1) % own.length] ?? null);
    });
    // Every other row leaves out what may be left out.
    rows.push(values.map((value, at) => (number % 2 === 0 && isOptional(table, columns[at]) ? null : value)));
  }
  await session.data().insert(table.name, { columns: columns.map(({ name }) => name), rows });
  await session.checkForeignKeys([table.name]);
}

function isOptional(table: Table, column: Column | undefined): boolean {
  return column?.nullable === true && table.primaryKey?.columns.includes(column.name) !== true;
}

/** For each column of a foreign key, values that the referenced table has. */
async function referencedValues(session: Session, table: Table): Promise<Map<string, SqlValue[]>> {
  const values = new Map<string, SqlValue[]>();
  for (const { columns, referencedTable, referencedColumns } of table.foreignKeys) {
    if (referencedTable === table.name) {
      // A row that refers to itself is right at once where null is not.
      const isOptionalKey = columns.every((name) =>
        table.columns.some((one) => one.name === name && one.nullable),
      );
      if (isOptionalKey) for (const column of columns) values.set(column, [null]);
      continue;
    }
    if (referencedColumns.length === 0) continue;
    const rows: Row[] = await session.query(
      sql`SELECT ${sql.ids(referencedColumns)} FROM ${sql.table(referencedTable)} ORDER BY ${sql.ids(referencedColumns)} LIMIT ${BigInt(rowsPerTable)}`,
    );
    for (const [at, column] of columns.entries()) {
      values.set(
        column,
        rows.map((row) => row[referencedColumns[at] ?? ""] ?? null),
      );
    }
  }
  return values;
}

/** Numbers are larger than what a JavaScript number holds exactly where the type allows it, texts are not ASCII only. */
function madeUpValue({ name, type }: Column, number: number): SqlValue {
  const word = type.toLowerCase();
  const length = Number(/\((\d+)\)/.exec(word)?.[1] ?? 24);
  if (/range/.test(word)) return `[${number},${number + 1})`;
  if (/interval/.test(word)) return `${number} days`;
  if (word.endsWith("[]")) return "{}";
  if (/bigint|int8$/.test(word)) return 9007199254740992n + BigInt(number);
  if (/int|serial/.test(word)) return BigInt(number);
  if (/bool/.test(word)) return number % 2 === 1;
  if (/double|real|float|numeric|decimal/.test(word)) return number + 0.5;
  if (/uuid|char\(32\)/.test(word)) return `0000000${number}-0000-4000-8000-00000000000${number}`;
  if (/bytea|blob/.test(word)) return Uint8Array.of(0, number, 255);
  if (/timestamp|datetime/.test(word)) return `2024-01-0${number} 12:00:00.123456`;
  if (word.startsWith("date")) return `2024-01-0${number}`;
  if (/json/.test(word)) return `{"n": ${number}}`;
  if (/^time( |\(|$)/.test(word)) return `12:00:0${number}`;
  return `${number}'é ${name}`.slice(0, length);
}
