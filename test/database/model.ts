/** A table as plain data, and random changes of it: what a database must come to is computed here, without it. */
import fc from "fast-check";
import type { TableAlteration } from "../../lib/database/schema/editor.js";
import type { LogicalType } from "../../lib/database/schema/types.js";
import { type } from "../../lib/database/schema/types.js";
import { sql } from "../../lib/database/sql.js";

export type Value = string | bigint | null;

export interface ModelColumn {
  name: string;
  /** The name by which expressions of this alteration know it; null for a new one. */
  former: string | null;
  kind: "text" | "short" | "bigint";
  nullable: boolean;
  default: Value;
  computed: boolean;
  /** Kept by PostgreSQL alone. */
  comment: string | null;
}

export interface Model {
  name: string;
  columns: ModelColumn[];
  rows: Map<ModelColumn, Value>[];
  uniques: Map<string, ModelColumn>;
  indexes: Map<string, ModelColumn>;
  checks: Map<string, ModelColumn>;
  /** Indexes over expressions, of all rows or some. */
  expressions: Map<string, ModelColumn>;
  /** Foreign keys of `id` to the table `parent`. */
  foreignKeys: Set<string>;
  /** Columns of the primary key after `id`. */
  key: ModelColumn[];
  /** Kept by PostgreSQL alone. */
  comment: string | null;
  counter: number;
}

const names = ["a", "B b", 'q"t', "%s", "$1", "select", "ünï", "x'y", "rowid", "Case", "end"];
const texts = ["", "x", "it's", 'ünï %s $1 "q"', "line\nbreak"];
const integers = [0n, -1n, 9007199254740993n, -(2n ** 62n), 7n];

export interface Choice {
  readonly operation: (typeof operations)[number];
  readonly column: number;
  readonly name: number;
  readonly value: number;
}

const operations = [
  "add",
  "add-with-default",
  "add-computed",
  "compute",
  "widen",
  "integer-to-text",
  "allow-null",
  "require",
  "default",
  "drop",
  "unique",
  "index",
  "check",
  "drop-unique",
  "drop-index",
  "drop-check",
  "drop-expression",
  "rename-unique",
  "rename-check",
  "rename-index",
  "expression",
  "foreign-key",
  "drop-foreign-key",
  "primary-key",
  "comment",
  "column-comment",
  "rename-table",
  "rename",
  "swap",
] as const;

const choice = fc.record({
  operation: fc.constantFrom(...operations),
  column: fc.nat(20),
  name: fc.nat(20),
  value: fc.nat(20),
});

/** A table with rows, and two alterations of it. */
export const anyCase = fc.record({
  columns: fc.array(choice, { minLength: 1, maxLength: 5 }),
  rows: fc.integer({ min: 0, max: 4 }),
  alterations: fc.tuple(fc.array(choice, { maxLength: 6 }), fc.array(choice, { maxLength: 6 })),
});

export function startModel(columns: readonly Choice[], rowCount: number): Model {
  const model: Model = {
    name: 't "%s $1',
    columns: [],
    rows: [],
    uniques: new Map(),
    indexes: new Map(),
    checks: new Map(),
    expressions: new Map(),
    foreignKeys: new Set(),
    key: [],
    comment: null,
    counter: 0,
  };
  for (const { column, name, value } of columns) {
    const free = freeName(model, name);
    if (free === null) continue;
    const kind = (["text", "short", "bigint"] as const)[column % 3] ?? "text";
    model.columns.push({
      name: free,
      former: null,
      kind,
      nullable: value % 2 === 0,
      default: null,
      computed: false,
      comment: null,
    });
  }
  for (let row = 0; row < rowCount; row += 1) {
    const values = model.columns.map((one, index): [ModelColumn, Value] => [
      one,
      one.nullable && (row + index) % 3 === 0 ? null : valueFor(one, row + index),
    ]);
    model.rows.push(new Map(values));
  }
  return model;
}

function freeName({ columns }: Model, pick: number): string | null {
  const used = new Set(columns.map(({ name }) => name.toLowerCase()));
  const free = names.filter((name) => !used.has(name.toLowerCase()));
  return free.length === 0 ? null : (free[pick % free.length] ?? null);
}

export function valueFor({ kind }: Pick<ModelColumn, "kind">, pick: number): Value {
  if (kind === "bigint") return integers[pick % integers.length] ?? 0n;
  const text = texts[pick % texts.length] ?? "";
  return kind === "short" ? text.slice(0, 8) : text;
}

