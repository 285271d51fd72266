import type { DialectName } from "../../../lib/database/database.js";
import { archivedFile, openArchive } from "../archive.js";
import { withDefaults, type Description, type Meta, type SchemaDescription } from "./description.js";
import { parseExact, type Json } from "./json.js";

const folder: Readonly<Record<DialectName, string>> = { sqlite: "sqlite", postgres: "pg" };

async function readJson(file: string): Promise<Json> {
  return parseExact((await archivedFile("expected", file)).toString("utf8"));
}

/** Names of all goldens of a database (`REPOSITORY--MIGRATION`), sorted. */
export async function goldenNames(dialect: DialectName): Promise<string[]> {
  const prefix = `golden/${folder[dialect]}/`;
  const files = [...(await openArchive("expected")).keys()].filter((file) => file.startsWith(prefix));
  return [...new Set(files.map((file) => file.slice(prefix.length).split("/")[0] ?? ""))].toSorted();
}

/** What is known about a golden. */
export async function goldenMeta(dialect: DialectName, name: string): Promise<Meta> {
  return (await readJson(`golden/${folder[dialect]}/${name}/meta.json`)) as unknown as Meta;
}

/** The database that the Python tool leaves; undefined where it refused and changed nothing. */
export async function readGolden(dialect: DialectName, name: string): Promise<Description | undefined> {
  const path = `golden/${folder[dialect]}/${name}`;
  if (!(await openArchive("expected")).has(`${path}/schema.json`)) return undefined;
  const schema = (await readJson(`${path}/schema.json`)) as unknown as SchemaDescription;
  const rows = (await readJson(`${path}/rows.json`)) as unknown as NonNullable<Description["rows"]>;
  return { schema: withDefaults(schema), rows, meta: await goldenMeta(dialect, name) };
}

/** The schema of a repository that a release created at the versions to which a golden leads; undefined where there is none. */
export async function readFresh(dialect: DialectName, golden: string): Promise<Description | undefined> {
  const index = (await readJson("fresh/index.json")) as unknown as { pairs: Record<string, string> };
  const file = index.pairs[`${folder[dialect]}/${golden}`];
  if (file === undefined) return undefined;
  const schema = (await readJson(`fresh/${file.replace(/\.gz$/, "")}`)) as unknown as SchemaDescription;
  return { schema: withDefaults(schema) };
}

/** Names of all schemas of a database that releases created themselves (`w21.40-uuid-name-A`), sorted. */
export async function freshNames(dialect: DialectName): Promise<string[]> {
  const prefix = `fresh/${folder[dialect]}/`;
  const files = [...(await openArchive("expected")).keys()].filter((file) => file.startsWith(prefix));
  return files.map((file) => file.slice(prefix.length).replace(/\.schema\.json$/, "")).toSorted();
}

/** Such a schema by its name. */
export async function readFreshSchema(dialect: DialectName, name: string): Promise<Description> {
  const schema = await readJson(`fresh/${folder[dialect]}/${name}.schema.json`);
  return { schema: withDefaults(schema as unknown as SchemaDescription) };
}
