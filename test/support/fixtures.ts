import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import type { DialectName } from "../../lib/database/database.js";
import { archivedFile, openArchive } from "./archive.js";
import { temporaryFolder } from "./folders.js";
import { createPostgresDatabase, createPostgresTemplate } from "./postgres.js";

/** A copy of a fixture repository, which a test may change as it likes. */
export interface Fixture {
  readonly name: string;
  readonly dialect: DialectName;
  /** The folder that holds `butler.yaml`: the repository's URI. */
  readonly folder: string;
  /** The database by itself: `sqlite:////…`, or `postgresql://…` with the password. */
  readonly databaseUrl: string;
  /** The PostgreSQL schema that holds the tables; null for the default one, and on SQLite. */
  readonly namespace: string | null;
}

const loaded = new Set<string>();

/** The names of all fixture repositories of a database, sorted. */
export async function fixtureNames(dialect: DialectName): Promise<string[]> {
  const files = [...(await openArchive(dialect)).keys()];
  return [...new Set(files.map((file) => file.split("/")[0] ?? ""))].toSorted();
}

async function writeFiles(name: string, dialect: DialectName, folder: string): Promise<void> {
  for (const [file, bytes] of await openArchive(dialect)) {
    if (!file.startsWith(`${name}/`) || file.endsWith("/dump.sql")) continue;
    const target = path.join(folder, path.relative(name, file));
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }
}

/** Copies a fixture repository (SQLite) into a folder, which is made. */
export async function writeSqliteFixture(name: string, folder: string): Promise<void> {
  await archivedFile("sqlite", `${name}/butler.yaml`);
  await mkdir(folder, { recursive: true });
  await writeFiles(name, "sqlite", folder);
}

/** A database with the content of a fixture: loaded once in a run, then copied by the server. */
async function postgresCopy(name: string) {
  const template = `fixture_${name.replaceAll("-", "_")}`;
  if (!loaded.has(template)) {
    const dump = (await archivedFile("postgres", `${name}/dump.sql`)).toString("utf8");
    await createPostgresTemplate(template, async (client) => void (await client.query(dump)));
    loaded.add(template);
  }
  return createPostgresDatabase(template);
}

async function copyPostgresFixture(name: string, folder: string): Promise<Fixture> {
  const database = await postgresCopy(name);
  await writeFiles(name, "postgres", folder);
  const file = path.join(folder, "butler.yaml");
  const text = (await readFile(file, "utf8"))
    .replace("@USER@", `${database.user}:${encodeURIComponent(database.password)}`)
    .replace("@HOST@", database.host)
    .replace("@PORT@", `${database.port}`)
    .replace("@DB@", database.database);
  await writeFile(file, text);
  const { registry } = parse(text) as { registry: { namespace?: string } };
  return {
    name,
    dialect: "postgres",
    folder,
    databaseUrl: database.url,
    namespace: registry.namespace ?? null,
  };
}

/**
 * Copies a fixture repository into a folder (and a database) of its own, removed afterwards.
 * @param name as in test/fixtures: `uuid-c6-synth`
 */
export async function copyFixture(name: string, dialect: DialectName): Promise<Fixture> {
  const folder = await temporaryFolder();
  if (dialect === "postgres") return copyPostgresFixture(name, folder);
  await writeSqliteFixture(name, folder);
  const databaseUrl = `sqlite:///${path.join(folder, "gen3.sqlite3")}`;
  return { name, dialect, folder, databaseUrl, namespace: null };
}
