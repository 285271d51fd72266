import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import type { Rekey } from "../../lib/database/schema/editor.js";
import type { Table } from "../../lib/database/schema/table.js";
import { type } from "../../lib/database/schema/types.js";
import { sql } from "../../lib/database/sql.js";
import { databases } from "../support/databases.js";
import { openFresh, refusalOf } from "./open.js";
import type { TestDatabase } from "./open.js";

const key = `Key "1" %s`;
const quotedTable = `"Da'ta ""set"" $1"`;
const table = `Da'ta "set" $1`;
const big = 9007199254740993n;

/** A key with those that refer to it: with and without foreign keys, twice in one table, and from itself. */
const schema = [
  `CREATE TABLE ${quotedTable} ("Key ""1"" %s" BIGINT NOT NULL PRIMARY KEY, name VARCHAR(20), up BIGINT,
    CONSTRAINT "to itself" FOREIGN KEY (up) REFERENCES ${quotedTable} ("Key ""1"" %s"))`,
  `INSERT INTO ${quotedTable} VALUES (${big}, 'big', NULL), (2, 'two', ${big}), (-3, NULL, 2)`,
  `CREATE TABLE "refers %s" (id BIGINT NOT NULL PRIMARY KEY, first BIGINT NOT NULL, second BIGINT,
    CONSTRAINT "first fk" FOREIGN KEY (first) REFERENCES ${quotedTable} ("Key ""1"" %s") ON DELETE CASCADE,
    CONSTRAINT "second fk" FOREIGN KEY (second) REFERENCES ${quotedTable} ("Key ""1"" %s"),
    CONSTRAINT "one of each" UNIQUE (first, second))`,
  `CREATE INDEX "by second" ON "refers %s" (second)`,
  `INSERT INTO "refers %s" VALUES (1, 2, ${big}), (2, -3, NULL)`,
  `CREATE TABLE loose (dataset_id BIGINT NOT NULL, note TEXT)`,
  `INSERT INTO loose VALUES (2, 'known'), (77, 'gone')`,
  `CREATE TABLE bystander (id BIGINT NOT NULL PRIMARY KEY)`,
  `INSERT INTO bystander VALUES (2)`,
];

/** New keys are texts. */
const pairs = [
  [big, "n-big"],
  [2n, "n-two"],
  [-3n, "n-three"],
  [77n, "n-gone"],
] as const;

const inSql = sql`SELECT ${sql.raw("column1")} AS old, ${sql.raw("column2")} AS new FROM (VALUES (${big}, 'n-big'), (2, 'n-two'), (-3, 'n-three'), (77, 'n-gone')) AS v`;

async function* inTypeScript(): AsyncIterable<readonly (readonly [bigint, string])[]> {
  yield pairs.slice(0, 1);
  yield pairs.slice(1);
}

const change: Rekey = {
  type: type.string(20),
  values: inTypeScript,
  alsoIn: [{ table: "loose", column: "dataset_id" }],
};

function rekey(database: TestDatabase, how: Rekey = change): Promise<unknown> {
  return database.write((_session, editor) => editor.rekey(table, key, how));
}

async function everything(database: TestDatabase): Promise<unknown[]> {
  const rows = [];
  for (const name of [quotedTable, '"refers %s"', "loose", "bystander"])
    rows.push(await database.rows(`SELECT * FROM ${name} ORDER BY 1`));
  return rows;
}

const postgres = databases.find(({ dialect }) => dialect === "postgres")!;

const ways = [
  ...databases.map((kind) => ({ kind, jobs: 1, title: kind.title })),
  { kind: postgres, jobs: 3, title: "PostgreSQL, several tables side by side" },
];

