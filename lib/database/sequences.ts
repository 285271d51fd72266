/** Sequences that belong to no column: what Butler repositories on PostgreSQL count with. */
import type { Session } from "./database.js";
import { sql } from "./sql.js";

/** A sequence, and the last value that it gave, or would have given before the first; null where that may not be read. */
export interface Sequence {
  readonly name: string;
  /** What is said of it where it is not as usual: `a sequence INCREMENT BY 10`. */
  readonly text: string;
  readonly lastValue: bigint | null;
}

/** What is said of a sequence that counts as all do. */
export const usualSequence = "a sequence";

/** The sequences of the repository's schema, sorted; none on SQLite, which has no sequences. */
export async function freeSequences(session: Session): Promise<Sequence[]> {
  if (session.dialect === "sqlite") return [];
  const rows = await session.query(
    sql`SELECT s.sequencename::text AS name, s.increment_by AS step, s.cycle AS cycle, CASE WHEN has_sequence_privilege(c.oid, 'USAGE, SELECT') THEN coalesce(s.last_value, s.start_value - 1) END AS last_value FROM pg_catalog.pg_sequences s
      JOIN pg_catalog.pg_class c ON c.relname = s.sequencename AND c.relkind = 'S'
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = s.schemaname
      WHERE s.schemaname = current_schema() AND NOT EXISTS (
        SELECT 1 FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))
      ORDER BY s.sequencename COLLATE "C"`,
  );
  return rows.map((row) => ({
    name: String(row["name"]),
    text: [
      usualSequence,
      row["step"] === 1n ? "" : ` INCREMENT BY ${row["step"]}`,
      row["cycle"] === true ? " CYCLE" : "",
    ].join(""),
    lastValue: typeof row["last_value"] === "bigint" ? row["last_value"] : null,
  }));
}
