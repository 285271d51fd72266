/** The statements that make a table from its complete definition. */
import type { PostgresTableOptions } from "../inspect/options.js";
import type { Column, Table } from "../../schema/table.js";
import { literal, quoteName } from "../literals.js";
import { Clauses, isPlain } from "./clauses.js";
import { surely } from "../../../known.js";

/**
 * In the order in which they must run. The table that is made is the one that was read: what inspection returns for it is the same.
 * @param namespace the repository's schema
 */
export function createStatements(table: Table, namespace: string): string[] {
  const clauses = new Clauses(namespace);
  const relation = clauses.relation(table.name);
  return [
    ...(table.sequences ?? []).map(
      (sequence) => `CREATE SEQUENCE ${clauses.relation(sequence.name)} ${sequence.options}`,
    ),
    createTable(table, clauses),
    ...(table.sequences ?? []).map(
      (sequence) =>
        `ALTER SEQUENCE ${clauses.relation(sequence.name)} OWNED BY ${relation}.${quoteName(sequence.column)}`,
    ),
    ...columnStatements(table, relation),
    ...lateConstraints(table, relation, clauses),
    ...table.indexes.map((index) => clauses.index(table.name, index)),
    ...surroundings(table, namespace),
  ];
}

/** What a table has besides columns, constraints and indexes: made after the rows are there. */
export function surroundings(table: Table, namespace: string): string[] {
  const clauses = new Clauses(namespace);
  const relation = clauses.relation(table.name);
  return [
    ...exclusionStatements(table, clauses),
    ...optionStatements(table, relation),
    ...table.triggers.flatMap((trigger) => [
      trigger.definition,
      ...(trigger.state === undefined
        ? []
        : [`ALTER TABLE ${relation} ${trigger.state} TRIGGER ${quoteName(trigger.name)}`]),
    ]),
    ...commentStatements(table, namespace),
    ...(table.attachments ?? []).flatMap((attachment) => attachment.statements),
  ];
}

function createTable(table: Table, clauses: Clauses): string {
  const options = table.options as PostgresTableOptions;
  const own = (
    options.inherits === undefined ? [] : table.columns.filter((column) => column.inherited === true)
  ).map((column) => column.name);
  const parts = [
    ...table.columns.filter((column) => !own.includes(column.name)).map((column) => clauses.column(column)),
    ...constraintClauses(table, clauses),
  ];
  return [
    `CREATE ${options.unlogged === true ? "UNLOGGED " : ""}TABLE ${clauses.relation(table.name)} (${parts.join(", ")})`,
    options.inherits === undefined ? "" : ` INHERITS (${options.inherits})`,
    options.partitionBy === undefined ? "" : ` PARTITION BY ${options.partitionBy}`,
    options.accessMethod === undefined ? "" : ` USING ${quoteName(options.accessMethod)}`,
    options.storage === undefined ? "" : ` WITH (${options.storage})`,
    options.tablespace === undefined ? "" : ` TABLESPACE ${quoteName(options.tablespace)}`,
  ].join("");
}

function constraintClauses(table: Table, clauses: Clauses): string[] {
  const inherits = table.options["inherits"] !== undefined;
  const checks = table.checks.filter((check) => isPlain(check) && !(inherits && check.inherited === true));
  return [
    ...(table.primaryKey === null ? [] : [clauses.primaryKey(table.primaryKey)]),
    ...table.uniques.map((unique) => clauses.unique(unique)),
    ...checks.map((check) => clauses.check(check)),
    ...table.exclusions.map((exclusion) => clauses.exclusion(exclusion)),
    ...table.foreignKeys.filter(isPlain).map((key) => clauses.foreignKey(key)),
  ];
}

/** Constraints that are not valid have to come after the table. */
function lateConstraints(table: Table, relation: string, clauses: Clauses): string[] {
  const late = [
    ...table.checks.filter((check) => !isPlain(check)).map((check) => clauses.check(check)),
    ...table.foreignKeys.filter((key) => !isPlain(key)).map((key) => clauses.foreignKey(key)),
  ];
  return late.map((clause) => `ALTER TABLE ${relation} ADD ${clause}`);
}

