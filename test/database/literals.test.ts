/** Names and values as SQL text: exactly these texts, and what the databases read them as. */
import { expect } from "chai";
import fc from "fast-check";
import * as postgres from "../../lib/database/postgres/literals.js";
import { numberOf, sql } from "../../lib/database/sql.js";
import type { SqlValue } from "../../lib/database/sql.js";
import * as sqlite from "../../lib/database/sqlite/literals.js";
import { openDatabase } from "../../lib/database/open.js";
import { GodwitError } from "../../lib/errors.js";
import { databases } from "../support/databases.js";

function failure(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof GodwitError) return `${error.code}: ${error.message} ${error.hint ?? ""}`.trim();
    throw error;
  }
  return "none";
}

const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

describe("Names in SQL", () => {
  for (const [title, quote] of [
    ["PostgreSQL", postgres.quoteName],
    ["SQLite", sqlite.quoteName],
  ] as const) {
    it(`are quoted, and quotes in them doubled, ${title}`, () => {
      expect(["a", 'a"b', '""', "a b", "SELECT", "ä名"].map(quote)).to.deep.equal([
        '"a"',
        '"a""b"',
        '""""""',
        '"a b"',
        '"SELECT"',
        '"ä名"',
      ]);
    });
  }

  it("that no database can have are refused", () => {
    expect(failure(() => postgres.quoteName(""))).to.equal('bad-name: "" cannot be a name in PostgreSQL.');
    expect(failure(() => postgres.quoteName("a\0b"))).to.equal(
      'bad-name: "a\\u0000b" cannot be a name in PostgreSQL.',
    );
    expect(failure(() => postgres.quoteName("a\uD800"))).to.match(/^bad-name: .* cannot be a name/);
    expect(failure(() => sqlite.quoteName("a\0b"))).to.equal(
      'bad-name: The name "a\\u0000b" holds a NUL character, which no table or column can have.',
    );
    expect(postgres.quoteName("x".repeat(63))).to.have.length(65);
    expect(failure(() => postgres.quoteName("x".repeat(64)))).to.match(
      /^name-too-long: The name "x{64}" is longer than 63 bytes; PostgreSQL would cut it\. Give a shorter name/,
    );
    expect(failure(() => postgres.quoteName("ä".repeat(32)))).to.match(/^name-too-long/);
  });
});