export function logicalType({ kind }: Pick<ModelColumn, "kind">): LogicalType {
  if (kind === "bigint") return type.bigint();
  return kind === "short" ? type.string(8) : type.text();
}

export type Step = (table: TableAlteration) => void;

/** Applies choices to the model, and returns the same as calls; those that make no sense here are left out. */
export function alterModel(model: Model, choices: readonly Choice[]): Step[] {
  for (const column of model.columns) {
    column.former = column.name;
    column.computed = false;
  }
  return choices.flatMap((one) => step(model, one) ?? []);
}

function step(model: Model, { operation, column: pick, name, value }: Choice): Step | null {
  const column = model.columns[pick % Math.max(model.columns.length, 1)] as ModelColumn;
  const label = `${operation} "%s ${(model.counter += 1)}`;
  if (model.columns.length === 0 && !operation.startsWith("add")) return null;
  const current = model.columns.length === 0 ? "" : column.name;
  switch (operation) {
    case "add":
    case "add-with-default":
    case "add-computed":
      return add(model, operation, pick, name, value);
    case "rename-table": {
      const newName = `t "%s ${model.counter}`;
      model.name = newName;
      return (t) => t.rename(newName);
    }
    case "drop-unique":
    case "drop-check":
    case "drop-index":
    case "drop-expression":
      return dropNamed(model, operation, pick);
    case "rename-unique":
    case "rename-check":
    case "rename-index":
      return renameNamed(model, operation, pick, name);
    case "expression":
      model.expressions.set(label, column);
      return (t) =>
        t.addIndex([sql`coalesce(${sql.id(current)}, ${sql.id(current)})`, "id"], {
          name: label,
          ...(value % 2 === 0 ? { where: sql`${sql.id(current)} IS NOT NULL` } : {}),
        });
    case "foreign-key":
      model.foreignKeys.add(label);
      return (t) =>
        t.addForeignKey(["id"], { table: "parent", columns: ["id"] }, { name: label, index: "none" });
    case "drop-foreign-key": {
      const [key] = model.foreignKeys;
      if (key === undefined) return null;
      model.foreignKeys.delete(key);
      return (t) => t.dropConstraint({ name: key });
    }
    case "primary-key": {
      if (column.nullable) return null;
      model.key = value % 3 === 0 ? [] : [column];
      const names = ["id", ...model.key.map((one) => one.name)];
      return (t) => t.setPrimaryKey(names);
    }
    case "comment":
      model.comment = value % 4 === 0 ? null : `it's $1 \\ ${value}`;
      return (t) => t.comment(model.comment);
    case "column-comment": {
      const text = value % 4 === 0 ? null : `%s ${value}`;
      column.comment = text;
      return (t) => t.changeColumn(current, { comment: text });
    }
    case "swap": {
      const other = model.columns[value % model.columns.length] as ModelColumn;
      const aside = freeName(model, name);
      if (other === column || aside === null) return null;
      const taken = other.name;
      [column.name, other.name] = [taken, current];
      return (t) => {
        t.renameColumn(current, aside);
        t.renameColumn(taken, current);
        t.renameColumn(aside, taken);
      };
    }
    case "compute": {
      const { former } = column;
      if (former === null || column.computed) return null;
      column.computed = true;
      for (const row of model.rows) row.set(column, computedFrom(column.kind, row.get(column) ?? null));
      const using = expression(column.kind, former);
      if (column.kind === "short") column.kind = "text";
      const changed = logicalType(column);
      return (t) => t.changeColumn(current, { type: changed, using });
    }
    case "widen":
      if (column.kind !== "short") return null;
      column.kind = "text";
      return (t) => t.changeColumn(current, { type: type.text() });
    case "integer-to-text":
      if (column.kind !== "bigint" || column.default !== null || column.computed || column.former === null)
        return null;
      column.kind = "text";
      column.computed = true;
      for (const row of model.rows) row.set(column, row.get(column)?.toString() ?? null);
      return (t) => t.changeColumn(current, { type: type.text() });
    case "allow-null":
      if (model.key.includes(column)) return null;
      column.nullable = true;
      return (t) => t.changeColumn(current, { nullable: true });
    case "require":
      if (model.rows.some((row) => (row.get(column) ?? null) === null)) return null;
      column.nullable = false;
      return (t) => t.changeColumn(current, { nullable: false });
    case "default": {
      // A column that was just added takes its values from the default.
      if (column.former === null) return null;
      const next = value % 4 === 0 ? null : valueFor(column, value);
      column.default = next;
      return (t) => t.changeColumn(current, { default: next });
    }
    case "drop": {
      if (model.key.includes(column)) return null;
      model.columns = model.columns.filter((one) => one !== column);
      for (const objects of [model.uniques, model.indexes, model.checks, model.expressions]) {
        for (const [key, one] of objects) if (one === column) objects.delete(key);
      }
      return (t) => t.dropColumn(current);
    }
    case "unique":
      model.uniques.set(label, column);
      return (t) => t.addUnique(["id", current], { name: label });
    case "index":
      model.indexes.set(label, column);
      return (t) => t.addIndex([current], { name: label });
    case "check": {
      model.checks.set(label, column);
      const quoted = `"${current.replaceAll('"', '""')}"`;
      return (t) => t.addCheck({ name: label, expression: `${quoted} IS NULL OR ${quoted} = ${quoted}` });
    }
    case "rename": {
      const newName = freeName(model, name);
      if (newName === null) return null;
      column.name = newName;
      return (t) => t.renameColumn(current, newName);
    }
  }
}

