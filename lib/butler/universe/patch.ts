/** Changes of a JSON document: merge patches as RFC 7396 defines them. */
import { isJsonObject } from "./json.js";
import type { Json, JsonObject } from "./json.js";

/** A document after a merge patch: null removes, objects are merged, everything else replaces. */
export function patched(document: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const result = new Map(isJsonObject(document) ? Object.entries(document) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, patched(result.get(name), value));
  }
  return Object.fromEntries(result);
}

/** The merge patch that turns one document into another; null where none can, as the other holds null. */
export function patchBetween(from: JsonObject, to: JsonObject): JsonObject | null {
  const patch = new Map<string, Json>();
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) patch.set(name, null);
  for (const [name, value] of Object.entries(to)) {
    const old = from[name];
    if (sameValue(old, value)) continue;
    const part = isJsonObject(old) && isJsonObject(value) ? patchBetween(old, value) : value;
    if (part === null || holdsNull(value)) return null;
    patch.set(name, part);
  }
  return Object.fromEntries(patch);
}

/** Whether two values are the same; the order of keys means nothing. */
export function sameValue(one: Json | undefined, other: Json | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item: Json, at) => sameValue(item, other[at] as Json));
  }
  if (!isJsonObject(one) || !isJsonObject(other)) return one === other;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => sameValue(one[name], other[name]));
}

function holdsNull(value: Json): boolean {
  if (Array.isArray(value)) return false;
  return isJsonObject(value) ? Object.values(value).some(holdsNull) : value === null;
}
