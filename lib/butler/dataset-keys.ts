/** The keys and indexes of the tables that hold which datasets belong to which collections. */
import type { ForeignKey, Index } from "../database/schema/table.js";
import type { RevisionContext } from "../run/context.js";
import { dimensionColumns } from "./expected/content.js";
import { datasetTables } from "./expected/dataset-tables.js";
import { tableOf } from "./expected/definitions.js";
import type { Traits } from "./expected/format.js";
import { UniverseModel } from "./expected/universe-model.js";
import { readUniverse } from "./universe/change.js";

/** What a table of members should have, by the rules that Butler makes such tables by. */
export interface DatasetTableKeys {
  /** The column that says which collection: `collection_id` or `collection_name`. */
  readonly collection: string;
  /** Columns that hold dimensions, in their order. */
  readonly dimensions: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Those of foreign keys, and for calibrations the one that finds them by time. */
  readonly indexes: readonly Index[];
}

/** The families of such tables. */
const families = ["dataset_tags_*", "dataset_calibs_*"];
const familyName = /^dataset_(tags|calibs)_/;
const commonColumns = ["dataset_type_id", "dataset_id"];

/**
 * The tables of members, sorted: those that dataset types name, and those that no dataset type is left of, which Butler uses again
 * for the next one with the same dimensions.
 */
export async function datasetTableNames(context: RevisionContext): Promise<string[]> {
  const found = new Set<string>();
  for (const family of families) for await (const name of context.tables(family)) found.add(name);
  for (const name of await context.schema.tableNames()) {
    if (!familyName.test(name) || found.has(name)) continue;
    const { columns } = await context.schema.table(name);
    if (commonColumns.every((one) => columns.some((column) => column.name === one))) found.add(name);
  }
  return [...found].toSorted();
}

/**
 * Derives keys and indexes of a table of members from its own columns and the dimension configuration.
 * @throws InputError `unknown-table`, `unknown-dimension`
 */
export async function datasetTableKeys(context: RevisionContext, name: string): Promise<DatasetTableKeys> {
  const table = await context.schema.table(name);
  const universe = new UniverseModel(await readUniverse(context));
  const has = (column: string): boolean => table.columns.some((one) => one.name === column);
  const traits: Traits = { ...anyTraits, collections: has("collection_id") ? "integer" : "name" };
  const dimensions = dimensionColumns(table);
  const isCalibs = has("timespan") || has("timespan_begin");
  const definitions = datasetTables(context.dialect, traits, universe, {
    datasets: [{ tags: isCalibs ? "" : name, calibs: isCalibs ? name : null, dimensions }],
    opaque: [],
    graphs: new Set(),
  });
  const [definition] = definitions.filter((one) => one.name === name);
  if (definition === undefined) throw new Error(`no definition of ${name}`);
  const { foreignKeys, indexes } = tableOf(context.dialect, definition);
  return {
    collection: traits.collections === "integer" ? "collection_id" : "collection_name",
    dimensions,
    foreignKeys,
    indexes,
  };
}

/** Keys and indexes depend on nothing but how collections are referred to. */
const anyTraits: Traits = {
  collections: "integer",
  datasetIds: "uuid",
  ingestDate: "tai",
  trashKey: [],
  implied: "required",
  overlapIndex: "by-pixel",
  obscore: "none",
};
