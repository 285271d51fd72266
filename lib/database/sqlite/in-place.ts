/**
 * New values of columns without a rebuild. Where nothing hangs on a column, one UPDATE writes each row where it is, and no index: several times
 * faster than a new table.
 */
import type { ColumnSource, Target } from "../schema/draft.js";
import type { Column, Table } from "../schema/table.js";
import { affinity } from "./affinity.js";
import { quoteName } from "./literals.js";
import { sqliteExpressions } from "./parse/expressions.js";
import { tokenize } from "./parse/tokens.js";

/** Text of an expression. */
export type Render = (source: ColumnSource & { kind: "expression" }) => string;

/**
 * The new values that can be written in place, as texts by column.
 * @param old the table without renames that are still to come
 */
export function valuesInPlace(old: Table, { table, sources }: Target, render: Render): Map<string, string> {
  const values = new Map<string, string>();
  // A trigger would take the change for one of a user's.
  if (old.triggers.length > 0 || old.options["strict"] === true || table.options["strict"] === true)
    return values;
  for (const [position, before] of old.columns.entries()) {
    const after = table.columns[position];
    const source = sources.get(before.name);
    if (after === undefined || source?.kind !== "expression" || !holdsNewValues(before, after)) continue;
    const text = render(source);
    if (isMentioned(old, before.name) || isMentioned(table, before.name) || readsTables(text)) continue;
    values.set(before.name, text);
  }
  return values;
}

/** The statement that writes them; none for no values. */
export function updateStatements(table: string, values: ReadonlyMap<string, string>): string[] {
  if (values.size === 0) return [];
  const assignments = [...values].map(([column, text]) => `${quoteName(column)} = ${text}`);
  return [`UPDATE ${quoteName(table)} SET ${assignments.join(", ")}`];
}

/** Whether the old column stores the values as the new one does. */
function holdsNewValues(before: Column, after: Column): boolean {
  return (
    before.name === after.name &&
    before.nullable === after.nullable &&
    before.collation === after.collation &&
    before.generated === null &&
    after.generated === null &&
    storage(before.type) === storage(after.type)
  );
}

/** Integers and other numbers are stored by one rule ("Datatypes in SQLite", section 3). */
function storage(type: string): string {
  const kind = affinity(type);
  return kind === "integer" ? "numeric" : kind;
}

/** Whether a key, an index or a rule of the table looks at a column. */
function isMentioned(
  { primaryKey, uniques, foreignKeys, checks, indexes, columns }: Table,
  name: string,
): boolean {
  const keys = [...(primaryKey === null ? [] : [primaryKey]), ...uniques, ...foreignKeys];
  const texts = [
    ...checks.map(({ expression }) => expression),
    ...columns.map(({ generated }) => generated?.expression ?? null),
    ...indexes.flatMap(({ keys: parts, where }) => [where, ...parts.map(({ expression }) => expression)]),
  ];
  return (
    keys.some((key) => key.columns.includes(name)) ||
    indexes.some(({ keys: parts }) => parts.some(({ column }) => column === name)) ||
    texts.some((text) => text !== null && sqliteExpressions.mentions(text, name))
  );
}

/** A query within the expression might see rows that are written already. */
function readsTables(text: string): boolean {
  return tokenize(text).some((token) => token.kind === "word" && token.text.toUpperCase() === "SELECT");
}
