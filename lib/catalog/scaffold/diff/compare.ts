/** What turns the tables of one repository into those of another. */
import { compareTable, objectText } from "../../../database/schema/differences.js";
import { PlanningSchemaEditor } from "../../../database/schema/planning.js";
import type { Column, Table } from "../../../database/schema/table.js";
import { columnCalls, constraintCalls } from "./calls.js";
import type { Call, Writing } from "./calls.js";
import { namingOf } from "./naming.js";
import type { Side } from "./side.js";
import { keepsValues, sameType } from "./type.js";

/** What changes of one table. */
export interface TableDifference {
  readonly table: string;
  readonly family: string | null;
  readonly calls: readonly Call[];
  /** Columns that both have, and that differ. */
  readonly changed: readonly string[];
  /** Columns that are gone, and those that are new. */
  readonly gone: readonly string[];
  readonly added: readonly Column[];
  /** Columns whose values are cast to a type that may not hold them as they are. */
  readonly cast: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  /** What the calls do not lead to, in words. */
  readonly left: readonly string[];
}

/** The difference of a table and its counterpart; null where there is none. */
export async function differenceOf(side: Side, from: Table, to: Table): Promise<TableDifference | null> {
  const usual = await plannedCalls(side, from, to, "by-convention");
  // What the conventions make by themselves may not be what is there: then each index is written.
  const { calls, left } = usual.left.length === 0 ? usual : await plannedCalls(side, from, to, "written");
  if (calls.length === 0 && left.length === 0) return null;
  const both = from.columns.flatMap((column) => {
    const other = to.columns.find(({ name }) => name === column.name);
    return other === undefined ? [] : [[column, other] as const];
  });
  return {
    table: from.name,
    family: side.families.get(from.name) ?? null,
    calls,
    changed: both.filter(([one, other]) => textOf(one) !== textOf(other)).map(([{ name }]) => name),
    gone: from.columns.map(({ name }) => name).filter((name) => to.columns.every((one) => one.name !== name)),
    added: to.columns.filter(({ name }) => from.columns.every((one) => one.name !== name)),
    cast: both
      .filter(([one, other]) => !sameType(one.type, other.type) && !keepsValues(one.type, other.type))
      .map(([one, other]) => ({ name: one.name, from: one.type, to: other.type })),
    left,
  };
}

async function plannedCalls(
  side: Side,
  from: Table,
  to: Table,
  keyIndexes: Writing["keyIndexes"],
): Promise<{ readonly calls: readonly Call[]; readonly left: readonly string[] }> {
  const writing = writingFor(side, from.name, keyIndexes);
  const columns = columnCalls(from, to, writing);
  const calls = [...columns, ...constraintCalls(await planned(side, from, columns), to, writing)];
  return { calls, left: whatIsLeft(to, await planned(side, from, calls)) };
}

/** How code for a table of the repository is written. */
export function writingFor(side: Side, table: string, keyIndexes: Writing["keyIndexes"]): Writing {
  return {
    nameOf: namingOf(side, table),
    conventions: side.conventions,
    dialect: side.dialect,
    keyIndexes,
  };
}

async function planned(side: Side, table: Table, calls: readonly Call[]): Promise<Table> {
  if (calls.length === 0) return table;
  const editor = new PlanningSchemaEditor(side.editor);
  await editor.alter(table.name, (alteration) => {
    for (const call of calls) call.carryOut(alteration);
  });
  return editor.table(table.name);
}

/** What of a table differs from what it should be, in words. */
export function whatIsLeft(wanted: Table, found: Table): string[] {
  return compareTable(wanted, found).map(
    (difference) => `${objectText(difference)} (${difference.property})`,
  );
}

function textOf({ name, type, nullable, default: value }: Column): string {
  return JSON.stringify([name, type.toLowerCase(), nullable, value]);
}
