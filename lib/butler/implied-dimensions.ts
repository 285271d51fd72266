/** Columns of dimensions that an element implies: `visit.physical_filter`, `physical_filter.band`. */
import { sql } from "../database/sql.js";
import { InputError, RefusedError } from "../errors.js";
import type { RevisionContext } from "../run/context.js";
import { requireAll } from "../run/gather.js";
import { countRows } from "./counting.js";
import { readUniverse } from "./universe/change.js";
import { elementsOf } from "./universe/elements.js";

interface ImpliedColumns {
  readonly table: string;
  readonly columns: readonly string[];
}

/** Makes every implied column NOT NULL; visits without a filter get the one that the option names. */
export async function requireImplied(context: RevisionContext): Promise<void> {
  const implied = await impliedColumns(context);
  if (context.mode === "run") await refuseNulls(context, implied);
  await fillFilters(context);
  await setNullable(context, implied, "required");
}

/** Lets every implied column be NULL again. */
export async function allowNullImplied(context: RevisionContext): Promise<void> {
  await setNullable(context, await impliedColumns(context), "nullable");
}

async function setNullable(
  context: RevisionContext,
  implied: readonly ImpliedColumns[],
  rule: "required" | "nullable",
): Promise<void> {
  for (const { table: name, columns } of implied) {
    await context.schema.alter(name, (table) => {
      for (const column of columns) table.changeColumn(column, { nullable: rule === "nullable" });
    });
  }
}

async function impliedColumns(context: RevisionContext): Promise<ImpliedColumns[]> {
  const found: ImpliedColumns[] = [];
  for (const { name, implies } of elementsOf(await readUniverse(context))) {
    if (implies.length === 0 || !(await context.schema.hasTable(name))) continue;
    found.push({ table: name, columns: implies });
  }
  return found;
}

/**
 * What is asked before a plan begins. What a dimension configuration of before version 2 implies of visit systems is left to the
 * step itself: these columns may be gone when it comes.
 * @throws RefusedError `null-values`; InputError `missing-option`, `bad-option`
 */
export async function impliedConditions(context: RevisionContext): Promise<void> {
  if (context.direction === "down") return;
  const implied = await impliedColumns(context);
  const lasting = implied
    .filter(({ table }) => table !== "visit_definition")
    .map(({ table, columns }) => ({ table, columns: columns.filter((one) => one !== "visit_system") }));
  await refuseNulls(context, lasting);
}

/** All that stands in the way is told at once. */
async function refuseNulls(context: RevisionContext, implied: readonly ImpliedColumns[]): Promise<void> {
  await requireAll([() => refuseOtherNulls(context, implied), () => requireFilters(context)]);
}

async function refuseOtherNulls(context: RevisionContext, implied: readonly ImpliedColumns[]): Promise<void> {
  const faults: string[] = [];
  for (const { table, columns } of implied) {
    for (const column of columns) {
      if (table === "visit" && column === "physical_filter") continue;
      const count = await countRows(context, table, sql`${sql.id(column)} IS NULL`);
      if (count > 0n) faults.push(`${count} rows of "${table}" have no ${column}`);
    }
  }
  if (faults.length === 0) return;
  throw new RefusedError("null-values", `Implied dimensions need a value: ${faults.join("; ")}.`, {
    hint: "Give these rows their values first.",
  });
}

const withoutFilter = sql`physical_filter IS NULL`;

async function requireFilters(context: RevisionContext): Promise<void> {
  if (!(await context.schema.hasTable("visit"))) return;
  const count = await countRows(context, "visit", withoutFilter);
  if (count === 0n) return;
  const value = context.option("null_filter_value");
  if (typeof value !== "string" || value === "") {
    throw new InputError(
      "missing-option",
      `${count} rows of "visit" have no physical_filter, and need one.`,
      {
        hint: "Add --options null_filter_value=<name of a physical filter of these instruments>",
      },
    );
  }
  await requireFilter(context, value);
  context.report(`${count} visits without a physical filter get ${value}.`);
}

async function fillFilters(context: RevisionContext): Promise<void> {
  const value = context.option("null_filter_value");
  if (typeof value !== "string") return;
  await context.execute(
    sql`UPDATE ${sql.table("visit")} SET physical_filter = ${value} WHERE ${withoutFilter}`,
    { table: "visit", cost: "rewrite" },
  );
}

async function requireFilter(context: RevisionContext, value: string): Promise<void> {
  const rows = await context.query(
    sql`SELECT DISTINCT v.instrument AS instrument FROM ${sql.table("visit")} v WHERE v.physical_filter IS NULL AND NOT EXISTS (SELECT 1 FROM ${sql.table("physical_filter")} f WHERE f.instrument = v.instrument AND f.name = ${value}) ORDER BY 1`,
  );
  if (rows.length === 0) return;
  const instruments = rows.map((row) => String(row["instrument"])).join(", ");
  throw new InputError("bad-option", `There is no physical filter "${value}" of ${instruments}.`, {
    hint: "Name one that is in the table physical_filter for each instrument concerned.",
  });
}
