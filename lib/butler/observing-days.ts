/** The dimensions `day_obs` and `group`: from columns of exposures and visits to tables, and back. */
import { type } from "../database/schema/types.js";
import { sql } from "../database/sql.js";
import type { Sql, SqlValue } from "../database/sql.js";
import { RefusedError } from "../errors.js";
import type { Invariant } from "../revision.js";
import type { RevisionContext } from "../run/context.js";
import { requireAll, requireAllNow } from "../run/gather.js";
import { countRows } from "./counting.js";
import { grouped, unchanged } from "./invariants.js";
import { daySpans } from "./day-obs.js";
import type { DaySpan } from "./day-obs.js";

const instrumentName = type.string(32);

interface Day {
  readonly instrument: string;
  readonly id: bigint;
  readonly span: DaySpan;
}

/** Makes both tables, fills them from what is there, and lets exposures and visits refer to them. */
export async function addDaysAndGroups(context: RevisionContext): Promise<void> {
  const days = context.mode === "run" ? await knownDays(context) : [];
  await createDays(context, days);
  await createGroups(context);
  await context.schema.alter("exposure", (table) => {
    table.changeColumn("day_obs", { nullable: false });
    table.renameColumn("group_name", "group");
    table.changeColumn("group", { nullable: false });
    table.dropColumn("group_id");
    table.addForeignKey(["instrument", "day_obs"], { table: "day_obs", columns: ["instrument", "id"] });
    table.addForeignKey(["instrument", "group"], { table: "group", columns: ["instrument", "name"] });
  });
  await fillVisitDays(context);
  await context.schema.alter("visit", (table) => {
    table.changeColumn("day_obs", { nullable: false });
    table.addForeignKey(["instrument", "day_obs"], { table: "day_obs", columns: ["instrument", "id"] });
  });
}

/** Days and groups of exposures; a group is a name before, and a dimension afterwards. */
export const dayAndGroupInvariants: readonly Invariant[] = [
  unchanged("exposures by day", grouped("exposure", ["instrument", "day_obs"])),
  unchanged("groups of exposures", groupsOf("group_name"), groupsOf("group")),
];

function groupsOf(column: string): Sql {
  return sql`SELECT instrument, count(DISTINCT ${sql.id(column)}) AS n FROM ${sql.table("exposure")} GROUP BY instrument`;
}

/**
 * What is asked before a plan begins.
 * @throws RefusedError `null-values`, `bad-day`, `missing-provider`, `dimensions-in-use`
 */
export async function dayAndGroupConditions(context: RevisionContext): Promise<void> {
  if (context.direction === "up") {
    await knownDays(context);
    return;
  }
  await requireUnused(context, ["day_obs", "group"]);
  await countLosses(context);
}

/**
 * Takes both dimensions away again: days and groups become columns.
 * @throws RefusedError `dimensions-in-use` while dataset types have these dimensions
 */
export async function removeDaysAndGroups(context: RevisionContext): Promise<void> {
  if (context.mode === "run") await dayAndGroupConditions(context);
  // The Python tool's way up leaves visits without the key and its index.
  const { foreignKeys, indexes } = await context.schema.table("visit");
  await context.schema.alter("visit", (table) => {
    if (foreignKeys.some(({ columns }) => isOfDay(columns)))
      table.dropConstraint({ kind: "foreign-key", columns: ["instrument", "day_obs"] });
    if (indexes.some(({ keys }) => isOfDay(keys.map(({ column }) => column))))
      table.dropIndex({ columns: ["instrument", "day_obs"] });
    table.changeColumn("day_obs", { nullable: true });
  });
  await context.schema.alter("exposure", (table) => {
    for (const column of ["day_obs", "group"]) {
      table.dropConstraint({ kind: "foreign-key", columns: ["instrument", column] });
      table.dropIndex({ columns: ["instrument", column] });
      table.changeColumn(column, { nullable: true });
    }
    table.renameColumn("group", "group_name");
    table.addColumn("group_id", type.bigint(), { nullable: true });
  });
  await context.schema.drop("day_obs");
  await context.schema.drop("group");
  context.report(
    "exposure.group_id is NULL: the number of a group is not kept where groups are a dimension.",
  );
}

function isOfDay(columns: readonly (string | null)[]): boolean {
  return columns.join() === "instrument,day_obs";
}

/** @throws RefusedError `dimensions-in-use` while dataset types have one of these dimensions */
export async function requireUnused(context: RevisionContext, dimensions: readonly string[]): Promise<void> {
  const list = sql.join(dimensions.map((name) => sql`${name}`));
  const used = await countRows(context, "dimension_graph_definition", sql`dimension_name IN (${list})`);
  if (used === 0n) return;
  throw new RefusedError(
    "dimensions-in-use",
    `Dataset types of the repository have a dimension ${dimensions.join(" or ")}.`,
    {
      hint: "Remove these dataset types first, or stay at this version.",
    },
  );
}

const daylessVisit = sql`day_obs IS NULL AND NOT EXISTS (SELECT 1 FROM ${sql.table("visit_definition")} d JOIN ${sql.table("exposure")} e ON e.instrument = d.instrument AND e.id = d.exposure WHERE d.instrument = ${sql.table("visit")}.instrument AND d.visit = ${sql.table("visit")}.id)`;

