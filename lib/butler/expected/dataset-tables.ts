/** The tables that hold which datasets belong to which collections, one or two for each set of dimensions. */
import type { DialectName } from "../../database/database.js";
import type { TableDefinition } from "../../database/schema/editor.js";
import { columnParts } from "../../database/schema/apply-columns.js";
import { type } from "../../database/schema/types.js";
import { sql } from "../../database/sql.js";
import type { Definition } from "./definitions.js";
import type { DatasetTables, RepositoryContent, Traits } from "./format.js";
import { collectionColumn, datasetIdType } from "./registry-tables.js";
import type { UniverseModel } from "./universe-model.js";

export function datasetTables(
  dialect: DialectName,
  traits: Traits,
  universe: UniverseModel,
  { datasets }: RepositoryContent,
): Definition[] {
  return datasets.flatMap((tables): Definition[] => {
    const { tags, calibs, dimensions } = tables;
    const definitions: Definition[] = [
      { name: tags, define: (table) => defineTags(table, traits, universe, tables) },
    ];
    if (calibs !== null) {
      definitions.push({
        name: calibs,
        define: (table) => defineCalibs(table, dialect, traits, universe, dimensions),
      });
    }
    return definitions;
  });
}

function defineTags(
  table: TableDefinition,
  traits: Traits,
  universe: UniverseModel,
  { dimensions }: DatasetTables,
): void {
  const collection = collectionColumn(traits).name;
  defineColumns(table, traits, universe, dimensions);
  table.primaryKey(["dataset_id", collection]);
  table.unique(["dataset_type_id", collection, ...dimensions]);
  addForeignKeys(table, traits, universe, dimensions);
}

function defineCalibs(
  table: TableDefinition,
  dialect: DialectName,
  traits: Traits,
  universe: UniverseModel,
  dimensions: readonly string[],
): void {
  table.column("id", type.serial());
  defineColumns(table, traits, universe, dimensions);
  const timespan = columnParts(dialect, "timespan", type.timespan());
  if (dialect === "sqlite") {
    table.column("timespan_begin", type.bigint(), { default: sql`0` });
    table.column("timespan_end", type.bigint(), { default: sql`4102444800000000000` });
  } else table.column("timespan", type.timespan(), { default: sql`'(,)'::int8range` });
  table.primaryKey(["id"]);
  addForeignKeys(table, traits, universe, dimensions);
  table.index(["dataset_type_id", collectionColumn(traits).name, ...dimensions, ...timespan]);
}

function defineColumns(
  table: TableDefinition,
  traits: Traits,
  universe: UniverseModel,
  dimensions: readonly string[],
): void {
  const collection = collectionColumn(traits);
  table.column("dataset_type_id", type.bigint());
  table.column("dataset_id", datasetIdType(traits));
  table.column(collection.name, collection.type);
  for (const one of dimensions) table.column(one, universe.keyType(one));
}

function addForeignKeys(
  table: TableDefinition,
  traits: Traits,
  universe: UniverseModel,
  dimensions: readonly string[],
): void {
  const { name: collection, key } = collectionColumn(traits);
  const cascade = { onDelete: "CASCADE" } as const;
  table.foreignKey(["dataset_type_id"], { table: "dataset_type", columns: ["id"] });
  table.foreignKey(["dataset_id"], { table: "dataset", columns: ["id"] }, cascade);
  table.foreignKey([collection], { table: "collection", columns: [key] }, cascade);
  const summary = (column: string) => [collection, column];
  table.foreignKey(summary("dataset_type_id"), {
    table: "collection_summary_dataset_type",
    columns: summary("dataset_type_id"),
  });
  for (const one of dimensions) {
    const reference = universe.reference(one);
    if (reference !== null)
      table.foreignKey(reference.columns, { table: one, columns: reference.referenced });
    if (universe.isGovernor(one))
      table.foreignKey(summary(one), { table: `collection_summary_${one}`, columns: summary(one) });
  }
}
