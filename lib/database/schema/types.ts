/** A column type independent of the database; a dialect together with the repository's conventions turns it into a declared type. */
export type LogicalType =
  | { readonly kind: "string"; readonly length: number }
  | {
      readonly kind:
        | "text"
        | "bigint"
        | "integer"
        | "smallint"
        | "boolean"
        | "double"
        | "uuid"
        | "bytes"
        | "timestamp"
        | "json";
    }
  /** A half open range of time: one `int8range` column on PostgreSQL, columns `<name>_begin` and `<name>_end` on SQLite. */
  | { readonly kind: "timespan" }
  /** An integer key that the database counts up. */
  | { readonly kind: "serial" }
  /** The type text is given for each database. */
  | { readonly kind: "native"; readonly sqlite: string; readonly postgres: string };

/** The column types that a revision writes: `type.string(32)`, `type.bigint()`. */
export const type = {
  string: (length: number): LogicalType => ({ kind: "string", length }),
  text: (): LogicalType => ({ kind: "text" }),
  bigint: (): LogicalType => ({ kind: "bigint" }),
  integer: (): LogicalType => ({ kind: "integer" }),
  smallint: (): LogicalType => ({ kind: "smallint" }),
  boolean: (): LogicalType => ({ kind: "boolean" }),
  double: (): LogicalType => ({ kind: "double" }),
  uuid: (): LogicalType => ({ kind: "uuid" }),
  bytes: (): LogicalType => ({ kind: "bytes" }),
  timestamp: (): LogicalType => ({ kind: "timestamp" }),
  json: (): LogicalType => ({ kind: "json" }),
  timespan: (): LogicalType => ({ kind: "timespan" }),
  serial: (): LogicalType => ({ kind: "serial" }),
  native: (texts: { readonly sqlite: string; readonly postgres: string }): LogicalType => ({
    kind: "native",
    ...texts,
  }),
} as const;
