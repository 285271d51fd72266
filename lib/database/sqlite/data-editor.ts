import type { DataEditor, RowBatch, StreamOptions } from "../data.js";
import { sql } from "../sql.js";
import type { Row, Sql, SqlValue } from "../sql.js";
import { literal, quoteName } from "./literals.js";
import type { SqliteSession } from "./session.js";

const rowsAStatement = 500;
const defaultBatchSize = 10_000;
const values = "temp._godwit_values";

/** Tells streams of a process apart. */
let streams = 0;

/** Bulk data in a SQLite file: as many rows a statement as its text can well hold. */
export class SqliteDataEditor implements DataEditor {
  constructor(private readonly session: SqliteSession) {}

  async insert(table: string, { columns, rows }: RowBatch): Promise<number> {
    let count = 0;
    for (const text of insertStatements(table, { columns, rows }))
      count += await this.session.statement(text);
    return count;
  }

  async copyIn(
    table: string,
    columns: readonly string[],
    batches: AsyncIterable<readonly (readonly SqlValue[])[]>,
  ): Promise<bigint> {
    let count = 0n;
    for await (const rows of batches) count += BigInt(await this.insert(table, { columns, rows }));
    return count;
  }

  /** The result is written down once, in the order of its key: asking again for each batch would sort it again each time. */
  async *stream(
    statement: Sql,
    { key, batchSize = defaultBatchSize, after }: StreamOptions,
  ): AsyncIterable<readonly Row[]> {
    const columns = sql.ids(key);
    const beyond =
      after === undefined
        ? sql``
        : sql` WHERE (${columns}) > (${sql.join(after.map((value) => sql`${value}`))})`;
    streams += 1;
    const table = sql.id(`_godwit_stream_${streams}`);
    await this.session.temporary(
      sql`CREATE TEMPORARY TABLE ${table} AS SELECT * FROM (${statement})${beyond} ORDER BY ${columns}`,
    );
    try {
      for (let first = 1n; ; first += BigInt(batchSize)) {
        const rows = await this.session.query(
          sql`SELECT * FROM ${table} WHERE rowid >= ${first} AND rowid < ${first + BigInt(batchSize)} ORDER BY rowid`,
        );
        if (rows.length > 0) yield rows;
        if (rows.length < batchSize) return;
      }
    } finally {
      await this.session.temporary(sql`DROP TABLE IF EXISTS temp.${table}`);
    }
  }

  async update(table: string, { columns, rows }: RowBatch, key: readonly string[]): Promise<number> {
    const names = columns.map(quoteName).join(", ");
    const set = columns
      .filter((column) => !key.includes(column))
      .map((column) => `${quoteName(column)} = v.${quoteName(column)}`);
    const match = key.map((column) => `${quoteName(table)}.${quoteName(column)} = v.${quoteName(column)}`);
    await this.session.statement(
      `CREATE TABLE ${values} (${names}, PRIMARY KEY (${key.map(quoteName).join(", ")}))`,
    );
    for (let start = 0; start < rows.length; start += rowsAStatement) {
      const tuples = rows
        .slice(start, start + rowsAStatement)
        .map((row) => `(${row.map(literal).join(", ")})`);
      await this.session.statement(`INSERT INTO ${values} (${names}) VALUES ${tuples.join(", ")}`);
    }
    const count = await this.session.statement(
      `UPDATE ${quoteName(table)} SET ${set.join(", ")} FROM ${values} AS v WHERE ${match.join(" AND ")}`,
    );
    await this.session.statement(`DROP TABLE ${values}`);
    return count;
  }
}

/** The statements that insert rows. */
export function insertStatements(table: string, { columns, rows }: RowBatch): string[] {
  const statements: string[] = [];
  for (let start = 0; start < rows.length; start += rowsAStatement) {
    const tuples = rows.slice(start, start + rowsAStatement).map((row) => `(${row.map(literal).join(", ")})`);
    statements.push(
      `INSERT INTO ${quoteName(table)} (${columns.map(quoteName).join(", ")}) VALUES ${tuples.join(", ")}`,
    );
  }
  return statements;
}
