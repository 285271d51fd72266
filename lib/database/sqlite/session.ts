import type { Database as Connection } from "sqlite3";
import { StepError } from "../../errors.js";
import type { DataEditor } from "../data.js";
import type { Session, TableSize } from "../database.js";
import type { Conventions } from "../schema/conventions.js";
import type { SchemaEditor } from "../schema/editor.js";
import type { Row, Sql } from "../sql.js";
import { all, run } from "./driver.js";
import type { DriverRow } from "./driver.js";
import { statementError } from "./errors.js";
import { literal, quoteName, renderSql } from "./literals.js";
import { SqliteDataEditor } from "./data-editor.js";
import { SqliteSchemaEditor } from "./schema-editor.js";
import { decodeRows } from "./values.js";

const probe = "_godwit_query";
const smallFile = 64 * 1024 * 1024;

/** Whether the statements of a session belong to one transaction, and may write. */
export type SessionKind = "read" | "write" | "autocommit";

/** One connection to a SQLite file. */
export class SqliteSession implements Session {
  readonly dialect = "sqlite";
  #open = true;

  constructor(
    readonly connection: Connection,
    readonly path: string,
    readonly kind: SessionKind,
    readonly onStatement: ((text: string) => void) | undefined,
    private readonly onChange?: (text: string) => void,
  ) {}

  /**
   * The driver gives integers as rounded numbers that cannot be told from floats, so each column is read together with its
   * storage class, and integers as text. A temporary view tells the names of the columns, also where there are no rows.
   */
  async query(statement: Sql): Promise<Row[]> {
    const text = renderSql(statement);
    this.onStatement?.(text);
    await this.#send(`CREATE TEMP VIEW ${probe} AS ${text}`);
    try {
      const columns = (await this.all(`PRAGMA temp.table_info(${probe})`)).map((row) => String(row["name"]));
      const selected = columns.map((name, index) => {
        const column = quoteName(name);
        return `typeof(${column}) AS t${index}, CASE typeof(${column}) WHEN 'integer' THEN CAST(${column} AS TEXT) ELSE ${column} END AS v${index}`;
      });
      const rows = await this.all(`SELECT ${selected.join(", ")} FROM temp.${probe}`);
      return decodeRows(columns, rows);
    } finally {
      await this.#send(`DROP VIEW temp.${probe}`);
    }
  }

  execute(statement: Sql): Promise<number> {
    return this.statement(renderSql(statement));
  }

  /** Runs a text whose rows hold no integer beyond 2^53: pragmas and the schema table. */
  async all(text: string): Promise<DriverRow[]> {
    this.#requireOpen();
    try {
      return await all(this.connection, text);
    } catch (error) {
      throw statementError(error, text, this.path);
    }
  }

  /** Runs a text, and returns how many rows it changed. */
  async run(text: string): Promise<number> {
    if (this.kind === "read") {
      throw new StepError(
        "read-only-transaction",
        `A transaction that only reads cannot run: ${text.slice(0, 200)}`,
      );
    }
    return this.#send(text);
  }

  async #send(text: string): Promise<number> {
    this.#requireOpen();
    try {
      return await run(this.connection, text);
    } catch (error) {
      throw statementError(error, text, this.path);
    }
  }

  /** Runs a statement about what only this connection sees: that is no write. */
  async temporary(statement: Sql): Promise<void> {
    const text = renderSql(statement);
    this.onStatement?.(text);
    await this.#send(text);
  }

  /** Runs a text that is told to whoever listens. */
  statement(text: string): Promise<number> {
    this.onStatement?.(text);
    this.onChange?.(text);
    return this.run(text);
  }

  schema(conventions: Conventions): SchemaEditor {
    return new SqliteSchemaEditor(this, conventions);
  }

  data(): DataEditor {
    return new SqliteDataEditor(this);
  }

  /** Row ids say how many rows there are at most, without reading them. Pages are only counted in files that are read in no time. */
  async tableSize(name: string): Promise<TableSize> {
    const [last] = await this.all(`SELECT max(rowid) AS n FROM ${quoteName(name)}`).catch(() => []);
    const [file] = await this.all(
      "SELECT page_count * page_size AS n FROM pragma_page_count, pragma_page_size",
    );
    const rows = last === undefined ? null : Number(last["n"] ?? 0);
    if (Number(file?.["n"]) > smallFile) return { rows, bytes: null };
    const [pages] = await this.all(
      `SELECT sum(pgsize) AS n FROM dbstat WHERE aggregate = TRUE AND name = ${literal(name)}`,
    );
    return { rows, bytes: pages?.["n"] === null ? null : Number(pages?.["n"]) };
  }

  async checkForeignKeys(tables: readonly string[]): Promise<void> {
    for (const table of await this.#tablesAround(tables)) {
      const violations = await this.all(`PRAGMA foreign_key_check(${quoteName(table)})`);
      if (violations.length > 0) throw foreignKeyError(table, violations);
    }
  }

  /** The tables themselves, and those that refer to one of them. */
  async #tablesAround(tables: readonly string[]): Promise<string[]> {
    if (tables.length === 0) return [];
    const wanted = new Set(tables.map((name) => name.toLowerCase()));
    const rows = await this.all(
      `SELECT t.name AS name, f."table" AS target FROM sqlite_schema t LEFT JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'`,
    );
    const found = rows.filter(
      (row) =>
        wanted.has(String(row["name"]).toLowerCase()) || wanted.has(String(row["target"]).toLowerCase()),
    );
    return [...new Set(found.map((row) => String(row["name"])))];
  }

  /** Ends the transaction that the session belongs to; what was done in it stays. */
  async commit(): Promise<void> {
    this.onStatement?.("COMMIT");
    await this.#send("COMMIT");
  }

  /** Ends the use of the connection through this session. */
  end(): void {
    this.#open = false;
  }

  #requireOpen(): void {
    if (!this.#open) throw new StepError("session-over", "A database session was used after its end.");
  }
}

function foreignKeyError(table: string, violations: readonly DriverRow[]): StepError {
  const shown = violations
    .slice(0, 5)
    .map((row) => `row ${String(row["rowid"])} refers to nothing in "${String(row["parent"])}"`);
  return new StepError(
    "foreign-key",
    `Table "${table}" has ${violations.length} rows that refer to nothing: ${shown.join("; ")}.`,
    { hint: "Mend these rows first, then run the same command again." },
  );
}
