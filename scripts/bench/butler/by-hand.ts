/** What a skilled hand would write for the same changes: mapping, new table beside the old, keys and indexes, swap. */
import type { Session } from "../../../lib/database/database.js";
import { sql } from "../../../lib/database/sql.js";

async function run(session: Session, text: string): Promise<void> {
  await session.execute(sql.raw(text));
}

async function texts(session: Session, text: string): Promise<string[]> {
  return (await session.query(sql.raw(text))).map((row) => String(Object.values(row)[0]));
}

/** How the columns of a table that hold a key change. */
interface KeyColumn {
  readonly table: string;
  readonly column: string;
  readonly newName: string;
  readonly type: string;
}

/** The text of a definition with the new names. */
type Renaming = (text: string, table: string) => string;

/** One mapping table `m(old, new)`, then each table written once. */
async function rekey(
  session: Session,
  mapping: string,
  columns: readonly KeyColumn[],
  renamed: Renaming = (text) => text,
): Promise<void> {
  await run(session, mapping);
  const tables = [...new Set(columns.map(({ table }) => table))];
  if (session.dialect === "sqlite") {
    for (const table of tables) await rewriteSqlite(session, table, own(columns, table), renamed);
  } else {
    await run(session, "ALTER TABLE m ADD PRIMARY KEY (old)");
    await run(session, "ANALYZE m");
    await rewritePostgres(session, tables, columns, renamed);
  }
  await run(session, "DROP TABLE m");
}

