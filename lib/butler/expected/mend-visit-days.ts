/** The observing days of visits, which the Python tool's step to configuration 6 leaves as they were. */
import { findRows } from "../../database/integrity.js";
import { sql } from "../../database/sql.js";
import type { SqlValue } from "../../database/sql.js";
import { RefusedError } from "../../errors.js";
import type { RevisionContext } from "../../run/context.js";
import { daySpans } from "../day-obs.js";
import type { DaySpan } from "../day-obs.js";
import { fillVisitDays } from "../observing-days.js";

const [visit, exposure, definition, dayObs] = [
  sql.table("visit"),
  sql.table("exposure"),
  sql.table("visit_definition"),
  sql.table("day_obs"),
];

/** Gives every visit a day that is there. Done once, however many parts of the table need it. */
export async function prepareVisitDays(context: RevisionContext): Promise<void> {
  if (context.shadow.has(prepareVisitDays.name)) return;
  context.shadow.set(prepareVisitDays.name, true);
  await refuseDaylessVisits(context);
  await addMissingDays(context);
  await fillVisitDays(context);
}

async function refuseDaylessVisits(context: RevisionContext): Promise<void> {
  const rows = await findRows(
    context,
    "visit",
    ["instrument", "id"],
    sql`t.day_obs IS NULL AND NOT EXISTS (SELECT 1 FROM ${definition} d JOIN ${exposure} e ON e.instrument = d.instrument AND e.id = d.exposure WHERE d.instrument = t.instrument AND d.visit = t.id)`,
  );
  if (rows === null) return;
  throw new RefusedError(
    "rows-in-the-way",
    `${rows.count} visits have no day_obs, nor an exposure that has one: ${rows.examples.join("; ")}.`,
    { hint: "Give these visits their day_obs first." },
  );
}

/** Days that only visits have, with their times. */
async function addMissingDays(context: RevisionContext): Promise<void> {
  const missing = await context.query(
    sql`SELECT DISTINCT v.instrument AS instrument, v.day_obs AS id, i.class_name AS class_name FROM ${visit} v JOIN ${sql.table("instrument")} i ON i.name = v.instrument WHERE v.day_obs IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${dayObs} o WHERE o.instrument = v.instrument AND o.id = v.day_obs) ORDER BY 1, 2`,
  );
  if (missing.length === 0) return;
  const spanOf = daySpans(context);
  const rows = missing.map((row): SqlValue[] => {
    const instrument = String(row["instrument"]);
    const id = BigInt(String(row["id"]));
    const span = spanOf({ name: instrument, className: String(row["class_name"]) }, id);
    return [instrument, id, ...spanValues(context, span)];
  });
  const columns = context.dialect === "sqlite" ? ["timespan_begin", "timespan_end"] : ["timespan"];
  await context.data.insert("day_obs", { columns: ["instrument", "id", ...columns], rows });
  context.report(`${rows.length} observing days that only visits have were added.`);
}

function spanValues({ dialect }: RevisionContext, { begin, end }: DaySpan): SqlValue[] {
  return dialect === "sqlite" ? [begin, end] : [`[${begin},${end})`];
}
