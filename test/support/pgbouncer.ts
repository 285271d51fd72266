/** A proxy that pools transactions, in front of the test server, where it is installed (`apt-get install pgbouncer`). */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { removeAfterwards } from "./cleanup.js";
import { temporaryFolder } from "./folders.js";
import { postgresServer } from "./postgres.js";
import { freePort } from "./server.js";

/** Whether the proxy is installed. */
export function hasPgbouncer(): boolean {
  return spawnSync("pgbouncer", ["--version"]).status === 0;
}

/**
 * Starts the proxy.
 * @param connections how many connections to the server all clients share
 * @returns what makes the URL of a database on the server one through the proxy
 */
export async function startPgbouncer(connections: number): Promise<(url: string) => string> {
  const server = await postgresServer();
  const folder = await temporaryFolder();
  const port = await freePort();
  const users = path.join(folder, "users.txt");
  await writeFile(users, `"${server.user}" "${server.password}"\n`);
  await writeFile(
    path.join(folder, "pgbouncer.ini"),
    `[databases]
* = host=${server.host} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = 200
`,
  );
  for (const file of [folder, users, path.join(folder, "pgbouncer.ini")]) await chmod(file, 0o755);
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const child = spawn("pgbouncer", ["-q", ...account, path.join(folder, "pgbouncer.ini")], {
    stdio: "ignore",
  });
  removeAfterwards(async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const through = (url: string): string => {
    const proxied = new URL(url);
    proxied.port = `${port}`;
    return proxied.href;
  };
  const { user, password, host } = server;
  await untilReady(() => new Client({ host, port, user, password, database: "postgres" }));
  return through;
}

async function untilReady(make: () => Client): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const client = make();
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (attempt === 200) throw error;
      await sleep(25);
    }
  }
}
