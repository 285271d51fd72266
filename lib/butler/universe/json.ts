/** JSON as Butler writes it, and compares it. */
import { createHash } from "node:crypto";

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Whether a value is an object of JSON. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value without documentation, at every depth. */
export function withoutDoc(value: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => withoutDoc(one));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "doc")
      .map(([key, inner]) => [key, withoutDoc(inner)]),
  );
}

/** One text for all values that differ in nothing but layout, the order of keys and documentation. */
export function canonicalText(value: Json): string {
  return pythonText(withoutDoc(value), { separators: [",", ":"], keys: "sorted" });
}

/** SHA-256 of the canonical text, in hexadecimal digits: how configurations are recognised. */
export function fingerprint(value: Json): string {
  return createHash("sha256").update(canonicalText(value)).digest("hex");
}

/** Whether two values are the same, documentation aside. */
export function sameJson(one: Json | undefined, other: Json | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return canonicalText(one) === canonicalText(other);
}

/** The text as Butler writes it: one line, `", "` and `": "`, keys in their order, ASCII only. */
export function butlerText(value: Json): string {
  return pythonText(value, { separators: [", ", ": "], keys: "in-order" });
}

interface TextStyle {
  readonly separators: readonly [item: string, key: string];
  readonly keys: "in-order" | "sorted";
}

function pythonText(value: Json, style: TextStyle): string {
  const [item, colon] = style.separators;
  if (Array.isArray(value)) return `[${value.map((one: Json) => pythonText(one, style)).join(item)}]`;
  if (!isJsonObject(value)) return scalarText(value);
  const entries = Object.entries(value);
  const ordered = style.keys === "sorted" ? entries.toSorted(([a], [b]) => (a < b ? -1 : 1)) : entries;
  return `{${ordered.map(([key, inner]) => `${scalarText(key)}${colon}${pythonText(inner, style)}`).join(item)}}`;
}

function scalarText(value: Json): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
