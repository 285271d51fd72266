import {
  itemLists,
  type Description,
  type Item,
  type SchemaDescription,
  type TableDescription,
} from "./description.js";
import { canonical, type Json } from "./json.js";
import { compareRows } from "./rows.js";
import { normalizeExpression } from "./sql-text.js";

/** What is compared. */
export interface Comparison {
  /** Tables and sequences whose names begin so are left out. */
  readonly ignorePrefixes?: readonly string[];
  /** `strict` looks at column order, names of primary keys, comments and the exact text of JSON too. */
  readonly detail?: "sensible" | "strict";
  readonly scope?: "schema" | "everything";
}

const text = (value: Json | undefined): string => canonical(value ?? null);

function compareSets(
  expected: readonly string[],
  actual: readonly string[],
  say: (what: string) => void,
): void {
  for (const item of new Set(expected)) if (!actual.includes(item)) say(`missing in actual: ${item}`);
  for (const item of new Set(actual)) if (!expected.includes(item)) say(`only in actual: ${item}`);
}

/** A property of a column, in the form in which it is compared. */
function property(column: Item, name: string): string {
  const value = column[name] ?? null;
  if (typeof value !== "string") return text(value);
  if (name === "type") return text(value.toUpperCase());
  return text(name === "default" ? normalizeExpression(value) : value);
}

function compareColumns(
  table: string,
  expected: TableDescription,
  actual: TableDescription,
  properties: readonly string[],
): string[] {
  const differences: string[] = [];
  const byName = (columns: readonly Item[]) =>
    new Map(columns.map((column) => [text(column["name"]), column]));
  const wanted = byName(expected.columns);
  const found = byName(actual.columns);
  for (const name of new Set([...wanted.keys(), ...found.keys()])) {
    const left = wanted.get(name);
    const right = found.get(name);
    if (left === undefined || right === undefined) {
      differences.push(`${table}.${name}: column ${left === undefined ? "only in" : "missing in"} actual`);
      continue;
    }
    for (const key of properties) {
      const [golden, here] = [property(left, key), property(right, key)];
      if (golden !== here) differences.push(`${table}.${name}: ${key}: expected ${golden}, actual ${here}`);
    }
  }
  return differences;
}

function comparePrimaryKeys(
  table: string,
  expected: TableDescription,
  actual: TableDescription,
  detail: Comparison["detail"],
): string[] {
  const [left, right] = [expected.primary_key, actual.primary_key];
  if (text(left?.columns) !== text(right?.columns)) {
    return [`${table}: primary key: expected ${text(left)}, actual ${text(right)}`];
  }
  if (detail !== "strict" || left?.name === right?.name) return [];
  return [`${table}: primary key name: expected ${text(left?.name)}, actual ${text(right?.name)}`];
}

function compareTables(
  name: string,
  expected: TableDescription,
  actual: TableDescription,
  detail: Comparison["detail"],
): string[] {
  const properties = ["type", "notnull", "default", "identity", ...(detail === "strict" ? ["comment"] : [])];
  const differences = compareColumns(name, expected, actual, properties);
  const order = (table: TableDescription): string =>
    text(table.columns.map((column) => column["name"] ?? null));
  if (detail === "strict" && order(expected) !== order(actual))
    differences.push(`${name}: column order differs`);
  differences.push(...comparePrimaryKeys(name, expected, actual, detail));
  for (const kind of itemLists) {
    compareSets((expected[kind] ?? []).map(text), (actual[kind] ?? []).map(text), (what) =>
      differences.push(`${name}: ${kind}: ${what}`),
    );
  }
  for (const kind of ["autoincrement", "without_rowid", "collate"] as const) {
    if (text(expected[kind]) === text(actual[kind])) continue;
    differences.push(`${name}: ${kind}: expected ${text(expected[kind])}, actual ${text(actual[kind])}`);
  }
  return differences;
}

function compareSequences(
  expected: SchemaDescription,
  actual: SchemaDescription,
  skip: (name: string) => boolean,
  scope: Comparison["scope"],
): string[] {
  const names = new Set([...Object.keys(expected.sequences), ...Object.keys(actual.sequences)]);
  return [...names].flatMap((name) => {
    const [left, right] = [expected.sequences[name], actual.sequences[name]];
    if (scope === "schema") {
      const same = (left === undefined) === (right === undefined) || expected.backend === "sqlite";
      return same ? [] : [`sequence ${name}: only in ${left === undefined ? "actual" : "expected"}`];
    }
    if (skip(name) || text(left) === text(right)) return [];
    return [`sequence ${name}: expected ${text(left)}, actual ${text(right)}`];
  });
}

function compareHealth(expected: SchemaDescription, actual: SchemaDescription): string[] {
  const differences: string[] = [];
  const violations = actual.extra["foreign_key_check"];
  if (violations && !expected.extra["foreign_key_check"]) {
    differences.push(`actual has ${text(violations)} foreign key violations`);
  }
  const integrity = actual.extra["integrity_check"] ?? "ok";
  if (integrity !== "ok") differences.push(`actual: integrity check: ${text(integrity)}`);
  return differences;
}

/**
 * Compares a database with what it should be.
 * @returns a line for each difference; none where they are the same. `alembic_version` is left out.
 */
export function compare(expected: Description, actual: Description, comparison: Comparison = {}): string[] {
  const { detail = "sensible", scope = "everything", ignorePrefixes = [] } = comparison;
  const ignored = new Set([...(expected.meta?.ignore_tables ?? []), "alembic_version"]);
  const skip = (name: string): boolean =>
    ignored.has(name) || ignorePrefixes.some((prefix) => name.startsWith(prefix));
  const [left, right] = [expected.schema, actual.schema];
  const differences: string[] = [];
  if (left.backend !== right.backend) differences.push(`expected ${left.backend}, actual ${right.backend}`);
  const tables = new Set([...Object.keys(left.tables), ...Object.keys(right.tables)]);
  for (const name of tables) {
    if (skip(name)) continue;
    const [wanted, found] = [left.tables[name], right.tables[name]];
    if (found === undefined) differences.push(`table ${name}: missing in actual`);
    else if (wanted === undefined) differences.push(`table ${name}: only in actual`);
    else differences.push(...compareTables(name, wanted, found, detail));
  }
  const volatile = expected.meta?.volatile_sequences ?? [];
  differences.push(
    ...compareSequences(left, right, (name) => skip(name) || volatile.includes(name), scope),
    ...compareHealth(left, right),
  );
  if (scope === "schema" || expected.rows === undefined || actual.rows === undefined) return differences;
  return [...differences, ...compareRows(expected.rows, actual.rows, { skip, detail, meta: expected.meta })];
}
