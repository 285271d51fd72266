/** The ObsCore table, as its configuration says. */
import type { DialectName } from "../../database/database.js";
import { obscoreAttribute } from "../attributes.js";
import { obscoreTable, tableName } from "../obscore-table.js";
import type { JsonObject } from "../universe/json.js";
import type { Definition } from "./definitions.js";
import type { Traits } from "./format.js";
import { datasetIdType } from "./registry-tables.js";

/** The table, or none where nothing is configured yet. */
export function obscoreTables(
  dialect: DialectName,
  configuration: JsonObject | null,
  traits: Traits,
): Definition[] {
  if (configuration === null) return [];
  const setting = { file: obscoreAttribute, dialect, idType: datasetIdType(traits) };
  return [{ name: tableName(configuration), define: obscoreTable(configuration, setting) }];
}
