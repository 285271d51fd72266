/** What can be done about the differences of a repository: one alteration a table, as a rebuild costs the same for all. */
import type { TableAlteration } from "../../database/schema/editor.js";
import type { Table } from "../../database/schema/table.js";
import { sql } from "../../database/sql.js";
import { objectText } from "../../database/schema/differences.js";
import type { Mend, Mends, SchemaDifference } from "../../repository/verification.js";
import type { RevisionContext } from "../../run/context.js";
import { mendLeftover } from "./leftovers.js";
import { lose } from "./losses.js";
import { mendSequence } from "./mend-sequences.js";
import { prepareVisitDays } from "./mend-visit-days.js";
import { refuseDangling, refuseDuplicates, refuseMissingKey, refuseRows } from "./obstacles.js";
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
  if (property === "presence") return `${expected === null ? "drop" : "add"} ${object}`;
  if (property === "definition") return `change ${object} to ${expected ?? "nothing"}`;
  return `${object}: ${found ?? "nothing"} becomes ${expected ?? "nothing"}`;
}

/** The part of an alteration that settles a difference; null where a person has to. */
function partOf(pair: SchemaPair, difference: SchemaDifference): Part | null {
  const table = pair.expected.tables.find(({ name }) => name === difference.table);
  const there = pair.found.tables.find(({ name }) => name === difference.table);
  if (table === undefined || there === undefined || isKeptVariation(difference)) return null;
  if (!columnsOf(table, difference).every((name) => hasColumn(there, name))) return null;
  switch (difference.kind) {
    case "column":
      return mendColumn(table, difference);
    case "unique":
      return mendUnique(table, difference);
    case "foreign-key":
      return mendForeignKey(table, difference, pair.found.tables);
    case "check":
      return mendCheck(table, difference);
    case "index":
      return mendIndex(table, difference);
    case "primary-key":
      return mendPrimaryKey(table, difference);
    default:
      return null;
  }
}

/** The columns without which an expected constraint or index cannot be made. */
function columnsOf(table: Table, { kind, name }: SchemaDifference): readonly string[] {
  switch (kind) {
    case "primary-key":
      return table.primaryKey?.columns ?? [];
    case "unique":
      return table.uniques.find((one) => one.name === name)?.columns ?? [];
    case "foreign-key":
      return table.foreignKeys.find((one) => one.name === name)?.columns ?? [];
    case "index": {
      const index = table.indexes.find((one) => one.name === name);
      return (index?.keys ?? []).flatMap(({ column }) => column ?? []);
    }
    case "check":
      return table.columns
        .map((column) => column.name)
        .filter((column) => name === `${table.name}_len_${column}`);
    default:
      return [];
  }
}

function hasColumn({ columns }: Table, name: string): boolean {
  return columns.some((column) => column.name === name);
}

/** What releases made otherwise stays as it is, but for an index that only makes things quicker. */
function isKeptVariation({ class: group, reason }: SchemaDifference): boolean {
  return group === "variation" && reason !== "path-not-indexed";
}

function mendColumn(table: Table, difference: SchemaDifference): Part | null {
  if (difference.reason === "leftover-column") return dropLeftoverColumn(table, difference);
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

function dropLeftoverColumn(table: Table, difference: SchemaDifference): Part | null {
  const { name } = difference;
  if (name === null) return null;
  const { primaryKey } = table;
  return {
    settles: difference,
    precondition: (context) =>
      lose(
        context,
        `values of the left column "${name}" in "${table.name}"`,
        sql`${sql.table(table.name)} t WHERE t.${sql.id(name)} IS NOT NULL`,
        [...(primaryKey?.columns ?? []), name],
      ),
    change: (draft) => draft.dropColumn(name),
  };
}

function mendUnique(table: Table, difference: SchemaDifference): Part | null {
  const unique = table.uniques.find(({ name }) => name === difference.name);
  if (unique === undefined || unique.name === null) return null;
  const { name, columns } = unique;
  if (difference.property === "name") return mendName(difference);
  return {
    settles: difference,
    precondition: (context) => refuseDuplicates(context, table.name, columns),
    change: (draft) => {
      if (difference.found !== null) draft.dropConstraint({ name });
      draft.addUnique(columns, { name });
    },
  };
}

function mendForeignKey(table: Table, difference: SchemaDifference, tables: readonly Table[]): Part | null {
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
      : {
          precondition: async (context: RevisionContext) => {
            refuseMissingKey(tables, key);
            await refuseDangling(context, table, key);
          },
        }),
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
  if (difference.reason === "leftover-index" && difference.name !== null) {
    const leftover = { name: difference.name };
    return { settles: difference, change: (draft) => draft.dropIndex(leftover) };
  }
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

function mendPrimaryKey({ name: table, primaryKey }: Table, difference: SchemaDifference): Part | null {
  if (primaryKey === null) return null;
  if (difference.property === "name") return mendName(difference);
  const { name, columns } = primaryKey;
  return {
    settles: difference,
    precondition: async (context) => {
      await refuseDuplicates(context, table, columns);
      for (const column of columns)
        await refuseRows(
          context,
          { name: table, primaryKey },
          sql`t.${sql.id(column)} IS NULL`,
          `have no ${column}`,
        );
    },
    change: (draft) => draft.setPrimaryKey(columns, name === null ? {} : { name }),
  };
}

function mendName(difference: SchemaDifference): Part | null {
  const { expected, found } = difference;
  if (expected === null || found === null) return null;
  return { settles: difference, change: (draft) => draft.renameConstraint(found, expected) };
}
