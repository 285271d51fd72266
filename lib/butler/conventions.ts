/** How a Butler repository names and stores things. */
import { blake2b } from "@noble/hashes/blake2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { DialectName } from "../database/database.js";
import type { Conventions, ObjectName } from "../database/schema/conventions.js";
import type { LogicalType } from "../database/schema/types.js";

/** Strings up to this length are declared with it; longer ones are texts without a limit. */
const longestString = 32;
/** PostgreSQL's limit of names, in bytes. */
const longestName = 63;

export const butlerConventions: Conventions = {
  objectName: (dialect, name) => {
    // Butler leaves primary keys to the database, and checks lengths only where the type itself limits nothing.
    if (dialect === "sqlite" && name.kind === "primary-key") return null;
    if (dialect === "postgres" && name.kind === "length-check") return null;
    return shortened(dialect, fullName(name));
  },
  columnType: (dialect, type) => (dialect === "sqlite" ? sqliteType(type) : postgresType(type)),
  columnCheck: (dialect, table, column, type) => {
    if (dialect !== "sqlite" || type.kind !== "string" || type.length > longestString) return null;
    const name = `"${column.replaceAll('"', '""')}"`;
    return {
      name: `${table}_len_${column}`,
      expression: `length(${name})<=${type.length} AND length(${name})>=1`,
    };
  },
  foreignKeyIndexes: "unless-covered",
};

function fullName({ kind, table, columns, referencedTable, referencedColumns }: ObjectName): string {
  const list = columns.join("_");
  switch (kind) {
    case "primary-key":
      return `${table}_pkey`;
    case "unique":
      return `${table}_unq_${list}`;
    case "foreign-key":
      return ["fkey", table, referencedTable, ...(referencedColumns ?? []), list].join("_");
    case "foreign-key-index":
      return `${table}_fkidx_${list}`;
    case "index":
      return `${table}_idx_${list}`;
    case "length-check":
      return `${table}_len_${list}`;
    case "check":
      return `${table}_check_${list}`;
    case "sequence":
      return `${table}_seq_${list}`;
  }
}

/** A name that PostgreSQL would cut ends in a BLAKE2b digest of 4 bytes of the whole, so that it stays unique. */
export function shortened(dialect: DialectName, name: string): string {
  if (dialect === "sqlite" || name.length <= longestName) return name;
  const digest = bytesToHex(blake2b(utf8ToBytes(name), { dkLen: 4 }));
  return `${name.slice(0, longestName - digest.length - 1)}_${digest}`;
}

function sqliteType(type: LogicalType): string {
  switch (type.kind) {
    case "string":
      return type.length > longestString ? "TEXT" : `VARCHAR(${type.length})`;
    case "native":
      return type.sqlite;
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
  json: "TEXT",
  timespan: "BIGINT",
  serial: "INTEGER",
} as const;

function postgresType(type: LogicalType): string {
  switch (type.kind) {
    case "string":
      return type.length > longestString ? "text" : `character varying(${type.length})`;
    case "native":
      return type.postgres;
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
  json: "text",
  timespan: "int8range",
  serial: "bigint",
} as const;
