/** Databases made from a description: what the Python tool, or a release of Butler, left behind. */
import type { DialectName } from "../../../lib/database/database.js";
import { openDatabase } from "../../../lib/database/open.js";
import { sql } from "../../../lib/database/sql.js";
import type { SqlValue } from "../../../lib/database/sql.js";
import { openRepository } from "../../../lib/repository/open.js";
import type { Fixture } from "../fixtures.js";
import type { Description, Item, TableDescription } from "./description.js";
import type { Json } from "./json.js";

/** Tables whose rows say what a repository is. */
const telling = ["butler_attributes", "dataset_type", "opaque_meta"];

const text = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value));
const name = (value: Json | undefined): string => `"${text(value).replaceAll('"', '""')}"`;
const list = (columns: Json | undefined): string =>
  `(${(columns as readonly Json[]).map((one) => name(one)).join(", ")})`;

/**
 * Puts what is described in the place of a fixture's tables; of the rows only those that say what the repository is.
 * @param rows where the description has none, those of the fixture stay
 */
export async function makeDescribed(fixture: Fixture, { schema, rows }: Description): Promise<void> {
  const repository = await openRepository(fixture.folder);
  const { address } = repository;
  const kept = new Map<string, { columns: string[]; rows: SqlValue[][] }>();
  await repository.database.transaction({ mode: "write" }, async (session) => {
    for (const table of telling) {
      const there = await session.query(sql`SELECT * FROM ${sql.table(table)}`);
      const columns = Object.keys(there[0] ?? {});
      kept.set(table, { columns, rows: there.map((row) => columns.map((column) => row[column] ?? null)) });
    }
  });
  await repository.close();
  for (const table of telling) {
    const described = rows?.[table];
    if (described !== undefined)
      kept.set(table, {
        columns: described.columns,
        rows: described.rows.map((row) =>
          row.map((value) => (typeof value === "number" ? BigInt(value) : value) as SqlValue),
        ),
      });
  }
  const database = await openDatabase(address);
  try {
    await database.transaction({ mode: "write" }, async (session) => {
      const run = (statement: string) => session.execute(sql.raw(statement));
      if (fixture.dialect === "sqlite") {
        await run("PRAGMA defer_foreign_keys = on");
        const old = await session.query(
          sql`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
        );
        for (const row of old) await run(`DROP TABLE ${name(row["name"] as string)}`);
      } else {
        const [row] = await session.query(sql`SELECT current_schema()::text AS name`);
        await run(`DROP SCHEMA ${name(row?.["name"] as string)} CASCADE`);
        await run(`CREATE SCHEMA ${name(row?.["name"] as string)}`);
        for (const sequence of Object.keys(schema.sequences)) await run(`CREATE SEQUENCE ${name(sequence)}`);
      }
      for (const statement of statementsFor(schema.tables, fixture.dialect)) await run(statement);
      for (const [table, { columns, rows: values }] of kept) {
        if (schema.tables[table] !== undefined) await session.data().insert(table, { columns, rows: values });
      }
    });
  } finally {
    await database.close();
  }
}

function statementsFor(tables: Readonly<Record<string, TableDescription>>, dialect: DialectName): string[] {
  const first: string[] = [];
  const last: string[] = [];
  for (const [table, described] of Object.entries(tables)) {
    const keys = described.foreign_keys.map(
      (key) =>
        `${constraint(key)}FOREIGN KEY ${list(key["columns"])} REFERENCES ${name(key["ref_table"])} ${list(key["ref_columns"])}${action(key, "on_delete")}${action(key, "on_update")}`,
    );
    const parts = [
      ...described.columns.map(
        (column) =>
          `${name(column.name)} ${column.type}${column["default"] === null || column["default"] === undefined ? "" : ` DEFAULT ${text(column["default"])}`}${column["notnull"] === true ? " NOT NULL" : ""}`,
      ),
      ...(described.primary_key === null
        ? []
        : [`${constraint(described.primary_key)}PRIMARY KEY ${list(described.primary_key.columns)}`]),
      ...described.unique.map((key) => `${constraint(key)}UNIQUE ${list(key["columns"])}`),
      ...described.checks.map((check) => `${constraint(check)}CHECK (${text(check["expr"])})`),
      ...(dialect === "sqlite" ? keys : []),
    ];
    first.push(`CREATE TABLE ${name(table)} (${parts.join(", ")})`);
    for (const index of described.indexes)
      first.push(
        `CREATE ${index["unique"] === true ? "UNIQUE " : ""}INDEX ${name(index["name"])} ON ${name(table)} ${list(index["columns"])}`,
      );
    if (dialect === "postgres") last.push(...keys.map((key) => `ALTER TABLE ${name(table)} ADD ${key}`));
  }
  return [...first, ...last];
}

function constraint(item: { readonly name?: Json }): string {
  return typeof item["name"] === "string" ? `CONSTRAINT ${name(item["name"])} ` : "";
}

function action(item: Item, which: "on_delete" | "on_update"): string {
  const asked = item[which];
  return typeof asked === "string" ? ` ${which.replace("_", " ").toUpperCase()} ${asked}` : "";
}
