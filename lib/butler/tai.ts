/** Times as Butler stores them: nanoseconds of International Atomic Time since 1970-01-01T00:00:00 TAI. */
import type { DialectName } from "../database/database.js";
import { sql } from "../database/sql.js";
import type { Sql } from "../database/sql.js";

/** From each day (UTC midnight) on, TAI is ahead of UTC by so many seconds (IERS Bulletin C; none was announced after 2017). */
const leapSeconds: readonly (readonly [day: string, offset: bigint])[] = [
  ["1972-01-01", 10n],
  ["1972-07-01", 11n],
  ["1973-01-01", 12n],
  ["1974-01-01", 13n],
  ["1975-01-01", 14n],
  ["1976-01-01", 15n],
  ["1977-01-01", 16n],
  ["1978-01-01", 17n],
  ["1979-01-01", 18n],
  ["1980-01-01", 19n],
  ["1981-07-01", 20n],
  ["1982-07-01", 21n],
  ["1983-07-01", 22n],
  ["1985-07-01", 23n],
  ["1988-01-01", 24n],
  ["1990-01-01", 25n],
  ["1991-01-01", 26n],
  ["1992-07-01", 27n],
  ["1993-07-01", 28n],
  ["1994-07-01", 29n],
  ["1996-01-01", 30n],
  ["1997-07-01", 31n],
  ["1999-01-01", 32n],
  ["2006-01-01", 33n],
  ["2009-01-01", 34n],
  ["2012-07-01", 35n],
  ["2015-07-01", 36n],
  ["2017-01-01", 37n],
];

/** The largest time that Butler stores: 2100-01-01 TAI. */
export const latestTime = 4102444800000000000n;

const firstOffset = 10n;

function secondsOf(day: string): bigint {
  return BigInt(Date.parse(`${day}T00:00:00Z`) / 1000);
}

/** The offset as an expression over whole seconds: of UTC, or (for the way back) of TAI. */
function offsetOf(seconds: Sql, scale: "utc" | "tai"): Sql {
  const branches = leapSeconds.toReversed().map(([day, offset]) => {
    const start = secondsOf(day) + (scale === "tai" ? offset : 0n);
    return sql`WHEN ${seconds} >= ${start} THEN ${offset} `;
  });
  return sql`CASE ${sql.join(branches, "")}ELSE ${firstOffset} END`;
}

/** Nanoseconds TAI of a column that holds UTC: a text on SQLite, a timestamp on PostgreSQL. Microseconds are kept, and the result lies in the range that Butler stores. */
export function taiFromUtc(dialect: DialectName, column: string): Sql {
  const name = sql.id(column);
  if (dialect === "sqlite") {
    const seconds = sql`CAST(strftime('%s', substr(${name}, 1, 19)) AS INTEGER)`;
    const micros = sql`CAST(substr(substr(${name}, 21) || '000000', 1, 6) AS INTEGER)`;
    const value = sql`(${seconds} + ${offsetOf(seconds, "utc")}) * 1000000000 + ${micros} * 1000`;
    return sql`max(0, min(${latestTime}, ${value}))`;
  }
  const seconds = sql`CAST(EXTRACT(EPOCH FROM date_trunc('second', ${name})) AS BIGINT)`;
  const micros = sql`CAST(EXTRACT(MICROSECONDS FROM ${name}) AS BIGINT) % 1000000`;
  const value = sql`(${seconds} + ${offsetOf(seconds, "utc")}) * 1000000000 + ${micros} * 1000`;
  return sql`GREATEST(0, LEAST(${latestTime}, ${value}))`;
}

/** The inverse of `taiFromUtc`, to the microsecond. */
export function utcFromTai(dialect: DialectName, column: string): Sql {
  const name = sql.id(column);
  const taiSeconds = sql`(${name} / 1000000000)`;
  const seconds = sql`(${taiSeconds} - ${offsetOf(taiSeconds, "tai")})`;
  const micros = sql`(${name} % 1000000000) / 1000`;
  if (dialect === "sqlite")
    return sql`strftime('%Y-%m-%d %H:%M:%S', ${seconds}, 'unixepoch') || printf('.%06d', ${micros})`;
  return sql`TIMESTAMP '1970-01-01' + ${seconds} * INTERVAL '1 second' + ${micros} * INTERVAL '1 microsecond'`;
}
