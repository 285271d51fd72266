/** The ingest dates of datasets: times of day in UTC (datasets 1), or nanoseconds TAI (datasets 2). */
import { type } from "../database/schema/types.js";
import { sql } from "../database/sql.js";
import { RefusedError } from "../errors.js";
import type { RevisionContext } from "../run/context.js";
import { countRows } from "./counting.js";
import { isLostInUtc, taiFromUtc, utcFromTai } from "./tai.js";

/**
 * Stores ingest dates as TAI nanoseconds.
 * @throws RefusedError `malformed-date` before anything is changed
 */
export async function ingestDatesToTai(context: RevisionContext): Promise<void> {
  if (context.mode === "run") await requireTimestamps(context);
  await context.schema.alter("dataset", (table) => {
    table.changeColumn("ingest_date", {
      type: type.bigint(),
      default: null,
      using: taiFromUtc(context.dialect, "ingest_date"),
    });
  });
}

/** Stores ingest dates as times in UTC; what that cannot hold is counted as lost. */
export async function ingestDatesToUtc(context: RevisionContext): Promise<void> {
  if (context.mode === "run") await countLostDates(context);
  await context.schema.alter("dataset", (table) => {
    table.changeColumn("ingest_date", {
      type: type.timestamp(),
      default: context.dialect === "sqlite" ? sql.raw("(CURRENT_TIMESTAMP)") : sql.raw("now()"),
      using: utcFromTai(context.dialect, "ingest_date"),
    });
  });
}

/** What is asked before a plan begins. @throws RefusedError `malformed-date` */
export async function ingestDateConditions(context: RevisionContext): Promise<void> {
  if (context.direction === "down") await countLostDates(context);
  else await requireTimestamps(context);
}

async function countLostDates(context: RevisionContext): Promise<void> {
  const count = await countRows(context, "dataset", isLostInUtc("ingest_date"));
  context.losesData("parts of microseconds, and leap seconds, of ingest dates", count);
}

/** What SQLite stores as a time is any text; PostgreSQL has a type for it. */
const malformed = sql`ingest_date IS NOT NULL AND (unixepoch(substr(ingest_date, 1, 19)) IS NULL OR length(ingest_date) NOT IN (19, 21, 22, 23, 24, 25, 26) OR substr(ingest_date, 20, 1) NOT IN ('', '.') OR substr(ingest_date, 21) GLOB '*[^0-9]*')`;

/** @throws RefusedError `malformed-date` with how many there are, before anything is changed */
async function requireTimestamps(context: RevisionContext): Promise<void> {
  if (context.dialect !== "sqlite") return;
  const count = await countRows(context, "dataset", malformed);
  if (count === 0n) return;
  const rows = await context.query(
    sql`SELECT DISTINCT CAST(ingest_date AS TEXT) AS value FROM ${sql.table("dataset")} WHERE ${malformed} ORDER BY 1 LIMIT 3`,
  );
  const shown = rows.map((row) => `"${String(row["value"])}"`).join(", ");
  throw new RefusedError(
    "malformed-date",
    `${count} rows of "dataset" have an ingest_date that is no time of the form YYYY-MM-DD HH:MM:SS.ffffff, such as ${shown}.`,
    { hint: "Mend these rows first." },
  );
}
