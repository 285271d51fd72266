/** Changes of keys and other constraints. */
import { InputError } from "../../errors.js";
import type { ConstraintSelector, TableChange } from "./changes.js";
import type { Draft } from "./draft.js";
import type { Column, ForeignKey, PrimaryKey, Unique } from "./table.js";

/** Replaces the primary key, or makes one. */
export function setPrimaryKey(draft: Draft, columns: readonly string[], name: string | undefined): void {
  for (const column of columns) draft.require(column);
  const key: PrimaryKey = {
    name: name ?? draft.table.primaryKey?.name ?? draft.name({ kind: "primary-key", columns }),
    columns,
  };
  draft.table = { ...draft.table, primaryKey: key, columns: keyColumns(draft, columns) };
}

/** Takes the primary key away. */
export function dropPrimaryKey(draft: Draft): void {
  draft.table = { ...draft.table, primaryKey: null, columns: countingColumns(draft, []) };
}

/** AUTOINCREMENT is part of a key of one column. */
function countingColumns(draft: Draft, key: readonly string[]): readonly Column[] {
  return draft.table.columns.map((column) =>
    column.autoincrement && (key.length !== 1 || key[0] !== column.name)
      ? { ...column, autoincrement: false }
      : column,
  );
}

/** Columns of a key are NOT NULL on PostgreSQL; SQLite leaves them as they are, as tables made by older releases have them. */
function keyColumns(draft: Draft, columns: readonly string[]): readonly Column[] {
  if (draft.rules.dialect === "sqlite") return countingColumns(draft, columns);
  return draft.table.columns.map((column) =>
    columns.includes(column.name) ? { ...column, nullable: false } : column,
  );
}

/** Adds a unique constraint. */
export function addUnique(draft: Draft, columns: readonly string[], name: string | undefined): void {
  for (const column of columns) draft.require(column);
  const unique: Unique = { name: name ?? draft.name({ kind: "unique", columns }), columns };
  draft.table = { ...draft.table, uniques: [...draft.table.uniques, unique] };
}

/** Adds a foreign key; its index comes at the end. */
export function addForeignKey(
  draft: Draft,
  { columns, references, options }: Extract<TableChange, { kind: "add-foreign-key" }>,
): void {
  for (const column of columns) draft.require(column);
  const name =
    options.name ??
    draft.name({
      kind: "foreign-key",
      columns,
      referencedTable: references.table,
      referencedColumns: references.columns,
    });
  const key: ForeignKey = {
    name,
    columns,
    referencedTable: references.table,
    referencedColumns: references.columns,
    onDelete: options.onDelete ?? "NO ACTION",
    onUpdate: options.onUpdate ?? "NO ACTION",
    deferrable: options.deferrable ?? "no",
  };
  const others =
    options.validation === "separate"
      ? separateFrom(draft, draft.table.foreignKeys, key)
      : draft.table.foreignKeys;
  draft.table = { ...draft.table, foreignKeys: [...others, key] };
  if (options.index !== "none" && draft.rules.conventions.foreignKeyIndexes !== "never")
    draft.indexed.push(key);
}

/** Adds a check. */
export function addCheck(
  draft: Draft,
  { check, options }: Extract<TableChange, { kind: "add-check" }>,
): void {
  const { checks } = draft.table;
  const others = options?.validation === "separate" ? separateFrom(draft, checks, check) : checks;
  draft.table = { ...draft.table, checks: [...others, check] };
}

/** The constraints among which one comes that is validated separately: without what an interrupted run left of it. */
function separateFrom<T extends { readonly name: string | null }>(
  draft: Draft,
  constraints: readonly T[],
  { name }: T,
): readonly T[] {
  if (name === null) {
    if (draft.rules.dialect === "sqlite") return constraints;
    throw new InputError(
      "bad-alteration",
      `A constraint on "${draft.table.name}" that is validated separately needs a name.`,
    );
  }
  draft.live.add(name);
  return constraints.filter((other) => other.name !== name);
}

/** Adds an exclusion constraint, which only PostgreSQL has. */
export function addExclusion(
  draft: Draft,
  { name, definition }: Extract<TableChange, { kind: "add-exclusion" }>,
): void {
  if (draft.rules.dialect === "sqlite") {
    throw new InputError(
      "bad-alteration",
      `SQLite has no exclusion constraints ("${name}" on "${draft.table.name}").`,
    );
  }
  draft.table = { ...draft.table, exclusions: [...draft.table.exclusions, { name, definition }] };
}

/** Drops a constraint by its name, or by its columns. */
export function dropConstraint(draft: Draft, which: ConstraintSelector): void {
  const matches = (
    key: { readonly name: string | null; readonly columns?: readonly string[] },
    kind: string,
  ): boolean =>
    "name" in which
      ? key.name === which.name
      : which.kind === kind && JSON.stringify(key.columns) === JSON.stringify(which.columns);
  const before = countConstraints(draft);
  draft.table = {
    ...draft.table,
    uniques: draft.table.uniques.filter((key) => !matches(key, "unique")),
    foreignKeys: draft.table.foreignKeys.filter((key) => !matches(key, "foreign-key")),
    checks: draft.table.checks.filter((key) => !matches(key, "check")),
    exclusions: draft.table.exclusions.filter((key) => !matches(key, "exclusion")),
  };
  if (countConstraints(draft) < before) return;
  const what =
    "name" in which ? `constraint "${which.name}"` : `${which.kind} on (${which.columns.join(", ")})`;
  throw new InputError("unknown-constraint", `Table "${draft.table.name}" has no ${what}.`);
}

function countConstraints(draft: Draft): number {
  const { uniques, foreignKeys, checks, exclusions } = draft.table;
  return uniques.length + foreignKeys.length + checks.length + exclusions.length;
}

/** Renames a constraint. */
export function renameConstraint(draft: Draft, name: string, newName: string): void {
  let found = 0;
  const rename = <T extends { readonly name: string | null }>(key: T): T => {
    if (key.name !== name) return key;
    found += 1;
    return { ...key, name: newName };
  };
  const { primaryKey } = draft.table;
  draft.table = {
    ...draft.table,
    primaryKey: primaryKey === null ? null : rename(primaryKey),
    uniques: draft.table.uniques.map(rename),
    foreignKeys: draft.table.foreignKeys.map(rename),
    checks: draft.table.checks.map(rename),
    exclusions: draft.table.exclusions.map(rename),
  };
  if (found === 0)
    throw new InputError("unknown-constraint", `Table "${draft.table.name}" has no constraint "${name}".`);
}
