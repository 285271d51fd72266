/** Looks up user names and passwords of databases ("db-auth"). */
import type { Environment } from "../../environment.js";
import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { InputError } from "../../errors.js";
import { matchesShellPattern } from "./shell-pattern.js";
import { isRecord, textAt } from "./tree.js";
import { readConfigText } from "./yaml.js";

/** The connection that credentials are looked for. */
export interface Connection {
  /** `postgresql` */
  readonly dialect: string;
  readonly host: string;
  readonly port: string | null;
  readonly database: string;
  readonly user: string | null;
}

export interface FoundCredentials {
  readonly user: string | null;
  readonly password: string | null;
}

/**
 * The first entry that matches a connection; null where there is no list, or nothing in it matches.
 * @throws InputError `credentials-permissions`, `bad-credentials`; no message holds a password
 */
export function findCredentials(connection: Connection, environment: Environment): FoundCredentials | null {
  const source = credentialsSource(environment);
  if (source === null) return null;
  for (const entry of entriesOf(source)) {
    if (!matches(entry.url, connection, source.name)) continue;
    return { user: connection.user ?? entry.user, password: entry.password };
  }
  return null;
}

interface Source {
  readonly name: string;
  readonly text: string;
}

function credentialsSource(environment: Environment): Source | null {
  const content = environment["LSST_DB_AUTH_CREDENTIALS"];
  if (content !== undefined && content !== "") return { name: "LSST_DB_AUTH_CREDENTIALS", text: content };
  const home = environment["HOME"] ?? homedir();
  const files = [environment["LSST_DB_AUTH"] ?? "", "~/.lsst/db-auth.yaml"]
    .filter((file) => file !== "")
    .map((file) => path.resolve(file.replace(/^~(?=\/|$)/, home)));
  const file = files.find((one) => statSync(one, { throwIfNoEntry: false }) !== undefined);
  if (file === undefined) return null;
  requirePrivate(file);
  try {
    return { name: file, text: readFileSync(file, "utf8") };
  } catch (error) {
    throw new InputError("bad-credentials", `The credentials in ${file} cannot be read.`, {
      hint: "Check the file's owner and permissions.",
      cause: error,
    });
  }
}

function requirePrivate(file: string): void {
  const status = statSync(file);
  if (!status.isFile()) {
    throw new InputError(
      "credentials-permissions",
      `${file}, which should hold credentials, is no regular file.`,
      { hint: "LSST_DB_AUTH names the file; without it, it is ~/.lsst/db-auth.yaml." },
    );
  }
  if ((status.mode & 0o077) === 0) return;
  const mode = (status.mode & 0o777).toString(8).padStart(4, "0");
  throw new InputError(
    "credentials-permissions",
    `${file} holds passwords, and others may use it (mode ${mode}).`,
    {
      hint: `chmod 600 ${file}`,
    },
  );
}

interface Entry {
  readonly url: string;
  readonly user: string | null;
  readonly password: string | null;
}

/** The parser's own messages would show the line, and with it a password, so they are not passed on. */
function entriesOf({ name, text }: Source): Entry[] {
  const content = parsed(name, text);
  if (!Array.isArray(content)) throw bad(name, "it is no list");
  return content.map((entry: unknown, index) => {
    const url = isRecord(entry) ? textAt(entry, "url") : undefined;
    if (url === undefined) throw bad(name, `entry ${index + 1} has no url`);
    return { url, user: textAt(entry, "username") ?? null, password: textAt(entry, "password") ?? null };
  });
}

function parsed(name: string, text: string): unknown {
  try {
    return readConfigText(text, name);
  } catch {
    throw bad(name, "it is not YAML");
  }
}

function matches(url: string, connection: Connection, source: string): boolean {
  // A ? is a wildcard, unless options of a connection follow it.
  const parts = /^(?:([^:/]+):)?(?:\/\/(?:([^/]*)@)?([^/@]*))?(.*)/s.exec(url.replace(/\?[^?/]*=.*$/s, ""));
  const [scheme = "", account, place = "", database = ""] = (parts ?? []).slice(1) as (string | undefined)[];
  if (scheme === "") throw bad(source, "the url of an entry has no dialect");
  if (scheme.includes("+"))
    throw bad(source, `the url of an entry names a driver (${scheme}); only the dialect may stand there`);
  const port = /:(\d+)$/.exec(place)?.[1];
  const host = port === undefined ? place.replace(/:$/, "") : place.slice(0, -port.length - 1);
  if (host === "") throw bad(source, "the url of an entry has no host");
  const user = account?.split(":")[0];
  return (
    scheme.toLowerCase() === connection.dialect &&
    (database === "" ||
      database === "/" ||
      matchesShellPattern(connection.database, database.replace(/^\/+/, ""))) &&
    (user === undefined || user === connection.user) &&
    matchesHost(connection.host.toLowerCase(), host.toLowerCase()) &&
    (port === undefined || port === connection.port)
  );
}

/** An IPv6 address stands in brackets, and is no set of characters. */
function matchesHost(host: string, pattern: string): boolean {
  return /^\[.*:.*\]$/s.test(pattern) ? host === pattern : matchesShellPattern(host, pattern);
}

function bad(source: string, reason: string): InputError {
  return new InputError(
    "bad-credentials",
    `The database credentials in ${source} cannot be used: ${reason}.`,
    {
      hint: 'It is a list of entries such as {url: "postgresql://host/database", username: name, password: secret}.',
    },
  );
}
