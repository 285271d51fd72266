/** What revisions of Butler repositories use besides `godwit` itself: `godwit/butler`. */
import type { RevisionContext } from "../run/context.js";
import { isJsonObject } from "./universe/json.js";
import type { JsonObject } from "./universe/json.js";
import { patched } from "./universe/patch.js";
import { readUniverse, writeUniverse } from "./universe/change.js";

export { readUniverse, writeUniverse };
export { addDimensions, removeDimensions } from "./dimensions/add.js";
export type { DimensionAddition } from "./dimensions/add.js";
export type { DimensionRow, DimensionRows, Population } from "./dimensions/populate.js";
export type { Amplifier, Amplifiers, Detector } from "./dimensions/amplifiers.js";
export { datasetTableKeys, datasetTableNames } from "./dataset-keys.js";
export type { DatasetTableKeys } from "./dataset-keys.js";
export { assignIntegers, assignUuids } from "./dataset-ids.js";
export type { DatasetIds, DatasetReference } from "./dataset-ids.js";
export type { DayObsOffsets, Instrument } from "./day-obs.js";
export { ingestDateConditions, ingestDatesToTai, ingestDatesToUtc } from "./ingest-dates.js";
export type { Json, JsonObject } from "./universe/json.js";

/**
 * Changes the dimension configuration by a merge patch (RFC 7396): null removes, objects are merged, everything else replaces.
 */
export async function patchUniverse(context: RevisionContext, patch: JsonObject): Promise<void> {
  const result = patched(await readUniverse(context), patch);
  if (isJsonObject(result)) await writeUniverse(context, result);
}

/** The definition of each dimension and element by its name, as the configuration holds it under `elements`. */
export type Elements = Readonly<Record<string, JsonObject>>;

/**
 * Changes the dimension configuration and its version.
 *
 * @param to the version afterwards
 * @param change returns the elements afterwards
 */
export async function changeElements(
  context: RevisionContext,
  to: number,
  change: (elements: Elements) => Elements,
): Promise<void> {
  const universe = await readUniverse(context);
  const elements = change((universe["elements"] ?? {}) as Elements);
  await writeUniverse(context, { ...universe, version: to, elements });
}

/** The elements without one of them. */
export function withoutElement(elements: Elements, name: string): Elements {
  return Object.fromEntries(Object.entries(elements).filter(([key]) => key !== name));
}
