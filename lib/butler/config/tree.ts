/** Configuration as nested maps. */
export type ConfigTree = Readonly<Record<string, unknown>>;

/** Whether a value is a map of keys. */
export function isRecord(value: unknown): value is ConfigTree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Two trees as one, map by map; where both have a value, that of `over` counts. */
export function merged(under: ConfigTree, over: ConfigTree): ConfigTree {
  const result = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const below = result.get(key);
    result.set(key, isRecord(below) && isRecord(value) ? merged(below, value) : value);
  }
  return Object.fromEntries(result);
}

/** The value at a path of keys, or undefined. */
export function valueAt(tree: unknown, ...keys: readonly string[]): unknown {
  let value = tree;
  for (const key of keys) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** The text at a path of keys; numbers as text, anything else undefined. */
export function textAt(tree: unknown, ...keys: readonly string[]): string | undefined {
  const value = valueAt(tree, ...keys);
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : undefined;
}
