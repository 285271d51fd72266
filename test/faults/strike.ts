/** Lets a fault strike while a move runs. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Client } from "pg";
import type { Fixture } from "../support/fixtures.js";
import { adminStatement, postgresServer } from "../support/postgres.js";
import type { Fault } from "./faults.js";
import { intercept } from "./intercept.js";
import type { Verdict } from "./intercept.js";

/** How a fault goes with a run. */
export interface Strike {
  /** What it struck: a statement's beginning, a pause point; null while it has not. */
  readonly struck: string | null;
  /** Statements that were sent so far. */
  readonly statements: number;
  /** Which of them were commits. */
  readonly commits: readonly number[];
  /** To be given to the run. */
  readonly onPause: (point: string) => Promise<void>;
  readonly signal: AbortSignal;
  /** Ends the disturbance. */
  end(): void;
}

/** Prepares a fault for the next run in this process. */
export function prepareStrike(
  fault: Fault | null,
  { databaseUrl, folder }: Pick<Fixture, "databaseUrl" | "folder">,
): Strike {
  const room = fault?.kind === "disk-full" ? pagesOf(folder) + fault.pages : 0;
  const interruption = new AbortController();
  const strike = { struck: null as string | null, statements: 0, commits: [] as number[] };
  const limited = new WeakSet<object>();
  const restore = intercept((text, connection) => {
    if (fault?.kind === "disk-full") limit(connection as SqliteConnection, room, limited);
    strike.statements += 1;
    if (text === "COMMIT") strike.commits.push(strike.statements);
    if (fault === null || !("statement" in fault) || fault.statement !== strike.statements) return "pass";
    strike.struck = text.replaceAll(/\s+/g, " ").slice(0, 100);
    return verdictOf(fault.kind, connection as Client);
  });
  return {
    get struck() {
      return strike.struck;
    },
    get statements() {
      return strike.statements;
    },
    commits: strike.commits,
    signal: interruption.signal,
    async onPause(point) {
      if (fault === null || !("pause" in fault) || fault.pause !== point) return;
      strike.struck = point;
      if (fault.kind === "interrupt") interruption.abort();
      if (fault.kind === "kill") process.kill(process.pid, "SIGKILL");
      if (fault.kind === "terminate-all") await terminateAll(databaseUrl);
      if (fault.kind === "crash") await crash(databaseUrl);
      if (fault.kind === "stop") await stopServer();
    },
    end: restore,
  };
}

function verdictOf(kind: "error" | "kill" | "terminate" | "cut" | "unanswered", client: Client): Verdict {
  switch (kind) {
    case "error":
      return "refuse";
    case "kill":
      process.kill(process.pid, "SIGKILL");
      return "pass";
    case "terminate":
      return () => terminate(client);
    case "cut":
      cut(client);
      return "pass";
    case "unanswered":
      return { after: () => cut(client) };
  }
}

function cut(client: Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

/** The driver's client knows the process that serves it. */
async function terminate(client: Client): Promise<void> {
  const { processID } = client as unknown as { readonly processID: number };
  await adminStatement(`SELECT pg_terminate_backend(${processID}, 5000)`);
}

async function terminateAll(databaseUrl: string): Promise<void> {
  const name = databaseUrl.slice(databaseUrl.lastIndexOf("/") + 1);
  await adminStatement(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'`,
  );
}

/** A server process that dies takes all connections with it: the server recovers from its log. */
async function crash(databaseUrl: string): Promise<void> {
  const name = databaseUrl.slice(databaseUrl.lastIndexOf("/") + 1);
  const [row] = await adminStatement(`SELECT pid FROM pg_stat_activity WHERE datname = '${name}' LIMIT 1`);
  process.kill(Number(row?.["pid"]), "SIGKILL");
}

/** As `pg_ctl stop -m immediate` does it. */
async function stopServer(): Promise<void> {
  const server = await postgresServer();
  await server.stopNow();
}

/** How many pages a SQLite file has, as its header says. */
function pagesOf(folder: string): number {
  return readFileSync(path.join(folder, "gen3.sqlite3")).readUInt32BE(28);
}

interface SqliteConnection {
  run(text: string): unknown;
}

/** A file that may not grow beyond so many pages is a disk that is full. */
function limit(connection: SqliteConnection, pages: number, limited: WeakSet<object>): void {
  if (limited.has(connection)) return;
  limited.add(connection);
  connection.run(`PRAGMA max_page_count = ${pages}`);
}
