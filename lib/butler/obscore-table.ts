/** The ObsCore table as its configuration describes it. */
import type { DialectName } from "../database/database.js";
import type { TableDefinition } from "../database/schema/editor.js";
import { type } from "../database/schema/types.js";
import type { LogicalType } from "../database/schema/types.js";
import { InputError } from "../errors.js";
import { isJsonObject } from "./universe/json.js";
import type { Json, JsonObject } from "./universe/json.js";

/** The columns that every ObsCore table has, besides its key. */
const standardColumns: readonly (readonly [LogicalType, readonly string[]])[] = [
  [type.text(), ["dataproduct_type", "dataproduct_subtype", "facility_name"]],
  [type.smallint(), ["calib_level"]],
  [
    type.text(),
    ["target_name", "obs_id", "obs_collection", "obs_publisher_did", "access_url", "access_format"],
  ],
  [type.double(), ["s_resolution"]],
  [type.integer(), ["s_xel1", "s_xel2", "t_xel"]],
  [type.double(), ["t_min", "t_max", "t_exptime", "t_resolution"]],
  [type.integer(), ["em_xel"]],
  [type.double(), ["em_min", "em_max", "em_res_power"]],
  [type.text(), ["em_filter_name", "o_ucd"]],
  [type.integer(), ["pol_xel"]],
  [type.text(), ["instrument_name"]],
];

/** The columns of the spatial plugin that is used unless another one is configured. */
const spatialColumns: readonly (readonly [LogicalType, readonly string[]])[] = [
  [type.double(), ["s_ra", "s_dec", "s_fov"]],
  [type.text(), ["s_region"]],
];

const key = "registry_dataset_id";
/** Length of texts whose configuration gives none. */
const defaultLength = 255;

/** What the definition depends on besides the configuration. */
export interface ObscoreSetting {
  /** Where the configuration stands, for errors. */
  readonly file: string;
  readonly dialect: DialectName;
  /** The type of ids of datasets. */
  readonly idType: LogicalType;
}

/** The name of the table that a configuration describes. */
export function tableName(configuration: JsonObject): string {
  const name = configuration["table_name"];
  return typeof name === "string" && name !== "" ? name : "obscore";
}

/**
 * The definition of the table.
 * @throws InputError `bad-obscore` about columns and indexes
 */
export function obscoreTable(
  configuration: JsonObject,
  { file, dialect, idType }: ObscoreSetting,
): (table: TableDefinition) => void {
  const columns = extraColumns(configuration, file);
  const indexed = indexes(configuration, file);
  return (table) => {
    for (const [columnType, names] of standardColumns) addColumns(table, columnType, names);
    for (const [column, columnType] of columns) addColumns(table, columnType, [column]);
    for (const [columnType, names] of spatialColumns) addColumns(table, columnType, names);
    // As Butler declares it: SQLite is not told that a key is never NULL.
    table.column(key, idType, { nullable: dialect === "sqlite" });
    table.primaryKey([key]);
    table.foreignKey([key], { table: "dataset", columns: ["id"] }, { onDelete: "CASCADE" });
    for (const index of indexed) table.index(index);
  };
}

function addColumns(table: TableDefinition, columnType: LogicalType, names: readonly string[]): void {
  for (const name of names) table.column(name, columnType, { nullable: true });
}

/** Columns that the configuration asks for as a whole, or for one dataset type. */
function extraColumns(configuration: JsonObject, file: string): Map<string, LogicalType> {
  const types = configuration["dataset_types"];
  const parts = [configuration, ...(isJsonObject(types) ? Object.values(types) : [])];
  const taken = new Set([...standardColumns, ...spatialColumns].flatMap(([, names]) => names).concat(key));
  const columns = new Map<string, LogicalType>();
  for (const part of parts) {
    const extra = isJsonObject(part) ? part["extra_columns"] : undefined;
    if (!isJsonObject(extra)) continue;
    for (const [name, value] of Object.entries(extra)) {
      if (taken.has(name)) throw badObscore(file, `extra column "${name}" is a standard one`);
      if (!columns.has(name)) columns.set(name, columnTypeOf(name, value, file));
    }
  }
  return columns;
}

/** A column is a value for all rows, or a template with its type. */
function columnTypeOf(name: string, value: Json, file: string): LogicalType {
  if (typeof value === "boolean") return type.boolean();
  if (typeof value === "number") return Number.isInteger(value) ? type.bigint() : type.double();
  if (!isJsonObject(value)) return type.string(defaultLength);
  const { length } = value;
  switch (value["type"] ?? "string") {
    case "string":
      return type.string(typeof length === "number" ? length : defaultLength);
    case "int":
      return type.bigint();
    case "float":
      return type.double();
    case "bool":
      return type.boolean();
    default:
      throw badObscore(file, `extra column "${name}" has the type ${shownJson(value["type"])}`);
  }
}

function indexes(configuration: JsonObject, file: string): string[][] {
  const { indices } = configuration;
  if (!isJsonObject(indices)) return [];
  return Object.entries(indices).map(([name, columns]) => {
    const list = typeof columns === "string" ? [columns] : columns;
    if (Array.isArray(list) && list.every((one) => typeof one === "string")) return list;
    throw badObscore(file, `index "${name}" is no list of columns`);
  });
}

/** A configuration that cannot be used, and why. */
export function badObscore(file: string, reason: string): InputError {
  return new InputError("bad-obscore", `The ObsCore configuration ${file} cannot be used: ${reason}.`);
}

/** A value in an error. */
export function shownJson(value: Json | undefined): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}
