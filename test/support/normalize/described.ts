/** Described databases of the fixtures, in the form in which godwit inspects tables. */
import type { DialectName } from "../../../lib/database/database.js";
import type { ReferentialAction, Table } from "../../../lib/database/schema/table.js";
import { usualSequence } from "../../../lib/database/sequences.js";
import type { FoundSchema } from "../../../lib/butler/expected/compare.js";
import { datasetTablesByName } from "../../../lib/butler/expected/content.js";
import type { RepositoryContent } from "../../../lib/butler/expected/format.js";
import type { Description, Item, SchemaDescription, TableDescription } from "./description.js";
import type { Json } from "./json.js";

function text(value: Json | undefined): string {
  if (typeof value === "string") return value;
  throw new Error(`a text is missing, there is ${JSON.stringify(value)}`);
}

function textOrNull(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map((one) => text(one as Json)) : [];
}

function tableOf(name: string, described: TableDescription): Table {
  return {
    name,
    columns: described.columns.map((column) => ({
      name: column.name,
      type: column.type,
      nullable: column["notnull"] !== true,
      default: textOrNull(column["default"]),
      collation: null,
      generated: null,
      identity: null,
      autoincrement: false,
      comment: null,
    })),
    primaryKey: described.primary_key,
    uniques: described.unique.map((item) => ({
      name: textOrNull(item["name"]),
      columns: texts(item["columns"]),
    })),
    foreignKeys: described.foreign_keys.map((item) => ({
      name: textOrNull(item["name"]),
      columns: texts(item["columns"]),
      referencedTable: text(item["ref_table"]),
      referencedColumns: texts(item["ref_columns"]),
      onDelete: action(item, "on_delete"),
      onUpdate: action(item, "on_update"),
      deferrable: "no",
    })),
    checks: described.checks.map((item) => ({
      name: textOrNull(item["name"]),
      expression: text(item["expr"]),
    })),
    exclusions: [],
    indexes: described.indexes.map((item) => ({
      name: text(item["name"]),
      unique: item["unique"] === true,
      keys: texts(item["columns"]).map((column) => ({ column, expression: null, suffix: null })),
      method: "btree",
      where: null,
      include: [],
    })),
    triggers: [],
    comment: null,
    options: {},
  };
}

function action(item: Item, key: string): ReferentialAction {
  return (textOrNull(item[key]) ?? "NO ACTION") as ReferentialAction;
}

/** The tables and sequences of a described database. */
export function foundSchema({ tables, sequences }: SchemaDescription): FoundSchema {
  return {
    tables: Object.entries(tables).map(([name, table]) => tableOf(name, table)),
    sequences: Object.keys(sequences).map((name) => ({ name, text: usualSequence })),
    views: [],
  };
}

/** Which tables a repository made as it grew, as their names say. */
export function contentOf({ tables }: FoundSchema): RepositoryContent {
  return {
    datasets: datasetTablesByName(tables),
    opaque: tables.filter(({ name }) => name === "file_datastore_records").map(({ name }) => name),
    graphs: new Set(),
  };
}

export function dialectOf({ schema }: Description): DialectName {
  return schema.backend === "sqlite" ? "sqlite" : "postgres";
}

/** The attributes of a described repository. */
export function attributesOf({ rows }: Description): Map<string, string> {
  const table = rows?.["butler_attributes"];
  if (table === undefined) throw new Error("the description has no rows of butler_attributes");
  const [name, value] = [table.columns.indexOf("name"), table.columns.indexOf("value")];
  return new Map(table.rows.map((row) => [text(row[name]), text(row[value])]));
}
