/** Which exposures can see the sky, as far as their type tells. */
import { sql } from "../database/sql.js";
import type { Sql } from "../database/sql.js";
import type { RevisionContext } from "../run/context.js";

const open: readonly string[] = [
  "science",
  "object",
  "standard",
  "sky flat",
  "standard_star",
  "skyflat",
  "focus",
  "focusing",
  "exp",
  "skyexp",
];
const closed: readonly string[] = ["dark", "bias", "agexp", "domeflat", "dome flat", "zero", "spot"];

function listOf(names: readonly string[]): Sql {
  return sql.join(names.map((name) => sql`${name}`));
}

/** The value of `exposure.can_see_sky` by `exposure.observation_type`; NULL for types that say nothing about it. */
export const canSeeSky: Sql = sql`CASE WHEN observation_type IN (${listOf(open)}) THEN ${true} WHEN observation_type IN (${listOf(closed)}) THEN ${false} END`;

/** Rows whose value is not the one that would be computed again. */
export const differsFromComputed: Sql = sql`can_see_sky IS NOT NULL AND (${canSeeSky} IS NULL OR can_see_sky <> ${canSeeSky})`;

/** The types that say nothing about it, sorted. */
export async function otherObservationTypes(context: RevisionContext): Promise<string[]> {
  const rows = await context.query(
    sql`SELECT DISTINCT observation_type AS name FROM ${sql.table("exposure")} WHERE observation_type NOT IN (${listOf([...open, ...closed])}) ORDER BY 1`,
  );
  return rows.map((row) => String(row["name"]));
}
