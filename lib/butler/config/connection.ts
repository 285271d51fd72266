/** Where the registry's database is. */
import path from "node:path";
import type { DatabaseAddress } from "../../database/open.js";
import { InputError } from "../../errors.js";
import { findCredentials } from "./credentials.js";
import { isRemote, withoutPassword } from "./paths.js";
import { textAt, valueAt } from "./tree.js";
import type { ConfigTree } from "./tree.js";
import type { ReadScope } from "./yaml.js";

const defaultUrl = "sqlite:///<butlerRoot>/gen3.sqlite3";

/** A connection URL as SQLAlchemy reads it. */
const urlPattern =
  /^(?<dialect>\w+)(?:\+(?<driver>\w+))?:\/\/(?:(?<user>[^:/]*)(?::(?<password>[^@]*))?@)?(?<host>\[[^/?]+\]|[^/:?]*)(?::(?<port>[^/?]*))?(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/su;

/**
 * The address of the database that `registry.db` and the keys beside it name, with the credentials that are found for it.
 * @param root what `<butlerRoot>` stands for
 * @throws InputError `bad-database-url`, `unknown-dialect`, and what looking up credentials throws
 */
export function databaseAddress(config: ConfigTree, root: string, scope: ReadScope): DatabaseAddress {
  const written = valueAt(config, "registry", "db") ?? defaultUrl;
  if (typeof written !== "string") throw badUrl("it is no text");
  // The folder comes in afterwards: a ? in its name does not begin the options.
  const parts = urlPattern.exec(written)?.groups;
  if (parts === undefined) throw badUrl("it is no connection URL");
  const database = parts["database"]?.replaceAll("<butlerRoot>", () => root);
  switch (parts["dialect"]?.toLowerCase()) {
    case "sqlite":
      if (isRemote(root) && written.includes("<butlerRoot>"))
        throw badUrl(`<butlerRoot> is ${withoutPassword(root)}, and SQLite needs a file of this computer`);
      return sqliteAddress({ ...parts, database }, scope.folder);
    case "postgresql":
    case "postgres":
      return postgresAddress(config, parts, scope);
    default:
      throw new InputError("unknown-dialect", `registry.db names a ${parts["dialect"]} database.`, {
        hint: "Butler repositories live in SQLite or PostgreSQL.",
      });
  }
}

type Parts = Readonly<Record<string, string | undefined>>;

function sqliteAddress({ database = "", query = "", host = "" }: Parts, folder: string): DatabaseAddress {
  if (host !== "") throw badUrl("a SQLite file is written sqlite:///relative or sqlite:////absolute");
  if (database === "" || database === ":memory:")
    throw badUrl("a database in memory is gone when its process ends");
  if (/(^|&)uri=(true|1)/i.test(query)) throw badUrl("the parameter uri is not supported");
  return { dialect: "sqlite", path: path.resolve(folder, database) };
}

function postgresAddress(config: ConfigTree, parts: Parts, scope: ReadScope): DatabaseAddress {
  const part = (name: string, key: string): string | null => {
    const own = parts[name];
    return own === undefined || own === "" ? (textAt(config, "registry", key) ?? null) : own;
  };
  const [host, port, database] = [part("host", "host"), part("port", "port"), part("database", "database")];
  const own = {
    user: decoded(parts["user"]) ?? textAt(config, "registry", "username") ?? null,
    password: decoded(parts["password"]) ?? textAt(config, "registry", "password") ?? null,
  };
  const found =
    host === null || database === null
      ? null
      : findCredentials({ dialect: "postgresql", host, port, database, user: own.user }, scope.environment);
  const { user, password } = found ?? own;
  const place = `${host ?? ""}${port === null ? "" : `:${port}`}/${encodeURIComponent(database ?? "")}`;
  const query = parts["query"] === undefined ? "" : `?${parts["query"]}`;
  return {
    dialect: "postgres",
    url: `postgresql://${place}${query}`,
    namespace: textAt(config, "registry", "namespace") ?? null,
    ...(user === null ? {} : { user }),
    ...(password === null ? {} : { password }),
  };
}

function decoded(text: string | undefined): string | null {
  if (text === undefined || text === "") return null;
  try {
    return decodeURIComponent(text);
  } catch {
    throw badUrl("a % in its user or password is not followed by two hexadecimal digits");
  }
}

function badUrl(reason: string): InputError {
  return new InputError("bad-database-url", `registry.db of the configuration cannot be used: ${reason}.`, {
    hint: "It is written sqlite:///<butlerRoot>/gen3.sqlite3 or postgresql://user@host:5432/database.",
  });
}
