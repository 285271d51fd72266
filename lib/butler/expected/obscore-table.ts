/** The ObsCore table, as its configuration says. */
import type { DialectName } from "../../database/database.js";
import { type } from "../../database/schema/types.js";
import type { LogicalType } from "../../database/schema/types.js";
import { textsOf } from "../universe/elements.js";
import { isJsonObject } from "../universe/json.js";
import type { Json, JsonObject } from "../universe/json.js";
import type { Definition } from "./definitions.js";
import type { Traits } from "./format.js";
import { datasetIdType } from "./registry-tables.js";

const fixedColumns: Readonly<Record<string, LogicalType>> = {
  dataproduct_type: type.text(),
  dataproduct_subtype: type.text(),
  facility_name: type.text(),
  calib_level: type.smallint(),
  target_name: type.text(),
  obs_id: type.text(),
  obs_collection: type.text(),
  obs_publisher_did: type.text(),
  access_url: type.text(),
  access_format: type.text(),
  s_resolution: type.double(),
  s_xel1: type.integer(),
  s_xel2: type.integer(),
  t_xel: type.integer(),
  t_min: type.double(),
  t_max: type.double(),
  t_exptime: type.double(),
  t_resolution: type.double(),
  em_xel: type.integer(),
  em_min: type.double(),
  em_max: type.double(),
  em_res_power: type.double(),
  em_filter_name: type.text(),
  o_ucd: type.text(),
  pol_xel: type.integer(),
  instrument_name: type.text(),
};

/** What the default spatial plugin adds. */
const spatialColumns: Readonly<Record<string, LogicalType>> = {
  s_ra: type.double(),
  s_dec: type.double(),
  s_fov: type.double(),
  s_region: type.text(),
};

const longestText = 255;

/** The table, or none where nothing is configured yet. */
export function obscoreTables(
  dialect: DialectName,
  configuration: JsonObject | null,
  traits: Traits,
): Definition[] {
  if (configuration === null) return [];
  const name = textOr(configuration["table_name"], "obscore");
  return [
    {
      name,
      define: (table) => {
        const columns = { ...fixedColumns, ...extraColumns(configuration), ...spatialColumns };
        for (const [column, kind] of Object.entries(columns)) table.column(column, kind, { nullable: true });
        // Butler writes no NOT NULL here on SQLite.
        table.column("registry_dataset_id", datasetIdType(traits), { nullable: dialect === "sqlite" });
        table.primaryKey(["registry_dataset_id"]);
        table.foreignKey(
          ["registry_dataset_id"],
          { table: "dataset", columns: ["id"] },
          { onDelete: "CASCADE" },
        );
        for (const indexed of indexesOf(configuration)) table.index(indexed);
      },
    },
  ];
}

function textOr(value: Json | undefined, other: string): string {
  return typeof value === "string" && value !== "" ? value : other;
}

function extraColumns({ extra_columns: extra }: JsonObject): Record<string, LogicalType> {
  if (!isJsonObject(extra)) return {};
  return Object.fromEntries(
    Object.entries(extra).flatMap(([name, column]) =>
      isJsonObject(column) ? [[name, typeOf(column)] as const] : [],
    ),
  );
}

function typeOf({ type: kind, length }: JsonObject): LogicalType {
  switch (kind) {
    case "int":
      return type.bigint();
    case "float":
      return type.double();
    case "bool":
      return type.boolean();
    default:
      return type.string(typeof length === "number" ? length : longestText);
  }
}

function indexesOf({ indices }: JsonObject): string[][] {
  if (!isJsonObject(indices)) return [];
  return Object.values(indices).map((columns) =>
    typeof columns === "string" ? [columns] : textsOf(columns),
  );
}