describe("Values in SQL", () => {
  const cases: readonly (readonly [SqlValue, string, string])[] = [
    [null, "NULL", "NULL"],
    ["", "''", "''"],
    ["it's", "'it''s'", "'it''s'"],
    ["a\\b'", " E'a\\\\b'''", "'a\\b'''"],
    [true, "TRUE", "1"],
    [false, "FALSE", "0"],
    [0n, "0", "0"],
    [-5n, "(-5)", "-5"],
    [largest, "9223372036854775807", "9223372036854775807"],
    [smallest, "'-9223372036854775808'::bigint", "(-9223372036854775807-1)"],
    [smallest + 1n, "(-9223372036854775807)", "-9223372036854775807"],
    [7, "7", "7"],
    [-7, "(-7)", "-7"],
    [-0, "'-0'::double precision", "0.0"],
    [0.5, "'0.5'::double precision", "0.5"],
    [1e300, "'1e+300'::double precision", "1.00000000000000005250e+300"],
    [2 ** 60, "'1152921504606847000'::double precision", "1.15292150460684697600e+18"],
    [1e-7, "'1e-7'::double precision", "1e-7"],
    [Infinity, "'Infinity'::double precision", "9e999"],
    [-Infinity, "'-Infinity'::double precision", "-9e999"],
    [new Uint8Array([0, 255]), "'\\x00ff'::bytea", "x'00ff'"],
    [new Uint8Array([1, 2, 3]).subarray(1, 2), "'\\x02'::bytea", "x'02'"],
  ];
  for (const [value, onPostgres, onSqlite] of cases) {
    const shown =
      typeof value === "bigint" ? `${value}n` : Object.is(value, -0) ? "-0" : JSON.stringify(value);
    it(`are literals: ${shown} ${String(value)}`, () => {
      expect(postgres.literal(value)).to.equal(onPostgres);
      expect(sqlite.literal(value)).to.equal(onSqlite);
    });
  }

  it("that only PostgreSQL can hold are refused on SQLite: NaN", () => {
    expect(postgres.literal(Number.NaN)).to.equal("'NaN'::double precision");
    expect(failure(() => sqlite.literal(Number.NaN))).to.equal(
      "not-a-number: SQLite stores no NaN, and would make it NULL without a word. Write null where nothing is meant.",
    );
  });

  it("that are floats of few digits stay as they are written on SQLite, with sign and point", () => {
    for (const value of [1.23456789012345, -1.23456789012345])
      expect(sqlite.literal(value)).to.equal(String(value));
  });

  it("that count something are read whole", () => {
    expect(numberOf([{ n: largest }])).to.equal(largest);
  });

  it("that no database can hold are refused, and not shown whole", () => {
    expect(failure(() => sqlite.literal(`\ud800${"x".repeat(100)}`)).split(". ")[0]).to.equal(
      `bad-text: The text "\\ud800${"x".repeat(79)}" holds half a character, which no database can store.`,
    );
    expect(failure(() => postgres.literal("a\0"))).to.equal(
      'bad-text: PostgreSQL cannot store the text "a\\u0000": it holds a zero byte or half a character.',
    );
    expect(failure(() => postgres.literal("\uDC00"))).to.match(/^bad-text/);
    expect(failure(() => postgres.literal(`${"y".repeat(100)}\0`))).to.include(`"${"y".repeat(79)}…:`);
    expect(failure(() => postgres.literal(`${"y".repeat(72)}\0`))).to.include(`"${"y".repeat(72)}\\u0000":`);
    expect(sqlite.literal("a\0b")).to.equal("CAST(x'610062' AS TEXT)");
    expect(failure(() => sqlite.literal(largest + 1n))).to.equal(
      "integer-range: 9223372036854775808 does not fit into 64 bits.",
    );
    expect(failure(() => sqlite.literal(smallest - 1n))).to.match(/^integer-range/);
  });

  it("stand in their places of a statement", () => {
    const where = sql`WHERE ${sql.id("a")} = ${1n}`;
    const statement = sql`SELECT ${sql.ids(["a", "b"])}, ${sql.raw("now()")} FROM ${sql.table("t")} ${where} OR ${sql.join([sql`x`, sql`y`], " + ")}${"z"}`;
    expect(postgres.renderSql(statement, "s")).to.equal(
      `SELECT "a", "b", now() FROM "s"."t" WHERE "a" = 1 OR x + y'z'`,
    );
    expect(sqlite.renderSql(statement)).to.equal(`SELECT "a", "b", now() FROM "t" WHERE "a" = 1 OR x + y'z'`);
    expect(sql.join([sql`x`, sql`y`]).parts.map((part) => part.kind === "text" && part.text)).to.deep.equal([
      "x",
      ", ",
      "y",
    ]);
    expect(sql`${null}`.parts).to.deep.equal([{ kind: "value", value: null }]);
  });
});

for (const kind of databases) {
  describe(`Values of all kinds, ${kind.title}`, () => {
    it("come back as they were sent", async () => {
      const { url } = await kind.create();
      const database = await openDatabase(
        kind.dialect === "sqlite"
          ? { dialect: "sqlite", path: url.replace("sqlite:///", "") }
          : { dialect: "postgres", url },
      );
      const text = fc
        .string({ unit: "binary" })
        .filter((one) => kind.dialect === "sqlite" || !one.includes("\0"));
      const value = fc.oneof(
        text,
        fc.bigInt({ min: smallest, max: largest }),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((one) => !Number.isInteger(one)),
        fc.uint8Array({ maxLength: 20 }),
      );
      try {
        await database.transaction({ mode: "read" }, (session) =>
          fc.assert(
            fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 20 }), async (values) => {
              const [row] = await session.query(
                sql`SELECT ${sql.join(values.map((one, at) => sql`${one} AS ${sql.id(`c${at}`)}`))}`,
              );
              const found = Object.values(row ?? {}).map((one) =>
                one instanceof Uint8Array ? [...one] : one,
              );
              expect(found).to.deep.equal(values.map((one) => (one instanceof Uint8Array ? [...one] : one)));
            }),
            { numRuns: 25 },
          ),
        );
      } finally {
        await database.close();
      }
    });
  });
}
