/** Changes single values of `butler.yaml`, and nothing else in it. */
import { isMap, isScalar } from "yaml";
import type { YAMLMap } from "yaml";
import { InputError } from "../../errors.js";
import { Include, parseYaml } from "./yaml.js";
import { surely } from "../../known.js";

/** A value that the file is to have at a path of keys. */
export interface ConfigValue {
  readonly keys: readonly string[];
  readonly value: string;
}

/**
 * The text of a configuration with some values changed, or added where they are missing.
 * @throws InputError `unwritable-configuration` where a value comes from another file
 */
export function withValues(text: string, values: readonly ConfigValue[], name: string): string {
  return values.reduce((changed, value) => withValue(changed, value, name), text);
}

function withValue(text: string, { keys, value }: ConfigValue, name: string): string {
  let node: unknown = parseYaml(text, name).contents;
  for (const key of keys.slice(0, -1)) node = isMap(node) ? node.get(key, true) : undefined;
  const last = surely(keys.at(-1));
  if (!isMap(node)) throw unwritable(name, keys);
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === last);
  const written = JSON.stringify(value);
  if (pair === undefined) return inserted(text, node, `${last}: ${written}`, { name, keys });
  const now = pair.value;
  if (!isScalar(now) || now.value instanceof Include || !now.range) throw unwritable(name, keys);
  const [start, end] = now.range;
  return text.slice(0, start) + written + text.slice(end);
}

/** Before the first key, where the indentation is known. */
function inserted(
  text: string,
  map: YAMLMap,
  entry: string,
  place: { readonly name: string; readonly keys: readonly string[] },
): string {
  const first = map.items[0]?.key;
  const start = isScalar(first) && first.range ? first.range[0] : null;
  if (start === null) throw unwritable(place.name, place.keys);
  const indentation = start - (text.lastIndexOf("\n", start - 1) + 1);
  const separator = map.flow === true ? ", " : `\n${" ".repeat(indentation)}`;
  return text.slice(0, start) + entry + separator + text.slice(start);
}

function unwritable(name: string, keys: readonly string[]): InputError {
  return new InputError(
    "unwritable-configuration",
    `${name} does not hold ${keys.join(".")} itself, so that the copy cannot be given another value.`,
    { hint: "Write the section into the file in place of its `!include`, then copy again." },
  );
}
