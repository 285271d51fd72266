/** Computes the observing days of an instrument again, from the times of its exposures. */
import type { DialectName, Session } from "../../database/database.js";
import { sql } from "../../database/sql.js";
import type { Row, Sql, SqlValue } from "../../database/sql.js";
import { InputError } from "../../errors.js";
import { butlerConventions } from "../conventions.js";
import { daySpans, daysOfTimes } from "../day-obs.js";
import type { Instrument } from "../day-obs.js";
import { surely } from "../../known.js";

/** An exposure that has another day than it should. */
export interface MovedExposure {
  readonly id: bigint;
  readonly dayObs: bigint;
}

/** What is wrong with the days of an instrument. */
export interface WrongDays {
  readonly moved: readonly MovedExposure[];
  /** How many exposures have no time, so that their day cannot be computed. */
  readonly timeless: number;
}

/** Where offsets come from. */
export interface Offsets {
  providers(name: string): readonly unknown[];
}

const [exposure, visit, definition, dayObs] = [
  sql.table("exposure"),
  sql.table("visit"),
  sql.table("visit_definition"),
  sql.table("day_obs"),
];

/** The instrument with its class. @throws InputError `unknown-instrument` naming those that there are */
export async function readInstrument(session: Session, name: string): Promise<Instrument> {
  const rows = await session.query(
    sql`SELECT name, class_name FROM ${sql.table("instrument")} ORDER BY name`,
  );
  const found = rows.find((row) => row["name"] === name);
  if (found !== undefined) return { name, className: String(found["class_name"]) };
  throw new InputError("unknown-instrument", `The repository has no instrument "${name}".`, {
    hint: `It has ${rows.map((row) => String(row["name"])).join(", ")}.`,
  });
}

/** Finds the exposures whose day is not the one that follows from their begin. */
export async function findWrongDays(
  session: Session,
  instrument: Instrument,
  offsets: Offsets,
): Promise<WrongDays> {
  const dayOf = daysOfTimes(offsets);
  const moved: MovedExposure[] = [];
  let timeless = 0;
  const rows = sql`SELECT id, day_obs, ${beginOf(session.dialect)} AS begin FROM ${exposure} WHERE instrument = ${instrument.name}`;
  for await (const batch of session.data().stream(rows, { key: ["id"] })) {
    for (const row of batch) {
      if (typeof row["begin"] !== "bigint") {
        timeless += 1;
        continue;
      }
      const day = dayOf(instrument, row["begin"]);
      if (row["day_obs"] !== day) moved.push({ id: BigInt(String(row["id"])), dayObs: day });
    }
  }
  return { moved, timeless };
}

/** NULL for a range that has no lower bound, or is empty: SQLite keeps these as the earliest time, and as an end before the begin. */
function beginOf(dialect: DialectName): Sql {
  return dialect === "sqlite"
    ? sql`CASE WHEN timespan_begin > 0 AND timespan_begin < timespan_end THEN timespan_begin END`
    : sql`lower(timespan)`;
}

/**
 * Gives exposures their days, together with all visits that they belong to, and with days that are not there yet.
 * @returns the ids of visits that have another day, and how many days were added
 */
export async function moveExposures(
  session: Session,
  instrument: Instrument,
  moved: readonly MovedExposure[],
  offsets: Offsets,
): Promise<{ readonly visits: readonly string[]; readonly days: number }> {
  const days = await addMissingDays(session, instrument, moved, offsets);
  await session.data().update(
    "exposure",
    {
      columns: ["instrument", "id", "day_obs"],
      rows: moved.map(({ id, dayObs: day }): SqlValue[] => [instrument.name, id, day]),
    },
    ["instrument", "id"],
  );
  const visits = await visitsToMove(session, instrument, moved);
  await session.data().update(
    "visit",
    {
      columns: ["instrument", "id", "day_obs"],
      rows: visits.map((row): SqlValue[] => [instrument.name, surely(row["id"]), surely(row["day_obs"])]),
    },
    ["instrument", "id"],
  );
  await session.checkForeignKeys(["exposure", "visit"]);
  return { visits: visits.map((row) => String(row["id"])), days };
}

/** The visits of some exposures that have another day than the first of their exposures. */
async function visitsToMove(
  session: Session,
  { name }: Instrument,
  moved: readonly MovedExposure[],
): Promise<readonly Row[]> {
  const touched = await session.query(
    sql`SELECT DISTINCT visit FROM ${definition} WHERE instrument = ${name} AND exposure IN (${valuesOf(moved.map(({ id }) => id))})`,
  );
  if (touched.length === 0) return [];
  const visits = valuesOf(touched.map((row) => surely(row["visit"])));
  return session.query(
    sql`SELECT v.id AS id, MIN(e.day_obs) AS day_obs FROM ${visit} v
      JOIN ${definition} d ON d.instrument = v.instrument AND d.visit = v.id
      JOIN ${exposure} e ON e.instrument = d.instrument AND e.id = d.exposure
      WHERE v.instrument = ${name} AND v.id IN (${visits})
      GROUP BY v.id, v.day_obs HAVING v.day_obs IS NULL OR v.day_obs <> MIN(e.day_obs)`,
  );
}

function valuesOf(ids: readonly SqlValue[]): Sql {
  return sql.join(ids.map((id) => sql`${id}`));
}

/** From configuration 6 on exposures and visits refer to rows of their own for days. */
async function addMissingDays(
  session: Session,
  instrument: Instrument,
  moved: readonly MovedExposure[],
  offsets: Offsets,
): Promise<number> {
  if (!(await session.schema(butlerConventions).hasTable("day_obs"))) return 0;
  const there = await session.query(sql`SELECT id FROM ${dayObs} WHERE instrument = ${instrument.name}`);
  const known = new Set(there.map((row) => row["id"]));
  const missing = [...new Set(moved.map((one) => one.dayObs))].filter((day) => !known.has(day));
  if (missing.length === 0) return 0;
  const spanOf = daySpans(offsets);
  const isSqlite = session.dialect === "sqlite";
  const columns = isSqlite ? ["timespan_begin", "timespan_end"] : ["timespan"];
  await session.data().insert("day_obs", {
    columns: ["instrument", "id", ...columns],
    rows: missing.map((day): SqlValue[] => {
      const { begin, end } = spanOf(instrument, day);
      return [instrument.name, day, ...(isSqlite ? [begin, end] : [`[${begin},${end})`])];
    }),
  });
  return missing.length;
}
