/** A table that is written anew, as a set: filled bare, then in the place of the old one, with all that it had. */
import { applyChanges, emptyTable } from "../../schema/apply.js";
import type { Rekey } from "../../schema/editor.js";
import { isInteger, rekeyChanges, withRenamedReferences } from "../../schema/rekey.js";
import type { KeyHolder } from "../../schema/rekey.js";
import type { Target } from "../../schema/draft.js";
import type { Column, OwnedSequence, Table } from "../../schema/table.js";
import { literal, quoteName } from "../literals.js";
import { besideName } from "../beside.js";
import { Clauses, identityClause } from "./clauses.js";
import { createStatements, surroundings } from "./create.js";
import type { PostgresSchemaEditor } from "./editor.js";
import { finishing } from "./finishing.js";
import type { Counter } from "./sequences.js";

export interface RebuildPlan {
  readonly holder: KeyHolder;
  readonly target: Table;
  /** The name under which the new table is built. */
  readonly temporary: string;
  /** Makes the new table beside the old one, with its rows, keys and indexes. */
  readonly build: readonly string[];
  /** Puts it in the place of the old one, with all that that had. */
  readonly swap: readonly string[];
}

/** What a table is built with. */
export interface RebuildOptions {
  /** The table with old and new values, quoted. */
  readonly mapping: string;
  /** Tells the table from the others that are built. */
  readonly position: number;
  /** Where the sequences of identity columns are. */
  readonly counters: readonly Counter[];
}

/**
 * The new table is filled bare; keys and indexes come when the rows are there, and foreign keys, which are no part of this, when all tables
 * are.
 */
export function rebuildPlan(
  editor: PostgresSchemaEditor,
  holder: KeyHolder,
  holders: readonly KeyHolder[],
  change: Rekey,
  { mapping, position, counters }: RebuildOptions,
): RebuildPlan {
  const { table } = holder;
  const { namespace, serverVersion } = editor.session;
  const clauses = new Clauses(namespace);
  const target = withoutOldCounting(
    applyChanges(
      withRenamedReferences("postgres", table, holders),
      rekeyChanges(holder, change),
      editor.rules,
    ),
    holder,
    change,
  );
  const temporary = besideName(position);
  const relation = clauses.relation(target.table.name);
  const sequences = keptSequences(table, target);
  const finish = finishing(target.table, position, serverVersion, clauses);
  const foreignKeys = target.table.foreignKeys.map(({ comment: _later, ...key }) => key);
  return {
    holder,
    target: target.table,
    temporary,
    build: [
      ...createStatements(bareTable(target.table, temporary), namespace),
      fillText(editor, holder, target, clauses.relation(temporary), mapping),
      ...finish.build,
    ],
    swap: [
      ...sequences.map(({ name }) => `ALTER SEQUENCE ${clauses.relation(name)} OWNED BY NONE`),
      `DROP TABLE ${clauses.relation(table.name)}`,
      `ALTER TABLE ${clauses.relation(temporary)} RENAME TO ${quoteName(target.table.name)}`,
      ...finish.swap,
      ...countingStatements(target, relation, counters),
      ...surroundings({ ...target.table, foreignKeys }, namespace),
      ...sequences.map(
        ({ name, column }) =>
          `ALTER SEQUENCE ${clauses.relation(name)} OWNED BY ${relation}.${quoteName(column)}`,
      ),
      ...beyondNewValues(holder, target, sequences, clauses),
    ],
  };
}

/** New values that are no integers are not counted up. */
function withoutOldCounting(target: Target, { columns }: KeyHolder, { type }: Rekey): Target {
  if (isInteger(type)) return target;
  const rekeyed = (name: string): boolean =>
    columns.some((column) => column.name === target.origins.get(name));
  const table = {
    ...target.table,
    columns: target.table.columns.map((column): Column => {
      if (column.identity === null || !rekeyed(column.name)) return column;
      const { identityOptions: _gone, ...rest } = column;
      return { ...rest, identity: null };
    }),
  };
  return { ...target, table };
}

