import type { Client } from "pg";
import { StepError } from "../../errors.js";
import type { DataEditor } from "../data.js";
import type { Session, TableSize } from "../database.js";
import type { Conventions } from "../schema/conventions.js";
import type { SchemaEditor } from "../schema/editor.js";
import type { Table } from "../schema/table.js";
import { sql } from "../sql.js";
import type { Row, Sql, SqlValue } from "../sql.js";
import type { Beside } from "./beside.js";
import { PostgresDataEditor } from "./data.js";
import { statementError } from "./errors.js";
import { renderSql } from "./literals.js";
import { PostgresSchemaEditor } from "./schema/editor.js";
import { normalPath } from "./settings.js";
import { valueTypes } from "./values.js";

/** Whether the statements of a session belong to one transaction. */
export type SessionKind = "transaction" | "autocommit";

interface Answer {
  readonly rowCount: number | null;
  readonly fields: readonly { readonly name: string }[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** Statements that leave every definition as it is. */
const leavesDefinitions =
  /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE|DECLARE|FETCH|CLOSE|SET LOCAL|SAVEPOINT|RELEASE|ANALYZE)\b/i;

/** One connection to PostgreSQL. Statements go to the server with their values as literals: what is sent is what `--sql` prints. */
export class PostgresSession implements Session {
  readonly dialect = "postgres";
  #open = true;
  readonly #definitions = new Map<string, Table>();

  constructor(
    /** The driver's connection, for `COPY`. */
    readonly client: Client,
    readonly namespace: string,
    readonly serverVersion: number,
    readonly kind: SessionKind,
    private readonly onStatement?: (text: string) => void,
    /** Told what changes something; also what `COPY` writes, as statements. */
    readonly onChange?: (text: string) => void,
    /** Connections that build for this transaction, where there may be several. */
    readonly beside?: Beside,
  ) {}

  async query(statement: Sql): Promise<Row[]> {
    const text = renderSql(statement, this.namespace);
    return rowsOf(last(await (onlyReads(text) ? this.send(text) : this.run(text))));
  }

  /** Sends what walks through the answer of a query: that changes something only where the query does. */
  async walk(query: Sql, statement: Sql): Promise<Row[]> {
    const text = renderSql(statement, this.namespace);
    const reads = onlyReads(renderSql(query, this.namespace));
    return rowsOf(last(await (reads ? this.send(text) : this.run(text))));
  }

  async execute(statement: Sql): Promise<number> {
    return last(await this.run(renderSql(statement, this.namespace))).rowCount ?? 0;
  }

  /**
   * Sends several queries at once and returns the rows of each.
   * @param searchPath in force meanwhile: with it, names in the answers do not depend on what else the database holds
   */
  async queryAll(texts: readonly string[], searchPath: string): Promise<readonly Row[][]> {
    const answers = await this.send(
      [
        `SET LOCAL search_path = ${searchPath}`,
        ...texts,
        `SET LOCAL search_path = ${normalPath(this.namespace)}`,
      ].join(";\n"),
    );
    return answers.slice(1, -1).map(rowsOf);
  }

  /** Sends a text that changes something, as `send` does. */
  run(text: string): Promise<readonly Answer[]> {
    this.onChange?.(text);
    return this.send(text);
  }

  /** Sends a text, which may hold several statements, and returns the answer of each. */
  async send(text: string): Promise<readonly Answer[]> {
    if (!this.#open) {
      throw new StepError("session-over", "A database session was used after its end.");
    }
    if (!leavesDefinitions.test(text)) this.#definitions.clear();
    this.onStatement?.(text);
    try {
      const answer: unknown = await this.client.query({ text, rowMode: "array", types: valueTypes });
      return (Array.isArray(answer) ? answer : [answer]) as Answer[];
    } catch (error) {
      throw statementError(error, text);
    }
  }

  schema(conventions: Conventions): SchemaEditor {
    return new PostgresSchemaEditor(this, conventions);
  }

  /**
   * What `read` found of a table; within a transaction it is asked once until a statement may have changed a definition,
   * as a plan looks at many tables many times.
   */
  async definition(name: string, read: () => Promise<Table>): Promise<Table> {
    const known = this.#definitions.get(name);
    if (known !== undefined) return known;
    const table = await read();
    if (this.kind === "transaction") this.#definitions.set(name, table);
    return table;
  }

  /** The same for several tables, of which those that are not known are read at once. */
  async definitions(
    names: readonly string[],
    read: (names: readonly string[]) => Promise<Table[]>,
  ): Promise<Table[]> {
    const missing = names.filter((name) => !this.#definitions.has(name));
    const tables = new Map(missing.length === 0 ? [] : (await read(missing)).map((one) => [one.name, one]));
    const found = names.flatMap((name) => tables.get(name) ?? this.#definitions.get(name) ?? []);
    if (this.kind === "transaction") for (const table of found) this.#definitions.set(table.name, table);
    return found;
  }

  data(): DataEditor {
    return new PostgresDataEditor(this);
  }

  /** What the planner's statistics say. */
  async tableSize(name: string): Promise<TableSize> {
    const [row] = await this.query(sql`SELECT c.reltuples::bigint AS rows, pg_table_size(c.oid) AS bytes
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ${this.namespace} AND c.relname = ${name}`);
    if (row === undefined) return { rows: null, bytes: null };
    const rows = Number(row["rows"]);
    return { rows: rows < 0 ? null : rows, bytes: Number(row["bytes"]) };
  }

  /** Nothing to look for: the server enforces foreign keys all the time. */
  async checkForeignKeys(): Promise<void> {}

  /** Ends the use of the connection through this session. */
  end(): void {
    this.#open = false;
  }
}

/** A query that writes has to say so; a sequence is moved by functions. */
function onlyReads(text: string): boolean {
  return (
    /^\s*(select|values|table|show|explain|with)\b/i.test(text) &&
    !/\b(insert\s+into|update|delete\s+from|merge\s+into|setval|nextval)\b/i.test(text)
  );
}

function last(answers: readonly Answer[]): Answer {
  return answers.at(-1) ?? { rowCount: 0, fields: [], rows: [] };
}

/** Built from pairs, as a column may be called `__proto__`. */
function rowsOf(answer: Answer): Row[] {
  const names = answer.fields.map((field) => field.name);
  return answer.rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])));
}
