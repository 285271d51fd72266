/** A table that is written anew, as a set: filled bare, then in the place of the old one, with all that it had. */
import { applyChanges } from "../../schema/apply.js";
import type { Rekey } from "../../schema/editor.js";
import { isInteger, rekeyChanges, withRenamedReferences } from "../../schema/rekey.js";
import type { KeyHolder } from "../../schema/rekey.js";
import type { Target } from "../../schema/draft.js";
import type { Column, OwnedSequence, Table } from "../../schema/table.js";
import { literal, quoteName } from "../literals.js";
import { clip } from "../names.js";
import { Clauses, identityClause } from "./clauses.js";
import { createStatements, surroundings } from "./create.js";
import type { PostgresSchemaEditor } from "./editor.js";
import type { Counter } from "./sequences.js";

const longestName = 63;

export interface RebuildPlan {
  readonly holder: KeyHolder;
  readonly target: Table;
  readonly statements: readonly string[];
}

/**
 * The new table is filled bare; keys, indexes and all else come when the rows are there, and foreign keys when all tables are.
 * @param mapping the table with old and new values
 * @param counters where the sequences of identity columns are
 */
export function rebuildPlan(
  editor: PostgresSchemaEditor,
  holder: KeyHolder,
  holders: readonly KeyHolder[],
  change: Rekey,
  mapping: string,
  counters: readonly Counter[],
): RebuildPlan {
  const { table } = holder;
  const { namespace } = editor.session;
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
  const temporary = clip(`_godwit_new_${table.name}`, longestName);
  const relation = clauses.relation(target.table.name);
  const sequences = keptSequences(table, target);
  const finishing = finishingClauses(target.table, clauses);
  const foreignKeys = target.table.foreignKeys.map(({ comment: _later, ...key }) => key);
  return {
    holder,
    target: target.table,
    statements: [
      ...createStatements(bareTable(target.table, temporary), namespace),
      fillText(editor, holder, target, clauses.relation(temporary), mapping),
      ...sequences.map(({ name }) => `ALTER SEQUENCE ${clauses.relation(name)} OWNED BY NONE`),
      `DROP TABLE ${clauses.relation(table.name)}`,
      `ALTER TABLE ${clauses.relation(temporary)} RENAME TO ${quoteName(target.table.name)}`,
      ...(finishing.length === 0 ? [] : [`ALTER TABLE ${relation} ${finishing.join(", ")}`]),
      ...target.table.indexes.map((index) => clauses.index(target.table.name, index)),
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
    ...table,
    name,
    columns: table.columns.map(({ notNullName: _name, identityOptions: _options, ...column }) => ({
      ...column,
      nullable: true,
      identity: null,
    })),
    primaryKey: null,
    uniques: [],
    foreignKeys: [],
    checks: [],
    exclusions: [],
    indexes: [],
    triggers: [],
    comment: null,
    sequences: [],
    attachments: [],
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

function finishingClauses(target: Table, clauses: Clauses): string[] {
  const required = target.columns
    .filter(({ nullable }) => !nullable)
    .map(({ name, notNullName }) =>
      notNullName === undefined
        ? `ALTER COLUMN ${quoteName(name)} SET NOT NULL`
        : `ADD CONSTRAINT ${quoteName(notNullName)} NOT NULL ${quoteName(name)}`,
    );
  const keys = [
    ...(target.primaryKey === null ? [] : [clauses.primaryKey(target.primaryKey)]),
    ...target.uniques.map((key) => clauses.unique(key)),
    ...target.checks.map((check) => clauses.check(check)),
    ...target.exclusions.map((exclusion) => clauses.exclusion(exclusion)),
  ].map((clause) => `ADD ${clause}`);
  return [...required, ...keys];
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
