/** Reads what a repository's schema follows from, as far as the repository can still be read. */
import type { Session } from "../../database/database.js";
import type { Table } from "../../database/schema/table.js";
import { sql } from "../../database/sql.js";
import { dimensionsAttribute, obscoreAttribute, readAttributes } from "../attributes.js";
import { managersIn, parseAttribute } from "../managers.js";
import type { ButlerFormat, DatasetTables, RepositoryContent } from "./format.js";
import { UniverseModel } from "./universe-model.js";

/** The format that the attributes say. */
export async function readFormat(session: Session, namespace: string | undefined): Promise<ButlerFormat> {
  const attributes = await readAttributes(session);
  const documentOf = (name: string) => {
    const text = attributes.get(name);
    return text === undefined ? null : parseAttribute(name, text);
  };
  return {
    managers: managersIn(attributes, namespace),
    universe: documentOf(dimensionsAttribute) ?? {},
    obscore: documentOf(obscoreAttribute),
  };
}

/** The tables that the repository records. */
export async function readContent(
  session: Session,
  { universe }: ButlerFormat,
  tables: readonly Table[],
): Promise<RepositoryContent> {
  const find = (name: string): Table | undefined => tables.find((table) => table.name === name);
  const model = new UniverseModel(universe);
  const readable =
    hasColumns(find("dataset_type"), datasetTypeColumns) &&
    hasColumns(find("dimension_graph_definition"), graphColumns);
  const datasets = readable ? await readDatasetTables(session, model, find) : datasetTablesByName(tables);
  const opaque = hasColumns(find("opaque_meta"), ["table_name"])
    ? await readOpaque(session)
    : tables.filter(isRecords).map(({ name }) => name);
  const graphs = hasColumns(find("dimension_graph_key"), ["id"]) ? await readGraphs(session) : [];
  return {
    datasets,
    opaque: opaque.filter((name) => isModelled(find(name))),
    graphs: new Set(graphs),
  };
}

const datasetTypeColumns = ["dimensions_key", "tag_association_table", "calibration_association_table"];
const graphColumns = ["dimension_graph_id", "dimension_name"];

function hasColumns(table: Table | undefined, names: readonly string[]): boolean {
  return names.every((name) => table?.columns.some((column) => column.name === name) === true);
}

async function readDatasetTables(
  session: Session,
  model: UniverseModel,
  find: (name: string) => Table | undefined,
): Promise<DatasetTables[]> {
  const graphs = new Map<string, string[]>();
  for (const row of await session.query(
    sql`SELECT dimension_graph_id AS id, dimension_name AS name FROM ${sql.table("dimension_graph_definition")}`,
  )) {
    const id = String(row["id"]);
    graphs.set(id, [...(graphs.get(id) ?? []), String(row["name"])]);
  }
  const rows = await session.query(
    sql`SELECT tag_association_table AS tags, max(calibration_association_table) AS calibs, min(dimensions_key) AS graph FROM ${sql.table("dataset_type")} GROUP BY tag_association_table ORDER BY tag_association_table`,
  );
  return rows.map((row) => {
    const tags = String(row["tags"]);
    const calibs = row["calibs"] === null ? null : String(row["calibs"]);
    const graph = String(row["graph"]);
    const table = find(tags);
    // A set of dimensions that is gone is a fault of rows, and the table tells which it was.
    const recorded =
      graphs.get(graph) ?? (graph === "0" || table === undefined ? [] : dimensionColumns(table));
    return { tags, calibs, dimensions: asCreated(model.sorted(recorded), table) };
  });
}

/** A table keeps the order of dimensions that it was created with, which another configuration may have changed. */
function asCreated(dimensions: readonly string[], table: Table | undefined): readonly string[] {
  if (table === undefined) return dimensions;
  const own = dimensionColumns(table);
  return own.toSorted().join() === dimensions.toSorted().join() ? own : dimensions;
}

/** Where the records of dataset types cannot be read, the tables speak for themselves. */
export function datasetTablesByName(tables: readonly Table[]): DatasetTables[] {
  return tables.flatMap((table) => {
    const number = /^dataset_tags_(.+)$/.exec(table.name)?.[1];
    if (number === undefined) return [];
    const calibs = `dataset_calibs_${number}`;
    return {
      tags: table.name,
      calibs: tables.some(({ name }) => name === calibs) ? calibs : null,
      dimensions: dimensionColumns(table),
    };
  });
}

const otherColumns = /^(id|dataset_type_id|dataset_id|collection_(id|name)|timespan(_begin|_end)?)$/;

/** Columns that hold dimensions, in the order in which the table's unique constraint has them, else as they stand. */
export function dimensionColumns({ columns, uniques }: Table): string[] {
  const names = columns.map(({ name }) => name).filter((name) => !otherColumns.test(name));
  const unique = uniques[0]?.columns.filter((name) => !otherColumns.test(name)) ?? [];
  return unique.toSorted().join() === names.toSorted().join() ? unique : names;
}

/** Number 0, the set without dimensions, is never stored. */
async function readGraphs(session: Session): Promise<string[]> {
  const rows = await session.query(sql`SELECT id FROM ${sql.table("dimension_graph_key")}`);
  return ["0", ...rows.map((row) => String(row["id"]))].map((id) => id.padStart(8, "0"));
}

async function readOpaque(session: Session): Promise<string[]> {
  const rows = await session.query(sql`SELECT table_name AS name FROM ${sql.table("opaque_meta")}`);
  return rows.map((row) => String(row["name"]));
}

/** A table that is gone was one of files; one of another form belongs to a datastore that is not known here. */
function isModelled(table: Table | undefined): boolean {
  return table === undefined || isRecords(table);
}

/** Whether a table has the columns by which files are found: most of them, as one may be missing. */
function isRecords({ columns }: Table): boolean {
  const wanted = ["dataset_id", "path", "formatter", "storage_class", "component", "checksum", "file_size"];
  return wanted.filter((name) => columns.some((column) => column.name === name)).length >= wanted.length - 1;
}
