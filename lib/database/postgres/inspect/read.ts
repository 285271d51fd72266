/** Values of catalog rows, typed. */
import type { Row } from "../../sql.js";
import { literal, quoteName } from "../literals.js";

export function textOf(row: Row, column: string): string {
  const value = row[column];
  return typeof value === "string" ? value : String(value ?? "");
}

/** A text, or null where the catalog has none (or the empty one). */
export function textOrNull(row: Row, column: string): string | null {
  const value = row[column];
  return value === null || value === undefined || value === "" ? null : String(value);
}

export function isTrue(row: Row, column: string): boolean {
  return row[column] === true;
}

/** A list of texts that came as JSON; empty where there is none. */
export function listOf(row: Row, column: string): readonly string[] {
  const text = textOrNull(row, column);
  return text === null ? [] : (JSON.parse(text) as string[]);
}

/** An object with one member, or none where the value is absent: for members that are left out when they are as usual. */
export function optional<K extends string, const V>(key: K, value: V | null): { readonly [P in K]?: V } {
  return (value === null ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

/** Storage parameters as `WITH (…)` takes them: `fillfactor=70, toast.autovacuum_enabled=false`; null where there are none. */
export function storageOf(row: Row, column: string, prefix = ""): string | null {
  const pairs = listOf(row, column).map((pair) => {
    const at = pair.indexOf("=");
    const value = pair.slice(at + 1);
    const plain = /^[a-z0-9_.]+$/.test(value) ? value : literal(value).trim();
    return `${prefix}${quoteUnlessPlain(pair.slice(0, at))}=${plain}`;
  });
  return pairs.length === 0 ? null : pairs.join(", ");
}

function quoteUnlessPlain(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteName(name);
}