function add(model: Model, operation: string, pick: number, nameIndex: number, value: number): Step | null {
  const name = freeName(model, nameIndex);
  if (name === null) return null;
  const source =
    operation === "add-computed"
      ? model.columns.find((one) => one.former !== null && !one.computed)
      : undefined;
  if (operation === "add-computed" && source === undefined) return null;
  const kind =
    source?.kind === "bigint" ? "bigint" : source === undefined && pick % 2 === 0 ? "bigint" : "text";
  const column: ModelColumn = {
    name,
    former: null,
    kind,
    nullable: true,
    default: null,
    computed: true,
    comment: null,
  };
  const changed = logicalType(column);
  if (operation === "add-with-default") {
    column.default = valueFor(column, value);
    column.nullable = value % 2 === 0;
  }
  model.columns.push(column);
  for (const row of model.rows) {
    row.set(
      column,
      source === undefined ? column.default : computedFrom(source.kind, row.get(source) ?? null),
    );
  }
  const using = source?.former ? expression(source.kind, source.former) : undefined;
  const { nullable, default: initial } = column;
  return (t) =>
    t.addColumn(name, changed, {
      nullable,
      ...(initial === null ? {} : { default: initial }),
      ...(using === undefined ? {} : { using }),
    });
}

function computedFrom(kind: ModelColumn["kind"], value: Value): Value {
  if (value === null) return null;
  return kind === "bigint" ? BigInt(value) / 2n : `${value.toString()}+`;
}

function expression(kind: ModelColumn["kind"], name: string): ReturnType<typeof sql> {
  return kind === "bigint" ? sql`${sql.id(name)} / 2` : sql`${sql.id(name)} || '+'`;
}

function dropNamed(
  model: Model,
  operation: "drop-unique" | "drop-check" | "drop-index" | "drop-expression",
  pick: number,
): Step | null {
  const objects = {
    "drop-unique": model.uniques,
    "drop-check": model.checks,
    "drop-index": model.indexes,
    "drop-expression": model.expressions,
  }[operation];
  const found = [...objects.keys()];
  const name = found[pick % Math.max(found.length, 1)];
  if (name === undefined) return null;
  objects.delete(name);
  return operation === "drop-index" || operation === "drop-expression"
    ? (t) => t.dropIndex({ name })
    : (t) => t.dropConstraint({ name });
}

/** Gives an object a new name, or the one that another had which is gone. */
function renameNamed(
  model: Model,
  operation: "rename-unique" | "rename-check" | "rename-index",
  pick: number,
  suffix: number,
): Step | null {
  const objects = {
    "rename-unique": model.uniques,
    "rename-check": model.checks,
    "rename-index": model.indexes,
  }[operation];
  const found = [...objects.keys()];
  const name = found[pick % Math.max(found.length, 1)];
  const column = name === undefined ? undefined : objects.get(name);
  const newName = `${operation} ${suffix % 3}`;
  if (name === undefined || column === undefined || objects.has(newName)) return null;
  objects.delete(name);
  objects.set(newName, column);
  return operation === "rename-index"
    ? (t) => t.renameIndex(name, newName)
    : (t) => t.renameConstraint(name, newName);
}
