/** Carries a dimension configuration from one version to another, keeping what a repository made of it. */
import { RefusedError } from "../../errors.js";
import { isJsonObject, sameJson } from "./json.js";
import type { Json, JsonObject } from "./json.js";

/** The configuration that a merge leads to. */
export interface Merge {
  readonly result: JsonObject;
  /** What the repository added or changed, and kept: `elements.exposure.metadata.weather`. */
  readonly kept: readonly string[];
}

/**
 * Merges three ways: what is as in `from` becomes as in `to`; what the repository has otherwise stays. Documentation is never a
 * difference, and the repository's own stays where the thing documented does.
 *
 * @param from the published configuration of the repository's version
 * @param to the published configuration of the new version
 * @param own the repository's configuration
 * @throws RefusedError `configuration-conflict` where the repository and the new version changed the same thing differently
 */
export function mergeConfiguration(from: JsonObject, to: JsonObject, own: JsonObject): Merge {
  const kept: string[] = [];
  const result = mergeObjects({ from, to, own }, [], kept);
  return { result, kept };
}

interface Versions<T> {
  readonly from: T;
  readonly to: T;
  readonly own: T;
}

type Path = readonly string[];

function mergeObjects({ from, to, own }: Versions<JsonObject>, path: Path, kept: string[]): JsonObject {
  const merged = new Map<string, Json>();
  for (const key of orderOf(Object.keys(own), Object.keys(to))) {
    const at = [...path, key];
    const value =
      key === "doc"
        ? (own[key] ?? to[key])
        : mergeValues({ from: from[key], to: to[key], own: own[key] }, at, kept);
    if (value !== undefined) merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** Names of the repository in their order, each new one after the name that it follows in the new version. */
function orderOf(own: readonly string[], to: readonly string[]): string[] {
  const names = [...own];
  let previous: string | null = null;
  for (const name of to) {
    if (!names.includes(name)) names.splice(previous === null ? 0 : names.indexOf(previous) + 1, 0, name);
    previous = name;
  }
  return names;
}

function mergeValues(versions: Versions<Json | undefined>, path: Path, kept: string[]): Json | undefined {
  const { from, to, own } = versions;
  if (sameJson(own, to)) return own;
  if (sameJson(from, to)) {
    noteKept(versions, path, kept);
    return own;
  }
  if (isJsonObject(from) && isJsonObject(to) && isJsonObject(own)) {
    return mergeObjects({ from, to, own }, path, kept);
  }
  const columns = { from: columnsOf(from), to: columnsOf(to), own: columnsOf(own) };
  if (columns.from !== null && columns.to !== null && columns.own !== null) {
    return mergeColumns({ from: columns.from, to: columns.to, own: columns.own }, path, kept);
  }
  if (sameJson(own, from)) return to;
  throw conflict(path);
}

/** Names the innermost things that differ. */
function noteKept(
  { from, own }: Pick<Versions<Json | undefined>, "from" | "own">,
  path: Path,
  kept: string[],
): void {
  if (sameJson(from, own)) return;
  const parts = partsOf(from, own);
  if (parts === null) kept.push(path.join("."));
  else for (const [key, part] of parts) noteKept(part, [...path, key], kept);
}

/** The members of two objects, or the columns of two lists, side by side; null where the values themselves differ. */
function partsOf(
  from: Json | undefined,
  own: Json | undefined,
): ReadonlyMap<string, Pick<Versions<Json | undefined>, "from" | "own">> | null {
  if (from === undefined || own === undefined) return null;
  const [before, after] = [membersOf(from), membersOf(own)];
  if (before === null || after === null) return null;
  const names = [...new Set([...before.keys(), ...after.keys()])].filter((name) => name !== "doc");
  const differing = names.filter((name) => !sameJson(before.get(name), after.get(name)));
  if (differing.length === 0) return null;
  return new Map(differing.map((name) => [name, { from: before.get(name), own: after.get(name) }]));
}

function membersOf(value: Json): ReadonlyMap<string, Json> | null {
  return isJsonObject(value) ? new Map(Object.entries(value)) : columnsOf(value);
}

/** A list of columns, which are told apart by name. */
type Columns = ReadonlyMap<string, JsonObject>;

function columnsOf(value: Json | undefined): Columns | null {
  if (value === undefined) return new Map();
  if (!Array.isArray(value)) return null;
  const columns = new Map<string, JsonObject>();
  for (const one of value as readonly Json[]) {
    const name = isJsonObject(one) ? one["name"] : undefined;
    if (!isJsonObject(one) || typeof name !== "string" || columns.has(name)) return null;
    columns.set(name, one);
  }
  return columns;
}

function mergeColumns({ from, to, own }: Versions<Columns>, path: Path, kept: string[]): Json | undefined {
  const inOrder = [...own.keys()].filter((name) => from.has(name));
  const expected = [...from.keys()].filter((name) => own.has(name));
  if (inOrder.join() !== expected.join()) throw conflict(path);
  const merged: JsonObject[] = [];
  for (const name of orderOf([...own.keys()], [...to.keys()])) {
    const versions = { from: from.get(name), to: to.get(name), own: own.get(name) };
    const value = mergeValues(versions, [...path, name], kept);
    if (value !== undefined && isJsonObject(value)) merged.push(value);
  }
  return merged.length === 0 && to.size === 0 ? undefined : merged;
}

function conflict(path: Path): RefusedError {
  return new RefusedError(
    "configuration-conflict",
    `The repository's dimension configuration was changed at ${path.join(".")}, where the new version changes it too.`,
    {
      hint: "Bring this part of config:dimensions.json back to what the repository's version says, or to what the new one says.",
    },
  );
}
