import { expect } from "chai";
import { plainConventions } from "../../../lib/database/schema/plain-conventions.js";
import type { CostClass, TableAlteration } from "../../../lib/database/schema/editor.js";
import { type } from "../../../lib/database/schema/types.js";
import { openDatabase } from "../../../lib/database/open.js";
import { sql } from "../../../lib/database/sql.js";
import type { Row } from "../../../lib/database/sql.js";
import { emptySqliteFile, writing } from "../../support/sqlite.js";
import { refusalOf } from "../open.js";

interface Case {
  readonly title: string;
  readonly statements: readonly string[];
  readonly change: (table: TableAlteration) => void;
  readonly cost: CostClass;
  /** Run afterwards. */
  readonly next?: readonly string[];
  readonly query: string;
  readonly rows: readonly Row[];
}

const cases: readonly Case[] = [
  {
    title: "keeps triggers, views and row ids through a rebuild",
    statements: [
      "CREATE TABLE t (a TEXT, b INT)",
      "CREATE TABLE log (a TEXT)",
      "CREATE VIEW v AS SELECT a FROM t",
      "CREATE TRIGGER note AFTER INSERT ON t BEGIN INSERT INTO log SELECT new.a FROM v LIMIT 1; END",
      "INSERT INTO t (rowid, a, b) VALUES (7, 'x', 1), (9, 'y', 2)",
      "DELETE FROM log",
    ],
    change: (t) => t.dropColumn("b"),
    cost: "rewrite",
    next: ["INSERT INTO t (a) VALUES ('z')"],
    query:
      "SELECT t.rowid AS id, t.a, v.a AS b, (SELECT count(*) FROM log) AS n FROM t JOIN v ON t.a = v.a ORDER BY 1",
    rows: [
      { id: 7n, a: "x", b: "x", n: 1n },
      { id: 9n, a: "y", b: "y", n: 1n },
      { id: 10n, a: "z", b: "z", n: 1n },
    ],
  },
  {
    title: "keeps the counter of AUTOINCREMENT beyond rows that were deleted",
    statements: [
      "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b INT)",
      "INSERT INTO t VALUES (1, 'x', 1), (50, 'y', 2)",
      "DELETE FROM t WHERE id = 50",
    ],
    change: (t) => t.dropColumn("b"),
    cost: "rewrite",
    next: ["INSERT INTO t (a) VALUES ('z')"],
    query: "SELECT id, a FROM t",
    rows: [
      { id: 1n, a: "x" },
      { id: 51n, a: "z" },
    ],
  },
  {
    title: "follows a renamed column into triggers, views, checks, indexes and other tables",
    statements: [
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE CHECK (length(a) > 0), b INT)",
      "CREATE TABLE child (a TEXT REFERENCES t (a))",
      "CREATE INDEX lower_a ON t (lower(a)) WHERE a <> 'b'",
      "CREATE TABLE log (a TEXT)",
      "CREATE VIEW v AS SELECT a AS shown FROM t",
      "CREATE TRIGGER note AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END",
      "INSERT INTO t VALUES (1, 'x', 1)",
    ],
    change: (t) => {
      t.changeColumn("b", { using: sql`length(a) + 1` });
      t.renameColumn("a", "first name");
    },
    cost: "rewrite",
    next: [`INSERT INTO t VALUES (2, 'y', 3)`, "INSERT INTO child VALUES ('y')"],
    query: `SELECT "first name" AS f, b, (SELECT group_concat(a) FROM log) AS l, (SELECT "to" FROM pragma_foreign_key_list('child')) AS k, shown
      FROM t JOIN v ON shown = "first name" ORDER BY id`,
    rows: [
      { f: "x", b: 2n, l: "x,y", k: "first name", shown: "x" },
      { f: "y", b: 3n, l: "x,y", k: "first name", shown: "y" },
    ],
  },
  {
    title: "swaps the names of two columns",
    statements: ["CREATE TABLE t (a TEXT, b INT)", "INSERT INTO t VALUES ('x', 1)"],
    change: (t) => {
      t.renameColumn("a", "c");
      t.renameColumn("b", "a");
      t.renameColumn("c", "b");
    },
    cost: "metadata",
    query: "SELECT a, b FROM t",
    rows: [{ a: 1n, b: "x" }],
  },
  {
    title: "keeps what rows read from a default, where the default changes",
    statements: [
      "CREATE TABLE t (a TEXT)",
      "INSERT INTO t VALUES ('x')",
      "ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'old'",
    ],
    change: (t) => t.changeColumn("b", { default: "new" }),
    cost: "rewrite",
    next: ["INSERT INTO t (a) VALUES ('y')"],
    query: "SELECT a, b FROM t",
    rows: [
      { a: "x", b: "old" },
      { a: "y", b: "new" },
    ],
  },
  {
    title: "changes a default without touching rows, where none reads it",
    statements: ["CREATE TABLE t (a TEXT, b TEXT NOT NULL)", "INSERT INTO t VALUES ('x', 'y')"],
    change: (t) => t.changeColumn("a", { default: "new" }),
    cost: "metadata",
    next: ["INSERT INTO t (b) VALUES ('z')"],
    query: "SELECT a, b FROM t",
    rows: [
      { a: "x", b: "y" },
      { a: "new", b: "z" },
    ],
  },
  {
    title: "finds rows by their keys after an edit, where a unique constraint stands before the primary key",
    statements: [
      "CREATE TABLE t (a TEXT UNIQUE, b TEXT PRIMARY KEY, c VARCHAR(4), UNIQUE (c, a))",
      "INSERT INTO t VALUES ('x', '1', 'c'), ('y', '2', 'd')",
    ],
    change: (t) => t.changeColumn("c", { type: type.text() }),
    cost: "metadata",
    query: "SELECT b FROM t WHERE a = 'x' UNION ALL SELECT a FROM t WHERE b = '2'",
    rows: [{ b: "1" }, { b: "y" }],
  },
  {
    title: "renames a table that refers to itself, with triggers and views",
    statements: [
      "CREATE TABLE t (id INTEGER PRIMARY KEY, up INT REFERENCES t (id), x INT)",
      "CREATE VIEW v AS SELECT id FROM t",
      "CREATE TRIGGER note AFTER DELETE ON t BEGIN UPDATE t SET up = NULL WHERE up = old.id; END",
      "INSERT INTO t VALUES (1, NULL, 0), (2, 1, 0)",
    ],
    change: (t) => {
      t.rename("u");
      t.dropColumn("x");
    },
    cost: "rewrite",
    next: ["DELETE FROM u WHERE id = 1"],
    query: `SELECT id, up, (SELECT "table" FROM pragma_foreign_key_list('u')) AS f FROM u JOIN v USING (id)`,
    rows: [{ id: 2n, up: null, f: "u" }],
  },
  {
    title: "keeps WITHOUT ROWID, STRICT, collations and generated columns",
    statements: [
      "CREATE TABLE t (a TEXT COLLATE NOCASE NOT NULL, b TEXT AS (upper(a)) STORED, c INT, PRIMARY KEY (a)) STRICT, WITHOUT ROWID",
      "INSERT INTO t (a, c) VALUES ('x', 1)",
    ],
    change: (t) => t.changeColumn("c", { type: type.native({ sqlite: "TEXT", postgres: "text" }) }),
    cost: "rewrite",
    query: "SELECT a, b, c FROM t WHERE a = 'X'",
    rows: [{ a: "x", b: "X", c: "1" }],
  },
];

