/** Finds the cheapest right way from one definition of a table to another. */
import type { ColumnSource, Target } from "../schema/draft.js";
import type { CostClass } from "../schema/editor.js";
import { foldedName } from "../schema/folded-name.js";
import type { Check, Column, Index, Table } from "../schema/table.js";
import { affinity } from "./affinity.js";
import { updateStatements, valuesInPlace } from "./in-place.js";
import type { Render } from "./in-place.js";
import { literal, quoteName } from "./literals.js";
import { impliesCheck, lengthCheckedColumn } from "./length-check.js";
import { nameOf, tokenize } from "./parse/tokens.js";
import { columnText, createIndexText, createTableText } from "./statements.js";

/** How a change is carried out. */
export interface AlterPlan {
  readonly cost: CostClass;
  /** Whether the rows go into a new table. */
  readonly rebuilds: boolean;
  /** Queries that return a row if a new rule does not hold; with what to say then. */
  readonly scans: readonly { readonly text: string; readonly rule: string }[];
  readonly statements: readonly string[];
}

/** Joins and aliases of a rebuild whose values come from other tables as well. */
export interface RebuildSource {
  /** Text after `FROM`. */
  readonly from: string;
  /** The name by which the old table is called there. */
  readonly alias: string;
  /** The name of the row id there, where it is not as in the old table; null for none. */
  readonly rowid?: string | null;
  /** What the rows are to be ordered by. */
  readonly order?: string | null;
  /** The value of a column of the new table, or null for what the target says. */
  readonly value?: (column: string) => string | null;
}

/** What is known of the rows of a table. */
export interface RowFacts {
  /** Columns that are known to be stored in every row, so that no row reads them from the default of the definition. */
  readonly stored: ReadonlySet<string>;
  /** The names by which expressions and sources call columns that were renamed before. */
  readonly formerNames: ReadonlyMap<string, string>;
  /** Row ids are 1, 2, 3 …: a copy in their order has the same, and costs a fifth less without naming them. */
  readonly rowids: "consecutive" | "any";
}

export const nothingKnown: RowFacts = { stored: new Set(), formerNames: new Map(), rowids: "any" };

/** @param render text of an expression */
export function planAlteration(
  old: Table,
  target: Target,
  render: Render,
  source: RebuildSource | RowFacts = nothingKnown,
): AlterPlan {
  if ("from" in source) return rebuild(old, target, render, source);
  const values: ReadonlyMap<string, string> =
    source.formerNames.size > 0 ? new Map() : valuesInPlace(old, target, render);
  if (!needsRebuild(old, target, source, values)) return edit(old, target, values);
  return rebuild(old, target, render, rowsInOrder(old, target.table, source));
}

/** What changes stored rows, or how SQLite reads them. @param values what is written in place */
function needsRebuild(
  old: Table,
  { table, sources }: Target,
  { stored, formerNames }: RowFacts,
  values: ReadonlyMap<string, string>,
): boolean {
  if (JSON.stringify(keyShape(old)) !== JSON.stringify(keyShape(table))) return true;
  const kept = table.columns.slice(0, old.columns.length);
  if (kept.length !== old.columns.length) return true;
  const changed = kept.some((column, index) => {
    const before = old.columns[index];
    const source = sources.get(column.name);
    if (values.has(column.name)) return false;
    return (
      before === undefined ||
      source?.kind !== "old" ||
      source.column !== (formerNames.get(before.name) ?? before.name) ||
      before.name !== column.name ||
      changesReading(before, column, table) ||
      (before.default !== column.default && !stored.has(before.name) && !isStored(old, index))
    );
  });
  return (
    changed ||
    table.columns
      .slice(old.columns.length)
      .some((column) => !isNativelyAdded(column, sources.get(column.name)))
  );
}

/** Names of keys may change in place: their indexes are found by number. */
function keyShape({ primaryKey, uniques, options }: Table): unknown {
  return [primaryKey?.columns, uniques.map(({ columns }) => columns), options];
}

function changesReading(before: Column, after: Column, table: Table): boolean {
  if (before.collation !== after.collation || before.autoincrement !== after.autoincrement) return true;
  if (!sameGenerated(before.generated, after.generated)) return true;
  if (before.type === after.type) return false;
  if (table.options["strict"] === true || affinity(before.type) !== affinity(after.type)) return true;
  // INTEGER alone makes a primary key the row id.
  return table.primaryKey?.columns.includes(after.name) === true && affinity(after.type) !== "text";
}

/** Renames put names into quotes that had none. */
function sameGenerated(before: Column["generated"], after: Column["generated"]): boolean {
  if (before === null || after === null) return before === after;
  return before.stored === after.stored && unquoted(before.expression) === unquoted(after.expression);
}

function unquoted(expression: string): string {
  return tokenize(expression)
    .map((token) => (token.kind === "name" ? nameOf(token) : token.text))
    .join(" ");
}

