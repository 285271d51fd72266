import type { TableAlteration, TableDefinition } from "../../../database/schema/editor.js";
import { PlanningSchemaEditor } from "../../../database/schema/planning.js";
import type { ForeignKey, Table } from "../../../database/schema/table.js";
import { literalCode } from "../code.js";
import { addColumnCall, constraintCalls, primaryKeyCall } from "./calls.js";
import type { Call, Writing } from "./calls.js";
import { whatIsLeft, writingFor } from "./compare.js";
import type { Side } from "./side.js";

/** A table that is made, as code. */
export interface Creation {
  readonly lines: readonly string[];
  /** Foreign keys to tables that are not ready then: they are added last. */
  readonly late: readonly string[];
  /** What the code does not make, in words. */
  readonly left: readonly string[];
}

/**
 * The code that makes a table as another repository has it; what the conventions name is not named again.
 * @param side the repository that the table is made in
 * @param isReady whether another table can be referred to when this one is made
 */
export async function creationOf(
  side: Side,
  table: Table,
  isReady: (name: string) => boolean,
): Promise<Creation> {
  const late = table.foreignKeys.filter(
    ({ referencedTable }) => referencedTable !== table.name && !isReady(referencedTable),
  );
  const early = { ...table, foreignKeys: table.foreignKeys.filter((key) => !late.includes(key)) };
  const usual = await plannedCreation(side, early, "by-convention");
  const { calls, left } = usual.left.length === 0 ? usual : await plannedCreation(side, early, "written");
  const [first, after] = [
    calls.filter(isPartOfDefinition),
    calls.filter((call) => !isPartOfDefinition(call)),
  ];
  const last = [...after, ...lateKeys(side, table, late)];
  return {
    lines: [
      `await context.schema.create(${literalCode(table.name)}, (table) => {`,
      ...first.map((call) => `  ${definitionCode(call.code)};`),
      "});",
    ],
    late:
      last.length === 0
        ? []
        : [
            `await context.schema.alter(${literalCode(table.name)}, (table) => {`,
            ...last.map(({ code }) => `  ${code};`),
            "});",
          ],
    left,
  };
}

async function plannedCreation(
  side: Side,
  table: Table,
  keyIndexes: Writing["keyIndexes"],
): Promise<{ readonly calls: readonly Call[]; readonly left: readonly string[] }> {
  const writing = writingFor(side, table.name, keyIndexes);
  const base = [
    ...table.columns.map((column) => addColumnCall(column, writing)),
    ...(table.primaryKey === null ? [] : [primaryKeyCall(table.primaryKey, writing)]),
  ];
  const calls = [...base, ...constraintCalls(await planned(side, table, base), table, writing)];
  return { calls, left: whatIsLeft(table, await planned(side, table, calls)) };
}

/** The table as the calls would make it: some constraints come with the types of columns, and are dropped again where they are not wanted. */
async function planned(side: Side, { name }: Table, calls: readonly Call[]): Promise<Table> {
  const editor = new PlanningSchemaEditor({ ...nothing, planner: () => side.editor.planner() });
  await editor.create(name, (definition) => {
    for (const call of calls.filter(isPartOfDefinition)) call.carryOut(asAlteration(definition));
  });
  const after = calls.filter((call) => !isPartOfDefinition(call));
  if (after.length > 0)
    await editor.alter(name, (alteration) => {
      for (const call of after) call.carryOut(alteration);
    });
  return editor.table(name);
}

function isPartOfDefinition({ code }: Call): boolean {
  return /^table\.(addColumn|setPrimaryKey|addUnique|addForeignKey|addCheck|addIndex)\(/.test(code);
}

const nothing = {
  tableNames: () => Promise.resolve([]),
  tables: () => Promise.resolve([]),
  hasTable: () => Promise.resolve(false),
  table: () => Promise.reject(new Error("no table is there")),
};

/** The calls of an alteration that a definition has too, under shorter names. */
function asAlteration(definition: TableDefinition): TableAlteration {
  const own: Partial<TableAlteration> = {
    addColumn: (name, type, options) => definition.column(name, type, options),
    setPrimaryKey: (columns, options) => definition.primaryKey(columns, options),
    addUnique: (columns, options) => definition.unique(columns, options),
    addForeignKey: (columns, references, options) => definition.foreignKey(columns, references, options),
    addCheck: (check) => definition.check(check),
    addIndex: (columns, options) => definition.index(columns, options),
  };
  return own as TableAlteration;
}

/** `table.addColumn(` of an alteration is `table.column(` of a definition. */
export function definitionCode(call: string): string {
  return call.replace(/^table\.(?:add|set)(\w)/, (_all, letter: string) => `table.${letter.toLowerCase()}`);
}

function lateKeys(side: Side, table: Table, keys: readonly ForeignKey[]): Call[] {
  const writing = writingFor(side, table.name, "by-convention");
  const without = { ...table, foreignKeys: table.foreignKeys.filter((key) => !keys.includes(key)) };
  return constraintCalls(without, table, writing);
}
