import { Client } from "pg";
import { removeAfterwards, removeAtEnd, runsSideBySide } from "./cleanup.js";
import { startServer, type Server } from "./server.js";

/** A database on the test server. */
export interface PostgresDatabase {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `postgresql://user:password@host:port/database`, with what needs it percent-encoded. */
  readonly url: string;
  /** A new connection for the test's own statements, closed afterwards. */
  connect(): Promise<Client>;
}

let running: Promise<Server> | undefined;
let created = 0;

/**
 * The server of this process: started when the first test asks for it, stopped and removed at the end; where files run side by
 * side, when the process is gone.
 */
export function postgresServer(): Promise<Server> {
  running ??= startServer().then((server) => {
    if (!runsSideBySide) {
      removeAtEnd(async () => {
        running = undefined;
        await server.stop();
      });
    }
    return server;
  });
  return running;
}

function describe(server: Server, database: string): PostgresDatabase {
  const { host, port, user, password } = server;
  const connect = async (): Promise<Client> => {
    const client = new Client({ host, port, user, password, database });
    client.on("error", () => undefined);
    await client.connect();
    removeAfterwards(() => client.end().catch(() => undefined));
    return client;
  };
  const url = `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
  return { host, port, user, password, database, url, connect };
}

async function onServer(server: Server, statement: string): Promise<readonly Record<string, unknown>[]> {
  const { host, port, user, password } = server;
  const client = new Client({ host, port, user, password, database: "postgres" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement);
    return rows;
  } finally {
    await client.end();
  }
}

/** Runs a statement as the server's administrator, and returns its rows. */
export async function adminStatement(statement: string): Promise<readonly Record<string, unknown>[]> {
  return onServer(await postgresServer(), statement);
}

/**
 * A new database on the test server (encoding UTF8, locale C), dropped afterwards even while connections to it are open.
 * @param template the database that it is a copy of, instead of an empty one
 */
export async function createPostgresDatabase(template = "template1"): Promise<PostgresDatabase> {
  const server = await postgresServer();
  created += 1;
  const database = `test_${created}`;
  await onServer(server, `CREATE DATABASE ${database} TEMPLATE ${template} STRATEGY file_copy`);
  removeAfterwards(
    async () => void (await onServer(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)),
  );
  return describe(server, database);
}

/**
 * Makes a database that others are copied from (`createPostgresDatabase(name)`); it stays until the end of the run.
 * @param template the database that it is a copy of, instead of an empty one
 */
export async function createPostgresTemplate(
  name: string,
  fill: (client: Client) => Promise<void>,
  template = "template1",
): Promise<void> {
  const server = await postgresServer();
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const { host, port, user, password } = server;
  const client = new Client({ host, port, user, password, database: name });
  await client.connect();
  try {
    await fill(client);
  } finally {
    await client.end();
  }
}
