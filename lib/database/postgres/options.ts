/** Where and how to connect, from a URL. */
import { InputError } from "../../errors.js";
import { readService, type ServiceParameters } from "./service-file.js";
import { valueAt } from "../../known.js";

/** How TLS is used; without it the connection is plain. */
export type TlsMode = "off" | "unverified" | "verified";

/** What a connection needs. What is null is left to the driver: PGUSER, PGPASSWORD, PGOPTIONS, ~/.pgpass. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string | null;
  readonly password: string | null;
  readonly tls: TlsMode;
  /** Path of a file with certificates to trust, or null. */
  readonly rootCertificate: string | null;
  readonly connectTimeoutMs: number;
  /** Settings of the session (`-c search_path=name`), or null. */
  readonly sessionOptions: string | null;
}

/** Credentials that do not stand in the URL. */
export interface Credentials {
  readonly user?: string;
  readonly password?: string;
}

const tlsModes: Readonly<Record<string, TlsMode>> = {
  disable: "off",
  allow: "off",
  prefer: "off",
  require: "unverified",
  "verify-ca": "verified",
  "verify-full": "verified",
};

/**
 * Reads `postgresql://user:password@host:port/database?sslmode=require`; a driver's name after the scheme
 * (`postgresql+psycopg2`) is passed over, `?host=/run/postgresql` names a socket's folder.
 * What the URL leaves open is taken from the service that it or PGSERVICE names, then from the environment, as libpq does.
 * @param credentials take the place of what the URL says
 * @throws InputError `bad-database-url`, and as `readService`; no message holds a password
 */
export function parsePostgresUrl(url: string, credentials: Credentials = {}): PostgresAddress {
  const parsed = parseUrl(url);
  const service = serviceOf(parsed);
  const option = (name: string): string | null => parsed.searchParams.get(name) ?? service[name] ?? null;
  const mode = option("sslmode") ?? "prefer";
  const tls = tlsModes[mode];
  if (tls === undefined) throw badUrl(`sslmode "${mode}" is not known`);
  const database = decode(parsed.pathname.slice(1)) || (option("dbname") ?? "");
  if (database === "") throw badUrl("it names no database");
  const host = decode(parsed.hostname).replace(/^\[(.*)\]$/, "$1");
  const port = Number(
    parsed.searchParams.get("port") ?? (parsed.port || (service["port"] ?? process.env["PGPORT"] ?? "5432")),
  );
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw badUrl("its port is no number up to 65535");
  return {
    // As for every client of PostgreSQL, the environment says what the URL leaves open.
    host:
      parsed.searchParams.get("host") ??
      (host === nowhere ? (service["host"] ?? process.env["PGHOST"] ?? "localhost") : host),
    port,
    database,
    user: credentials.user ?? emptyAsNull(decode(parsed.username)) ?? option("user"),
    password: credentials.password ?? emptyAsNull(decode(parsed.password)) ?? option("password"),
    tls,
    rootCertificate: option("sslrootcert"),
    connectTimeoutMs: Number(option("connect_timeout") ?? "15") * 1000,
    sessionOptions: option("options"),
  };
}

function serviceOf({ searchParams }: URL): ServiceParameters {
  const name = searchParams.get("service") ?? process.env["PGSERVICE"] ?? "";
  return name === "" ? {} : readService(name);
}

/** Stands where a URL names no host, as a URL has to have one. */
const nowhere = "no-host-is-named.invalid";

function parseUrl(url: string): URL {
  const match = /^postgres(?:ql)?(?:\+[a-z0-9_]+)?:\/\/(.*)$/is.exec(url);
  if (match === null) throw badUrl("it does not begin with postgresql://");
  // A user without a host (`postgresql://user@/database`) means the default host.
  const rest = valueAt(match, 1).replace(/^([^/?#]*@)?(?=[:/?#]|$)/, `$1${nowhere}`);
  try {
    return new URL(`postgresql://${rest}`);
  } catch {
    throw badUrl("host, port or escapes in it are malformed");
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badUrl("a % in it is not followed by two hexadecimal digits");
  }
}

function emptyAsNull(text: string): string | null {
  return text === "" ? null : text;
}

function badUrl(reason: string): InputError {
  return new InputError("bad-database-url", `The URL of the PostgreSQL database cannot be used: ${reason}.`, {
    hint: "Write it as postgresql://user@host:5432/database; a %, @ or / in a name or password is written %25, %40, %2F.",
  });
}
