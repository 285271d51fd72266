/** The statements that lead from one definition of a table to another: one `ALTER TABLE` for all clauses, indexes after the data. */
import type { ColumnSource, Target } from "../../schema/draft.js";
import type { TableChange } from "../../schema/changes.js";
import type { CostClass } from "../../schema/editor.js";
import type { Check, Column, ForeignKey, Table } from "../../schema/table.js";
import { literal, quoteName } from "../literals.js";
import { Clauses } from "./clauses.js";
import { surely } from "../../../known.js";

/** How a change is carried out. */
export interface AlterPlan {
  readonly cost: CostClass;
  readonly statements: readonly string[];
}

export type Render = (source: ColumnSource & { readonly kind: "expression" }) => string;

/** Plans a change of a table; names do not change here. */
export function planAlteration(
  old: Table,
  { table, sources, origins, live }: Target,
  namespace: string,
  render: Render,
): AlterPlan {
  const clauses = new Clauses(namespace);
  const relation = clauses.relation(old.name);
  const filled = table.columns.filter(
    (column) => !origins.has(column.name) && sources.get(column.name)?.kind === "expression",
  );
  const dropped = droppedClauses(old, table, origins);
  const added = addedClauses(old, table, clauses, live);
  const validated = validations(old, table, relation, live);
  const columns = columnClauses(old, table, { sources, origins }, clauses, filled, render);
  // New values are computed from the old columns, which must still be there.
  const steps =
    filled.length === 0
      ? [[...dropped.constraints, ...dropped.columns, ...columns, ...added]]
      : [
          columns.filter((clause) => isAddition(clause)),
          "fill",
          [
            ...dropped.constraints,
            ...dropped.columns,
            ...columns.filter((clause) => !isAddition(clause)),
            ...notNullClauses(filled),
            ...added,
          ],
        ];
  const statements = [
    ...droppedIndexes(old, table, clauses, live),
    ...steps.flatMap((step) => {
      if (step === "fill") return [fillStatement(relation, names(filled), sources, render)];
      return step.length === 0 ? [] : [`ALTER TABLE ${relation} ${(step as readonly string[]).join(", ")}`];
    }),
    ...validated,
    ...addedIndexes(old, table, clauses, live),
    ...comments(old, table, relation),
  ];
  return { cost: costOf(old, table, sources, filled, [...added, ...validated]), statements };
}

function names(columns: readonly Column[]): string[] {
  return columns.map(({ name }) => name);
}

function isAddition(clause: string): boolean {
  return clause.startsWith("ADD COLUMN ");
}

function droppedClauses(
  old: Table,
  table: Table,
  origins: Target["origins"],
): { readonly constraints: string[]; readonly columns: string[] } {
  const constraints = constraintsOf(old)
    .filter((one) => !constraintsOf(table).some((other) => isSame(one, other)))
    .map(({ name }) => `DROP CONSTRAINT ${quoteName(surely(name))}`);
  // A generated column goes before those that it is computed from.
  const columns = old.columns
    .filter((column) => !origins.has(column.name))
    .toSorted((a, b) => Number(b.generated !== null) - Number(a.generated !== null))
    .map((column) => `DROP COLUMN ${quoteName(column.name)}`);
  return { constraints, columns };
}

interface AnyConstraint {
  readonly name: string | null;
  readonly validated?: false;
}

function constraintsOf(table: Table): readonly AnyConstraint[] {
  const keys = table.primaryKey === null ? [] : [table.primaryKey];
  return [...table.foreignKeys, ...table.exclusions, ...table.checks, ...table.uniques, ...keys];
}

