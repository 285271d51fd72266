/** The form in which the goldens describe a database; see `README.md` beside this file. */
import type { Json } from "./json.js";

/** A thing with a name and properties: a column, a constraint, an index. */
export type Item = Readonly<Record<string, Json>>;

export type ColumnItem = Item & { readonly name: string; readonly type: string };

export interface TableDescription {
  columns: ColumnItem[];
  primary_key: { name: string | null; columns: string[] } | null;
  unique: Item[];
  foreign_keys: Item[];
  checks: Item[];
  indexes: Item[];
  /** PostgreSQL only. */
  exclusions?: Item[];
  autoincrement?: string;
  collate?: string[];
  without_rowid?: boolean;
}

export interface SchemaDescription {
  backend: "sqlite" | "postgresql";
  tables: Record<string, TableDescription>;
  sequences: Record<string, Json>;
  extra: Record<string, Json>;
}

/** Rows of a table; columns are sorted by name. */
export interface RowsDescription {
  columns: string[];
  rows: Json[][];
}

/** Columns whose values are made up during a migration. */
export interface GeneratedValues {
  readonly name: string;
  readonly kind?: string;
  /** Table and column in which each value is found once. */
  readonly anchor?: readonly [string, string];
  /** Patterns of tables (`*`), and the columns. */
  readonly columns: readonly (readonly [string, string])[];
}

/** What is known about a golden. */
export interface Meta {
  readonly repo: string;
  readonly migration: string;
  readonly namespace: string | null;
  readonly ok: boolean;
  readonly error?: string;
  readonly database_unchanged?: boolean;
  readonly steps: readonly (readonly [string, ...Json[]])[];
  readonly butler_yaml_replacements?: readonly (readonly [string, string])[];
  readonly generated?: readonly GeneratedValues[];
  readonly volatile?: readonly (readonly [string, string])[];
  readonly volatile_sequences?: readonly string[];
  readonly ignore_tables?: readonly string[];
}

export interface Description {
  schema: SchemaDescription;
  rows?: Record<string, RowsDescription>;
  meta?: Meta;
}

/** Lists of items of a table, compared as sets. */
export const itemLists = ["unique", "foreign_keys", "checks", "exclusions", "indexes"] as const;

const defaults: Readonly<Record<string, Item>> = {
  columns: { notnull: false, default: null, pk: 0, comment: null },
  foreign_keys: { name: null, on_delete: null, on_update: null },
  indexes: { unique: false },
  unique: { name: null },
  checks: { name: null },
};

/** Puts back what the stored form of a golden leaves out because it has its default value. */
export function withDefaults(schema: SchemaDescription): SchemaDescription {
  const tables = Object.entries(schema.tables).map(([name, table]) => {
    const stored = table as unknown as Record<string, Item[] | undefined>;
    const lists = Object.entries(defaults).map(([key, values]) => [
      key,
      (stored[key] ?? []).map((item) => ({ ...values, ...item })),
    ]);
    return [name, { ...table, ...Object.fromEntries(lists) }] as const;
  });
  return { ...schema, tables: Object.fromEntries(tables) };
}
