import type { Conventions } from "./schema/conventions.js";
import type { SchemaEditor } from "./schema/editor.js";
import type { DataEditor } from "./data.js";
import type { LockHolder } from "./lock.js";
import type { Row, Sql } from "./sql.js";

/** Which database it is. Only `lib/database` decides anything by it; a revision only where both really store something differently. */
export type DialectName = "sqlite" | "postgres";

/** A connection on which statements run, one after the other; inside `Database.transaction` all belong to one transaction. */
export interface Session {
  readonly dialect: DialectName;
  /** Runs a statement that returns rows. */
  query(statement: Sql): Promise<Row[]>;
  /** Runs a statement and returns how many rows it changed (as the driver says; 0 for DDL). */
  execute(statement: Sql): Promise<number>;
  /** Schema operations on this connection, named and typed by `conventions`. */
  schema(conventions: Conventions): SchemaEditor;
  /** Bulk data on this connection. */
  data(): DataEditor;
  /** How large a table is, as far as the database knows without reading it; null where it does not. */
  tableSize(name: string): Promise<TableSize>;
  /**
   * Looks for rows that refer to nothing, in the given tables and those that refer to them (SQLite does not enforce foreign keys meanwhile).
   * @throws StepError `foreign-key` with the table, the constraint and some of the rows
   */
  checkForeignKeys(tables: readonly string[]): Promise<void>;
}

/** What statistics say of a table. */
export interface TableSize {
  readonly rows: number | null;
  readonly bytes: number | null;
}

/** How a transaction is begun. */
export interface TransactionOptions {
  /** `write` takes SQLite's write lock at once (`BEGIN IMMEDIATE`) and leaves foreign keys unenforced until `checkForeignKeys`; `read` sees one snapshot. */
  readonly mode: "read" | "write";
  /** How long to wait for SQLite's write lock, in milliseconds (default 60000). */
  readonly lockTimeoutMs?: number;
  /** How many connections may build side by side what a transaction on PostgreSQL puts in its place (default 1). */
  readonly jobs?: number;
  /** Told the text of each statement before it is sent. */
  readonly onStatement?: (text: string) => void;
  /** Told the text of each statement that changes something, as it can be sent again by any client, in the order in which they are sent. */
  readonly onChange?: (text: string) => void;
  /** Told every second or so while SQLite's write lock is waited for. */
  readonly onWaiting?: (holder: LockHolder) => void;
  /** Aborted: SQLite's write lock is waited for no longer. */
  readonly signal?: AbortSignal | undefined;
}

/** What goes for statements outside of a transaction too; PostgreSQL only, as SQLite changes nothing there. */
export type SessionOptions = Pick<TransactionOptions, "lockTimeoutMs" | "onStatement">;

/** What a script begins and ends with. */
export interface ScriptFrame {
  /** What whoever sends the script has to see to. */
  readonly advice?: string;
  readonly begin: readonly string[];
  readonly end: readonly string[];
  /** A statement as it can stand between them, where it cannot as it is. */
  within?(statement: string): string;
}

/** An open database: the part of a repository that migrations change. */
export interface Database {
  readonly dialect: DialectName;
  /** The PostgreSQL schema that holds the tables; null on SQLite. */
  readonly namespace: string | null;
  /** Location without user name and password, for messages. */
  readonly displayUrl: string;
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
  transaction<T>(options: TransactionOptions, work: (session: Session) => Promise<T>): Promise<T>;
  /** Runs `work` on a connection outside of any transaction (each statement by itself). */
  session<T>(work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T>;
  /** The SQL text that would be sent for a statement, with every value as a literal. */
  render(statement: Sql): string;
  /** The statements between which a script of changes stands, so that they work as in a write transaction of ours. */
  readonly scriptFrame: ScriptFrame;
  /** Removes tables that a killed process had built for a step that never ended. Only for who holds the lock against other runners. */
  removeLeftovers(): Promise<void>;
  /** Closes all connections. */
  close(): Promise<void>;
}