function bareTable(table: Table, name: string): Table {
  return {
    ...emptyTable(name),
    columns: table.columns.map(({ notNullName: _name, identityOptions: _options, ...column }) => ({
      ...column,
      nullable: true,
      identity: null,
    })),
    options: bareOptions(table.options),
  };
}

/** What speaks of indexes and policies comes later. */
function bareOptions({
  replicaIdentity: _identity,
  clusterOn: _cluster,
  rowSecurity: _security,
  ...options
}: Table["options"]): Table["options"] {
  return options;
}

function fillText(
  editor: PostgresSchemaEditor,
  { table, columns }: KeyHolder,
  target: Target,
  relation: string,
  mapping: string,
): string {
  const written = target.table.columns.filter(({ generated }) => generated === null);
  const values = written.map(({ name, default: fallback }) => {
    const source = target.sources.get(name);
    if (source === undefined || source.kind === "default") return fallback ?? "NULL";
    if (source.kind === "expression") return editor.rules.render(source.expression);
    const position = columns.findIndex((one) => one.name === source.column);
    return position < 0 ? `o.${quoteName(source.column)}` : `m${position}.new`;
  });
  const joins = columns.map(
    ({ name }, index) => `LEFT JOIN ${mapping} AS m${index} ON m${index}.old = o.${quoteName(name)}`,
  );
  const from = new Clauses(editor.session.namespace).relation(table.name);
  return `INSERT INTO ${relation} (${written.map(({ name }) => quoteName(name)).join(", ")}) SELECT ${values.join(", ")} FROM ${from} AS o ${joins.join(" ")}`;
}

/** Sequences whose columns still take their values from them, with the columns' new names; others go with the old table. */
function keptSequences(old: Table, { table, origins }: Target): OwnedSequence[] {
  return (old.sequences ?? []).flatMap((sequence) => {
    const before = old.columns.find(({ name }) => name === sequence.column);
    const after = table.columns.find(({ name }) => origins.get(name) === sequence.column);
    const isKept = before !== undefined && after !== undefined && before.default === after.default;
    return isKept ? [{ ...sequence, column: after.name }] : [];
  });
}

/** Identity columns count on from where they were. */
function countingStatements(
  { table, origins }: Target,
  relation: string,
  counters: readonly Counter[],
): string[] {
  return table.columns.flatMap((column) => {
    if (column.identity === null) return [];
    const name = quoteName(column.name);
    const counter = counters.find((one) => one.column === origins.get(column.name));
    const sequence = `pg_get_serial_sequence(${literal(relation)}, ${literal(column.name)})`;
    return [
      `ALTER TABLE ${relation} ALTER COLUMN ${name} ADD ${identityClause(column)}`,
      ...(counter === undefined ? [] : [`SELECT setval(${sequence}, ${counter.value}, ${counter.isCalled})`]),
    ];
  });
}

/** What counts up keys that have new values goes on beyond them. */
function beyondNewValues(
  { columns }: KeyHolder,
  { table, origins }: Target,
  sequences: readonly OwnedSequence[],
  clauses: Clauses,
): string[] {
  return table.columns.flatMap(({ name, identity }) => {
    if (!columns.some((column) => column.name === origins.get(name))) return [];
    const owned = sequences.filter(({ column }) => column === name);
    if (identity === null && owned.length === 0) return [];
    const relation = clauses.relation(table.name);
    const sequence =
      owned[0] === undefined
        ? `pg_get_serial_sequence(${literal(relation)}, ${literal(name)})`
        : literal(clauses.relation(owned[0].name));
    return [
      `SELECT setval(${sequence}, most) FROM (SELECT max(${quoteName(name)}) AS most FROM ${relation}) AS rows WHERE most > coalesce(pg_sequence_last_value(${sequence}), 0)`,
    ];
  });
}
