/** Repositories as the Python tool left them, made again from the description of their database. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { butlerConventions } from "../../lib/butler/conventions.js";
import type { DialectName, Session } from "../../lib/database/database.js";
import { openDatabase } from "../../lib/database/open.js";
import type { DatabaseAddress } from "../../lib/database/open.js";
import type { Table } from "../../lib/database/schema/table.js";
import { sql } from "../../lib/database/sql.js";
import type { SqlValue } from "../../lib/database/sql.js";
import { copyFixture } from "./fixtures.js";
import type { Fixture } from "./fixtures.js";
import { foundSchema } from "./normalize/described.js";
import type { Description } from "./normalize/description.js";
import { goldenMeta, readGolden } from "./normalize/golden.js";
import type { Json } from "./normalize/json.js";

/** A repository with the database of a golden, and with the `butler.yaml` that belongs to it. */
export async function copyGolden(name: string, dialect: DialectName): Promise<Fixture> {
  const meta = await goldenMeta(dialect, name);
  const description = await readGolden(dialect, name);
  if (description === undefined) throw new Error(`${name} has no database of its own`);
  const fixture = await copyFixture(meta.repo, dialect);
  await editConfiguration(fixture.folder, meta.butler_yaml_replacements ?? []);
  const database = await openDatabase(addressOf(fixture));
  try {
    await database.transaction({ mode: "write" }, (session) => replaceContents(session, description));
  } finally {
    await database.close();
  }
  return fixture;
}

function addressOf({ dialect, databaseUrl, folder, namespace }: Fixture): DatabaseAddress {
  if (dialect === "sqlite") return { dialect, path: path.join(folder, "gen3.sqlite3") };
  return { dialect, url: databaseUrl, ...(namespace === null ? {} : { namespace }) };
}

async function editConfiguration(
  folder: string,
  replacements: readonly (readonly [string, string])[],
): Promise<void> {
  const file = path.join(folder, "butler.yaml");
  let text = await readFile(file, "utf8");
  for (const [before, after] of replacements) text = text.replaceAll(before, after);
  await writeFile(file, text);
}

async function replaceContents(session: Session, description: Description): Promise<void> {
  const schema = session.schema(butlerConventions);
  const isPostgres = session.dialect === "postgres";
  for (const name of await schema.tableNames()) {
    await session.execute(sql`DROP TABLE ${sql.table(name)}${sql.raw(isPostgres ? " CASCADE" : "")}`);
  }
  const { tables } = foundSchema(description.schema);
  const names = Object.keys(description.schema.sequences);
  const old = isPostgres
    ? await session.query(
        sql`SELECT sequencename::text AS name FROM pg_sequences WHERE schemaname = current_schema()`,
      )
    : [];
  for (const row of old) await session.execute(sql`DROP SEQUENCE ${sql.table(String(row["name"]))}`);
  for (const name of names) {
    const value = description.schema.sequences[name] as { readonly last_value?: number } | null;
    await schema.createSequence(name, BigInt(value?.last_value ?? 0) + 1n);
  }
  for (const table of parentsFirst(tables)) {
    await schema.createFrom(table);
    await insertRows(session, table, description);
  }
}

/** Tables after those that they refer to. */
function parentsFirst(tables: readonly Table[]): Table[] {
  const placed: Table[] = [];
  let rest = [...tables];
  while (rest.length > 0) {
    const names = new Set(rest.map(({ name }) => name));
    const ready = rest.filter(({ name, foreignKeys }) =>
      foreignKeys.every((key) => key.referencedTable === name || !names.has(key.referencedTable)),
    );
    if (ready.length === 0) throw new Error(`tables in a circle: ${[...names].join(", ")}`);
    placed.push(...ready);
    rest = rest.filter((table) => !ready.includes(table));
  }
  return placed;
}

async function insertRows(session: Session, { name }: Table, { rows }: Description): Promise<void> {
  const content = rows?.[name];
  if (content === undefined || content.rows.length === 0) return;
  await session
    .data()
    .insert(name, { columns: content.columns, rows: content.rows.map((row) => row.map(valueOf)) });
}

/** A value as the goldens encode it. */
function valueOf(cell: Json): SqlValue {
  if (cell === null || typeof cell !== "object") return cell;
  const { int, float, blob } = cell as {
    readonly int?: string;
    readonly float?: string;
    readonly blob?: string;
  };
  if (int !== undefined) return BigInt(int);
  if (float !== undefined) return Buffer.from(float, "hex").readDoubleBE();
  if (blob !== undefined) return new Uint8Array(Buffer.from(blob, "hex"));
  throw new Error(`a value of an unknown form: ${JSON.stringify(cell)}`);
}
