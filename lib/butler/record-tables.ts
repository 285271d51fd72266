/** Tables besides the registry's own that hold ids of datasets. */
import { sql } from "../database/sql.js";
import type { RevisionContext } from "../run/context.js";
import { Attributes, obscoreAttribute } from "./attributes.js";
import { parseAttribute } from "./managers.js";
import { tableName } from "./obscore-table.js";

/** A column that holds ids of datasets. */
export interface IdColumn {
  readonly table: string;
  readonly column: string;
}

/**
 * The columns that hold ids of datasets without a foreign key that says so: those of the trash, of all record tables that
 * `opaque_meta` names, and of the ObsCore table, where there is one.
 */
export async function looseIdColumns(context: RevisionContext): Promise<IdColumn[]> {
  const candidates = [
    { table: "dataset_location_trash", column: "dataset_id" },
    ...(await opaqueTables(context)).map((table) => ({ table, column: "dataset_id" })),
    ...(await obscoreTables(context)).map((table) => ({ table, column: "registry_dataset_id" })),
  ];
  const found: IdColumn[] = [];
  for (const candidate of candidates) if (await exists(context, candidate)) found.push(candidate);
  return found;
}

/** The tables of records that `opaque_meta` names, sorted. */
export async function opaqueTables(context: RevisionContext): Promise<string[]> {
  if (!(await context.schema.hasTable("opaque_meta"))) return [];
  const rows = await context.query(
    sql`SELECT table_name FROM ${sql.table("opaque_meta")} ORDER BY table_name`,
  );
  return rows.map((row) => String(row["table_name"]));
}

async function obscoreTables(context: RevisionContext): Promise<string[]> {
  const text = await new Attributes(context).get(obscoreAttribute);
  if (text === undefined) return [];
  return [tableName(parseAttribute(obscoreAttribute, text))];
}

async function exists({ schema }: RevisionContext, { table, column }: IdColumn): Promise<boolean> {
  if (!(await schema.hasTable(table))) return false;
  const { columns } = await schema.table(table);
  return columns.some(({ name }) => name === column);
}
