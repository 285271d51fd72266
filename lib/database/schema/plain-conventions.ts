import { createHash } from "node:crypto";
import type { DialectName } from "../database.js";
import type { Conventions, ObjectName } from "./conventions.js";
import type { LogicalType } from "./types.js";

/** How a plain database names and stores things. */
export const plainConventions: Conventions = {
  // No check goes with a type: one that is called as PostgreSQL calls them is the user's own.
  objectName: (dialect, name) => (name.kind === "length-check" ? null : plainName(dialect, name)),
  columnType: (dialect, type) => (dialect === "sqlite" ? sqliteType(type) : postgresType(type)),
  columnCheck: () => null,
  foreignKeyIndexes: "unless-covered",
};

const suffixes: Readonly<Record<ObjectName["kind"], string>> = {
  "primary-key": "pkey",
  unique: "key",
  "foreign-key": "fkey",
  "foreign-key-index": "idx",
  index: "idx",
  "length-check": "check",
  check: "check",
  sequence: "seq",
};

const longestName = 63;

/** `<table>_<columns>_<suffix>`, as PostgreSQL itself names; what is too long for it ends in a hash of the whole. */
function plainName(dialect: DialectName, { kind, table, columns }: ObjectName): string {
  const parts = kind === "primary-key" ? [table] : [table, ...columns];
  const name = [...parts, suffixes[kind]].join("_");
  if (dialect === "sqlite" || Buffer.byteLength(name) <= longestName) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${shorten(name, longestName - 9)}_${hash}`;
}

/** The longest beginning of a text that fits into some bytes. */
function shorten(text: string, bytes: number): string {
  let short = "";
  for (const character of text) {
    if (Buffer.byteLength(short + character) > bytes) break;
    short += character;
  }
  return short;
}

function sqliteType(type: LogicalType): string {
  switch (type.kind) {
    case "string":
      return `VARCHAR(${type.length})`;
    case "native":
      return type.sqlite;
    case "serial":
      return "INTEGER";
    default:
      return sqliteTypes[type.kind];
  }
}

const sqliteTypes = {
  text: "TEXT",
  bigint: "BIGINT",
  integer: "INTEGER",
  smallint: "SMALLINT",
  boolean: "BOOLEAN",
  double: "FLOAT",
  uuid: "CHAR(32)",
  bytes: "BLOB",
  timestamp: "TIMESTAMP",
  json: "JSON",
  timespan: "BIGINT",
} as const;

function postgresType(type: LogicalType): string {
  switch (type.kind) {
    case "string":
      return `character varying(${type.length})`;
    case "native":
      return type.postgres;
    case "serial":
      return "bigint";
    default:
      return postgresTypes[type.kind];
  }
}

const postgresTypes = {
  text: "text",
  bigint: "bigint",
  integer: "integer",
  smallint: "smallint",
  boolean: "boolean",
  double: "double precision",
  uuid: "uuid",
  bytes: "bytea",
  timestamp: "timestamp without time zone",
  json: "jsonb",
  timespan: "int8range",
} as const;
