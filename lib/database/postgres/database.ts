import type { Client } from "pg";
import type { Sequelize } from "sequelize";
import { StepError } from "../../errors.js";
import type { Database, ScriptFrame, Session, SessionOptions, TransactionOptions } from "../database.js";
import type { Sql } from "../sql.js";
import { dropBuilt, findBuilt } from "./beside.js";
import type { Beside } from "./beside.js";
import { connectionError, type Place } from "./errors.js";
import { renderSql } from "./literals.js";
import { withinTransaction } from "./schema/live.js";
import { PostgresSession, type SessionKind } from "./session.js";
import { settingsText } from "./settings.js";
import { given } from "../../given.js";

const defaultLockTimeoutMs = 60_000;
const oldestServer = 0;

/** Sequelize lends its connections; statements run on the driver's client, where every value can be read as the server wrote it. */
interface PooledClient extends Client {
  readonly _invalid?: boolean;
}

/** What is known of an open database. */
export interface DatabaseFacts {
  readonly place: Place;
  readonly namespace: string;
  /** `server_version_num`: 150018 for 15.18. */
  readonly serverVersion: number;
}

/** The settings are those of a transaction of ours that any server version knows. */
export function postgresFrame(namespace: string): ScriptFrame {
  const settings = settingsText("transaction", namespace, defaultLockTimeoutMs, oldestServer).split("; ");
  return {
    begin: ["START TRANSACTION ISOLATION LEVEL READ COMMITTED", ...settings],
    end: ["SET CONSTRAINTS ALL IMMEDIATE", "COMMIT"],
    within: withinTransaction,
  };
}

export class PostgresDatabase implements Database {
  readonly dialect = "postgres";
  readonly namespace: string;
  readonly displayUrl: string;
  readonly #sequelize: Sequelize;
  readonly #facts: DatabaseFacts;

  constructor(sequelize: Sequelize, facts: DatabaseFacts) {
    this.#sequelize = sequelize;
    this.#facts = facts;
    this.namespace = facts.namespace;
    this.displayUrl = `postgresql://${facts.place.host}:${facts.place.port}/${facts.place.database}`;
  }

  async transaction<T>(options: TransactionOptions, work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    const beside = this.#beside(options);
    const session = this.#sessionOn(client, "transaction", options, beside);
    try {
      await session.send(this.#beginning(options));
      const result = await work(session);
      // Deferred constraints are checked here, where a failure can still be reported as that of a statement.
      await session.send("SET CONSTRAINTS ALL IMMEDIATE");
      await commit(session);
      session.end();
      this.#release(client);
      return result;
    } catch (error) {
      session.end();
      await this.#rollBack(client);
      if (beside !== undefined) await this.#removeBuilt(beside);
      throw error;
    }
  }

  #beside(options: TransactionOptions): Beside | undefined {
    const { jobs = 1, mode, lockTimeoutMs, onStatement } = options;
    if (jobs === 1 || mode === "read") return undefined;
    const own: TransactionOptions = {
      mode,
      ...given({ lockTimeoutMs, onStatement }),
    };
    return {
      jobs,
      tables: new Set(),
      transaction: (work) => this.transaction(own, (session) => work(session as PostgresSession)),
    };
  }

  /** What cannot be removed now is removed by the next run. */
  async #removeBuilt(beside: Beside): Promise<void> {
    if (beside.tables.size === 0) return;
    await beside.transaction((session) => dropBuilt(session, [...beside.tables])).catch(() => undefined);
  }

  async session<T>(work: (session: Session) => Promise<T>, options: SessionOptions = {}): Promise<T> {
    const client = await this.#connect();
    const session = this.#sessionOn(client, "autocommit", options);
    try {
      await session.send(
        settingsText(
          "session",
          this.namespace,
          options.lockTimeoutMs ?? defaultLockTimeoutMs,
          this.#facts.serverVersion,
        ),
      );
      return await work(session);
    } finally {
      session.end();
      await this.#giveBack(client);
    }
  }

  async removeLeftovers(): Promise<void> {
    await this.transaction({ mode: "write" }, async (session) => {
      const own = session as PostgresSession;
      await dropBuilt(own, await findBuilt(own));
    });
  }

  get scriptFrame(): ScriptFrame {
    return postgresFrame(this.namespace);
  }

  render(statement: Sql): string {
    return renderSql(statement, this.namespace);
  }

  async close(): Promise<void> {
    await this.#sequelize.close();
  }

  #sessionOn(
    client: Client,
    kind: SessionKind,
    { onStatement, onChange }: Partial<TransactionOptions> = {},
    beside?: Beside,
  ): PostgresSession {
    const { serverVersion } = this.#facts;
    return new PostgresSession(client, this.namespace, serverVersion, kind, onStatement, onChange, beside);
  }

  /** Sequelize lends the connection; transactions are ours, because it writes to the console where one fails. */
  #beginning(options: TransactionOptions): string {
    const settings = settingsText(
      "transaction",
      this.namespace,
      options.lockTimeoutMs ?? defaultLockTimeoutMs,
      this.#facts.serverVersion,
    );
    const manner =
      options.mode === "read"
        ? "ISOLATION LEVEL REPEATABLE READ READ ONLY"
        : "ISOLATION LEVEL READ COMMITTED";
    return `START TRANSACTION ${manner}; ${settings}`;
  }

  async #connect(): Promise<Client> {
    try {
      return (await this.#sequelize.connectionManager.getConnection({ type: "write" })) as Client;
    } catch (error) {
      throw connectionError(error, this.#facts.place);
    }
  }

  /** A connection that is lost has rolled back by itself and left the pool. */
  async #rollBack(client: Client): Promise<void> {
    if (isLost(client)) return;
    try {
      await client.query("ROLLBACK");
    } catch {
      await this.#sequelize.connectionManager.destroyConnection(client);
      return;
    }
    this.#release(client);
  }

  #release(client: Client): void {
    if (!isLost(client)) this.#sequelize.connectionManager.releaseConnection(client);
  }

  async #giveBack(client: Client): Promise<void> {
    if (isLost(client)) return;
    const { connectionManager } = this.#sequelize;
    if (await isIdle(client)) connectionManager.releaseConnection(client);
    else await connectionManager.destroyConnection(client);
  }
}

/** Where the answer to a commit is lost, it may have taken place. */
async function commit(session: PostgresSession): Promise<void> {
  try {
    await session.send("COMMIT");
  } catch (error) {
    if (!(error instanceof StepError) || error.code !== "connection-lost") throw error;
    throw new StepError(
      "commit-unknown",
      "The connection to the database was lost while a transaction was committed: it may have taken place, or not.",
      { hint: "Run the same command again: it goes on from where the repository is.", cause: error },
    );
  }
}

/** Whether the driver knows that a connection is gone; the pool has given it up then. */
export function isLost(client: Client): boolean {
  return (client as PooledClient)._invalid === true;
}

/** Whether the connection can go back as it was lent: not where the statements that ran left a transaction open. */
async function isIdle(client: Client): Promise<boolean> {
  try {
    await client.query("DISCARD ALL");
    return true;
  } catch {
    return false;
  }
}