/**
 * Rows from before an ADD COLUMN read the column from the default of the definition, which must not change under them.
 * There are none such where this column or a later one could not have been added that way, or its default could not.
 */
export function isStored(table: Table, position: number): boolean {
  const column = table.columns[position];
  if (column === undefined) return false;
  if (column.default !== null && !isConstant(column.default)) return true;
  return table.columns
    .slice(position)
    .some((one) => !one.nullable && one.default === null && one.generated === null);
}

/** ADD COLUMN takes none that depends on the time. */
function isConstant(text: string): boolean {
  return !/^\(?\s*CURRENT_(?:TIMESTAMP|DATE|TIME)\s*\)?$/i.test(text);
}

/** `ADD COLUMN` takes constant defaults only, and NOT NULL only with one that is not NULL. */
function isNativelyAdded(column: Column, source: ColumnSource | undefined): boolean {
  if (source?.kind !== "default" || column.generated !== null) return false;
  if (column.default === null) return column.nullable;
  return /^(?:'(?:[^']|'')*'|[+-]?\d+(?:\.\d+)?|[xX]'[0-9a-fA-F]*')$/.test(column.default);
}

function edit(old: Table, { table }: Target, values: ReadonlyMap<string, string>): AlterPlan {
  const added = table.columns.slice(old.columns.length);
  const statements = [
    ...updateStatements(old.name, values),
    ...added.map((column) => `ALTER TABLE ${quoteName(old.name)} ADD COLUMN ${columnText(column)}`),
  ];
  const scans = [...newNotNull(old, table), ...newChecks(old, table)];
  const checksForeignKeys = table.foreignKeys.some(
    (key) => !old.foreignKeys.some((one) => JSON.stringify(one) === JSON.stringify(key)),
  );
  const text = createTableText({ ...table, name: old.name });
  const onlyAdds = createTableText({ ...old, columns: [...old.columns, ...added] });
  if (text !== onlyAdds) statements.push(...editStatements(old.name, text));
  const indexes = indexStatements(old, table);
  statements.push(...indexes);
  statements.push(...tableRename(old.name, table.name));
  const reads = scans.length > 0 || checksForeignKeys || indexes.some((one) => one.startsWith("CREATE"));
  const cost = values.size > 0 ? "rewrite" : reads ? "scan" : "metadata";
  return { cost, rebuilds: false, scans, statements };
}

function textOf(index: Index): string {
  return JSON.stringify(index);
}

/**
 * The procedure of SQLite's ALTER TABLE page, section 7. The reset parses the schema again. A table that is made and
 * dropped raises the schema's version, by which other connections learn of the edit.
 */
function editStatements(name: string, text: string): string[] {
  return [
    "PRAGMA writable_schema = ON",
    `UPDATE sqlite_schema SET sql = ${literal(text)} WHERE type = 'table' AND name = ${literal(name)}`,
    "PRAGMA writable_schema = RESET",
    "CREATE TABLE _godwit_edited (x)",
    "DROP TABLE _godwit_edited",
  ];
}

function newNotNull(old: Table, table: Table): AlterPlan["scans"] {
  return old.columns.flatMap((before, index) => {
    const after = table.columns[index];
    if (after === undefined || !before.nullable || after.nullable) return [];
    return [
      {
        text: `SELECT 1 FROM ${quoteName(old.name)} WHERE ${quoteName(before.name)} IS NULL LIMIT 1`,
        rule: `column "${before.name}" of "${old.name}" would be NOT NULL, and holds NULL`,
      },
    ];
  });
}

function newChecks(old: Table, table: Table): AlterPlan["scans"] {
  const before = new Set(old.checks.map((check) => check.expression));
  const added = table.columns.slice(old.columns.length);
  return table.checks
    .filter(
      (check) =>
        !before.has(check.expression) &&
        !old.checks.some((one) => impliesCheck(one.expression, check.expression)),
    )
    .filter((check) => !isLengthCheckOfNulls(check, added))
    .map((check) => ({
      text: `SELECT 1 FROM ${withAdded(old, added)} WHERE NOT (${check.expression}) LIMIT 1`,
      rule: `a row of "${old.name}" breaks the new rule ${check.name ?? ""} (${check.expression})`,
    }));
}

/** The table as it will be read once the new columns are there. */
function withAdded(old: Table, added: readonly Column[]): string {
  if (added.length === 0) return quoteName(old.name);
  const values = added.map((column) => `${column.default ?? "NULL"} AS ${quoteName(column.name)}`);
  return `(SELECT *, ${values.join(", ")} FROM ${quoteName(old.name)})`;
}

/** A new column without default holds NULL everywhere, which no length check minds. */
function isLengthCheckOfNulls({ expression }: Check, added: readonly Column[]): boolean {
  const column = lengthCheckedColumn(expression);
  return added.some((one) => one.name === column && one.default === null);
}

