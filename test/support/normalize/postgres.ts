/** Describes a PostgreSQL database, read through the driver alone. */
import { Client } from "pg";
import type { QueryResult } from "pg";
import type {
  ColumnItem,
  Item,
  RowsDescription,
  SchemaDescription,
  TableDescription,
} from "./description.js";
import { exactFloat, exactInteger, type Json } from "./json.js";

type TextRow = Record<string, string | null>;

/** A connection that returns every value as the text the server writes. */
interface Reader {
  all(statement: string, values?: readonly unknown[]): Promise<TextRow[]>;
  /** The rows of several statements, which are sent together. */
  each(statements: readonly string[]): Promise<TextRow[][]>;
  /** An expression without the namespace that qualifies its names. */
  strip(text: string | null | undefined): string | null;
  readonly namespace: string;
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const actions: Readonly<Record<string, string | null>> = {
  a: null,
  c: "CASCADE",
  n: "SET NULL",
  d: "SET DEFAULT",
  r: "RESTRICT",
};

const list = <T>(json: string | null | undefined): T[] => JSON.parse(json ?? "[]") as T[];

/**
 * What a query finds, by table.
 * @param query names the table that each row belongs to `oid`; `$1` are all of them
 */
async function byTable(
  reader: Reader,
  query: string,
  oids: readonly string[],
): Promise<(oid: string) => TextRow[]> {
  const found = new Map<string, TextRow[]>(oids.map((oid) => [oid, []]));
  for (const row of await reader.all(query, [oids])) found.get(row["oid"] ?? "")?.push(row);
  return (oid) => found.get(oid) ?? [];
}

const columnsQuery = `
  SELECT a.attrelid AS oid, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
         pg_get_expr(d.adbin, d.adrelid) AS expression, col_description(a.attrelid, a.attnum) AS comment,
         a.attidentity::text || a.attgenerated::text AS identity
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attrelid = ANY($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum`;

function columnsOf(reader: Reader, rows: readonly TextRow[]): ColumnItem[] {
  return rows.map((row) => ({
    name: row["attname"] ?? "",
    type: reader.strip(row["type"]) ?? "",
    notnull: row["attnotnull"] === "t",
    default: reader.strip(row["expression"]),
    pk: 0,
    comment: row["comment"] ?? null,
    ...(row["identity"] ? { identity: row["identity"] } : {}),
  }));
}

const names = (relation: string, key: string): string =>
  `(SELECT to_json(coalesce(array_agg(a.attname::text ORDER BY k.position), '{}'))
      FROM unnest(${key}) WITH ORDINALITY AS k(number, position)
      JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.number)`;

const constraintsQuery = `
  SELECT c.conrelid AS oid, c.conname, c.contype, ${names("c.conrelid", "c.conkey")} AS columns, f.relname,
         ${names("c.confrelid", "c.confkey")} AS referenced, c.confdeltype, c.confupdtype,
         pg_get_constraintdef(c.oid) AS definition, c.condeferrable
    FROM pg_constraint c LEFT JOIN pg_class f ON f.oid = c.confrelid
   WHERE c.conrelid = ANY($1::oid[]) AND c.contype <> 'n'`;

function addConstraints(reader: Reader, rows: readonly TextRow[], table: TableDescription): void {
  for (const row of rows) {
    const name = row["conname"] ?? null;
    const columns = list<string>(row["columns"]);
    const definition = reader.strip(row["definition"]) ?? "";
    switch (row["contype"] ?? "") {
      case "p":
        table.primary_key = { name, columns };
        table.columns = table.columns.map((column) => {
          const position = columns.indexOf(column.name);
          return position < 0 ? column : { ...column, pk: position + 1 };
        });
        break;
      case "u":
        table.unique.push({ name, columns });
        break;
      case "f":
        table.foreign_keys.push({
          name,
          columns,
          ref_table: row["relname"] ?? null,
          ref_columns: list<string>(row["referenced"]),
          on_delete: actions[row["confdeltype"] ?? ""] ?? null,
          on_update: actions[row["confupdtype"] ?? ""] ?? null,
          ...(row["condeferrable"] === "t" ? { deferrable: true } : {}),
        });
        break;
      case "c":
        table.checks.push({ name, expr: definition.replace(/^CHECK /, "") });
        break;
      case "x":
        (table.exclusions ??= []).push({ name, expr: definition });
        break;
    }
  }
}

const indexesQuery = `
  SELECT x.indrelid AS oid, i.relname, x.indisunique, pg_get_indexdef(x.indexrelid) AS definition,
         to_json(ARRAY(SELECT pg_get_indexdef(x.indexrelid, k + 1, true)
                         FROM generate_subscripts(x.indkey, 1) k ORDER BY k)) AS columns
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
   WHERE x.indrelid = ANY($1::oid[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint c
          WHERE c.conindid = x.indexrelid AND c.conrelid = x.indrelid AND c.contype IN ('p', 'u', 'x'))`;

function indexesOf(reader: Reader, rows: readonly TextRow[]): Item[] {
  return rows.map((row) => {
    const definition = row["definition"] ?? "";
    const method = /USING (\w+)/.exec(definition)?.[1] ?? "";
    const where = definition.indexOf(" WHERE ");
    return {
      name: row["relname"] ?? null,
      columns: list<string>(row["columns"]).map((column) => column.replaceAll(/^"+|"+$/g, "")),
      unique: row["indisunique"] === "t",
      ...(method === "btree" ? {} : { method }),
      ...(where < 0 ? {} : { where: reader.strip(definition.slice(where + " WHERE ".length)) }),
    };
  });
}

function encode(type: string, text: string | null | undefined): Json {
  if (text === null || text === undefined) return null;
  if (type === "bigint" || type === "integer" || type === "smallint") return exactInteger(text);
  if (type === "boolean") return text === "t";
  if (type === "double precision" || type === "real") return exactFloat(Number(text));
  if (type === "bytea") return { blob: text.replace(/^\\x/, "") };
  return text;
}

/** Reads the rows of all tables, whose columns are given. */
async function readRows(
  reader: Reader,
  tables: readonly (readonly [table: string, columns: readonly ColumnItem[]])[],
): Promise<Record<string, RowsDescription>> {
  const wanted = tables.map(([table, columns]) => {
    const types = new Map(columns.map(({ name, type }) => [name, type]));
    return { table, types, names: [...types.keys()].toSorted((a, b) => (a < b ? -1 : 1)) };
  });
  const found = await reader.each(
    wanted.map(({ table, names: columns }) => {
      const fields = columns.map((name, index) => `${quote(name)} AS v${index}`);
      return `SELECT ${fields.join(", ")} FROM ${quote(reader.namespace)}.${quote(table)}`;
    }),
  );
  return Object.fromEntries(
    wanted.map(({ table, types, names: columns }, place) => [
      table,
      {
        columns,
        rows:
          columns.length === 0
            ? []
            : (found[place] ?? []).map((row) =>
                columns.map((name, index) => encode(types.get(name) ?? "", row[`v${index}`])),
              ),
      },
    ]),
  );
}

async function readSequences(reader: Reader): Promise<Record<string, Json>> {
  const rows = await reader.all(
    `SELECT c.relname, format_type(s.seqtypid, NULL) AS type, s.seqstart, s.seqincrement, t.relname AS owner, a.attname
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence s ON s.seqrelid = c.oid
       LEFT JOIN pg_depend d ON d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass
       LEFT JOIN pg_class t ON t.oid = d.refobjid
       LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
      WHERE n.nspname = $1`,
    [reader.namespace],
  );
  const states = await reader.each(
    rows.map(
      ({ relname }) => `SELECT last_value, is_called FROM ${quote(reader.namespace)}.${quote(relname ?? "")}`,
    ),
  );
  const sequences: Record<string, Json> = {};
  for (const [place, row] of rows.entries()) {
    const state = states[place]?.[0];
    sequences[row["relname"] ?? ""] = {
      type: row["type"] ?? null,
      start: exactInteger(row["seqstart"] ?? ""),
      increment: exactInteger(row["seqincrement"] ?? ""),
      owned_by: row["owner"] ? [row["owner"], row["attname"] ?? null] : null,
      last_value: exactInteger(state?.["last_value"] ?? ""),
      is_called: state?.["is_called"] === "t",
    };
  }
  return sequences;
}

async function describe(reader: Reader) {
  const tables: Record<string, TableDescription> = {};
  const relations = await reader.all(
    `SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')`,
    [reader.namespace],
  );
  const named = relations as { oid: string; relname: string }[];
  const oids = named.map(({ oid }) => oid);
  const columns = await byTable(reader, columnsQuery, oids);
  const constraints = await byTable(reader, constraintsQuery, oids);
  const indexes = await byTable(reader, indexesQuery, oids);
  for (const { oid, relname } of named) {
    const table: TableDescription = {
      columns: columnsOf(reader, columns(oid)),
      primary_key: null,
      unique: [],
      foreign_keys: [],
      checks: [],
      indexes: indexesOf(reader, indexes(oid)),
      exclusions: [],
    };
    addConstraints(reader, constraints(oid), table);
    tables[relname] = table;
  }
  const rows = await readRows(
    reader,
    Object.entries(tables).map(([name, table]) => [name, table.columns]),
  );
  const sequences = await readSequences(reader);
  const extensions = await reader.all("SELECT extname FROM pg_extension ORDER BY 1");
  const extra = { extensions: extensions.map((row) => row["extname"] ?? null) };
  const schema: SchemaDescription = { backend: "postgresql", tables, sequences, extra };
  return { schema, rows };
}

/**
 * Describes the schema and all rows of a PostgreSQL schema (namespace).
 * @param url `postgresql://user:password@host:port/database`
 */
export async function describePostgres(
  url: string,
  namespace = "public",
): Promise<{ schema: SchemaDescription; rows: Record<string, RowsDescription> }> {
  const client = new Client({
    connectionString: url,
    types: { getTypeParser: () => (value: string) => value },
  });
  await client.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query(`SET search_path TO ${quote(namespace)}, pg_catalog`);
    await client.query("SET timezone TO 'UTC'; SET datestyle TO 'ISO, YMD'; SET extra_float_digits TO 3");
    return await describe({
      namespace,
      strip: (text) => text?.replaceAll(`${quote(namespace)}.`, "").replaceAll(`${namespace}.`, "") ?? null,
      all: async (statement, values = []) => (await client.query<TextRow>(statement, [...values])).rows,
      each: async (statements) => {
        if (statements.length === 0) return [];
        const results = (await client.query(statements.join(";\n"))) as unknown;
        return (Array.isArray(results) ? results : [results]).map(({ rows }: QueryResult<TextRow>) => rows);
      },
    });
  } finally {
    await client.end();
  }
}
