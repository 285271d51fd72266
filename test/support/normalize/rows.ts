import { createHash } from "node:crypto";
import type { GeneratedValues, Meta, RowsDescription } from "./description.js";
import { canonical, parseExact, type Json } from "./json.js";

type Rows = Record<string, RowsDescription>;

/** How rows are compared; see `compare`. */
export interface RowComparison {
  readonly skip: (table: string) => boolean;
  readonly detail: "sensible" | "strict";
  readonly meta: Meta | undefined;
}

const uuid4 = /^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i;

/** Whether a name matches a pattern in which `*` stands for anything. */
function matches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(name);
}

/** A copy of rows in which one column's values are replaced. */
function mapColumn(table: RowsDescription, column: string, replace: (value: Json, row: Json[]) => Json) {
  const index = table.columns.indexOf(column);
  if (index < 0) return table;
  return {
    columns: table.columns,
    rows: table.rows.map((row) => row.with(index, replace(row[index] ?? null, row))),
  };
}

function parsed(value: Json, name: string): Json {
  if (!/^"config:.*\.json"$/s.test(name) || typeof value !== "string") return value;
  try {
    return { json: parseExact(value) };
  } catch {
    return value;
  }
}

/** What is compared: without tables that are left out and volatile values, configurations parsed. */
function prepare(rows: Rows, comparison: RowComparison): Rows {
  const prepared: Rows = {};
  for (const [name, description] of Object.entries(rows)) {
    if (comparison.skip(name)) continue;
    let table = description;
    for (const [pattern, column] of comparison.meta?.volatile ?? []) {
      if (matches(pattern, name)) table = mapColumn(table, column, () => "VOLATILE");
    }
    if (name === "butler_attributes" && comparison.detail === "sensible") {
      const key = table.columns.indexOf("name");
      table = mapColumn(table, "value", (value, row) => parsed(value, canonical(row[key] ?? null)));
    }
    prepared[name] = table;
  }
  return prepared;
}

/** Replaces each generated value by a signature of all rows in which it is found. */
function maskGenerated(rows: Rows, generated: GeneratedValues): Rows {
  const isGenerated = (value: Json | undefined): boolean =>
    generated.kind === "uuid4"
      ? typeof value === "string" && uuid4.test(value)
      : value !== null && value !== undefined;
  const places = Object.entries(rows).flatMap(([name, table]) => {
    const indexes = generated.columns
      .filter(([pattern, column]) => matches(pattern, name) && table.columns.includes(column))
      .map(([, column]) => table.columns.indexOf(column));
    return indexes.length === 0 ? [] : [{ name, table, indexes }];
  });
  const found = new Map<string, string[]>();
  for (const { name, table, indexes } of places) {
    for (const row of table.rows) {
      const masked = row.map((value, index) => (indexes.includes(index) && isGenerated(value) ? "?" : value));
      for (const index of indexes.filter((each) => isGenerated(row[each]))) {
        const value = canonical(row[index] ?? null);
        const seen = found.get(value) ?? [];
        seen.push(`${name}.${table.columns[index]}:${canonical(masked)}`);
        found.set(value, seen);
      }
    }
  }
  const signature = (value: Json): string => {
    const seen = found.get(canonical(value)) ?? [];
    return `GEN-${generated.name}-${createHash("sha256").update(seen.toSorted().join("\n")).digest("hex")}`;
  };
  const masked = places.map(({ name, table, indexes }) => {
    const replaced = table.rows.map((row) =>
      row.map((value, index) => (indexes.includes(index) && isGenerated(value) ? signature(value) : value)),
    );
    return [name, { columns: table.columns, rows: replaced }] as const;
  });
  return { ...rows, ...Object.fromEntries(masked) };
}

function checkAnchor(rows: Rows, generated: GeneratedValues): string[] {
  const [name, column] = generated.anchor ?? ["", ""];
  const table = rows[name];
  const index = table?.columns.indexOf(column) ?? -1;
  if (table === undefined || index < 0) return [];
  const values = table.rows.map((row) => canonical(row[index] ?? null));
  if (new Set(values).size === values.length) return [];
  return [`${name}.${column}: generated values are not unique in actual`];
}

/** How often each row occurs, in the columns that both sides have. */
function count(table: RowsDescription, columns: readonly string[]): Map<string, number> {
  const indexes = columns.map((column) => table.columns.indexOf(column));
  const counts = new Map<string, number>();
  for (const row of table.rows) {
    const key = canonical(indexes.map((index) => row[index] ?? null));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function surplus(of: Map<string, number>, over: Map<string, number>): string[] {
  return [...of].filter(([row, times]) => times > (over.get(row) ?? 0)).map(([row]) => row);
}

function compareTable(name: string, expected: RowsDescription, actual: RowsDescription): string[] {
  const columns = expected.columns.filter((column) => actual.columns.includes(column));
  const [left, right] = [count(expected, columns), count(actual, columns)];
  const [missing, added] = [surplus(left, right), surplus(right, left)];
  if (missing.length === 0 && added.length === 0) return [];
  const samples = (rows: string[]): string[] => rows.slice(0, 3).map((row) => row.slice(0, 600));
  return [
    [
      `${name}: rows differ: ${missing.length} only in expected, ${added.length} only in actual; columns ${columns.join(", ")}`,
      ...samples(missing).map((row) => `  expected ${row}`),
      ...samples(added).map((row) => `  actual ${row}`),
    ].join("\n"),
  ];
}

/** Compares the rows of all tables that both sides have. @returns a text for each table that differs */
export function compareRows(expected: Rows, actual: Rows, comparison: RowComparison): string[] {
  let [left, right] = [prepare(expected, comparison), prepare(actual, comparison)];
  const differences: string[] = [];
  for (const generated of comparison.meta?.generated ?? []) {
    differences.push(...checkAnchor(right, generated));
    [left, right] = [maskGenerated(left, generated), maskGenerated(right, generated)];
  }
  for (const [name, table] of Object.entries(left)) {
    const found = right[name];
    if (found !== undefined) differences.push(...compareTable(name, table, found));
  }
  return differences;
}
