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

/**
 * Before 1972 UTC ran at a rate of its own: from 1968-02-01 on TAI was ahead by 4.2131700 s + (MJD - 39126) * 0.002592 s (IERS, the file
 * tai-utc.dat), which is this many nanoseconds at 1970-01-01 and 30 more each second.
 */
const offsetAt1970 = 8_000_082_000n;
const driftASecond = 30n;

const nanoseconds = 1_000_000_000n;

function secondsOf(day: string): bigint {
  return BigInt(Date.parse(`${day}T00:00:00Z`) / 1000);
}

/**
 * The offset in nanoseconds as an expression over whole seconds and microseconds of UTC.
 * @param since whether the time is not before a day
 */
function offsetOfUtc(seconds: Sql, micros: Sql, since: (day: string) => Sql): Sql {
  const branches = leapSeconds
    .toReversed()
    .map(([day, offset]) => sql`WHEN ${since(day)} THEN ${offset * nanoseconds} `);
  const early = sql`${offsetAt1970} + ${seconds} * ${driftASecond} + (${micros} * ${driftASecond} + 500000) / 1000000`;
  return sql`CASE ${sql.join(branches, "")}ELSE ${early} END`;
}

/** Nanoseconds TAI of a column that holds UTC: a text on SQLite, a timestamp on PostgreSQL. Microseconds are kept, and the result lies in the range that Butler stores. */
export function taiFromUtc(dialect: DialectName, column: string): Sql {
  const name = sql.id(column);
  const [seconds, micros] =
    dialect === "sqlite"
      ? [
          sql`unixepoch(substr(${name}, 1, 19))`,
          sql`CAST(substr(substr(${name}, 21) || '000000', 1, 6) AS INTEGER)`,
        ]
      : [
          sql`CAST(EXTRACT(EPOCH FROM date_trunc('second', ${name})) AS BIGINT)`,
          sql`CAST(EXTRACT(MICROSECONDS FROM ${name}) AS BIGINT) % 1000000`,
        ];
  // Times as texts are ordered as the times are, and need not be read again for each day.
  const since = (day: string): Sql =>
    dialect === "sqlite" ? sql`${name} >= ${day}` : sql`${seconds} >= ${secondsOf(day)}`;
  const value = sql`${seconds} * ${nanoseconds} + ${micros} * 1000 + ${offsetOfUtc(seconds, micros, since)}`;
  return dialect === "sqlite"
    ? sql`max(0, min(${latestTime}, ${value}))`
    : sql`GREATEST(0, LEAST(${latestTime}, ${value}))`;
}

/** The inverse of `taiFromUtc`, to the microsecond. */
export function utcFromTai(dialect: DialectName, column: string): Sql {
  const nanos = utcNanoseconds(sql.id(column));
  const seconds = sql`(${nanos} / ${nanoseconds})`;
  const micros = sql`((${nanos} % ${nanoseconds}) / 1000)`;
  if (dialect === "sqlite")
    return sql`strftime('%Y-%m-%d %H:%M:%S', ${seconds}, 'unixepoch') || printf('.%06d', ${micros})`;
  return sql`TIMESTAMP '1970-01-01' + ${seconds} * INTERVAL '1 second' + ${micros} * INTERVAL '1 microsecond'`;
}

/** Nanoseconds UTC since 1970 of nanoseconds TAI; before 1972 to the nearest microsecond. */
function utcNanoseconds(tai: Sql): Sql {
  const branches = leapSeconds
    .toReversed()
    .map(
      ([day, offset]) => sql`WHEN ${tai} >= ${startOf(day, offset)} THEN ${tai} - ${offset * nanoseconds} `,
    );
  const since = sql`(${tai} - ${offsetAt1970})`;
  const early = sql`(${since} - ${since} * 3 / 100000003 + 500) / 1000 * 1000`;
  return sql`(CASE ${sql.join(branches, "")}WHEN ${tai} > ${offsetAt1970} THEN ${early} ELSE 0 END)`;
}

/** The first nanosecond TAI at which an offset holds. */
function startOf(day: string, offset: bigint): bigint {
  return (secondsOf(day) + offset) * nanoseconds;
}

/** Whether a time in nanoseconds TAI is not what `taiFromUtc` makes of `utcFromTai`: it has parts of microseconds, or lies in a leap second. */
export function isLostInUtc(column: string): Sql {
  const name = sql.id(column);
  const inLeapSecond = leapSeconds.slice(1).map(([day, offset]) => {
    const start = startOf(day, offset);
    return sql`${name} >= ${start - nanoseconds} AND ${name} < ${start}`;
  });
  const [first = ["", 0n]] = leapSeconds;
  const hasParts = sql`${name} >= ${startOf(...first)} AND ${name} % 1000 <> 0`;
  return sql.join([hasParts, ...inLeapSecond], " OR ");
}
