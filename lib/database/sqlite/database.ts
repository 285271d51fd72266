import { setTimeout } from "node:timers/promises";
import type { Sequelize } from "sequelize";
import type { Database as Connection } from "sqlite3";
import { StepError } from "../../errors.js";
import type { Database, ScriptFrame, Session, TransactionOptions } from "../database.js";
import { describeHolder, stoppedWaiting } from "../lock.js";
import type { Sql } from "../sql.js";
import { all, run } from "./driver.js";
import { driverCode, lockedError, openError } from "./errors.js";
import { findHolder } from "./holder.js";
import { renderSql } from "./literals.js";
import { SqliteSession } from "./session.js";

const defaultLockTimeoutMs = 60_000;
const readBusyTimeoutMs = 60_000;
const pollMs = 50;
const tellEveryMs = 1000;
/** In KiB: keys in random order, as UUIDs are, would read each page of an index anew from the 2 MB that are usual. */
const cacheSize = "PRAGMA cache_size = -8192";

/** Sequelize tells its connections apart by this. */
interface LentConnection extends Connection {
  uuid?: string;
}

/** What Sequelize does not declare of its connections. */
interface SqliteManager {
  readonly connections: Record<string, Connection>;
  getConnection(options: { readonly uuid: string }): Promise<LentConnection>;
}

/** With foreign keys enforced, a rebuild would delete what refers to the table; they can only be switched off before BEGIN. */
export const sqliteFrame: ScriptFrame = {
  advice:
    "Stop at the first error (sqlite3 -bail): a client that goes on would drop tables whose rows were not copied.",
  begin: ["PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE"],
  end: ["COMMIT"],
};

/** A SQLite file. Sequelize lends connections; statements run on the driver's connection. */
export class SqliteDatabase implements Database {
  readonly dialect = "sqlite";
  readonly namespace = null;
  readonly displayUrl: string;
  readonly scriptFrame = sqliteFrame;
  readonly #sequelize: Sequelize;
  readonly #path: string;

  constructor(sequelize: Sequelize, path: string) {
    this.#sequelize = sequelize;
    this.#path = path;
    this.displayUrl = `sqlite:///${path}`;
  }

  async transaction<T>(options: TransactionOptions, work: (session: Session) => Promise<T>): Promise<T> {
    const connection = await this.#begin(options);
    const { mode, onStatement, onChange } = options;
    const session = new SqliteSession(connection, this.#path, mode, onStatement, onChange);
    try {
      await requireUnenforcedKeys(session);
      const result = await work(session);
      await session.commit();
      return result;
    } catch (error) {
      // After some errors (a full disk) SQLite has rolled back by itself.
      await run(connection, "ROLLBACK").catch(() => undefined);
      throw error;
    } finally {
      session.end();
      this.#sequelize.connectionManager.releaseConnection(connection);
    }
  }

  async session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const connection = await this.#connect();
    connection.configure("busyTimeout", readBusyTimeoutMs);
    const session = new SqliteSession(connection, this.#path, "autocommit", undefined);
    try {
      return await work(session);
    } finally {
      session.end();
      this.#sequelize.connectionManager.releaseConnection(connection);
    }
  }

  render(statement: Sql): string {
    return renderSql(statement);
  }

  async removeLeftovers(): Promise<void> {
    // Everything is built inside of the transaction of its step.
  }

  async close(): Promise<void> {
    await this.#sequelize.close();
  }

  /** Sequelize lends the connection; transactions are ours, because it writes to the console where one fails. */
  async #connect(): Promise<Connection> {
    const uuid = `session-${crypto.randomUUID()}`;
    const manager = this.#sequelize.connectionManager as unknown as SqliteManager;
    try {
      const connection = await manager.getConnection({ uuid });
      connection.uuid = uuid;
      return connection;
    } catch (error) {
      // The driver never answers for what was never opened, so that `close` would wait for ever.
      delete manager.connections[uuid];
      throw openError(error, this.#path);
    }
  }

  async #begin(options: TransactionOptions): Promise<Connection> {
    const connection = await this.#connect();
    try {
      if (options.mode === "write") {
        await takeWriteLock(connection, this.#path, options);
      } else {
        connection.configure("busyTimeout", readBusyTimeoutMs);
        await run(connection, "BEGIN");
      }
      return connection;
    } catch (error) {
      this.#sequelize.connectionManager.releaseConnection(connection);
      throw error;
    }
  }
}

/** A deferred BEGIN would bypass waiting when it comes to write, so a writer takes the lock at once. */
async function takeWriteLock(
  connection: Connection,
  path: string,
  options: TransactionOptions,
): Promise<void> {
  const lockTimeoutMs = options.lockTimeoutMs ?? defaultLockTimeoutMs;
  const deadline = performance.now() + lockTimeoutMs;
  let told = -Infinity;
  // We wait ourselves, so that we can tell for whom.
  connection.configure("busyTimeout", 0);
  for (;;) {
    try {
      await run(connection, "BEGIN IMMEDIATE");
      await run(connection, cacheSize);
      // A writer that commits waits for those who read.
      connection.configure("busyTimeout", lockTimeoutMs);
      return;
    } catch (error) {
      const now = performance.now();
      if (driverCode(error) !== "SQLITE_BUSY" || now >= deadline) {
        if (driverCode(error) !== "SQLITE_BUSY") throw openError(error, path);
        throw lockedError(path, describeHolder(await findHolder(path)));
      }
      if (now - told >= tellEveryMs) {
        told = now;
        options.onWaiting?.(await findHolder(path));
      }
      if (options.signal?.aborted === true) throw stoppedWaiting();
      await setTimeout(pollMs * (0.5 + Math.random()));
    }
  }
}

/** Foreign keys can only be switched off before BEGIN; a rebuild with them on would delete what refers to the table. */
async function requireUnenforcedKeys(session: SqliteSession): Promise<void> {
  const [row] = await all(session.connection, "PRAGMA foreign_keys");
  if (row?.["foreign_keys"] !== 0) {
    throw new StepError(
      "foreign-keys-on",
      "SQLite enforces foreign keys on a connection that changes tables.",
    );
  }
}
