import { expect } from "chai";
import type { Rekey } from "../../lib/database/schema/editor.js";
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

for (const kind of databases) {
  describe(`New values for a key, ${kind.title}`, () => {
    let database: TestDatabase;
    beforeEach(async () => {
      database = await openFresh(kind, schema);
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
  });
}
