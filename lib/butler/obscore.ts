/** The ObsCore table: made from its configuration. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type } from "../database/schema/types.js";
import type { LogicalType } from "../database/schema/types.js";
import { InputError, messageOf, RefusedError } from "../errors.js";
import type { RevisionContext } from "../run/context.js";
import { Attributes, obscoreAttribute } from "./attributes.js";
import { parseYaml } from "./config/yaml.js";
import { countTable } from "./counting.js";
import { parseAttribute } from "./managers.js";
import { badObscore, obscoreTable, shownJson, tableName } from "./obscore-table.js";
import { butlerText, isJsonObject } from "./universe/json.js";
import type { Json, JsonObject } from "./universe/json.js";

const defaultSpatialPlugin = /(^|\.)DefaultSpatialObsCorePlugin$/;
/** The key that every ObsCore table has. */
const key = "registry_dataset_id";

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
  if (context.mode === "run") await configurationConditions(context, file, expected);
  const configuration = await readConfiguration(path.resolve(file), expected);
  const define = obscoreTable(configuration, {
    file,
    dialect: context.dialect,
    idType: await idType(context),
  });
  const name = tableName(configuration);
  if (await context.schema.hasTable(name)) await context.schema.drop(name);
  await context.schema.create(name, define);
  await new Attributes(context).set(obscoreAttribute, butlerText(configuration));
  context.report(`The table "${name}" is empty: \`butler obscore update-table\` fills it.`);
}

/**
 * What is asked before a plan begins.
 * @throws as `configureObscore`, and `no-configuration` on the way back, whose losses are counted
 */
export async function obscoreConditions(
  context: RevisionContext,
  file: string,
  expected: ObscoreVersion,
): Promise<void> {
  if (context.direction === "up") await configurationConditions(context, file, expected);
  else await countLostRows(context);
}

async function configurationConditions(
  context: RevisionContext,
  file: string,
  expected: ObscoreVersion,
): Promise<void> {
  if ((await new Attributes(context).get(obscoreAttribute)) !== undefined) {
    throw new RefusedError("configuration-exists", "The repository has an ObsCore configuration already.", {
      hint: "Record it with `godwit stamp obscore-config`.",
    });
  }
  const configuration = await readConfiguration(path.resolve(file), expected);
  requireDefaultPlugin(configuration);
  await requireRoom(context, tableName(configuration));
}

/** Takes the configuration and its table away. */
export async function removeObscore(context: RevisionContext): Promise<void> {
  if (context.mode === "run") await countLostRows(context);
  const name = await configuredTable(context);
  if (await context.schema.hasTable(name)) await context.schema.drop(name);
  await new Attributes(context).remove(obscoreAttribute);
}

async function countLostRows(context: RevisionContext): Promise<void> {
  const name = await configuredTable(context);
  if (await context.schema.hasTable(name))
    context.losesData(`rows of "${name}"`, await countTable(context, name));
}

async function configuredTable(context: RevisionContext): Promise<string> {
  const text = await new Attributes(context).get(obscoreAttribute);
  if (text !== undefined) return tableName(parseAttribute(obscoreAttribute, text));
  throw new RefusedError("no-configuration", "The repository has no ObsCore configuration.");
}

async function readConfiguration(file: string, { namespace, version }: ObscoreVersion): Promise<JsonObject> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    const reason = messageOf(error);
    throw new InputError("unreadable-file", `The ObsCore configuration cannot be read: ${reason}`, {
      hint: "Name the file: --options obscore_config=FILE.",
    });
  });
  const configuration: unknown = parseYaml(text, file).toJS({ maxAliasCount: 100 });
  if (!isJsonObject(configuration as Json)) throw badObscore(file, "it is no object of names and values");
  const found = configuration as JsonObject;
  if (found["namespace"] !== namespace)
    throw badObscore(
      file,
      `its namespace is ${shownJson(found["namespace"])}, and this revision is of "${namespace}"`,
    );
  if (found["version"] !== version)
    throw badObscore(
      file,
      `its version is ${shownJson(found["version"])}, and this revision leads to ${version}`,
    );
  return found;
}

function requireDefaultPlugin(configuration: JsonObject): void {
  const plugins = configuration["spatial_plugins"];
  if (!isJsonObject(plugins)) return;
  for (const [name, plugin] of Object.entries(plugins)) {
    const cls = isJsonObject(plugin) ? plugin["cls"] : undefined;
    if (typeof cls === "string" && defaultSpatialPlugin.test(cls)) continue;
    throw new RefusedError(
      "unknown-plugin",
      `The ObsCore configuration names the spatial plugin "${name}" (${shownJson(cls)}), whose columns are not known here.`,
      { hint: "Only DefaultSpatialObsCorePlugin is supported." },
    );
  }
}

/** An empty table is what the Python tool's way back leaves behind: it is made again. */
async function requireRoom(context: RevisionContext, name: string): Promise<void> {
  if (!(await context.schema.hasTable(name))) return;
  const count = await countTable(context, name);
  const { columns } = await context.schema.table(name);
  if (count === 0n && columns.some((column) => column.name === key)) return;
  throw new RefusedError("table-exists", `There is a table "${name}" already, with ${count} rows.`, {
    hint: "Drop it, or give another `table_name` in the configuration.",
  });
}

async function idType({ schema }: RevisionContext): Promise<LogicalType> {
  const { columns } = await schema.table("dataset");
  const id = columns.find(({ name }) => name === "id");
  return /^(integer|bigint)$/i.test(id?.type ?? "") ? type.bigint() : type.uuid();
}
