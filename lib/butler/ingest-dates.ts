/** What the ingest dates of datasets 1.0.0 must look like to be converted. */
import { sql } from "../database/sql.js";
import { RefusedError } from "../errors.js";
import type { RevisionContext } from "../run/context.js";
import { countRows } from "./counting.js";

/** What SQLite stores as a time is any text; PostgreSQL has a type for it. */
const malformed = sql`ingest_date IS NOT NULL AND (strftime('%s', substr(ingest_date, 1, 19)) IS NULL OR length(ingest_date) NOT IN (19, 21, 22, 23, 24, 25, 26) OR substr(ingest_date, 20, 1) NOT IN ('', '.') OR substr(ingest_date, 21) GLOB '*[^0-9]*')`;

/** @throws RefusedError `malformed-date` with how many there are, before anything is changed */
export async function requireTimestamps(context: RevisionContext): Promise<void> {
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
