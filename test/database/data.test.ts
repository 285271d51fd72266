import { expect } from "chai";
import fc from "fast-check";
import type { SqlValue } from "../../lib/database/sql.js";
import { sql } from "../../lib/database/sql.js";
import { databases } from "../support/databases.js";
import { openFresh, refusalOf } from "./open.js";
import type { TestDatabase } from "./open.js";

const table = `Va'lues "%s" $1`;
const quoted = `"Va'lues ""%s"" $1"`;

/** A column for each kind of value; what PostgreSQL has besides is tested below. */
const schema = {
  sqlite: [
    `CREATE TABLE ${quoted} (id INTEGER PRIMARY KEY, "big int" BIGINT, "te'xt" TEXT, bytes BLOB, number FLOAT)`,
  ],
  postgres: [
    `CREATE TABLE ${quoted} (id BIGINT PRIMARY KEY, "big int" BIGINT, "te'xt" TEXT, bytes BYTEA, number DOUBLE PRECISION)`,
  ],
};
const columns = ["id", "big int", "te'xt", "bytes", "number"];

/** PostgreSQL's texts hold no NUL. */
const text = fc.string({ unit: "binary" }).filter((one) => !one.includes("\0") && one.isWellFormed());
const bytes = fc.uint8Array({ maxLength: 20 });
const bigint = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const float = fc.double({ noNaN: true });
const row = fc.tuple(
  fc.option(bigint),
  fc.option(text),
  fc.option(bytes),
  fc.option(float.filter((one) => !Number.isInteger(one) || Math.abs(one) > 2 ** 53)),
);

function numbered(rows: readonly (readonly SqlValue[])[]): SqlValue[][] {
  return rows.map((values, index) => [BigInt(index), ...values]);
}

async function stored(database: TestDatabase): Promise<unknown[][]> {
  const rows = await database.rows(`SELECT * FROM ${quoted} ORDER BY id`);
  return rows.map((one) => columns.map((name) => plain(one[name])));
}