for (const { kind, jobs, title: way } of ways) {
  describe(`New values for a key, ${way}`, () => {
    let database: TestDatabase;
    beforeEach(async () => {
      database = await openFresh(kind, schema, jobs);
    });
    afterEach(() => database.close());

    for (const [title, values] of [
      ["a query", inSql],
      ["a stream of pairs", inTypeScript],
    ] as const) {
      it(`come from ${title}, and reach everything that refers to the key`, async () => {
        await rekey(database, { ...change, values });
        expect(await database.rows(`SELECT * FROM ${quotedTable} ORDER BY 1`)).to.deep.equal([
          { [key]: "n-big", name: "big", up: null },
          { [key]: "n-three", name: null, up: "n-two" },
          { [key]: "n-two", name: "two", up: "n-big" },
        ]);
        expect(await database.rows('SELECT * FROM "refers %s" ORDER BY id')).to.deep.equal([
          { id: 1n, first: "n-two", second: "n-big" },
          { id: 2n, first: "n-three", second: null },
        ]);
        expect(await database.rows("SELECT * FROM loose ORDER BY note")).to.deep.equal([
          { dataset_id: "n-gone", note: "gone" },
          { dataset_id: "n-two", note: "known" },
        ]);
        expect(await database.rows("SELECT * FROM bystander")).to.deep.equal([{ id: 2n }]);
      });
    }

    it("leave keys, indexes and their names as they were", async () => {
      const definitions = (): Promise<unknown[]> =>
        database.write(async (_session, editor) => {
          const found = [];
          for (const name of [table, "refers %s", "loose"]) {
            const { columns, sequences: _own, attachments: _more, ...rest } = await editor.table(name);
            found.push({ ...rest, columns: columns.map(({ type: _type, ...column }) => column) });
          }
          return found;
        });
      const before = await definitions();
      await rekey(database);
      expect(await definitions()).to.deep.equal(before);
    });

    it("are enforced by the foreign keys afterwards", async () => {
      await rekey(database);
      expect(
        await refusalOf(
          database.write((session) =>
            session.execute(sql.raw(`INSERT INTO "refers %s" VALUES (9, 'nobody', NULL)`)),
          ),
        ),
      ).to.match(/foreign-key|constraint-violated/);
    });

    it("come with a new name, which what refers to the key follows, and with other changes of the tables", async () => {
      await rekey(database, {
        ...change,
        rename: "new key",
        alsoAlter: (name, alteration) => {
          if (name === "loose") alteration.addIndex(["dataset_id"], { name: "loose index" });
          if (name === table) alteration.changeColumn("name", { type: type.string(40) });
        },
      });
      const [keys, indexes] = await database.write(async (_session, editor) => [
        (await editor.table("refers %s")).foreignKeys.map(({ referencedColumns }) => referencedColumns),
        (await editor.table("loose")).indexes.map(({ name }) => name),
      ]);
      expect(keys).to.deep.equal([["new key"], ["new key"]]);
      expect(indexes).to.deep.equal(["loose index"]);
      expect(await database.rows(`SELECT "new key" AS k FROM ${quotedTable} WHERE up IS NULL`)).to.deep.equal(
        [{ k: "n-big" }],
      );
    });

    for (const [title, values, code] of [
      [
        "a value that occurs is not mapped",
        async function* () {
          yield pairs.slice(0, 3);
        },
        /unmapped-key.*77/s,
      ],
      [
        "two values are mapped to one",
        async function* () {
          yield [...pairs.slice(0, 3), [77n, "n-two"] as const];
        },
        /constraint-violated/,
      ],
      [
        "a value is mapped twice",
        async function* () {
          yield [...pairs, [77n, "again"] as const];
        },
        /constraint-violated/,
      ],
      [
        "the stream fails",
        async function* () {
          yield pairs.slice(0, 2);
          throw new Error("the provider gave up");
        },
        /the provider gave up/,
      ],
    ] as const) {
      it(`are refused where ${title}, and everything is as before`, async () => {
        const before = await everything(database);
        expect(await refusalOf(rekey(database, { ...change, values }))).to.match(code);
        expect(await everything(database)).to.deep.equal(before);
        await rekey(database);
      });
    }

    it("tell how far they are", async () => {
      const told: { rows: bigint; total: bigint | null }[] = [];
      await rekey(database, { ...change, onProgress: (done) => told.push(done) });
      expect(told).to.have.lengthOf(4);
      const [first, ...rest] = told.map(({ rows }) => rows);
      expect(first).to.equal(0n);
      expect(rest).to.deep.equal(rest.toSorted((a, b) => Number(a - b)));
    });

    it("are planned without being asked for", async () => {
      const { PlanningSchemaEditor } = await import("../../lib/database/schema/planning.js");
      const effects = await database.write((_session, editor) =>
        new PlanningSchemaEditor(editor).rekey(table, key, change),
      );
      expect(effects.map((effect) => [effect.table, effect.cost])).to.have.deep.members([
        [table, "rewrite"],
        ["refers %s", "rewrite"],
        ["loose", "rewrite"],
      ]);
    });

    it("reach keys of several columns, and through them tables that refer to the key only by another one", async () => {
      const chain = await openFresh(
        kind,
        [
          "CREATE TABLE instrument (name VARCHAR(8) NOT NULL PRIMARY KEY)",
          `CREATE TABLE detector (instrument VARCHAR(8) NOT NULL REFERENCES instrument, id INTEGER NOT NULL, next INTEGER,
          PRIMARY KEY (instrument, id), FOREIGN KEY (instrument, next) REFERENCES detector (instrument, id))`,
          `CREATE TABLE part (id INTEGER NOT NULL PRIMARY KEY, instrument VARCHAR(8), detector INTEGER,
          FOREIGN KEY (instrument, detector) REFERENCES detector (instrument, id) ON DELETE CASCADE)`,
          "INSERT INTO instrument VALUES ('A'), ('B')",
          "INSERT INTO detector VALUES ('A', 1, NULL), ('A', 2, 1), ('B', 1, 1)",
          "INSERT INTO part VALUES (1, 'A', 2), (2, NULL, 1), (3, 'B', NULL)",
        ],
        jobs,
      );
      await chain.write((_session, editor) =>
        editor.rekey("instrument", "name", {
          type: type.bigint(),
          rename: "id",
          values: sql`SELECT name AS old, row_number() OVER (ORDER BY name) + ${big} AS new FROM instrument`,
        }),
      );
      const [a, b] = [big + 1n, big + 2n];
      expect(await chain.rows("SELECT * FROM detector ORDER BY instrument, id")).to.deep.equal([
        { instrument: a, id: 1n, next: null },
        { instrument: a, id: 2n, next: 1n },
        { instrument: b, id: 1n, next: 1n },
      ]);
      expect(await chain.rows("SELECT * FROM part ORDER BY id")).to.deep.equal([
        { id: 1n, instrument: a, detector: 2n },
        { id: 2n, instrument: null, detector: 1n },
        { id: 3n, instrument: b, detector: null },
      ]);
      await chain.close();
    });

    it("refuse to break a view, and to write partitions anew, before anything is changed", async () => {
      const view = `CREATE VIEW "vi'ew" AS SELECT "Key ""1"" %s" AS k FROM ${quotedTable}`;
      await database.write((session) => session.execute(sql.raw(view)));
      const before = await everything(database);
      const rename = { ...change, rename: "new key" };
      expect(await refusalOf(rekey(database, rename))).to.match(/broken-dependent.*vi'ew/);
      if (kind.dialect === "postgres") {
        await database.write(async (session) => {
          await session.execute(sql.raw(`DROP VIEW "vi'ew"`));
          await session.execute(
            sql.raw(`CREATE TABLE parted (k BIGINT REFERENCES ${quotedTable}, n INT) PARTITION BY RANGE (n)`),
          );
        });
        expect(await refusalOf(rekey(database))).to.match(/unsupported-alteration.*"parted"/);
      }
      expect(await everything(database)).to.deep.equal(before);
    });
  });
}

describe("Tables that are built side by side", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openFresh(postgres, schema, 2);
  });
  afterEach(() => database.close());

  const built = (): Promise<unknown[]> =>
    database.rows(
      "SELECT relname FROM pg_class WHERE relname LIKE '\\_godwit\\_%' AND relkind = 'r' ORDER BY 1",
    );

  it("stand beside the old ones, which can be read meanwhile, and take their place at the end", async () => {
    let rekeyed: Promise<unknown> = Promise.resolve();
    await database.read(async (rows) => {
      // Who reads a table keeps the new one from its place.
      await rows("SELECT * FROM loose");
      rekeyed = rekey(database);
      while ((await built()).length < 4) await setTimeout(10);
      expect(await rows("SELECT dataset_id FROM loose ORDER BY 1")).to.deep.equal([
        { dataset_id: 2n },
        { dataset_id: 77n },
      ]);
    });
    await rekeyed;
    expect(await built()).to.deep.equal([]);
    expect(await database.rows("SELECT dataset_id FROM loose ORDER BY 1")).to.deep.equal([
      { dataset_id: "n-gone" },
      { dataset_id: "n-two" },
    ]);
  });

  it("are removed where a rekey fails after they were built", async () => {
    const before = await everything(database);
    const failing = database.write(async (_session, editor) => {
      await editor.rekey(table, key, change);
      throw new Error("stopped by the test");
    });
    expect(await refusalOf(failing)).to.include("stopped by the test");
    expect(await built()).to.deep.equal([]);
    expect(await everything(database)).to.deep.equal(before);
  });

  it("are removed where a process that was killed left them behind", async () => {
    await database.write((session) => session.execute(sql.raw("CREATE TABLE _godwit_beside_2 (x INT)")));
    await database.removeLeftovers();
    expect(await built()).to.deep.equal([]);
  });

  it("are built on the one connection where the transaction has changed what they are made of", async () => {
    await database.write(async (session, editor) => {
      await session.execute(sql.raw("INSERT INTO loose VALUES (-3, 'late')"));
      await editor.rekey(table, key, change);
    });
    expect(await database.rows("SELECT dataset_id FROM loose WHERE note = 'late'")).to.deep.equal([
      { dataset_id: "n-three" },
    ]);
  });
});

