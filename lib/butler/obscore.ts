/** The ObsCore table: made from its configuration. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type } from "../database/schema/types.js";
import type { LogicalType } from "../database/schema/types.js";
import type { TableDefinition } from "../database/schema/editor.js";
import { InputError, RefusedError } from "../errors.js";
import type { RevisionContext } from "../run/context.js";
import { Attributes, obscoreAttribute } from "./attributes.js";
import { parseYaml } from "./config/yaml.js";
import { countTable } from "./counting.js";
import { parseAttribute } from "./managers.js";
import { butlerText, isJsonObject } from "./universe/json.js";
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
const defaultSpatialPlugin = /(^|\.)DefaultSpatialObsCorePlugin$/;
/** Length of texts whose configuration gives none. */
const defaultLength = 255;

/** What a configuration must be. */
export interface ObscoreVersion {
  readonly namespace: string;
  readonly version: number;
}

/**
 * Stores the configuration that a file holds, and makes the table that it describes, empty.
 *
 * @param file YAML; a relative path is seen from the working folder
 * @throws InputError `unreadable-file`, `bad-yaml`, `bad-obscore`
 * @throws RefusedError `configuration-exists`, `table-exists`, `unknown-plugin`
 */
export async function configureObscore(
  context: RevisionContext,
  file: string,
  expected: ObscoreVersion,
): Promise<void> {
  const attributes = new Attributes(context);
  if ((await attributes.get(obscoreAttribute)) !== undefined) {
    throw new RefusedError("configuration-exists", "The repository has an ObsCore configuration already.", {
      hint: "Record it with `godwit stamp obscore-config`.",
    });
  }
  const configuration = await readConfiguration(path.resolve(file), expected);
  const columns = extraColumns(configuration, file);
  requireDefaultPlugin(configuration);
  const name = tableName(configuration);
  await makeRoom(context, name);
  const ids = await idType(context);
  await context.schema.create(name, (table) => {
    for (const [columnType, names] of standardColumns) addColumns(table, columnType, names);
    for (const [column, columnType] of columns) addColumns(table, columnType, [column]);
    for (const [columnType, names] of spatialColumns) addColumns(table, columnType, names);
    // As Butler declares it: SQLite is not told that a key is never NULL.
    table.column(key, ids, { nullable: context.dialect === "sqlite" });
    table.primaryKey([key]);
    table.foreignKey([key], { table: "dataset", columns: ["id"] }, { onDelete: "CASCADE" });
    for (const index of indexes(configuration, file)) table.index(index);
  });
  await attributes.set(obscoreAttribute, butlerText(configuration));
  context.report(`The table "${name}" is empty: \`butler obscore update-table\` fills it.`);
}

/** Takes the configuration and its table away. */
export async function removeObscore(context: RevisionContext): Promise<void> {
  const attributes = new Attributes(context);
  const text = await attributes.get(obscoreAttribute);
  if (text === undefined)
    throw new RefusedError("no-configuration", "The repository has no ObsCore configuration.");
  const name = tableName(parseAttribute(obscoreAttribute, text));
  if (await context.schema.hasTable(name)) {
    context.losesData(`rows of "${name}"`, await countTable(context, name));
    await context.schema.drop(name);
  }
  await attributes.remove(obscoreAttribute);
}

/** The name of the table that a configuration describes. */
export function tableName(configuration: JsonObject): string {
  const name = configuration["table_name"];
  return typeof name === "string" && name !== "" ? name : "obscore";
}

function addColumns(table: TableDefinition, columnType: LogicalType, names: readonly string[]): void {
  for (const name of names) table.column(name, columnType, { nullable: true });
}

async function readConfiguration(file: string, { namespace, version }: ObscoreVersion): Promise<JsonObject> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError("unreadable-file", `The ObsCore configuration cannot be read: ${reason}`, {
      hint: "Name the file: --options obscore_config=FILE.",
    });
  });
  const configuration: unknown = parseYaml(text, file).toJS({ maxAliasCount: 100 });
  if (!isJsonObject(configuration as Json)) throw bad(file, "it is no object of names and values");
  const found = configuration as JsonObject;
  if (found["namespace"] !== namespace)
    throw bad(file, `its namespace is ${shown(found["namespace"])}, and this revision is of "${namespace}"`);
  if (found["version"] !== version)
    throw bad(file, `its version is ${shown(found["version"])}, and this revision leads to ${version}`);
  return found;
}

function bad(file: string, reason: string): InputError {
  return new InputError("bad-obscore", `The ObsCore configuration ${file} cannot be used: ${reason}.`);
}

function shown(value: Json | undefined): string {
  return value === undefined ? "missing" : JSON.stringify(value);
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
      if (taken.has(name)) throw bad(file, `extra column "${name}" is a standard one`);
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
      throw bad(file, `extra column "${name}" has the type ${shown(value["type"])}`);
  }
}

function requireDefaultPlugin(configuration: JsonObject): void {
  const plugins = configuration["spatial_plugins"];
  if (!isJsonObject(plugins)) return;
  for (const [name, plugin] of Object.entries(plugins)) {
    const cls = isJsonObject(plugin) ? plugin["cls"] : undefined;
    if (typeof cls === "string" && defaultSpatialPlugin.test(cls)) continue;
    throw new RefusedError(
      "unknown-plugin",
      `The ObsCore configuration names the spatial plugin "${name}" (${shown(cls)}), whose columns are not known here.`,
      { hint: "Only DefaultSpatialObsCorePlugin is supported." },
    );
  }
}

function indexes(configuration: JsonObject, file: string): string[][] {
  const { indices } = configuration;
  if (!isJsonObject(indices)) return [];
  return Object.entries(indices).map(([name, columns]) => {
    const list = typeof columns === "string" ? [columns] : columns;
    if (Array.isArray(list) && list.every((one) => typeof one === "string")) return list;
    throw bad(file, `index "${name}" is no list of columns`);
  });
}

/** An empty table is what the Python tool's way back leaves behind. */
async function makeRoom(context: RevisionContext, name: string): Promise<void> {
  if (!(await context.schema.hasTable(name))) return;
  const count = await countTable(context, name);
  if (count === 0n) {
    await context.schema.drop(name);
    return;
  }
  throw new RefusedError("table-exists", `There is a table "${name}" already, with ${count} rows.`, {
    hint: "Drop it, or give another `table_name` in the configuration.",
  });
}

async function idType({ schema }: RevisionContext): Promise<LogicalType> {
  const { columns } = await schema.table("dataset");
  const id = columns.find(({ name }) => name === "id");
  return /^(integer|bigint)$/i.test(id?.type ?? "") ? type.bigint() : type.uuid();
}
