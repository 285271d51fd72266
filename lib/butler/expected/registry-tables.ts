/** The tables of a registry that no dimension decides. */
import type { DialectName } from "../../database/database.js";
import type { TableDefinition } from "../../database/schema/editor.js";
import { type } from "../../database/schema/types.js";
import type { LogicalType } from "../../database/schema/types.js";
import { sql } from "../../database/sql.js";
import type { Definition } from "./definitions.js";
import type { RepositoryContent, Traits } from "./format.js";

/** The column by which other tables refer to a collection. */
export interface CollectionColumn {
  readonly name: string;
  readonly type: LogicalType;
  /** The key of the table `collection`. */
  readonly key: string;
}

/** How tables refer to collections. */
export function collectionColumn({ collections }: Traits): CollectionColumn {
  return collections === "integer"
    ? { name: "collection_id", type: type.bigint(), key: "collection_id" }
    : { name: "collection_name", type: type.text(), key: "name" };
}

/** The type of columns that hold the id of a dataset. */
export function datasetIdType({ datasetIds }: Traits): LogicalType {
  return datasetIds === "uuid" ? type.uuid() : type.bigint();
}

export function registryTables(
  dialect: DialectName,
  traits: Traits,
  { opaque }: RepositoryContent,
): Definition[] {
  return [
    ...fixedTables,
    ...collectionTables(traits),
    { name: "dataset", define: (table) => defineDataset(table, dialect, traits) },
    ...locationTables(traits),
    ...opaque.map((name): Definition => ({ name, define: (table) => defineRecords(table, traits) })),
  ];
}

const fixedTables: readonly Definition[] = [
  {
    name: "butler_attributes",
    define: (table) => {
      table.column("name", type.text());
      table.column("value", type.text());
      table.primaryKey(["name"]);
    },
  },
  {
    name: "opaque_meta",
    define: (table) => {
      table.column("table_name", type.text());
      table.primaryKey(["table_name"]);
    },
  },
  {
    name: "dimension_graph_key",
    define: (table) => {
      table.column("id", type.serial());
      table.primaryKey(["id"]);
    },
  },
  {
    name: "dimension_graph_definition",
    define: (table) => {
      table.column("dimension_graph_id", type.bigint());
      table.column("dimension_name", type.text());
      table.primaryKey(["dimension_graph_id", "dimension_name"]);
      table.foreignKey(
        ["dimension_graph_id"],
        { table: "dimension_graph_key", columns: ["id"] },
        { onDelete: "CASCADE" },
      );
    },
  },
  {
    name: "dataset_type",
    define: (table) => {
      table.column("id", type.serial());
      table.column("name", type.text());
      table.column("storage_class", type.text());
      table.column("dimensions_key", type.bigint());
      table.column("tag_association_table", type.text());
      table.column("calibration_association_table", type.text(), { nullable: true });
      table.primaryKey(["id"]);
      table.unique(["name"]);
    },
  },
];

function collectionTables({ collections }: Traits): Definition[] {
  const byName = collections === "name";
  // Where names are keys, the columns that refer to them are strings without a length.
  const name = type.native({ sqlite: "VARCHAR", postgres: "character varying" });
  const key = byName ? "name" : "collection_id";
  return [
    {
      name: "collection",
      define: (table) => {
        if (!byName) table.column("collection_id", type.serial());
        table.column("name", type.text());
        table.column("type", type.smallint());
        table.column("doc", type.text(), { nullable: true });
        table.primaryKey([key]);
        if (!byName) table.unique(["name"]);
      },
    },
    {
      name: "run",
      define: (table) => {
        table.column(key, byName ? name : type.bigint());
        table.column("host", type.text(), { nullable: true });
        table.column("timespan", type.timespan(), { nullable: true });
        table.primaryKey([key]);
        table.foreignKey([key], { table: "collection", columns: [key] }, { onDelete: "CASCADE" });
      },
    },
    {
      name: "collection_chain",
      define: (table) => {
        table.column("parent", byName ? name : type.bigint());
        table.column("position", type.smallint());
        table.column("child", byName ? name : type.bigint());
        table.primaryKey(["parent", "position"]);
        table.foreignKey(["parent"], { table: "collection", columns: [key] }, { onDelete: "CASCADE" });
        table.foreignKey(["child"], { table: "collection", columns: [key] });
      },
    },
  ];
}

function defineDataset(table: TableDefinition, dialect: DialectName, traits: Traits): void {
  table.column("id", traits.datasetIds === "uuid" ? type.uuid() : type.serial());
  table.column("dataset_type_id", type.bigint());
  if (traits.ingestDate === "tai") table.column("ingest_date", type.bigint());
  else {
    const now = dialect === "sqlite" ? sql`(CURRENT_TIMESTAMP)` : sql`now()`;
    table.column("ingest_date", type.timestamp(), { default: now });
  }
  const byName = traits.collections === "name";
  const run = byName ? "run_name" : "run_id";
  table.column(run, byName ? type.text() : type.bigint());
  table.primaryKey(["id"]);
  table.foreignKey(["dataset_type_id"], { table: "dataset_type", columns: ["id"] });
  table.foreignKey(
    [run],
    { table: "run", columns: [byName ? "name" : "collection_id"] },
    { onDelete: "CASCADE" },
  );
}

function locationTables(traits: Traits): Definition[] {
  const define = (table: TableDefinition): void => {
    table.column("datastore_name", type.text());
    table.column("dataset_id", datasetIdType(traits));
  };
  return [
    {
      name: "dataset_location",
      define: (table) => {
        define(table);
        table.primaryKey(["datastore_name", "dataset_id"]);
        table.foreignKey(["dataset_id"], { table: "dataset", columns: ["id"] });
      },
    },
    {
      name: "dataset_location_trash",
      define: (table) => {
        define(table);
        table.primaryKey(traits.trashKey);
      },
    },
  ];
}

/** Where the files of datasets are. */
function defineRecords(table: TableDefinition, traits: Traits): void {
  table.column("dataset_id", datasetIdType(traits));
  table.column("path", type.text());
  table.column("formatter", type.text());
  table.column("storage_class", type.text());
  table.column("component", type.string(32));
  table.column("checksum", type.text(), { nullable: true });
  table.column("file_size", type.bigint(), { nullable: true });
  table.primaryKey(["dataset_id", "component"]);
  table.index(["path"]);
}
