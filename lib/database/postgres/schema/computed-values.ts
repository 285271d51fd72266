/**
 * New values are computed from the old columns. Where columns change their names in the same alteration, that comes first, as long as the
 * old ones are there under the names that the expressions know.
 */
import { applyChanges } from "../../schema/apply.js";
import type { TableChange } from "../../schema/changes.js";
import type { ColumnSource, Target } from "../../schema/draft.js";
import { renamesOf } from "../../schema/renames.js";
import type { Rules } from "../../schema/rules.js";
import type { Column, PrimaryKey, Table } from "../../schema/table.js";
import { quoteName } from "../literals.js";
import { changedColumn, fillStatement, isSame } from "./alter.js";
import type { Render } from "./alter.js";
import { Clauses } from "./clauses.js";
import { objectRenames } from "./object-renames.js";
import { surely } from "../../../known.js";

/** The table with its new values, and what is left to do. */
export interface ComputedValues {
  readonly statements: readonly string[];
  readonly table: Table;
  readonly target: Target;
}

/** Whether new values have to be computed by themselves, before columns get the names of others. */
export function needsFormerNames(old: Table, { table, sources, origins }: Target): boolean {
  const isComputed = ({ name }: Column): boolean => sources.get(name)?.kind === "expression";
  if (!table.columns.some(isComputed)) return false;
  if ([...origins].some(([name, origin]) => name !== origin)) return true;
  return table.columns.some(({ name }) => !origins.has(name) && old.columns.some((one) => one.name === name));
}

/** Fills new columns and gives others their new values and types. What keeps them from it goes first. */
export function computeValues(
  old: Table,
  target: Target,
  changes: readonly TableChange[],
  namespace: string,
  rules: Rules,
): ComputedValues {
  const clauses = new Clauses(namespace);
  const relation = clauses.relation(old.name);
  const render: Render = ({ expression }) => rules.render(expression);
  const kept = withoutGone(old, target, changes, rules);
  const added = addedColumns(old, target);
  const filled = added.filter(({ name }) => target.sources.get(name)?.kind === "expression");
  const retyped = retypedColumns(old, target);
  const additions = added.map(
    (column) =>
      `ADD COLUMN ${clauses.column({ ...column.definition, name: column.placed, nullable: column.definition.nullable || filled.includes(column) })}`,
  );
  const sources = new Map(
    filled.map(({ name, placed }) => [placed, target.sources.get(name) as ColumnSource]),
  );
  const changed = [
    ...kept.dropped.map((name) => `DROP CONSTRAINT ${quoteName(name)}`),
    ...retyped.flatMap(({ before, after, source }) => changedColumn(before, after, source, render)),
  ];
  const alter = (list: readonly string[]): string[] =>
    list.length === 0 ? [] : [`ALTER TABLE ${relation} ${list.join(", ")}`];
  return {
    statements: [
      ...kept.droppedIndexes.map((name) => `DROP INDEX ${clauses.relation(name)}`),
      ...alter(additions),
      ...(filled.length === 0
        ? []
        : [
            fillStatement(
              relation,
              filled.map(({ placed }) => placed),
              sources,
              render,
            ),
          ]),
      ...alter(changed),
    ],
    table: {
      ...kept.table,
      columns: [
        ...kept.table.columns.map(
          (column) => retyped.find(({ before }) => before.name === column.name)?.after ?? column,
        ),
        ...added.map(({ definition, placed, name }) => ({
          ...definition,
          name: placed,
          comment: null,
          nullable: definition.nullable || target.sources.get(name)?.kind === "expression",
        })),
      ],
    },
    target: {
      ...target,
      sources: new Map([...target.sources].map(([name]) => [name, { kind: "old", column: name }])),
      origins: new Map([...target.origins, ...added.map(({ name, placed }) => [name, placed] as const)]),
    },
  };
}

interface AddedColumn {
  readonly name: string;
  /** What it is called until the old columns are gone. */
  readonly placed: string;
  readonly definition: Column;
}

/** The new columns, in their order, up to the last that is filled. */
function addedColumns(old: Table, { table, sources, origins }: Target): AddedColumn[] {
  const added = table.columns.filter(({ name }) => !origins.has(name));
  const last = added.findLastIndex(({ name }) => sources.get(name)?.kind === "expression");
  return added.slice(0, last + 1).map((definition, index) => {
    const { name } = definition;
    const isTaken = old.columns.some((one) => one.name === name);
    return { name, placed: isTaken ? `_godwit_new_column_${index}` : name, definition };
  });
}

interface RetypedColumn {
  readonly before: Column;
  readonly after: Column;
  readonly source: ColumnSource;
}

/** Columns that stay and get new values, under their old names; their default and NOT NULL come afterwards. */
function retypedColumns(old: Table, { table, sources, origins }: Target): RetypedColumn[] {
  return table.columns.flatMap((column) => {
    const source = sources.get(column.name);
    const before = old.columns.find(({ name }) => name === origins.get(column.name));
    if (before === undefined || source?.kind !== "expression") return [];
    const nullable = before.nullable || column.nullable;
    const after: Column = { ...before, type: column.type, default: null, nullable };
    return [{ before, after, source }];
  });
}

/** The table without the constraints and indexes that go, as new values need not obey them. */
export function withoutGone(
  old: Table,
  target: Target,
  changes: readonly TableChange[],
  rules: Rules,
): { readonly table: Table; readonly dropped: string[]; readonly droppedIndexes: string[] } {
  const renames = [
    ...renamesOf(old, target, rules).changes,
    ...objectRenames(old, target.table.name, changes),
  ];
  const renamed = applyChanges(old, renames, rules).table;
  const dropped: string[] = [];
  const droppedIndexes: string[] = [];
  const foreignKeys = keep(old.foreignKeys, renamed.foreignKeys, target.table.foreignKeys, dropped);
  const checks = keep(old.checks, renamed.checks, target.table.checks, dropped);
  const exclusions = keep(old.exclusions, renamed.exclusions, target.table.exclusions, dropped);
  const uniques = keep(old.uniques, renamed.uniques, target.table.uniques, dropped);
  const [primaryKey = null] = keep(keyOf(old), keyOf(renamed), keyOf(target.table), dropped);
  const indexes = keep(old.indexes, renamed.indexes, target.table.indexes, droppedIndexes);
  const table = { ...old, foreignKeys, checks, exclusions, uniques, primaryKey, indexes };
  return { table, dropped, droppedIndexes };
}

function keyOf({ primaryKey }: Table): readonly PrimaryKey[] {
  return primaryKey === null ? [] : [primaryKey];
}

/** What stays; the names of what does not are added to `gone`. */
function keep<T extends { readonly name: string | null }>(
  before: readonly T[],
  after: readonly T[],
  wanted: readonly T[],
  gone: string[],
): T[] {
  return before.filter((one, index) => {
    const later = after[index];
    const stays = later !== undefined && wanted.some((other) => isSame(later, other));
    if (!stays) gone.push(surely(one.name));
    return stays;
  });
}
