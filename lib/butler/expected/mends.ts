/** What can be done about the differences of a repository: one alteration a table, as a rebuild costs the same for all. */
import type { TableAlteration } from "../../database/schema/editor.js";
import type { Table } from "../../database/schema/table.js";
import { sql } from "../../database/sql.js";
import { objectText } from "../../database/schema/differences.js";
import type { Mend, Mends, SchemaDifference } from "../../repository/verification.js";
import type { RevisionContext } from "../../run/context.js";
import { mendLeftover } from "./leftovers.js";
import { mendSequence } from "./mend-sequences.js";
import { prepareVisitDays } from "./mend-visit-days.js";
import { refuseDangling, refuseDuplicates, refuseRows } from "./obstacles.js";
import type { SchemaPair } from "./verification.js";

/** One part of an alteration. */
interface Part {
  readonly settles: SchemaDifference;
  /** Refuses where rows stand in the way. */
  readonly precondition?: (context: RevisionContext) => Promise<void>;
  /** Makes rows fit before the table is altered. */
  readonly prepare?: (context: RevisionContext) => Promise<void>;
  readonly change: (table: TableAlteration) => void;
}

/** Sorts out which differences can be mended, and how. */
export function findMends(pair: SchemaPair, differences: readonly SchemaDifference[]): Mends {
  const mends: Mend[] = [];
  const parts = new Map<string, Part[]>();
  const byHand: SchemaDifference[] = [];
  for (const difference of differences) {
    const whole = mendLeftover(pair, difference) ?? mendSequence(pair, difference);
    const part = whole === null ? partOf(pair, difference) : null;
    if (whole !== null) mends.push(whole);
    else if (part !== null) parts.set(difference.table, [...(parts.get(difference.table) ?? []), part]);
    else if (difference.class !== "variation") byHand.push(difference);
  }
  return { mends: [...mends, ...[...parts].map(([table, list]) => mendTable(table, list))], byHand };
}

function mendTable(table: string, parts: readonly Part[]): Mend {
  return {
    subject: table,
    summary: parts.map(({ settles }) => summaryOf(settles)).join("; "),
    settles: parts.map(({ settles }) => settles),
    apply: async (context) => {
      for (const { precondition } of parts) await precondition?.(context);
      for (const { prepare } of parts) await prepare?.(context);
      await context.schema.alter(table, (alteration) => {
        for (const { change } of parts) change(alteration);
      });
    },
  };
}

function summaryOf(difference: SchemaDifference): string {
  const { property, expected, found } = difference;
  const object = objectText(difference);
  if (property === "presence") return `add ${object}`;
  if (property === "definition") return `change ${object} to ${expected ?? "nothing"}`;
  return `${object}: ${found ?? "nothing"} becomes ${expected ?? "nothing"}`;
}

/** The part of an alteration that settles a difference; null where a person has to. */
function partOf(pair: SchemaPair, difference: SchemaDifference): Part | null {
  const table = pair.expected.tables.find(({ name }) => name === difference.table);
  const there = pair.found.tables.some(({ name }) => name === difference.table);
  if (table === undefined || !there || isKeptVariation(difference)) return null;
  switch (difference.kind) {
    case "column":
      return mendColumn(table, difference);
    case "unique":
      return mendUnique(table, difference);
    case "foreign-key":
      return mendForeignKey(table, difference);
    case "check":
      return mendCheck(table, difference);
    case "index":
      return mendIndex(table, difference);
    case "primary-key":
      return mendKeyName(difference);
    default:
      return null;
  }
}

/** What releases made otherwise stays as it is, but for an index that only makes things quicker. */
function isKeptVariation({ class: group, reason }: SchemaDifference): boolean {
  return group === "variation" && reason !== "path-not-indexed";
}

function mendColumn(table: Table, difference: SchemaDifference): Part | null {
  const column = table.columns.find(({ name }) => name === difference.name);
  if (column === undefined) return null;
  const { name } = column;
  if (difference.property === "default") {
    const value = column.default === null ? null : sql.raw(column.default);
    return { settles: difference, change: (draft) => draft.changeColumn(name, { default: value }) };
  }
  if (difference.property !== "nullable") return null;
  const change = (draft: TableAlteration): void => draft.changeColumn(name, { nullable: column.nullable });
  if (column.nullable) return { settles: difference, change };
  if (difference.reason === "visit-day-obs")
    return { settles: difference, prepare: prepareVisitDays, change };
  const missing = sql`t.${sql.id(name)} IS NULL`;
  return {
    settles: difference,
    precondition: (context) => refuseRows(context, table, missing, `have no ${name}`),
    change,
  };
}

function mendUnique(table: Table, difference: SchemaDifference): Part | null {
  const unique = table.uniques.find(({ name }) => name === difference.name);
  if (unique === undefined || unique.name === null) return null;
  const { name, columns } = unique;
  if (difference.property === "name") return mendName(difference);
  return {
    settles: difference,
    precondition: (context) => refuseDuplicates(context, table, columns),
    change: (draft) => {
      if (difference.found !== null) draft.dropConstraint({ name });
      draft.addUnique(columns, { name });
    },
  };
}

function mendForeignKey(table: Table, difference: SchemaDifference): Part | null {
  const key = table.foreignKeys.find(({ name }) => name === difference.name);
  if (key === undefined || key.name === null) return null;
  if (difference.property === "name") return mendName(difference);
  const { name, columns, onDelete } = key;
  const references = { table: key.referencedTable, columns: key.referencedColumns };
  // The days that visits refer to are made first.
  const isVisitDay = difference.reason === "visit-day-obs";
  return {
    settles: difference,
    ...(isVisitDay
      ? { prepare: prepareVisitDays }
      : { precondition: (context: RevisionContext) => refuseDangling(context, table, key) }),
    change: (draft) => {
      if (difference.found !== null) draft.dropConstraint({ name });
      // Its index is a difference of its own.
      draft.addForeignKey(columns, references, { name, onDelete, index: "none" });
    },
  };
}

function mendCheck(table: Table, difference: SchemaDifference): Part | null {
  const check = table.checks.find(({ name }) => name === difference.name);
  if (check === undefined || check.name === null) return null;
  if (difference.property === "name") return mendName(difference);
  const { name, expression } = check;
  const broken = sql`NOT (${sql.raw(expression)})`;
  return {
    settles: difference,
    precondition: (context) => refuseRows(context, table, broken, `break the rule ${expression}`),
    change: (draft) => {
      if (difference.found !== null) draft.dropConstraint({ name });
      draft.addCheck(check);
    },
  };
}

function mendIndex(table: Table, difference: SchemaDifference): Part | null {
  const index = table.indexes.find(({ name }) => name === difference.name);
  const columns = (index?.keys ?? []).flatMap(({ column }) => (column === null ? [] : [column]));
  if (index === undefined) return null;
  const { name } = index;
  if (difference.property === "name") {
    const { found } = difference;
    if (found === null) return null;
    return { settles: difference, change: (draft) => draft.renameIndex(found, name) };
  }
  return {
    settles: difference,
    change: (draft) => {
      if (difference.found !== null) draft.dropIndex({ name });
      draft.addIndex(columns, { name });
    },
  };
}

function mendKeyName(difference: SchemaDifference): Part | null {
  return difference.property === "name" ? mendName(difference) : null;
}

function mendName(difference: SchemaDifference): Part | null {
  const { expected, found } = difference;
  if (expected === null || found === null) return null;
  return { settles: difference, change: (draft) => draft.renameConstraint(found, expected) };
}
