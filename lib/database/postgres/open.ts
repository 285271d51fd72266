/** Opens a PostgreSQL database. */
import { readFile } from "node:fs/promises";
import type { Client } from "pg";
import type { Options, Sequelize } from "sequelize";
import { InputError } from "../../errors.js";
import type { Database } from "../database.js";
import { isLost, PostgresDatabase } from "./database.js";
import { connectionError, type Place } from "./errors.js";
import { valueAt } from "../../known.js";
import { type Credentials, parsePostgresUrl, type PostgresAddress } from "./options.js";

/** Which database to open. */
export interface PostgresOptions extends Credentials {
  /** `postgresql://host:port/database` */
  readonly url: string;
  /** The schema that holds the tables; without it the one that the server chooses for the user. */
  readonly namespace?: string | null;
  /** How many connections may be open at once (default 8). */
  readonly connections?: number;
}

const oldestServer = 130000;

/**
 * Opens a database and makes sure that it can be used.
 * @throws InputError `bad-database-url`, `database-unreachable`, `authentication-failed`, `unknown-database`,
 *   `unknown-namespace`, `old-server`
 */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const address = parsePostgresUrl(options.url, options);
  const { host, port, database, user } = address;
  const place: Place = { host, port, database, user };
  const { Sequelize } = await import("sequelize");
  const sequelize = new Sequelize(await sequelizeOptions(address, options.connections ?? mostConnections));
  try {
    const facts = await greet(sequelize, place, options.namespace ?? null);
    return new PostgresDatabase(sequelize, { place, ...facts });
  } catch (error) {
    await sequelize.close();
    throw error;
  }
}

/** Opened as they are needed: one for the lock, and two for each of at most 32 jobs. */
const mostConnections = 72;

async function sequelizeOptions(
  address: PostgresAddress,
  connections: number,
): Promise<Options & { readonly databaseVersion: string; readonly keepDefaultTimezone: boolean }> {
  return {
    dialect: "postgres",
    // Any known version spares Sequelize a connection of its own to ask for it; we ask ourselves.
    databaseVersion: "13.0.0",
    host: address.host,
    port: address.port,
    database: address.database,
    ...(address.user === null ? {} : { username: address.user }),
    ...(address.password === null ? {} : { password: address.password }),
    logging: false,
    keepDefaultTimezone: true,
    pool: { max: connections, min: 0, idle: 10_000, acquire: 60_000 },
    dialectOptions: {
      application_name: "godwit",
      keepAlive: true,
      connectionTimeoutMillis: address.connectTimeoutMs,
      ...(address.sessionOptions === null ? {} : { options: address.sessionOptions }),
      ...(await tlsOptions(address)),
    },
  };
}

async function tlsOptions(address: PostgresAddress): Promise<{ ssl?: object }> {
  if (address.tls === "off") return {};
  const rejectUnauthorized = address.tls === "verified";
  if (address.rootCertificate === null) return { ssl: { rejectUnauthorized } };
  return { ssl: { rejectUnauthorized, ca: await certificate(address.rootCertificate) } };
}

async function certificate(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new InputError("bad-database-url", `The certificate ${path} (sslrootcert) cannot be read.`, {
      hint: "Check the path and its permissions.",
      cause: error,
    });
  }
}

interface Greeting {
  readonly version: string;
  readonly current: string | null;
  readonly found: boolean;
}

/** Asks the server for its version and the schema, on the first connection. */
async function greet(
  sequelize: Sequelize,
  place: Place,
  namespace: string | null,
): Promise<{ readonly namespace: string; readonly serverVersion: number }> {
  const answer = await firstAnswer(sequelize, place, namespace);
  const serverVersion = Number(answer.version);
  if (serverVersion < oldestServer) {
    throw new InputError(
      "old-server",
      `The server ${place.host}:${place.port} is PostgreSQL ${Math.floor(serverVersion / 10000)}; 13 or later is needed.`,
      { hint: "Upgrade the server, or move the database to a newer one." },
    );
  }
  if (namespace !== null && !answer.found) {
    throw new InputError(
      "unknown-namespace",
      `Database "${place.database}" at ${place.host}:${place.port} has no schema "${namespace}".`,
      { hint: "Check the namespace of the repository and the rights of the user." },
    );
  }
  const chosen = namespace ?? answer.current;
  if (chosen === null) {
    throw new InputError(
      "unknown-namespace",
      `Database "${place.database}" at ${place.host}:${place.port} has no schema in the user's search path.`,
      { hint: "Name the schema that holds the tables." },
    );
  }
  return { namespace: chosen, serverVersion };
}

async function firstAnswer(sequelize: Sequelize, place: Place, namespace: string | null): Promise<Greeting> {
  const { connectionManager } = sequelize;
  try {
    const client = (await connectionManager.getConnection({ type: "write" })) as Client;
    try {
      const { rows } = await client.query<Greeting>(
        `SELECT current_setting('server_version_num') AS version, current_schema()::text AS current,
          EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1) AS found`,
        [namespace ?? ""],
      );
      return valueAt(rows, 0);
    } finally {
      // Closing waits for what is lent, but for what was lost.
      if (!isLost(client)) connectionManager.releaseConnection(client);
    }
  } catch (error) {
    throw connectionError(error, place);
  }
}
