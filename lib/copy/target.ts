/** The PostgreSQL schema into which a copy goes. */
import type { Database } from "../database/database.js";
import { openDatabase } from "../database/open.js";
import type { DatabaseAddress } from "../database/open.js";
import { InputError } from "../errors.js";

type PostgresAddress = DatabaseAddress & { readonly dialect: "postgres" };

/** Where a copy's tables are asked for. */
export interface TargetRequest {
  /** URL of the copy's database (default: that of the original). */
  readonly database?: string;
  /** The copy's schema (default: that of the original). */
  readonly schema?: string;
}

/** A schema that is there now, with what had to be made. */
export interface Target {
  readonly address: PostgresAddress;
  readonly database: Database;
  readonly made: { readonly database: boolean; readonly namespace: boolean };
}

/**
 * The address of the copy. Credentials of the original serve for another database of the same server.
 * @throws InputError `copy-target` where it would be the original itself
 */
export function targetAddress(
  source: PostgresAddress,
  namespace: string,
  request: TargetRequest,
): PostgresAddress {
  const schema = request.schema ?? namespace;
  if (request.database === undefined) {
    if (schema === namespace) {
      throw new InputError("copy-target", "A copy in PostgreSQL needs a schema or a database of its own.", {
        hint: "Add --schema NAME for another schema of the same database, or --database postgresql://host/name.",
      });
    }
    return { ...source, namespace: schema };
  }
  const [from, to] = [new URL(source.url), parsed(request.database)];
  const isSameServer = from.host === to.host;
  const account = isSameServer && to.username === "" ? accountOf(source) : {};
  return { dialect: "postgres", url: request.database, namespace: schema, ...account };
}

function accountOf({ user, password, url }: PostgresAddress): { user?: string; password?: string } {
  const written = new URL(url);
  const name = user ?? decodeURIComponent(written.username);
  const secret = password ?? decodeURIComponent(written.password);
  return { ...(name === "" ? {} : { user: name }), ...(secret === "" ? {} : { password: secret }) };
}

function parsed(url: string): URL {
  try {
    const found = new URL(url);
    if (/^postgres(ql)?:$/.test(found.protocol)) return found;
  } catch {
    // Said below, without the URL, which may hold a password.
  }
  throw new InputError("bad-database-url", "--database is no URL of a PostgreSQL database.", {
    hint: "Write postgresql://user@host:5432/database.",
  });
}

/** Opens the copy's schema; database and schema are made where they are missing. */
export async function openTarget(address: PostgresAddress, source: Database): Promise<Target> {
  const { prepareNamespace } = await import("../database/postgres/namespace.js");
  const made = await prepareNamespace(address, source);
  return { address, database: await openDatabase(address), made };
}

/** Removes what a copy that was given up left in PostgreSQL. */
export async function removeTarget(address: PostgresAddress, made: Target["made"]): Promise<void> {
  const { removeNamespace } = await import("../database/postgres/namespace.js");
  await removeNamespace(address, made);
}
