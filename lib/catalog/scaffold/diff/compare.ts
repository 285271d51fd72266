/** What turns the tables of one repository into those of another. */
import type { Session } from "../../../database/database.js";
import { PlanningSchemaEditor } from "../../../database/schema/planning.js";
import type { SchemaEditor } from "../../../database/schema/editor.js";
import type { Column, Table } from "../../../database/schema/table.js";
import type { Repository } from "../../../repository/repository.js";
import { contentTables } from "../../../testing/snapshot.js";
import { columnCalls, constraintCalls } from "./calls.js";
import type { NameOf } from "./calls.js";
import { typeKey } from "./type.js";

/** The tables of a repository, and an editor that plans on them. */
export interface Side {
  readonly repository: Repository;
  readonly tables: ReadonlyMap<string, Table>;
  /** The family of each dynamic table. */
  readonly families: ReadonlyMap<string, string>;
  readonly editor: SchemaEditor;
}

/** What changes of one table, as code. */
export interface TableDifference {
  readonly table: string;
  readonly family: string | null;
  readonly calls: readonly string[];
  /** Columns that both have, and that differ. */
  readonly changed: readonly string[];
  /** Columns that are gone, and those that are new. */
  readonly gone: readonly string[];
  readonly added: readonly string[];
  /** Whether the calls do not lead to the other table in full. */
  readonly incomplete: boolean;
}

/** Reads one side. */
export async function readSide(repository: Repository, session: Session): Promise<Side> {
  const editor = session.schema(repository.conventions);
  const tables = new Map<string, Table>();
  for (const name of await contentTables(repository, session)) tables.set(name, await editor.table(name));
  const families = new Map<string, string>();
  for (const { name, recorded } of await repository.tableFamilies(session)) {
    for (const table of recorded) families.set(table, name);
  }
  return { repository, tables, families, editor };
}

/** The differences of the tables that both have. */
export async function differences(from: Side, to: Side): Promise<TableDifference[]> {
  const found: TableDifference[] = [];
  for (const [name, table] of from.tables) {
    const other = to.tables.get(name);
    if (other === undefined) continue;
    const difference = await differenceOf(from, table, other);
    if (difference.calls.length > 0 || difference.incomplete) found.push(difference);
  }
  return found;
}

async function differenceOf(side: Side, from: Table, to: Table): Promise<TableDifference> {
  const columns = columnCalls(from, to);
  const between = await planned(side, from, columns);
  const all = [...columns, ...constraintCalls(between, to, namingOf(side, from.name))];
  return {
    table: from.name,
    family: side.families.get(from.name) ?? null,
    calls: all.map(({ code }) => code),
    changed: changedColumns(from, to),
    gone: names(from).filter((name) => !names(to).includes(name)),
    added: names(to).filter((name) => !names(from).includes(name)),
    incomplete: !sameTable(await planned(side, from, all), to),
  };
}

function changedColumns(from: Table, to: Table): string[] {
  return from.columns
    .filter((column) => {
      const other = to.columns.find(({ name }) => name === column.name);
      return other !== undefined && columnText(other) !== columnText(column);
    })
    .map(({ name }) => name);
}

function names(table: Table): string[] {
  return table.columns.map(({ name }) => name);
}

function namingOf({ repository }: Side, table: string): NameOf {
  const { conventions, database } = repository;
  return (kind, columns, references) =>
    conventions.objectName(database.dialect, {
      kind,
      table,
      columns,
      ...(references === undefined
        ? {}
        : { referencedTable: references.table, referencedColumns: references.columns }),
    });
}

async function planned(side: Side, table: Table, calls: ReturnType<typeof columnCalls>): Promise<Table> {
  if (calls.length === 0) return table;
  const editor = new PlanningSchemaEditor(side.editor);
  await editor.alter(table.name, (alteration) => {
    for (const call of calls) call.carryOut(alteration);
  });
  return editor.table(table.name);
}

function sameTable(one: Table, other: Table): boolean {
  return comparableText(one) === comparableText(other);
}

function comparableText({ columns, primaryKey, uniques, foreignKeys, checks, indexes }: Table): string {
  const parts = [uniques, foreignKeys, checks, indexes].map(sortedTexts);
  return JSON.stringify([columns.map(columnText).toSorted(), ...parts, primaryKey?.columns ?? []]);
}

function columnText({ name, type, nullable, default: value }: Column): string {
  return JSON.stringify({ name, type: typeKey(type), nullable, value });
}

function sortedTexts(items: readonly unknown[]): string[] {
  return items.map((item) => JSON.stringify(item)).toSorted();
}
