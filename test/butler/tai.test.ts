/** Times in UTC as TAI: the values expected are those of ERFA (`erfa.utctai`), the library behind Butler's own times. */
import { expect } from "chai";
import { sql } from "../../lib/index.js";
import { openRepository } from "../../lib/repository/open.js";
import { isLostInUtc, taiFromUtc, utcFromTai } from "../../lib/butler/tai.js";
import { databases } from "../support/databases.js";

const times: readonly (readonly [utc: string, tai: bigint])[] = [
  ["1970-01-01 00:00:00", 8000082000n],
  ["1970-06-30 12:00:00.123456", 15595208591394004n],
  ["1971-12-31 23:59:59.999999", 63072009892241000n],
  ["1972-01-01 00:00:00", 63072010000000000n],
  ["1972-06-30 23:59:59.5", 78796809500000000n],
  ["1998-12-31 23:59:59.000001", 915148830000001000n],
  ["1999-01-01 00:00:00", 915148832000000000n],
  ["2012-07-01 00:00:00", 1341100835000000000n],
  ["2015-06-30 23:59:59.999999", 1435708834999999000n],
  ["2015-07-01 00:00:00", 1435708836000000000n],
  ["2016-12-31 23:59:59.999999", 1483228835999999000n],
  ["2017-01-01 00:00:00", 1483228837000000000n],
  ["2021-05-04 16:31:04.471227", 1620145901471227000n],
  ["2026-11-23 20:45:03.425104", 1795466740425104000n],
];

/** What has no counterpart in UTC to the microsecond: a leap second, and parts of a microsecond. */
const lost = [1483228836500000000n, 1435708835000000000n, 1795466740425104001n];

for (const database of databases) {
  const { title, dialect } = database;
  describe(`Times in UTC and TAI, ${title}`, () => {
    it("are converted exactly, leap seconds and the years before them included, and back", async () => {
      const { url } = await database.create();
      const repository = await openRepository(url);
      try {
        await repository.database.transaction({ mode: "write" }, async (session) => {
          const type = sql.raw(dialect === "sqlite" ? "TEXT" : "timestamp");
          await session.execute(sql`CREATE TABLE t (utc ${type}, tai BIGINT)`);
          for (const [utc, tai] of times)
            await session.execute(sql`INSERT INTO t VALUES (CAST(${utc} AS ${type}), ${tai})`);
          const rows = await session.query(
            sql`SELECT CAST(utc AS ${sql.raw(dialect === "sqlite" ? "TEXT" : "text")}) AS utc, tai, ${taiFromUtc(dialect, "utc")} AS found, CAST(${utcFromTai(dialect, "tai")} AS ${sql.raw(dialect === "sqlite" ? "TEXT" : "text")}) AS back, CASE WHEN ${isLostInUtc("tai")} THEN 1 ELSE 0 END AS lost FROM t`,
          );
          for (const { utc, tai, found, back, lost: isLost } of rows) {
            expect(found, String(utc)).to.equal(tai);
            expect(plain(back)).to.equal(plain(utc));
            expect(Number(isLost), String(utc)).to.equal(0);
          }
          await session.execute(sql`DELETE FROM t`);
          for (const tai of lost) await session.execute(sql`INSERT INTO t (tai) VALUES (${tai})`);
          const [row] = await session.query(sql`SELECT count(*) AS n FROM t WHERE ${isLostInUtc("tai")}`);
          expect(row?.["n"]).to.equal(BigInt(lost.length));
        });
      } finally {
        await repository.close();
      }
    });
  });
}

/** Both databases leave zeros away, or write them. */
function plain(value: unknown): string {
  const text = String(value);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
