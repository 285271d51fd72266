/** Which table of one repository stands against which of another. */
import type { Table } from "../../../database/schema/table.js";
import { asNamed } from "./naming.js";
import type { Side } from "./side.js";

/** The counterpart of each table that has one, under the table's own name and with names made for it. */
export function counterparts(from: Side, to: Side): Map<string, Table> {
  const found = new Map<string, Table>();
  for (const [name, table] of from.tables) {
    const family = from.families.get(name);
    const other = family === undefined ? to.tables.get(name) : relative(from, to, table, family);
    if (other !== undefined) found.set(name, asNamed(other, name, to));
  }
  return found;
}

/**
 * Dynamic tables are numbered by each repository for itself. Where both hold the same ones, names tell which belong together; else the
 * columns that not all tables of the family have.
 */
function relative(from: Side, to: Side, table: Table, family: string): Table | undefined {
  const [own, others] = [membersOf(from, family), membersOf(to, family)];
  const sameNames = own.length === others.length && own.every(({ name }) => to.tables.has(name));
  if (sameNames) return to.tables.get(table.name);
  if (own.length < 2 || others.length < 2) return closest(table, others);
  const [common, commonThere] = [commonColumns(own), commonColumns(others)];
  const wanted = ownColumns(table, common);
  const candidates = others.filter((one) => ownColumns(one, commonThere) === wanted);
  return candidates.find(({ name }) => name === table.name) ?? candidates[0];
}

function ownColumns(table: Table, common: ReadonlySet<string>): string {
  return namesOf(table)
    .filter((name) => !common.has(name))
    .toSorted()
    .join("\0");
}

/** Among one table nothing is common: the other either adds columns or leaves some out. */
function closest(table: Table, others: readonly Table[]): Table | undefined {
  const names = namesOf(table);
  const distance = (one: Table): number => {
    const added = namesOf(one).filter((name) => !names.includes(name)).length;
    const gone = names.filter((name) => !namesOf(one).includes(name)).length;
    return added > 0 && gone > 0 ? Infinity : added + gone;
  };
  return others.filter((one) => distance(one) < Infinity).toSorted((a, b) => distance(a) - distance(b))[0];
}

function membersOf({ tables, families }: Side, family: string): Table[] {
  return [...tables.values()].filter(({ name }) => families.get(name) === family);
}

function commonColumns(tables: readonly Table[]): ReadonlySet<string> {
  const [first, ...rest] = tables;
  const names = first === undefined ? [] : namesOf(first);
  return new Set(names.filter((name) => rest.every((table) => namesOf(table).includes(name))));
}

function namesOf({ columns }: Table): string[] {
  return columns.map(({ name }) => name);
}
