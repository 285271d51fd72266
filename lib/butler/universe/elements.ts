/** The elements (dimensions and joins) of a dimension configuration. */
import { isJsonObject } from "./json.js";
import type { Json, JsonObject } from "./json.js";

/** An element, as far as tables depend on it. */
export interface Element {
  readonly name: string;
  readonly governor: boolean;
  readonly requires: readonly string[];
  readonly implies: readonly string[];
  /** The element whose table holds the values of this one, which has none of its own. */
  readonly viewOf: string | null;
  /** Column definitions, as they stand in the configuration. */
  readonly keys: readonly JsonObject[];
  readonly metadata: readonly JsonObject[];
}

/** The elements of a configuration, in its order. */
export function elementsOf(universe: JsonObject): Element[] {
  const elements = universe["elements"];
  if (!isJsonObject(elements)) return [];
  return Object.entries(elements).flatMap(([name, value]) =>
    isJsonObject(value) ? [elementOf(name, value)] : [],
  );
}

function elementOf(name: string, value: JsonObject): Element {
  return {
    name,
    governor: value["governor"] === true || isGovernorStorage(value["storage"]),
    requires: textsOf(value["requires"]),
    implies: textsOf(value["implies"]),
    viewOf: viewOf(value),
    keys: objectsOf(value["keys"]),
    metadata: objectsOf(value["metadata"]),
  };
}

function isGovernorStorage(storage: Json | undefined): boolean {
  const cls = isJsonObject(storage) ? storage["cls"] : undefined;
  return typeof cls === "string" && cls.includes(".governor.");
}

function viewOf(value: JsonObject): string | null {
  const union = value["implied_union_target"];
  if (typeof union === "string") return union;
  const { storage } = value;
  const nested = isJsonObject(storage) && isJsonObject(storage["nested"]) ? storage["nested"] : storage;
  const view = isJsonObject(nested) ? nested["view_of"] : undefined;
  return typeof view === "string" ? view : null;
}

/** The texts of a list; none of anything else. */
export function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((one: Json) => typeof one === "string") : [];
}

function objectsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : [];
}

/** The elements that have a region, of all families. */
export function spatialElements(universe: JsonObject): string[] {
  const topology = universe["topology"];
  const spatial = isJsonObject(topology) ? topology["spatial"] : undefined;
  return isJsonObject(spatial) ? Object.values(spatial).flatMap(textsOf) : [];
}
