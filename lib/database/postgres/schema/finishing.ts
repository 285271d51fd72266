/** Keys, checks and indexes of a table that is built beside the one that it replaces. */
import type { Index, Table, Unique } from "../../schema/table.js";
import { besideName } from "../beside.js";
import { quoteName } from "../literals.js";
import { usualName } from "../names.js";
import type { Clauses } from "./clauses.js";
import { surely } from "../../../known.js";

/** The server names the constraints of columns after their table since PostgreSQL 18. */
const firstWithNamedNotNull = 180_000;

/** The statements before and after the new table has the place of the old one. */
export interface Finishing {
  readonly build: readonly string[];
  readonly swap: readonly string[];
}

/** A key or index, and the name under which it is built. */
interface Placed<T> {
  readonly one: T;
  readonly placed: string;
}

interface Key {
  readonly kind: "primary" | "unique";
  readonly key: Unique;
}

/**
 * Keys and indexes are built under other names than those of the old table, which they take when that is gone. What speaks of the table by
 * its name waits until the new one has it, and so does a key that nobody has named: the server names it after the table.
 * @param position tells the table from the others that are built
 */
export function finishing(
  target: Table,
  position: number,
  serverVersion: number,
  clauses: Clauses,
): Finishing {
  const temporary = clauses.relation(besideName(position));
  const relation = clauses.relation(target.name);
  const keys = placedFrom(position, 0, keysOf(target));
  const indexes = placedFrom(position, keys.length, target.indexes);
  const [named, lateKeys] = partition(keys, ({ one }) => one.key.name !== null);
  const [lateIndexes, early] = partition(indexes, ({ one }) => speaksOf(target.name, textOfIndex(one)));
  const [lateChecks, checks] = partition(target.checks, ({ expression }) =>
    speaksOf(target.name, expression),
  );
  return {
    build: [
      ...altered(temporary, [
        ...requiredColumns(target, serverVersion),
        ...named.map(({ one, placed }) => addKey(one, placed, clauses)),
        ...checks.map((check) => `ADD ${clauses.check(check)}`),
      ]),
      ...early.map(({ one, placed }) => clauses.index(besideName(position), { ...one, name: placed })),
    ],
    swap: [
      ...named.map(
        ({ one, placed }) =>
          `ALTER TABLE ${relation} RENAME CONSTRAINT ${quoteName(placed)} TO ${quoteName(surely(one.key.name))}`,
      ),
      ...early.map(
        ({ one, placed }) => `ALTER INDEX ${clauses.relation(placed)} RENAME TO ${quoteName(one.name)}`,
      ),
      ...altered(relation, [
        ...lateKeys.map(({ one }) => addKey(one, null, clauses)),
        ...lateChecks.map((check) => `ADD ${clauses.check(check)}`),
        ...target.exclusions.map((exclusion) => `ADD ${clauses.exclusion(exclusion)}`),
      ]),
      ...lateIndexes.map(({ one }) => clauses.index(target.name, one)),
    ],
  };
}

function keysOf({ primaryKey, uniques }: Table): Key[] {
  const unique = uniques.map((key): Key => ({ kind: "unique", key }));
  return primaryKey === null ? unique : [{ kind: "primary", key: primaryKey }, ...unique];
}

function placedFrom<T>(position: number, start: number, list: readonly T[]): Placed<T>[] {
  return list.map((one, index) => ({ one, placed: besideName(position, start + index) }));
}

function addKey({ kind, key }: Key, name: string | null, clauses: Clauses): string {
  return `ADD ${kind === "primary" ? clauses.primaryKey({ ...key, name }) : clauses.unique({ ...key, name })}`;
}

/** Columns without NULL, with the names that their constraints have in the table's own place. */
function requiredColumns(target: Table, serverVersion: number): string[] {
  return target.columns
    .filter(({ nullable }) => !nullable)
    .map(({ name, notNullName }) => {
      const usual =
        serverVersion < firstWithNamedNotNull ? undefined : usualName(target.name, name, "not_null");
      const constraint = notNullName ?? usual;
      return constraint === undefined
        ? `ALTER COLUMN ${quoteName(name)} SET NOT NULL`
        : `ADD CONSTRAINT ${quoteName(constraint)} NOT NULL ${quoteName(name)}`;
    });
}

function speaksOf(table: string, text: string): boolean {
  return text.includes(table) || text.includes(quoteName(table));
}

function textOfIndex({ keys, where }: Index): string {
  return [...keys.map(({ expression }) => expression ?? ""), where ?? ""].join(" ");
}

function altered(relation: string, clauses: readonly string[]): string[] {
  return clauses.length === 0 ? [] : [`ALTER TABLE ${relation} ${clauses.join(", ")}`];
}

function partition<T>(list: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [list.filter(isFirst), list.filter((one) => !isFirst(one))];
}