async function requireValues(context: RevisionContext): Promise<void> {
  const faults: string[] = [];
  for (const column of ["day_obs", "group_name"]) {
    const count = await countRows(context, "exposure", sql`${sql.id(column)} IS NULL`);
    if (count > 0n) faults.push(`${count} rows of "exposure" have no ${column}`);
  }
  const visits = await countRows(context, "visit", daylessVisit);
  if (visits > 0n) faults.push(`${visits} rows of "visit" have no day_obs, nor an exposure that has one`);
  if (faults.length === 0) return;
  throw new RefusedError(
    "null-values",
    `Every exposure and visit needs a day and a group: ${faults.join("; ")}.`,
    {
      hint: "Give these rows their values first.",
    },
  );
}

/** All that stands in the way is told at once. */
async function knownDays(context: RevisionContext): Promise<Day[]> {
  let days: Day[] = [];
  await requireAll([
    () => requireValues(context),
    async () => {
      days = await observedDays(context);
    },
  ]);
  return days;
}

async function observedDays(context: RevisionContext): Promise<Day[]> {
  const spanOf = daySpans(context);
  const rows = await context.query(
    sql`SELECT d.instrument AS instrument, d.day_obs AS id, i.class_name AS class_name FROM (SELECT instrument, day_obs FROM ${sql.table("exposure")} WHERE day_obs IS NOT NULL UNION SELECT instrument, day_obs FROM ${sql.table("visit")} WHERE day_obs IS NOT NULL) d JOIN ${sql.table("instrument")} i ON i.name = d.instrument ORDER BY 1, 2`,
  );
  const days: Day[] = [];
  const unknown = new Set<string>();
  const faults: (() => never)[] = [];
  for (const row of rows) {
    const name = String(row["instrument"]);
    const id = BigInt(String(row["id"]));
    if (unknown.has(name)) continue;
    try {
      days.push({
        instrument: name,
        id,
        span: spanOf({ name, className: String(row["class_name"] ?? "") }, id),
      });
    } catch (error) {
      unknown.add(name);
      faults.push(() => {
        throw error;
      });
    }
  }
  requireAllNow(faults);
  return days;
}

async function createDays(context: RevisionContext, days: readonly Day[]): Promise<void> {
  await context.schema.create("day_obs", (table) => {
    table.column("instrument", instrumentName);
    table.column("id", type.bigint());
    table.column("timespan", type.timespan(), { nullable: true });
    table.primaryKey(["instrument", "id"]);
    table.foreignKey(["instrument"], { table: "instrument", columns: ["name"] });
  });
  const isSqlite = context.dialect === "sqlite";
  const columns = isSqlite ? ["timespan_begin", "timespan_end"] : ["timespan"];
  const values = ({ begin, end }: DaySpan): SqlValue[] => (isSqlite ? [begin, end] : [`[${begin},${end})`]);
  await context.data.insert("day_obs", {
    columns: ["instrument", "id", ...columns],
    rows: days.map(({ instrument, id, span }) => [instrument, id, ...values(span)]),
  });
}

async function createGroups(context: RevisionContext): Promise<void> {
  await context.schema.create("group", (table) => {
    table.column("instrument", instrumentName);
    table.column("name", type.text());
    table.primaryKey(["instrument", "name"]);
    table.foreignKey(["instrument"], { table: "instrument", columns: ["name"] });
  });
  await context.execute(
    sql`INSERT INTO ${sql.table("group")} (instrument, name) SELECT DISTINCT instrument, group_name FROM ${sql.table("exposure")}`,
    { table: "group", cost: "rewrite" },
  );
}

/** A visit without a day gets the first of its exposures' days. */
export async function fillVisitDays(context: RevisionContext): Promise<void> {
  await context.execute(
    sql`UPDATE ${sql.table("visit")} SET day_obs = f.day_obs FROM (SELECT d.instrument AS instrument, d.visit AS visit, MIN(e.day_obs) AS day_obs FROM ${sql.table("visit_definition")} d JOIN ${sql.table("exposure")} e ON e.instrument = d.instrument AND e.id = d.exposure GROUP BY d.instrument, d.visit) f WHERE ${sql.table("visit")}.day_obs IS NULL AND f.instrument = ${sql.table("visit")}.instrument AND f.visit = ${sql.table("visit")}.id`,
    { table: "visit", cost: "rewrite" },
  );
}

/** Days and groups that no exposure or visit has would be gone; their times follow from the day. */
async function countLosses(context: RevisionContext): Promise<void> {
  const days = await countRows(
    context,
    "day_obs",
    sql`NOT EXISTS (SELECT 1 FROM ${sql.table("exposure")} e WHERE e.instrument = ${sql.table("day_obs")}.instrument AND e.day_obs = ${sql.table("day_obs")}.id) AND NOT EXISTS (SELECT 1 FROM ${sql.table("visit")} v WHERE v.instrument = ${sql.table("day_obs")}.instrument AND v.day_obs = ${sql.table("day_obs")}.id)`,
  );
  context.losesData("observing days without exposures and visits", days);
  const groups = await countRows(
    context,
    "group",
    sql`NOT EXISTS (SELECT 1 FROM ${sql.table("exposure")} e WHERE e.instrument = ${sql.table("group")}.instrument AND e.${sql.id("group")} = ${sql.table("group")}.name)`,
  );
  context.losesData("groups without exposures", groups);
}
