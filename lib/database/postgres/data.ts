import { pipeline } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import type { DataEditor, RowBatch, StreamOptions } from "../data.js";
import { sql } from "../sql.js";
import type { Row, Sql, SqlValue } from "../sql.js";
import { copiedText, copyLine } from "./copy-text.js";
import { literal, quoteName, quoteText } from "./literals.js";
import { Clauses } from "./schema/clauses.js";
import type { PostgresSession } from "./session.js";

const rowsAStatement = 1000;
const defaultBatchSize = 10_000;
const values = "_godwit_values";

/** Tells streams of a process apart. */
let streams = 0;

/** Bulk data on PostgreSQL. */
export class PostgresDataEditor implements DataEditor {
  constructor(private readonly session: PostgresSession) {}

  async insert(table: string, { columns, rows }: RowBatch): Promise<number> {
    let count = 0;
    for (const text of insertStatements(this.#relation(table), { columns, rows }, literal)) {
      const [answer] = await this.session.run(text);
      count += answer?.rowCount ?? 0;
    }
    return count;
  }

  copyIn(
    table: string,
    columns: readonly string[],
    batches: AsyncIterable<readonly (readonly SqlValue[])[]>,
  ): Promise<bigint> {
    return this.copyInto(this.#relation(table), columns, batches);
  }

  /** `COPY` into a relation whose name is quoted already. */
  async copyInto(
    relation: string,
    columns: readonly string[],
    batches: AsyncIterable<readonly (readonly SqlValue[])[]>,
  ): Promise<bigint> {
    let count = 0n;
    const { onChange } = this.session;
    async function* lines(): AsyncIterable<string> {
      for await (const rows of batches) {
        count += BigInt(rows.length);
        // What `COPY` does, as statements: each value is a text of no type yet, which its column reads as `COPY` would.
        if (onChange !== undefined)
          for (const text of insertStatements(relation, { columns, rows }, untyped)) onChange(text);
        if (rows.length > 0) yield rows.map(copyLine).join("");
      }
    }
    const target = this.session.client.query(
      copyFrom(`COPY ${relation} (${columns.map(quoteName).join(", ")}) FROM STDIN`),
    );
    await pipeline(lines, target);
    return count;
  }

  /** In a transaction a cursor reads the result once; without one it would end with the statement. */
  async *stream(
    statement: Sql,
    { key, batchSize = defaultBatchSize, after }: StreamOptions,
  ): AsyncIterable<readonly Row[]> {
    const columns = sql.ids(key);
    const beyond = (last: readonly SqlValue[] | undefined): Sql =>
      last === undefined
        ? sql``
        : sql` WHERE (${columns}) > (${sql.join(last.map((value) => sql`${value}`))})`;
    const ordered = (last: readonly SqlValue[] | undefined): Sql =>
      sql`SELECT * FROM (${statement}) AS rows${beyond(last)} ORDER BY ${columns}`;
    if (this.session.kind === "transaction") {
      yield* this.#fetched(ordered(after), batchSize);
      return;
    }
    let last = after;
    for (;;) {
      const rows = await this.session.query(sql`${ordered(last)} LIMIT ${BigInt(batchSize)}`);
      const final = rows.at(-1);
      if (final === undefined) return;
      yield rows;
      if (rows.length < batchSize) return;
      last = key.map((name) => final[name] ?? null);
    }
  }

  /** A cursor that is not read to its end goes with the transaction. */
  async *#fetched(statement: Sql, batchSize: number): AsyncIterable<readonly Row[]> {
    streams += 1;
    const cursor = sql.id(`_godwit_stream_${streams}`);
    const walk = (step: Sql): Promise<Row[]> => this.session.walk(statement, step);
    await walk(sql`DECLARE ${cursor} NO SCROLL CURSOR FOR ${statement}`);
    for (;;) {
      const rows = await walk(sql`FETCH ${sql.raw(String(batchSize))} FROM ${cursor}`);
      if (rows.length > 0) yield rows;
      if (rows.length < batchSize) break;
    }
    await walk(sql`CLOSE ${cursor}`);
  }

  async update(table: string, { columns, rows }: RowBatch, key: readonly string[]): Promise<number> {
    const relation = this.#relation(table);
    const names = columns.map(quoteName).join(", ");
    const set = columns
      .filter((column) => !key.includes(column))
      .map((column) => `${quoteName(column)} = v.${quoteName(column)}`);
    const match = key.map((column) => `t.${quoteName(column)} = v.${quoteName(column)}`);
    await this.session.run(
      `CREATE TEMPORARY TABLE ${values} AS SELECT ${names} FROM ${relation} WITH NO DATA`,
    );
    async function* once(): AsyncIterable<RowBatch["rows"]> {
      yield rows;
    }
    await this.copyInto(`pg_temp.${values}`, columns, once());
    const [answer] = await this.session.run(
      `UPDATE ${relation} AS t SET ${set.join(", ")} FROM pg_temp.${values} AS v WHERE ${match.join(" AND ")}`,
    );
    await this.session.run(`DROP TABLE pg_temp.${values}`);
    return answer?.rowCount ?? 0;
  }

  #relation(table: string): string {
    return new Clauses(this.session.namespace).relation(table);
  }
}

/**
 * The statements that insert rows.
 * @param relation quoted already
 */
export function insertStatements(
  relation: string,
  { columns, rows }: RowBatch,
  write: (value: SqlValue) => string,
): string[] {
  const statements: string[] = [];
  for (let start = 0; start < rows.length; start += rowsAStatement) {
    const tuples = rows
      .slice(start, start + rowsAStatement)
      .map((row) => `(${row.map((value) => write(value)).join(", ")})`);
    statements.push(
      `INSERT INTO ${relation} (${columns.map(quoteName).join(", ")}) VALUES ${tuples.join(", ")}`,
    );
  }
  return statements;
}

function untyped(value: SqlValue): string {
  const text = copiedText(value);
  return text === null ? "NULL" : quoteText(text);
}
