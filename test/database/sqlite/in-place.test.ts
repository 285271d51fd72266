/** New values for columns: written where the rows are if nothing hangs on the column, and right either way. */
import { expect } from "chai";
import type { TableAlteration } from "../../../lib/database/schema/editor.js";
import { type } from "../../../lib/database/schema/types.js";
import { sql } from "../../../lib/database/sql.js";
import { databases } from "../../support/databases.js";
import { openFresh } from "../open.js";

const sqlite = databases.find(({ dialect }) => dialect === "sqlite")!;
const when = `wh"en %s`;
const quoted = `"wh""en %s"`;

const schema = [
  "CREATE TABLE log (what TEXT)",
  `CREATE TABLE "t 't" (id VARCHAR(4) NOT NULL PRIMARY KEY, ${quoted} TIMESTAMP DEFAULT (CURRENT_TIMESTAMP) NOT NULL, size TEXT, n BIGINT)`,
  `CREATE INDEX by_size ON "t 't" (size)`,
  `CREATE VIEW sizes AS SELECT id, ${quoted} AS at FROM "t 't"`,
  `INSERT INTO "t 't" VALUES ('b', '2020-01-02 03:04:05', '9007199254740993', 1), ('a', '1999-12-31 23:59:59', NULL, 2)`,
  `INSERT INTO "t 't" (rowid, id, ${quoted}, size, n) VALUES (7, 'c', '2000-01-01 00:00:00', '3', 3)`,
];

const seconds = sql`unixepoch(${sql.id(when)})`;
const toSeconds = (table: TableAlteration): void =>
  table.changeColumn(when, { type: type.bigint(), default: null, using: seconds });
const inSeconds = [1577934245n, 946684799n, 946684800n];

interface Case {
  readonly title: string;
  readonly before?: string;
  readonly change: (table: TableAlteration) => void;
  readonly inPlace: boolean;
  readonly column: string;
  readonly expected: readonly unknown[];
}

const cases: readonly Case[] = [
  { title: "of another type", change: toSeconds, inPlace: true, column: quoted, expected: inSeconds },
  {
    title: "of two columns, each from the other's old ones",
    change: (table) => {
      table.changeColumn(when, { type: type.bigint(), default: 5n, using: sql`n` });
      table.changeColumn("n", { using: seconds });
    },
    inPlace: true,
    column: `${quoted} || ' ' || n`,
    expected: ["1 1577934245", "2 946684799", "3 946684800"],
  },
  {
    title: "beside a new column and a longer key",
    change: (table) => {
      toSeconds(table);
      table.addColumn("more", type.bigint(), { default: 9007199254740993n });
      table.changeColumn("id", { type: type.string(8) });
    },
    inPlace: true,
    column: `${quoted} || ' ' || more`,
    expected: inSeconds.map((one) => `${one} 9007199254740993`),
  },
  {
    title: "where a trigger listens",
    before: `CREATE TRIGGER listens AFTER UPDATE ON "t 't" BEGIN INSERT INTO log VALUES ('fired'); END`,
    change: toSeconds,
    inPlace: false,
    column: quoted,
    expected: inSeconds,
  },
  {
    title: "of a column with an index",
    change: (table) => table.changeColumn("size", { type: type.bigint(), using: sql`CAST(size AS INTEGER)` }),
    inPlace: false,
    column: "typeof(size) || ' ' || size",
    expected: ["integer 9007199254740993", null, "integer 3"],
  },
  {
    title: "of a column in a partial index",
    before: `CREATE INDEX late ON "t 't" (size) WHERE ${quoted} > '2000'`,
    change: toSeconds,
    inPlace: false,
    column: quoted,
    expected: inSeconds,
  },
  {
    title: "that are stored in another way",
    change: (table) => table.changeColumn("n", { type: type.text(), using: sql`n` }),
    inPlace: false,
    column: "typeof(n) || ' ' || n",
    expected: ["text 1", "text 2", "text 3"],
  },
  {
    title: "from a query over the same rows",
    change: (table) => table.changeColumn("n", { using: sql.raw(`(SELECT sum(n) FROM "t 't")`) }),
    inPlace: false,
    column: "n",
    expected: [6n, 6n, 6n],
  },
  {
    title: "of a column that is NOT NULL now",
    change: (table) => table.changeColumn("size", { nullable: false, using: sql`coalesce(size, 'none')` }),
    inPlace: false,
    column: "size",
    expected: ["9007199254740993", "none", "3"],
  },
];

describe("New values for columns of an SQLite table", () => {
  for (const { title, before, change, inPlace, column, expected } of cases) {
    it(`${title}: ${inPlace ? "in place" : "in a new table"}`, async () => {
      const database = await openFresh(sqlite, [...schema, ...(before === undefined ? [] : [before])]);
      const old = await database.rows('SELECT rowid AS row FROM "t \'t" ORDER BY rowid');
      const { statements } = await database.write((_, editor) => editor.alter("t 't", change));
      expect(statements.some((one) => one.startsWith("INSERT"))).to.equal(!inPlace);
      const rows = await database.rows(`SELECT ${column} AS value FROM "t 't" ORDER BY rowid`);
      expect(rows.map(({ value }) => value)).to.deep.equal(expected);
      expect(await database.rows('SELECT rowid AS row FROM "t \'t" ORDER BY rowid')).to.deep.equal(old);
      expect(await database.rows("SELECT count(*) AS n FROM sizes")).to.deep.equal([{ n: 3n }]);
      expect(await database.rows("SELECT * FROM log")).to.deep.equal([]);
      expect(await database.rows("SELECT * FROM pragma_integrity_check")).to.deep.equal([
        { integrity_check: "ok" },
      ]);
      await database.close();
    });
  }
});