describe("New values for a key, with what only PostgreSQL has", () => {
  const schema = [
    `CREATE TABLE item (id SERIAL PRIMARY KEY, name TEXT CONSTRAINT named NOT NULL, size INT, double INT GENERATED ALWAYS AS (size * 2) STORED,
      number BIGSERIAL, place INT GENERATED ALWAYS AS IDENTITY (START 100), up INT, CONSTRAINT up FOREIGN KEY (up) REFERENCES item (id) DEFERRABLE)`,
    "COMMENT ON CONSTRAINT up ON item IS 'the next'",
    "INSERT INTO item (name, size) VALUES ('a', 1), ('b', 2)",
    "UPDATE item SET up = 1 WHERE id = 2",
    "ALTER TABLE item ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY all_of_it ON item USING (name <> '')",
    "CREATE STATISTICS item_statistics ON name, size FROM item",
    "ALTER TABLE item REPLICA IDENTITY USING INDEX item_pkey",
  ];
  const next = "INSERT INTO item (id, name, size) VALUES (DEFAULT, 'c', 3)";

  for (const [title, newType, values, insert, id] of [
    [
      "integers, which are counted on",
      type.bigint(),
      sql`SELECT id AS old, id + 50 AS new FROM item`,
      next,
      53n,
    ],
    [
      "texts, which are not counted",
      type.text(),
      sql`SELECT id AS old, 'k' || id AS new FROM item`,
      next.replace("DEFAULT", "'z'"),
      "z",
    ],
  ] as const) {
    for (const jobs of [1, 2])
      it(`keeps sequences, generated columns, comments and policies: ${title}, ${jobs} at a time`, async () => {
        const database = await openFresh(postgres, schema, jobs);
        const read = (): Promise<Table> => database.write((_session, editor) => editor.table("item"));
        const before = await read();
        await database.write((_session, editor) => editor.rekey("item", "id", { type: newType, values }));
        const after = await read();
        const rest = ({ columns, sequences: _own, ...table }: Table): unknown => ({
          ...table,
          columns: columns.filter(({ name }) => name !== "id" && name !== "up"),
        });
        expect(rest(after)).to.deep.equal(rest(before));
        await database.write((session) => session.execute(sql.raw(insert)));
        expect(
          await database.rows("SELECT id, number, place, double FROM item WHERE name = 'c'"),
        ).to.deep.equal([{ id, number: 3n, place: 102n, double: 6n }]);
        await database.close();
      });
  }
});