/** Bytes are compared by their values; -0 is 0 where a database knows but one zero. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return value === 0 ? 0 : value;
}

for (const kind of databases) {
  describe(`Values of all kinds, ${kind.title}`, function () {
    this.timeout(60_000);
    let database: TestDatabase;
    beforeEach(async () => {
      database = await openFresh(kind, schema[kind.dialect]);
    });
    afterEach(() => database.close());

    const empty = (): Promise<unknown> =>
      database.write((session) => session.execute(sql`DELETE FROM ${sql.id(table)}`));

    for (const [title, write] of [
      [
        "inserted",
        (rows: SqlValue[][]) => database.write((session) => session.data().insert(table, { columns, rows })),
      ],
      [
        "copied in",
        (rows: SqlValue[][]) =>
          database.write((session) =>
            session.data().copyIn(
              table,
              columns,
              (async function* () {
                yield rows.slice(0, 1);
                yield rows.slice(1);
              })(),
            ),
          ),
      ],
    ] as const) {
      it(`come back as they were ${title}`, async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (values) => {
            await empty();
            const rows = numbered(values);
            expect(Number(await write(rows))).to.equal(rows.length);
            expect(await stored(database)).to.deep.equal(rows.map((one) => one.map(plain)));
          }),
          { numRuns: 60 },
        );
      });
    }

    it("come back with every digit of a float", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(float, { minLength: 200, maxLength: 200 }), async (values) => {
          await empty();
          const rows = values.map((value, index) => [BigInt(index), value]);
          await database.write((session) =>
            session.data().insert(table, { columns: ["id", "number"], rows }),
          );
          const found = await database.rows(`SELECT number FROM ${quoted} ORDER BY id`);
          expect(found.map((one) => plain(one["number"]))).to.deep.equal(values.map(plain));
        }),
        { numRuns: 20 },
      );
    });

    it("are set by their key as a set", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(row, row), { minLength: 1, maxLength: 10 }), async (changes) => {
          await empty();
          const before = numbered(changes.map(([first]) => first));
          const after = numbered(changes.map(([, second]) => second));
          await database.write(async (session) => {
            await session.data().insert(table, { columns, rows: before });
            const changed = await session.data().update(table, { columns, rows: after }, ["id"]);
            expect(changed).to.equal(after.length);
          });
          expect(await stored(database)).to.deep.equal(after.map((one) => one.map(plain)));
        }),
        { numRuns: 30 },
      );
    });

    it("are streamed in batches in the order of their key, from any place on", async () => {
      const rows = Array.from({ length: 25 }, (_, index) => [
        BigInt(index),
        2n ** 60n + BigInt(index),
        "x",
        null,
        null,
      ]);
      await database.write(async (session) => {
        await session.data().insert(table, { columns, rows });
        for (const after of [undefined, [4n]] as const) {
          const sizes: number[] = [];
          const keys: unknown[] = [];
          const statement = sql`SELECT id, ${sql.id("big int")} AS big FROM ${sql.id(table)}`;
          const options = { key: ["id"], batchSize: 10, ...(after === undefined ? {} : { after }) };
          for await (const batch of session.data().stream(statement, options)) {
            sizes.push(batch.length);
            keys.push(...batch.map((one) => one["big"]));
          }
          const expected = rows.map(([, big]) => big).slice(after === undefined ? 0 : 5);
          expect(keys).to.deep.equal(expected);
          expect(sizes).to.deep.equal(after === undefined ? [10, 10, 5] : [10, 10]);
        }
      });
    });

    it("are streamed while the rows are changed, and what is not read to its end does no harm", async () => {
      await database.write(async (session) => {
        const rows = Array.from({ length: 12 }, (_, index) => [BigInt(index), 1n, null, null, null]);
        await session.data().insert(table, { columns, rows });
        const statement = sql`SELECT id FROM ${sql.id(table)}`;
        for await (const batch of session.data().stream(statement, { key: ["id"], batchSize: 5 })) {
          const changed = batch.map((one) => [one["id"] ?? null, 2n]);
          await session.data().update(table, { columns: ["id", "big int"], rows: changed }, ["id"]);
        }
        for await (const _batch of session.data().stream(statement, { key: ["id"], batchSize: 5 })) break;
      });
      expect(await database.rows(`SELECT DISTINCT "big int" AS b FROM ${quoted}`)).to.deep.equal([{ b: 2n }]);
    });

    it("that the database would change without a word are refused", async () => {
      const [one] = kind.dialect === "sqlite" ? [Number.NaN] : ["a\0b"];
      for (const value of ["half \ud800", one ?? null]) {
        const column = typeof value === "string" ? "te'xt" : "number";
        const batch = { columns: ["id", column], rows: [[1n, value]] };
        for (const write of [
          () => database.write((session) => session.data().insert(table, batch)),
          () =>
            database.write((session) =>
              session.data().copyIn(
                table,
                batch.columns,
                (async function* () {
                  yield batch.rows;
                })(),
              ),
            ),
          () => database.write((session) => session.data().update(table, batch, ["id"])),
        ])
          expect(await refusalOf(write())).to.match(/^(?:bad-text|nul-character|not-a-number)/);
      }
      expect(await stored(database)).to.deep.equal([]);
    });

    it("that a column cannot hold are refused, and nothing is stored", async () => {
      const refusal = await refusalOf(
        database.write((session) =>
          session.data().insert(table, {
            columns: ["id", "te'xt"],
            rows: [
              [1n, "a"],
              [1n, "b"],
            ],
          }),
        ),
      );
      expect(refusal).to.match(/^constraint-violated/);
      expect(await stored(database)).to.deep.equal([]);
    });
  });
}

describe("Values that only PostgreSQL has", () => {
  const kind = databases.find(({ dialect }) => dialect === "postgres")!;

  for (const [type, values] of [
    ["timestamp", ["2016-12-31 23:59:59.999999", "infinity", "-infinity", "4713-01-01 00:00:00 BC"]],
    ["numeric", ["12345678901234567890123456789.000000000001", "NaN", "-0.1"]],
    ["double precision", [Number.NaN, Infinity, -Infinity, 5e-324, 1.7976931348623157e308]],
    ["int8range", ["[1,9223372036854775807)", "empty", "(,)", "[-5,)"]],
    ["text[]", ['{a,"b,c",NULL,"d\\"e"}', "{}"]],
    ["uuid", ["840b31d9-05cd-5161-b2c8-00d32b280d0f"]],
    ["json", ['{"__proto__": [1, 2.5, null], "ü": "☃"}']],
    ["boolean", [true, false, null]],
  ] as const) {
    it(`come back unharmed: ${type}`, async () => {
      const database = await openFresh(kind, [`CREATE TABLE v (id BIGINT PRIMARY KEY, value ${type})`]);
      try {
        const rows = values.map((value, index) => [BigInt(index), value]);
        await database.write(async (session) => {
          await session.data().insert("v", { columns: ["id", "value"], rows });
          const copied = rows.map(([id, value]) => [BigInt(String(id)) + 1000n, value ?? null]);
          await session.data().copyIn(
            "v",
            ["id", "value"],
            (async function* () {
              yield copied;
            })(),
          );
        });
        const found = await database.rows("SELECT value FROM v ORDER BY id");
        expect(found.map((one) => one["value"])).to.deep.equal([...values, ...values]);
      } finally {
        await database.close();
      }
    });
  }
});