function indexStatements(old: Table, table: Table): string[] {
  const before = new Set(old.indexes.map(textOf));
  const after = new Set(table.indexes.map(textOf));
  return [
    ...old.indexes
      .filter((index) => !after.has(textOf(index)))
      .map((index) => `DROP INDEX ${quoteName(index.name)}`),
    ...table.indexes
      .filter((index) => !before.has(textOf(index)))
      .map((index) => createIndexText(old.name, index)),
  ];
}

function rebuild(old: Table, { table, sources }: Target, render: Render, source: RebuildSource): AlterPlan {
  const temporary = `_godwit_new_${table.name}`;
  const written = table.columns.filter((column) => column.generated === null);
  const values = written.map(
    (column) => source.value?.(column.name) ?? valueOf(column, sources.get(column.name), render),
  );
  const rowid = source.rowid === undefined ? rowidName(old, table) : source.rowid;
  const columns = [...(rowid === null ? [] : [rowid]), ...written.map((column) => quoteName(column.name))];
  const selected = [...(rowid === null ? [] : [`${source.alias}.${rowid}`]), ...values];
  const order = source.order === null || source.order === undefined ? "" : ` ORDER BY ${source.order}`;
  return {
    cost: "rewrite",
    rebuilds: true,
    scans: [],
    statements: [
      createTableText({ ...table, name: temporary }),
      `INSERT INTO ${quoteName(temporary)} (${columns.join(", ")}) SELECT ${selected.join(", ")} FROM ${source.from}${order}`,
      ...sequenceStatements(old, table, temporary),
      `DROP TABLE ${quoteName(old.name)}`,
      // Otherwise the rename would rewrite, or refuse because of, what other tables, views and triggers say of this one.
      "PRAGMA legacy_alter_table = ON",
      `ALTER TABLE ${quoteName(temporary)} RENAME TO ${quoteName(old.name)}`,
      "PRAGMA legacy_alter_table = OFF",
      ...table.indexes.map((index) => createIndexText(old.name, index)),
      ...table.triggers.map((trigger) => trigger.definition),
      ...tableRename(old.name, table.name),
    ],
  };
}

/** SQLite takes a name that differs in case alone for one that is there already. */
function tableRename(name: string, newName: string): string[] {
  if (name === newName) return [];
  if (foldedName("sqlite", name) !== foldedName("sqlite", newName)) return [renameText(name, newName)];
  const aside = `_godwit_new_${name}`;
  return [renameText(name, aside), renameText(aside, newName)];
}

function renameText(name: string, newName: string): string {
  return `ALTER TABLE ${quoteName(name)} RENAME TO ${quoteName(newName)}`;
}

/** The rows of a table, under the names that expressions know where columns were renamed. */
function rowsInOrder(old: Table, table: Table, { formerNames, rowids }: RowFacts): RebuildSource {
  const rowid = rowidName(old, table, formerNames.values());
  const alias = quoteName(old.name);
  const inOrder = rowid !== null && rowids === "consecutive";
  const source = { alias, rowid: inOrder ? null : rowid, order: inOrder ? `${alias}.${rowid}` : null };
  if (formerNames.size === 0) return { ...source, from: alias };
  const columns = old.columns.map(
    ({ name }) => `${quoteName(name)} AS ${quoteName(formerNames.get(name) ?? name)}`,
  );
  const selected = [...(rowid === null ? [] : [`${rowid} AS ${rowid}`]), ...columns].join(", ");
  return { ...source, from: `(SELECT ${selected} FROM ${alias}) AS ${alias}` };
}

function valueOf(column: Column, source: ColumnSource | undefined, render: Render): string {
  if (source === undefined || source.kind === "default") return column.default ?? "NULL";
  return source.kind === "old" ? quoteName(source.column) : render(source);
}

/** Row ids survive where they are not the key itself, by the first of their three names that is no column. */
export function rowidName(old: Table, table: Table, formerNames: Iterable<string> = []): string | null {
  if (old.options["withoutRowid"] === true || table.options["withoutRowid"] === true) return null;
  const key = table.primaryKey?.columns;
  const isAlias =
    key?.length === 1 &&
    table.columns.some((column) => column.name === key[0] && column.type.toUpperCase() === "INTEGER");
  if (isAlias) return null;
  const taken = new Set(
    [...[...old.columns, ...table.columns].map((column) => column.name), ...formerNames].map((name) =>
      name.toLowerCase(),
    ),
  );
  return ["rowid", "_rowid_", "oid"].find((name) => !taken.has(name)) ?? null;
}

/** The counter of AUTOINCREMENT may be beyond the largest row that is left. */
function sequenceStatements(old: Table, table: Table, temporary: string): string[] {
  if (!counts(old) || !counts(table)) return [];
  return [
    `DELETE FROM sqlite_sequence WHERE name = ${literal(temporary)}`,
    `INSERT INTO sqlite_sequence (name, seq) SELECT ${literal(temporary)}, seq FROM sqlite_sequence WHERE name = ${literal(old.name)}`,
  ];
}

function counts({ columns }: Table): boolean {
  return columns.some((column) => column.autoincrement);
}