function columnStatements(table: Table, relation: string): string[] {
  const inherits = table.options["inherits"] !== undefined;
  const settings = table.columns.flatMap((column) => [
    ...(inherits && column.inherited === true ? inheritedColumn(column) : []),
    ...(column.settings ?? []).map((setting) => `ALTER COLUMN ${quoteName(column.name)} ${setting}`),
  ]);
  return settings.length === 0 ? [] : [`ALTER TABLE ${relation} ${settings.join(", ")}`];
}

/** What an inherited column may have that the one inherited from has not. */
function inheritedColumn(column: Column): string[] {
  const name = quoteName(column.name);
  return [
    ...(column.default === null ? [] : [`ALTER COLUMN ${name} SET DEFAULT ${column.default}`]),
    ...(column.nullable ? [] : [`ALTER COLUMN ${name} SET NOT NULL`]),
  ];
}

/** Storage parameters stand in the middle of an exclusion's definition, and are set afterwards. */
function exclusionStatements(table: Table, clauses: Clauses): string[] {
  return table.exclusions.flatMap(({ name, storage, tablespace }) => [
    ...(storage === undefined ? [] : [`ALTER INDEX ${clauses.relation(name)} SET (${storage})`]),
    ...(tablespace === undefined
      ? []
      : [`ALTER INDEX ${clauses.relation(name)} SET TABLESPACE ${quoteName(tablespace)}`]),
  ]);
}

function optionStatements(table: Table, relation: string): string[] {
  const options = table.options as PostgresTableOptions;
  const identity = options.replicaIdentity;
  const word =
    identity === "FULL" || identity === "NOTHING" ? identity : `USING INDEX ${quoteName(identity ?? "-")}`;
  return [
    ...(options.partitionOf === undefined
      ? []
      : [
          `ALTER TABLE ${options.partitionOf} ATTACH PARTITION ${relation} ${surely(options.partitionBound)}`,
        ]),
    ...(options.rowSecurity ?? "")
      .split(", ")
      .filter((word) => word !== "")
      .map((word) => `ALTER TABLE ${relation} ${word} ROW LEVEL SECURITY`),
    ...(identity === undefined ? [] : [`ALTER TABLE ${relation} REPLICA IDENTITY ${word}`]),
    ...(options.clusterOn === undefined
      ? []
      : [`ALTER TABLE ${relation} CLUSTER ON ${quoteName(options.clusterOn)}`]),
  ];
}

/** Comments on the table and its parts. */
export function commentStatements(table: Table, namespace: string): string[] {
  const clauses = new Clauses(namespace);
  const relation = clauses.relation(table.name);
  const keys = table.primaryKey === null ? table.uniques : [table.primaryKey, ...table.uniques];
  const constraints = [...keys, ...table.foreignKeys, ...table.checks, ...table.exclusions];
  const objects: readonly (readonly [string, string | null | undefined])[] = [
    [`TABLE ${relation}`, table.comment],
    ...table.columns.map(
      (column) => [`COLUMN ${relation}.${quoteName(column.name)}`, column.comment] as const,
    ),
    ...constraints.map(
      ({ name, comment }) => [`CONSTRAINT ${quoteName(surely(name))} ON ${relation}`, comment] as const,
    ),
    ...table.indexes.map(({ name, comment }) => [`INDEX ${clauses.relation(name)}`, comment] as const),
    ...table.triggers.map(
      ({ name, comment }) => [`TRIGGER ${quoteName(name)} ON ${relation}`, comment] as const,
    ),
  ];
  return objects.flatMap(([object, comment]) =>
    comment === null || comment === undefined ? [] : [`COMMENT ON ${object} IS ${literal(comment).trim()}`],
  );
}