/** The table of collections is small: its key is left as it is, and what refers to it is left unchecked. */
const toCollections = /REFERENCES collection ?\(/;

function own(columns: readonly KeyColumn[], table: string): KeyColumn[] {
  return columns.filter((one) => one.table === table);
}

function selection(names: readonly string[], columns: readonly KeyColumn[]): string {
  return names
    .map((name) => {
      const position = columns.findIndex(({ column }) => column === name);
      return position < 0 ? `o."${name}"` : `m${position}.new AS ${columns[position]?.newName}`;
    })
    .join(", ");
}

function joins(columns: readonly KeyColumn[]): string {
  return columns.map(({ column }, index) => `JOIN m AS m${index} ON m${index}.old = o.${column}`).join(" ");
}

async function rewriteSqlite(
  session: Session,
  table: string,
  columns: readonly KeyColumn[],
  renamed: Renaming,
): Promise<void> {
  const [create = ""] = await texts(session, `SELECT sql FROM sqlite_schema WHERE name = '${table}'`);
  const indexes = await texts(
    session,
    `SELECT sql FROM sqlite_schema WHERE tbl_name = '${table}' AND type = 'index' AND sql IS NOT NULL`,
  );
  const names = await texts(session, `SELECT name FROM pragma_table_info('${table}')`);
  const retyped = columns.reduce(
    (text, { column, type }) =>
      text.replace(new RegExp(`(\\n\\t${column}) (INTEGER|BIGINT|TEXT|VARCHAR)\\b`), `$1 ${type}`),
    create,
  );
  await run(session, renamed(retyped, table).replace(`CREATE TABLE ${table}`, `CREATE TABLE new_${table}`));
  await run(
    session,
    `INSERT INTO new_${table} SELECT ${selection(names, columns)} FROM ${table} AS o ${joins(columns)}`,
  );
  await run(session, `DROP TABLE ${table}`);
  await run(session, `ALTER TABLE new_${table} RENAME TO ${table}`);
  for (const index of indexes) await run(session, renamed(index, table));
}

async function rewritePostgres(
  session: Session,
  tables: readonly string[],
  columns: readonly KeyColumn[],
  renamed: Renaming,
): Promise<void> {
  const list = tables.map((table) => `'${table}'::regclass`).join(", ");
  const constraints = await session.query(
    sql.raw(
      `SELECT conrelid::regclass::text AS "table", contype::text AS kind, conname::text AS name, pg_get_constraintdef(oid) AS text
       FROM pg_constraint WHERE conrelid IN (${list}) AND contype <> 'n' ORDER BY contype = 'f'`,
    ),
  );
  const indexes = await session.query(
    sql.raw(
      `SELECT indrelid::regclass::text AS "table", pg_get_indexdef(indexrelid) AS text FROM pg_index
       WHERE indrelid IN (${list}) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))`,
    ),
  );
  for (const table of tables) {
    const mine = own(columns, table);
    const names = await texts(
      session,
      `SELECT attname::text FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    );
    await run(
      session,
      `CREATE TABLE new_${table} AS SELECT ${selection(names, mine)} FROM ${table} AS o ${joins(mine)}`,
    );
  }
  for (const table of tables) await run(session, `DROP TABLE ${table} CASCADE`);
  for (const table of tables) await run(session, `ALTER TABLE new_${table} RENAME TO ${table}`);
  const keys = constraints.filter((row) => row["kind"] !== "f");
  const references = constraints.filter((row) => row["kind"] === "f");
  const text = (row: Readonly<Record<string, unknown>>): string =>
    renamed(String(row["text"]), String(row["table"]));
  for (const row of keys) await addConstraint(session, row, text(row));
  for (const row of indexes) await run(session, text(row));
  for (const row of references) {
    if (!toCollections.test(text(row))) await addConstraint(session, row, text(row));
  }
}

async function addConstraint(
  session: Session,
  row: Readonly<Record<string, unknown>>,
  text: string,
): Promise<void> {
  await run(session, `ALTER TABLE ${String(row["table"])} ADD CONSTRAINT ${String(row["name"])} ${text}`);
}

const idTables = /^dataset_(tags|calibs)_\d+$|^dataset_location(_trash)?$|^file_datastore_records$/;

async function tableNames(session: Session): Promise<string[]> {
  return texts(
    session,
    session.dialect === "sqlite"
      ? "SELECT name FROM sqlite_schema WHERE type = 'table'"
      : "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()",
  );
}

/** Integers to random UUIDs; no id that follows from the dataset, which godwit makes besides. */
export async function datasetsToUuids(session: Session): Promise<void> {
  const sqlite = session.dialect === "sqlite";
  const type = sqlite ? "CHAR(32)" : "uuid";
  const id = sqlite ? "lower(hex(randomblob(16)))" : "gen_random_uuid()";
  const tables = (await tableNames(session)).filter((name) => idTables.test(name));
  const known =
    "SELECT id FROM dataset UNION SELECT dataset_id FROM dataset_location_trash UNION SELECT dataset_id FROM file_datastore_records";
  const mapping = sqlite
    ? "CREATE TEMPORARY TABLE m (old INTEGER PRIMARY KEY, new CHAR(32))"
    : `CREATE TEMPORARY TABLE m AS SELECT id AS old, ${id} AS new FROM (${known}) AS known`;
  if (sqlite) {
    await run(session, mapping);
    await run(session, `INSERT INTO m SELECT id, ${id} FROM (${known})`);
  }
  await rekey(session, sqlite ? "SELECT 1" : mapping, [
    { table: "dataset", column: "id", newName: "id", type },
    ...tables.map((table) => ({ table, column: "dataset_id", newName: "dataset_id", type })),
  ]);
}

function byNumber(text: string, table: string): string {
  const changed = text
    .replaceAll(/\brun_name\b/g, "run_id")
    .replaceAll(/\bcollection_name\b/g, "collection_id")
    .replaceAll(/REFERENCES run ?\(name\)/g, "REFERENCES run (collection_id)");
  return table === "run"
    ? changed.replaceAll(/(KEY ?\()name\)/g, "$1collection_id)").replace("\n\tname", "\n\tcollection_id")
    : changed;
}

/** Names of collections to integers. */
export async function collectionsToIntegers(session: Session): Promise<void> {
  const sqlite = session.dialect === "sqlite";
  const type = sqlite ? "BIGINT" : "bigint";
  await run(
    session,
    "CREATE TEMPORARY TABLE m AS SELECT name AS old, row_number() OVER (ORDER BY name) AS new FROM collection",
  );
  if (sqlite) await run(session, "CREATE UNIQUE INDEX temp.m_old ON m (old)");
  const tables = (await tableNames(session)).filter((name) =>
    /^dataset_(tags|calibs)_\d+$|^collection_summary_/.test(name),
  );
  await rekey(
    session,
    "SELECT 1",
    [
      { table: "run", column: "name", newName: "collection_id", type },
      { table: "collection_chain", column: "parent", newName: "parent", type },
      { table: "collection_chain", column: "child", newName: "child", type },
      { table: "dataset", column: "run_name", newName: "run_id", type },
      ...tables.map((table) => ({ table, column: "collection_name", newName: "collection_id", type })),
    ],
    byNumber,
  );
}

/** One copy of a table with its indexes. */
export async function copyOf(session: Session, table: string): Promise<void> {
  await rewriteSqlite(session, table, [], (text) => text);
}
