import type { Environment } from "../environment.js";
import { InputError } from "../errors.js";
import type { Database } from "../database/database.js";
import type { DatabaseAddress } from "../database/open.js";
import { writeFile } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { PlainRepository } from "./plain.js";
import type { Repository } from "./repository.js";

/** How a repository is opened. */
export interface OpenOptions {
  /** Folder that relative paths start from (default: the current folder). */
  readonly folder?: string;
  /** Environment variables (default: `process.env`). */
  readonly environment?: Environment;
  /** The namespace of a Butler's dimension configuration, where none is stored. */
  readonly namespace?: string;
  /** Whether a plain URL of a database that belongs to a Butler may be written. */
  readonly butlerDatabase?: "refuse" | "plain";
  /** What a plain SQLite URL does whose file is not there (default `refuse`). A file that is made is removed again if it stays empty. */
  readonly missingFile?: "refuse" | "create";
}

const databaseUrl = /^(sqlite|postgres|postgresql)(\+[a-z0-9_]+)?:/i;

/**
 * Opens a repository by its URI: a database URL (`sqlite:///path`, `postgresql://host/database`) is a plain database,
 * anything else names a Butler repository (folder, `butler.yaml`, `file:` URI, label of the repository index).
 *
 * @throws InputError where there is no such repository, or it cannot be opened
 */
export async function openRepository(uri: string, options: OpenOptions = {}): Promise<Repository> {
  const environment = options.environment ?? process.env;
  const folder = options.folder ?? process.cwd();
  if (!databaseUrl.test(uri)) {
    const { openButlerRepository } = await import("../butler/index.js");
    return openButlerRepository(uri, {
      folder,
      environment,
      ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    });
  }
  const { openDatabase } = await import("../database/open.js");
  const address = plainAddress(uri, folder);
  const made = options.missingFile === "create" ? await makeMissingFile(address) : null;
  const database = await openDatabase(address);
  const guard = await butlerGuard(database, options.butlerDatabase ?? "refuse");
  return new PlainRepository(database, address, guard, made);
}

/** The address that a plain database URL stands for; a SQLite path is relative after three slashes, absolute after four. */
function plainAddress(uri: string, folder: string): DatabaseAddress {
  if (!/^sqlite/i.test(uri)) return { dialect: "postgres", url: uri };
  const match = /^sqlite(?:\+[a-z0-9_]+)?:\/\/\/(.+)$/i.exec(uri);
  const path = match?.[1];
  if (path === undefined) {
    throw new InputError("bad-uri", `"${uri}" names no SQLite file.`, {
      hint: "Write sqlite:///relative/path or sqlite:////absolute/path.",
    });
  }
  return { dialect: "sqlite", path: isAbsolute(path) ? path : resolve(folder, path) };
}

/** Makes an empty SQLite file where there is none, and returns its path. */
async function makeMissingFile(address: DatabaseAddress): Promise<string | null> {
  if (address.dialect !== "sqlite") return null;
  try {
    await writeFile(address.path, "", { flag: "wx" });
    return address.path;
  } catch {
    // It is there, or cannot be made; opening says what is wrong.
    return null;
  }
}

/** Writing to a Butler's database without its `butler.yaml` would leave the two apart. */
async function butlerGuard(
  database: Database,
  policy: "refuse" | "plain",
): Promise<"writable" | "butler-database"> {
  if (policy === "plain") return "writable";
  const { plainConventions } = await import("../database/schema/plain-conventions.js");
  const isButler = await database.transaction({ mode: "read" }, (session) =>
    session.schema(plainConventions).hasTable("butler_attributes"),
  );
  return isButler ? "butler-database" : "writable";
}
