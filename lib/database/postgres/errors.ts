/** What the server and the network report, said so that an operator knows what to do. No message holds a password. */
import { GodwitError, InputError, StepError } from "../../errors.js";

/** Where a connection goes, for messages. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string | null;
}

interface ServerError {
  readonly code: string | null;
  readonly message: string;
  readonly detail: string | null;
}

const unreachable: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "ECONNRESET",
  "ENOENT",
]);

/** Turns a failed attempt to connect into an InputError that names host and database. */
export function connectionError(error: unknown, place: Place): InputError {
  const { code, message } = serverError(innermost(error));
  const where = `${place.host}:${place.port}`;
  const user = place.user === null ? "" : ` for user "${place.user}"`;
  if (code === "28P01" || /password must be a string/i.test(message)) {
    return new InputError(
      "authentication-failed",
      `The server ${where} refused the password${user} on database "${place.database}".`,
      { hint: "Check user and password in the URL, PGPASSWORD, ~/.pgpass or db-auth.yaml." },
    );
  }
  if (code === "28000") {
    return new InputError(
      "authentication-failed",
      `The server ${where} lets nobody in${user} to database "${place.database}": ${message}.`,
      {
        hint: /no encryption/.test(message)
          ? "Add ?sslmode=require to the URL."
          : "Check the user, and pg_hba.conf on the server.",
      },
    );
  }
  if (code === "3D000") {
    return new InputError("unknown-database", `The server ${where} has no database "${place.database}".`, {
      hint: `List the databases with: psql -h ${place.host} -p ${place.port} -l`,
    });
  }
  if (code !== null && unreachable.has(code)) {
    return new InputError(
      "database-unreachable",
      `No PostgreSQL server answers at ${where} (${code}); database "${place.database}" was not opened.`,
      { hint: "Check host and port, and that the server is running and reachable from here." },
    );
  }
  return new InputError(
    "connection-failed",
    `Database "${place.database}" at ${where} could not be opened: ${message || "no reason given"}.`,
    { hint: "Check host, port, user and the server's log." },
  );
}

/** Turns the failure of a statement into a StepError that holds the statement's beginning; errors of our own pass. */
export function statementError(error: unknown, statement: string): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof GodwitError) return error;
  const { code, message, detail } = serverError(error);
  if (!("severity" in error) || code === null) {
    return new StepError(
      "connection-lost",
      `The connection to the database was lost (${message}), in: ${beginning(statement)}`,
      {
        hint: "What was not committed was not kept. Run the same command again.",
        cause: error,
      },
    );
  }
  const text = `${message}${detail === null ? "" : ` (${detail})`}`;
  return new StepError(codeFor(code), `${text}, in: ${beginning(statement)}`, {
    cause: error,
    ...hintFor(code),
  });
}

/** The SQLSTATE behind an error, or null. */
export function sqlState(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ("severity" in error) return serverError(error).code;
  return error.cause === undefined ? null : sqlState(error.cause);
}

function codeFor(state: string): string {
  if (state === "55P03") return "lock-timeout";
  if (state === "40P01") return "deadlock";
  if (state.startsWith("57P")) return "connection-lost";
  if (state.startsWith("23")) return "constraint-violated";
  return "statement-failed";
}

function hintFor(state: string): { hint?: string } {
  if (state === "55P03") {
    return { hint: "Another session uses the table. Try again later, or with a longer --lock-timeout." };
  }
  if (state === "42501") {
    return { hint: "The database user lacks a right. Run as the owner of the tables." };
  }
  return {};
}

function beginning(statement: string): string {
  const line = statement.replaceAll(/\s+/g, " ").trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

/** Sequelize wraps the driver's error as `parent`, and Node gathers those of several addresses. */
function innermost(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0];
  if (error instanceof Error && "parent" in error && error.parent instanceof Error) {
    return innermost(error.parent);
  }
  return error;
}

function serverError(error: unknown): ServerError {
  if (!(error instanceof Error)) return { code: null, message: String(error), detail: null };
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  const detail = "detail" in error && typeof error.detail === "string" ? error.detail : null;
  return { code, message: error.message, detail };
}