describe("What hangs on an altered SQLite table", () => {
  for (const { title, statements, change, cost, next, query, rows } of cases) {
    it(title, async () => {
      const file = await emptySqliteFile(statements);
      const effect = await writing(file, (session) => session.schema(plainConventions).alter("t", change));
      expect(effect.cost).to.equal(cost);
      await writing(file, async (session) => {
        for (const text of next ?? []) await session.execute(sql.raw(text));
        expect(await session.query(sql.raw(query))).to.deep.equal(rows);
        const check = await session.query(sql`SELECT integrity_check AS c FROM pragma_integrity_check`);
        expect(check).to.deep.equal([{ c: "ok" }]);
      });
    });
  }

  it("tells other connections that the stored text was edited", async () => {
    const file = await emptySqliteFile(["CREATE TABLE t (a VARCHAR(4) NOT NULL)"]);
    const other = await openDatabase({ dialect: "sqlite", path: file });
    await other.session(async (session) => {
      await session.execute(sql`INSERT INTO t VALUES ('x')`);
      await writing(file, (one) =>
        one.schema(plainConventions).alter("t", (t) => t.addCheck({ name: "c", expression: "a <> 'y'" })),
      );
      expect(await refusalOf(session.execute(sql`INSERT INTO t VALUES ('y')`))).to.match(/CHECK/);
    });
    await other.close();
  });

  it("refuses to break a view or a trigger, naming it, with everything untouched", async () => {
    const file = await emptySqliteFile([
      "CREATE TABLE t (a TEXT, b INT, c INT)",
      `CREATE VIEW "v %s" AS SELECT a, b FROM t`,
      "CREATE TRIGGER note AFTER INSERT ON t BEGIN UPDATE t SET c = new.c; END",
      `CREATE TABLE u ("of u" TEXT, d INT)`,
      `CREATE VIEW quoted ("a""s") AS SELECT "of u" FROM u -- as it is`,
      `CREATE VIEW string AS SELECT "a string" AS s FROM u`,
    ]);
    await writing(file, async (session) => {
      const editor = session.schema(plainConventions);
      const before = await session.query(sql`SELECT type, name, sql FROM sqlite_schema`);
      expect(await refusalOf(editor.alter("t", (t) => t.dropColumn("b")))).to.match(
        /broken-dependent.*"v %s"/,
      );
      expect(await refusalOf(editor.alter("t", (t) => t.dropColumn("c")))).to.match(/trigger of "t"/);
      expect(await refusalOf(editor.drop("t"))).to.match(/"v %s"/);
      expect(await refusalOf(editor.alter("u", (t) => t.dropColumn("of u")))).to.match(
        /broken-dependent.*"quoted"/,
      );
      expect(await session.query(sql`SELECT type, name, sql FROM sqlite_schema`)).to.deep.equal(before);
    });
  });
});