function sameText(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A constraint that only has still to be validated is the same one. */
export function isSame(old: AnyConstraint, wanted: AnyConstraint): boolean {
  return sameText(old, wanted) || isUnvalidated(old, wanted);
}

function isUnvalidated(old: AnyConstraint, wanted: AnyConstraint): boolean {
  return old.validated === false && sameText({ ...old, validated: undefined }, wanted);
}

function addedClauses(old: Table, table: Table, clauses: Clauses, live: Target["live"]): string[] {
  const before = constraintsOf(old);
  const isAdded = (one: AnyConstraint): boolean => !before.some((other) => isSame(other, one));
  const rule = <T extends Check | ForeignKey>(one: T): T =>
    live.has(surely(one.name)) ? { ...one, validated: false } : one;
  return [
    ...[table.primaryKey]
      .filter((key) => key !== null && isAdded(key))
      .map((key) => (key === null ? "" : clauses.primaryKey(key))),
    ...table.uniques.filter(isAdded).map((key) => clauses.unique(key)),
    ...table.checks.filter(isAdded).map((check) => clauses.check(rule(check))),
    ...table.exclusions.filter(isAdded).map((exclusion) => clauses.exclusion(exclusion)),
    ...table.foreignKeys.filter(isAdded).map((key) => clauses.foreignKey(rule(key))),
  ].map((clause) => `ADD ${clause}`);
}

/** Rows are read while others write; what is there and valid already needs nothing. */
function validations(old: Table, table: Table, relation: string, live: Target["live"]): string[] {
  const before = constraintsOf(old);
  return [...table.checks, ...table.foreignKeys]
    .filter((one) => live.has(surely(one.name)) || before.some((other) => isUnvalidated(other, one)))
    .filter((one) => !before.some((other) => sameText(other, one)))
    .map(({ name }) => `ALTER TABLE ${relation} VALIDATE CONSTRAINT ${quoteName(surely(name))}`);
}

function columnClauses(
  old: Table,
  table: Table,
  { sources, origins }: Pick<Target, "sources" | "origins">,
  clauses: Clauses,
  filled: readonly Column[],
  render: Render,
): string[] {
  return table.columns.flatMap((column) => {
    // A column that was dropped and made anew under its name is another one.
    const before = old.columns.find(({ name }) => name === column.name && origins.has(name));
    if (before !== undefined) return changedColumn(before, column, sources.get(column.name), render);
    const isFilled = filled.includes(column);
    return [`ADD COLUMN ${clauses.column(isFilled ? { ...column, nullable: true } : column)}`];
  });
}

export function changedColumn(
  before: Column,
  after: Column,
  source: ColumnSource | undefined,
  render: Render,
): string[] {
  const name = quoteName(after.name);
  const clauses: string[] = [];
  const retyped = before.type !== after.type || source?.kind === "expression";
  if (before.default !== null && (after.default === null || retyped))
    clauses.push(`ALTER COLUMN ${name} DROP DEFAULT`);
  if (retyped) {
    const using = source?.kind === "expression" ? ` USING ${render(source)}` : castClause(after);
    clauses.push(`ALTER COLUMN ${name} TYPE ${after.type}${using}`);
  }
  if (after.default !== null && (after.default !== before.default || retyped))
    clauses.push(`ALTER COLUMN ${name} SET DEFAULT ${after.default}`);
  if (before.nullable && !after.nullable) clauses.push(`ALTER COLUMN ${name} SET NOT NULL`);
  if (!before.nullable && after.nullable) clauses.push(`ALTER COLUMN ${name} DROP NOT NULL`);
  return clauses;
}

function notNullClauses(filled: readonly Column[]): string[] {
  return filled
    .filter((column) => !column.nullable)
    .map((column) => `ALTER COLUMN ${quoteName(column.name)} SET NOT NULL`);
}

/** A cast to a string type cuts what is too long; without it the server refuses. It also refuses one for a generated column. */
function castClause({ name, type, generated }: Column): string {
  if (generated !== null || /^(?:character|text|bit)\b/.test(type)) return "";
  return ` USING ${quoteName(name)}::${type}`;
}

/** New columns are filled as a set. */
export function fillStatement(
  relation: string,
  filled: readonly string[],
  sources: Target["sources"],
  render: Render,
): string {
  const values = filled.map((name) => {
    const source = sources.get(name);
    return `${quoteName(name)} = ${source?.kind === "expression" ? render(source) : "NULL"}`;
  });
  return `UPDATE ${relation} SET ${values.join(", ")}`;
}

function droppedIndexes(old: Table, table: Table, clauses: Clauses, live: Target["live"]): string[] {
  const gone = new Set(
    old.columns
      .filter(({ name }) => !table.columns.some((column) => column.name === name))
      .map(({ name }) => name),
  );
  return (
    old.indexes
      .filter((index) => !table.indexes.some((other) => sameText(index, other)))
      // The server drops those with a dropped column by itself.
      .filter((index) => !index.keys.some((key) => key.column !== null && gone.has(key.column)))
      .map(
        (index) => `DROP INDEX ${live.has(index.name) ? "CONCURRENTLY " : ""}${clauses.relation(index.name)}`,
      )
  );
}

function addedIndexes(old: Table, table: Table, clauses: Clauses, live: Target["live"]): string[] {
  return table.indexes
    .filter((index) => !old.indexes.some((other) => sameText(index, other)))
    .map((index) => clauses.index(old.name, index, live.has(index.name) ? "concurrently" : "at-once"));
}

function comments(old: Table, table: Table, relation: string): string[] {
  const changed = table.columns.filter(
    (column) => (old.columns.find(({ name }) => name === column.name)?.comment ?? null) !== column.comment,
  );
  return [
    ...(old.comment === table.comment
      ? []
      : [`COMMENT ON TABLE ${relation} IS ${textOrNull(table.comment)}`]),
    ...changed.map(
      (column) => `COMMENT ON COLUMN ${relation}.${quoteName(column.name)} IS ${textOrNull(column.comment)}`,
    ),
  ];
}

function textOrNull(text: string | null): string {
  return text === null ? "NULL" : literal(text).trim();
}

function costOf(
  old: Table,
  table: Table,
  sources: Target["sources"],
  filled: readonly Column[],
  added: readonly string[],
): CostClass {
  if (filled.length > 0) return "rewrite";
  const changed = table.columns.flatMap((after) => {
    const before = old.columns.find(({ name }) => name === after.name);
    return before === undefined ? [] : [{ before, after, source: sources.get(after.name) }];
  });
  if (
    changed.some(
      ({ before, after, source }) => source?.kind === "expression" || rewrites(before.type, after.type),
    )
  )
    return "rewrite";
  const requires = changed.some(({ before, after }) => before.nullable && !after.nullable);
  const indexes = table.indexes.some((index) => !old.indexes.some((other) => sameText(index, other)));
  return requires || indexes || added.length > 0 ? "scan" : "metadata";
}

const varchar = /^character varying(?:\((\d+)\))?$/;

/** A string type that takes all that the old one took needs no rewrite. */
function rewrites(before: string, after: string): boolean {
  if (before === after) return false;
  const from = varchar.exec(before);
  if (from === null) return !(before === "text" && after === "character varying");
  if (after === "text" || after === "character varying") return false;
  const to = varchar.exec(after);
  return to === null || from[1] === undefined || Number(to[1]) < Number(from[1]);
}

/** Renames are done by themselves, so that what is renamed stays the same object; that of the table is the last. */
export function renameStatements(table: Table, changes: readonly TableChange[], namespace: string): string[] {
  const clauses = new Clauses(namespace);
  const relation = clauses.relation(table.name);
  return changes.flatMap((change) => {
    switch (change.kind) {
      case "rename-column":
        return [
          `ALTER TABLE ${relation} RENAME COLUMN ${quoteName(change.name)} TO ${quoteName(change.newName)}`,
        ];
      case "rename-constraint":
        return [
          `ALTER TABLE ${relation} RENAME CONSTRAINT ${quoteName(change.name)} TO ${quoteName(change.newName)}`,
        ];
      case "rename-index":
        return [`ALTER INDEX ${clauses.relation(change.name)} RENAME TO ${quoteName(change.newName)}`];
      case "rename-table":
        return [`ALTER TABLE ${relation} RENAME TO ${quoteName(change.newName)}`];
      default:
        return [];
    }
  });
}
