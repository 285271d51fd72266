/** The tables of dimensions, of their overlaps, and of the summaries of collections by governor. */
import type { TableDefinition } from "../../database/schema/editor.js";
import { type } from "../../database/schema/types.js";
import type { Definition } from "./definitions.js";
import type { Traits } from "./format.js";
import { collectionColumn } from "./registry-tables.js";
import type { ElementModel, UniverseModel } from "./universe-model.js";

export function dimensionTables(traits: Traits, universe: UniverseModel): Definition[] {
  return [
    ...universe.elements
      .filter(({ hasTable }) => hasTable)
      .map((element): Definition => ({
        name: element.name,
        define: (table) => defineElement(table, element, traits, universe),
      })),
    ...universe.spatial.flatMap((element) => pixelTables(element, traits, universe)),
    ...universe.overlaps.flatMap(([one, other]) => overlapTables(one, other, universe)),
    ...summaryTables(traits, universe),
  ];
}

function defineElement(
  table: TableDefinition,
  element: ElementModel,
  traits: Traits,
  universe: UniverseModel,
): void {
  const { requires, implies, key, alternateKeys, metadata } = element;
  for (const one of requires) table.column(one, universe.keyType(one));
  if (key !== null) table.column(key.name, key.type);
  for (const one of implies)
    table.column(one, universe.keyType(one), { nullable: traits.implied === "nullable" });
  for (const one of [...alternateKeys, ...metadata]) table.column(one.name, one.type, { nullable: true });
  if (element.spatial) table.column("region", type.text(), { nullable: true });
  if (element.temporal) table.column("timespan", type.timespan(), { nullable: true });
  table.primaryKey(key === null ? requires : [...requires, key.name]);
  for (const one of alternateKeys) table.unique([...requires, one.name]);
  for (const one of [...requires, ...implies]) referTo(table, one, universe);
}

function referTo(table: TableDefinition, dimension: string, universe: UniverseModel): void {
  const reference = universe.reference(dimension);
  if (reference === null) return;
  table.foreignKey(reference.columns, { table: dimension, columns: reference.referenced });
}

/** The dimensions that identify an element. */
function identity({ name, requires, key }: ElementModel): string[] {
  return key === null ? [...requires] : [...requires, name];
}

function definePixel(table: TableDefinition): void {
  table.column("skypix_system", type.string(16));
  table.column("skypix_level", type.smallint());
}

/** Which pixels an element overlaps. */
function pixelTables(element: ElementModel, traits: Traits, universe: UniverseModel): Definition[] {
  const governor = universe.governorOf(element);
  const dimensions = identity(element);
  const pixel = ["skypix_system", "skypix_level"];
  const summary = `${element.name}_skypix_overlap_summary`;
  return [
    {
      name: summary,
      define: (table) => {
        definePixel(table);
        table.column(governor, universe.keyType(governor));
        table.primaryKey([...pixel, governor]);
        referTo(table, governor, universe);
      },
    },
    {
      name: `${element.name}_skypix_overlap`,
      define: (table) => {
        definePixel(table);
        for (const one of dimensions) table.column(one, universe.keyType(one));
        table.column("skypix_index", type.bigint());
        table.primaryKey([...pixel, ...dimensions, "skypix_index"]);
        const summaryKey = [...pixel, governor];
        table.foreignKey(summaryKey, { table: summary, columns: summaryKey }, { onDelete: "CASCADE" });
        for (const one of dimensions) referTo(table, one, universe);
        if (traits.overlapIndex === "by-pixel") table.index([...pixel, "skypix_index", ...dimensions]);
      },
    },
  ];
}

/** Which elements of different families overlap each other. */
function overlapTables(one: ElementModel, other: ElementModel, universe: UniverseModel): Definition[] {
  const governors = [universe.governorOf(one), universe.governorOf(other)];
  const dimensions = [...new Set([...governors, ...identity(one), ...identity(other)])];
  const define = (columns: readonly string[]) => (table: TableDefinition) => {
    for (const column of columns) table.column(column, universe.keyType(column));
    table.primaryKey(columns);
    for (const column of columns) referTo(table, column, universe);
  };
  const name = `${one.name}_${other.name}_overlap`;
  return [
    { name: `${name}_summary`, define: define(governors) },
    { name, define: define(dimensions) },
  ];
}

/** What the datasets of a collection are about. */
function summaryTables(traits: Traits, universe: UniverseModel): Definition[] {
  const collection = collectionColumn(traits);
  const define = (table: TableDefinition, column: string): void => {
    table.column(collection.name, collection.type);
    table.column(column, column === "dataset_type_id" ? type.bigint() : universe.keyType(column));
    table.primaryKey([collection.name, column]);
    table.foreignKey(
      [collection.name],
      { table: "collection", columns: [collection.key] },
      { onDelete: "CASCADE" },
    );
  };
  return [
    {
      name: "collection_summary_dataset_type",
      define: (table) => {
        define(table, "dataset_type_id");
        table.foreignKey(
          ["dataset_type_id"],
          { table: "dataset_type", columns: ["id"] },
          { onDelete: "CASCADE" },
        );
      },
    },
    ...universe.governors.map(({ name }): Definition => ({
      name: `collection_summary_${name}`,
      define: (table) => {
        define(table, name);
        referTo(table, name, universe);
      },
    })),
  ];
}
