import { expect } from "chai";
import type { CostClass, SchemaEffect, TableAlteration } from "../../lib/database/schema/editor.js";
import { PlanningSchemaEditor } from "../../lib/database/schema/planning.js";
import type { Table } from "../../lib/database/schema/table.js";
import { type } from "../../lib/database/schema/types.js";
import { sql } from "../../lib/database/sql.js";
import { databases } from "../support/databases.js";
import { openFresh, refusalOf } from "./open.js";

/** A table with rows, keys, checks and indexes, one that refers to it, and names that need care. */
const schema = [
  `CREATE TABLE "Par""ent %s $1" (id INTEGER PRIMARY KEY, "ünï" VARCHAR(8) NOT NULL)`,
  `INSERT INTO "Par""ent %s $1" VALUES (1, 'one'), (2, 'two')`,
  `CREATE TABLE "a 'b' ""c"" %s $1" (
    id INTEGER PRIMARY KEY,
    "select" VARCHAR(16) CONSTRAINT "len ""1""" CHECK (length("select") <= 16 AND length("select") >= 1),
    "Up ""Per" BIGINT NOT NULL,
    parent INTEGER CONSTRAINT "fk $1" REFERENCES "Par""ent %s $1" (id),
    CONSTRAINT "key %s" UNIQUE ("select", "Up ""Per"))`,
  `CREATE INDEX "by %s" ON "a 'b' ""c"" %s $1" ("Up ""Per")`,
  `INSERT INTO "a 'b' ""c"" %s $1" VALUES
    (10, 'x''y', 9007199254740993, 1), (20, NULL, -9223372036854775808, NULL), (30, 'ünï "%s" $1', 0, 2)`,
  `CREATE TABLE child (id INTEGER PRIMARY KEY, a INTEGER NOT NULL REFERENCES "a 'b' ""c"" %s $1" (id))`,
  `INSERT INTO child VALUES (1, 10), (2, 30)`,
];
const name = `a 'b' "c" %s $1`;
const quoted = `"a 'b' ""c"" %s $1"`;
const biggest = 9007199254740993n;

interface Case {
  readonly title: string;
  readonly change: (table: TableAlteration) => void;
  /** Cost on SQLite. */
  readonly cost: CostClass;
  /** A query and its rows afterwards. */
  readonly query: string;
  readonly rows: readonly (readonly unknown[])[];
  readonly table?: (table: Table) => unknown;
  readonly is?: unknown;
  readonly after?: string;
}

const cases: readonly Case[] = [
  {
    title: "adds a column that may be empty",
    change: (t) => t.addColumn(`new "%s`, type.text(), { nullable: true }),
    cost: "metadata",
    query: `SELECT "new ""%s" AS a FROM ${quoted} WHERE id = 10`,
    rows: [[null]],
  },
  {
    title: "adds a column with a default",
    change: (t) => t.addColumn("added", type.bigint(), { default: biggest }),
    cost: "metadata",
    query: `SELECT added AS a FROM ${quoted} WHERE id = 20`,
    rows: [[biggest]],
  },
  {
    title: "adds a column with values of others",
    change: (t) => t.addColumn("added", type.bigint(), { using: sql`${sql.id('Up "Per')} / 2` }),
    cost: "rewrite",
    query: `SELECT added AS a FROM ${quoted} ORDER BY id`,
    rows: [[4503599627370496n], [-4611686018427387904n], [0n]],
  },
  {
    title: "widens a string",
    change: (t) => t.changeColumn("select", { type: type.string(64) }),
    cost: "metadata",
    query: `SELECT "select" AS a FROM ${quoted} WHERE id = 10`,
    rows: [["x'y"]],
  },
  {
    title: "computes new values together with a new name",
    change: (t) => {
      t.changeColumn('Up "Per', { using: sql`${sql.id('Up "Per')} + 1` });
      t.renameColumn('Up "Per', "Re'named %s");
    },
    cost: "rewrite",
    query: `SELECT "Re'named %s" AS a FROM ${quoted} ORDER BY id`,
    rows: [[biggest + 1n], [-9223372036854775807n], [1n]],
  },
  {
    title: "lets a column be empty",
    change: (t) => t.changeColumn('Up "Per', { nullable: true }),
    cost: "metadata",
    query: `SELECT count(*) AS a FROM ${quoted}`,
    rows: [[3n]],
    table: ({ columns }) => columns.find((column) => column.name === 'Up "Per')?.nullable,
    is: true,
  },
  {
    title: "renames a column that indexes, keys and checks speak of",
    change: (t) => {
      t.renameColumn("select", "where");
      t.renameColumn('Up "Per', "up");
    },
    cost: "metadata",
    query: `SELECT "where" AS a, up AS b FROM ${quoted} WHERE id = 10`,
    rows: [["x'y", biggest]],
    table: ({ uniques }) => uniques.map((key) => key.columns),
    is: [["where", "up"]],
  },
  {
    title: "drops a column with its foreign key",
    change: (t) => t.dropColumn("parent"),
    cost: "rewrite",
    query: `SELECT id AS a FROM ${quoted} ORDER BY id`,
    rows: [[10n], [20n], [30n]],
    table: ({ foreignKeys }) => foreignKeys.length,
    is: 0,
  },
  {
    title: "drops a column with its keys, checks and indexes, and makes it anew under the same name",
    change: (t) => {
      t.dropColumn("select");
      t.addColumn("select", type.bigint(), { nullable: true });
    },
    cost: "rewrite",
    query: `SELECT "select" AS a FROM ${quoted} WHERE id = 10`,
    rows: [[null]],
    table: ({ uniques, checks }) => [uniques.length, checks.length],
    is: [0, 0],
  },
  {
    title: "adds and drops constraints and indexes",
    change: (t) => {
      t.addCheck({ name: 'check "%s', expression: `id > 0` });
      t.addUnique(['Up "Per']);
      t.dropConstraint({ name: "fk $1" });
      t.dropIndex({ name: "by %s" });
      t.addIndex(["parent"], { name: "by ''parent" });
    },
    cost: "rewrite",
    query: `SELECT count(*) AS a FROM ${quoted}`,
    rows: [[3n]],
    table: ({ checks, uniques, foreignKeys, indexes }) => [
      checks.length,
      uniques.length,
      foreignKeys.length,
      indexes.map((index) => index.name),
    ],
    is: [2, 2, 0, ["by ''parent"]],
  },
  {
    title: "adds a foreign key",
    change: (t) => {
      t.dropConstraint({ name: "fk $1" });
      t.addForeignKey(["parent"], { table: 'Par"ent %s $1', columns: ["id"] }, { name: 'fk "new"' });
    },
    cost: "scan",
    query: `SELECT count(*) AS a FROM ${quoted}`,
    rows: [[3n]],
    table: ({ foreignKeys }) => foreignKeys.map((key) => key.name),
    is: ['fk "new"'],
  },
  {
    title: "makes a column required with values for the empty",
    change: (t) => t.changeColumn("select", { nullable: false, using: sql`coalesce("select", '-')` }),
    cost: "rewrite",
    query: `SELECT "select" AS a FROM ${quoted} WHERE id = 20`,
    rows: [["-"]],
  },
  {
    title: "renames the table, which others refer to",
    change: (t) => t.rename('re "named" %s'),
    cost: "metadata",
    query: `SELECT count(*) AS a FROM "re ""named"" %s"`,
    rows: [[3n]],
    after: 're "named" %s',
  },
  {
    title:
      "swaps names of columns and computes values from what they were called before, with rules under any of the names",
    change: (t) => {
      t.addCheck({ name: "before", expression: `"select" <> 'select'` });
      t.renameColumn("select", "aside");
      t.renameColumn('Up "Per', "select");
      t.renameColumn("aside", 'Up "Per');
      t.changeColumn("select", { using: sql`${sql.id('Up "Per')} + length(coalesce("select", ''))` });
      t.changeColumn('Up "Per', { type: type.text(), using: sql`coalesce("select", 'none')` });
      t.addColumn("both", type.text(), { using: sql`coalesce("select", '') || id` });
      t.addCheck({ name: "after", expression: `"Up ""Per" <> 'x' AND both <> ''` });
      t.addIndex([sql`lower(${sql.id('Up "Per')})`], { name: "lower", where: sql`both > ''` });
      t.renameColumn("both", "one of both");
    },
    cost: "rewrite",
    query: `SELECT "Up ""Per" AS a, "select" AS b, "one of both" AS c FROM ${quoted} ORDER BY id`,
    rows: [
      ["x'y", biggest + 3n, "x'y10"],
      ["none", -9223372036854775808n, 20n],
      ['ünï "%s" $1', 11n, 'ünï "%s" $130'],
    ],
    table: ({ uniques, indexes }) => [uniques.map((key) => key.columns), indexes.map((index) => index.name)],
    is: [[['Up "Per', "select"]], ["by %s", "lower"]],
  },
  {
    title:
      "makes a column anew with values of the one that it replaces, and puts another in the place of a dropped one",
    change: (t) => {
      t.dropColumn("select");
      t.addColumn("select", type.bigint(), { nullable: true, using: sql`length("select")` });
      t.dropColumn("parent");
      t.renameColumn('Up "Per', "parent");
    },
    cost: "rewrite",
    query: `SELECT "select" AS a, parent AS b FROM ${quoted} ORDER BY id`,
    rows: [
      [3n, biggest],
      [null, -9223372036854775808n],
      [11n, 0n],
    ],
  },
  {
    title: "gives constraints and indexes the names of others",
    change: (t) => {
      t.addIndex(["parent"], { name: "by parent" });
      t.dropIndex({ name: "by %s" });
      t.renameIndex("by parent", "by %s");
      t.renameConstraint('len "1"', "aside");
      t.renameConstraint("key %s", 'len "1"');
      t.renameConstraint("aside", "key %s");
    },
    cost: "scan",
    query: `SELECT count(*) AS a FROM ${quoted}`,
    rows: [[3n]],
    table: ({ uniques, checks, indexes }) => [uniques[0]?.name, checks[0]?.name, indexes[0]?.keys[0]?.column],
    is: ['len "1"', "key %s", "parent"],
  },
  {
    title: "changes nothing but the case of a table's name",
    change: (t) => t.rename(name.toUpperCase()),
    cost: "metadata",
    query: `SELECT count(*) AS a FROM "A 'B' ""C"" %S $1"`,
    rows: [[3n]],
    after: name.toUpperCase(),
  },
  {
    title: "does five things at once",
    change: (t) => {
      t.addColumn("one", type.string(4), { default: "abc" });
      t.dropColumn("parent");
      t.changeColumn("select", { type: type.text() });
      t.renameColumn('Up "Per', "upper");
      t.addIndex(["one", "upper"], { name: "two" });
    },
    cost: "rewrite",
    query: `SELECT one AS a, upper AS b FROM ${quoted} WHERE id = 10`,
    rows: [["abc", biggest]],
  },
];

for (const kind of databases) {
  describe(`Altering tables with hostile names, ${kind.title}`, () => {
    for (const { title, change, cost, query, rows, table, is, after } of cases) {
      it(title, async () => {
        const database = await openFresh(kind, schema);
        const planned = await database.write((_, editor) => editor.planAlter(name, change));
        const effect = await database.write((_, editor) => editor.alter(name, change));
        expect(effect.cost, "planned as done").to.equal(planned.cost);
        expect(effect.statements).to.deep.equal(planned.statements);
        if (kind.dialect === "sqlite") expect(effect.cost).to.equal(cost);
        const found = await database.rows(query);
        expect(found.map((row) => Object.values(row).map(exact))).to.deep.equal(rows);
        const result = await database.write((_, editor) => editor.table(after ?? name));
        if (table !== undefined) expect(table(result)).to.deep.equal(is);
        const child = await database.write((_, editor) => editor.table("child"));
        expect(child.foreignKeys.map((key) => key.referencedTable)).to.deep.equal([after ?? name]);
        expect(await database.rows("SELECT id FROM child")).to.have.length(2);
        await database.close();
      });
    }

    it("keeps a check that has the name which PostgreSQL gives, whatever becomes of its column", async () => {
      const database = await openFresh(kind, [
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b INTEGER, CONSTRAINT t_b_check CHECK (b > 0 OR id > 5))",
      ]);
      await database.write((_, editor) =>
        editor.alter("t", (t) => {
          t.changeColumn("b", { type: type.bigint() });
          t.renameColumn("b", "c");
        }),
      );
      const { checks } = await database.write((_, editor) => editor.table("t"));
      expect(checks.map((check) => check.name)).to.deep.equal(["t_b_check"]);
      await database.close();
    });

    it("keeps keys of a table to itself through new types and names of all that they speak of", async () => {
      const database = await openFresh(kind, [
        `CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER CONSTRAINT "to itself" REFERENCES t (id) ON DELETE SET NULL)`,
        "INSERT INTO t VALUES (1, NULL), (2, 1)",
      ]);
      await database.write((_, editor) =>
        editor.alter("t", (t) => {
          t.changeColumn("id", { type: type.bigint() });
          t.changeColumn("up", { type: type.bigint(), using: sql`up` });
          t.renameColumn("up", "above");
          t.rename("tree");
          t.renameColumn("id", "node");
          t.addColumn("next", type.bigint(), { nullable: true });
          t.addForeignKey(
            ["next"],
            { table: "tree", columns: ["node"] },
            { name: "next one", index: "none" },
          );
          t.rename("trees");
        }),
      );
      const { foreignKeys } = await database.write((_, editor) => editor.table("trees"));
      const shown = foreignKeys.map((key) => [
        key.name,
        key.columns,
        key.referencedTable,
        key.referencedColumns,
      ]);
      expect(shown).to.have.deep.members([
        ["to itself", ["above"], "trees", ["node"]],
        ["next one", ["next"], "trees", ["node"]],
      ]);
      expect(await database.rows("SELECT * FROM trees ORDER BY node")).to.deep.equal([
        { node: 1n, above: null, next: null },
        { node: 2n, above: 1n, next: null },
      ]);
      await database.close();
    });

    it("replaces a primary key to which others refer, as long as their columns stay unique", async () => {
      const database = await openFresh(kind, [
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, x INTEGER NOT NULL)",
        "CREATE TABLE other (t INTEGER, CONSTRAINT refers FOREIGN KEY (t) REFERENCES t (id) ON DELETE CASCADE)",
        "INSERT INTO t VALUES (1, 2)",
        "INSERT INTO other VALUES (1)",
      ]);
      const replacing =
        (kept: boolean) =>
        (t: TableAlteration): void => {
          t.setPrimaryKey(["x"]);
          if (kept) t.addUnique(["id"]);
          t.renameColumn("id", "old id");
        };
      const replace = (kept: boolean): Promise<SchemaEffect> =>
        database.write((_, editor) => editor.alter("t", replacing(kept)));
      const before = await database.write((_, editor) => editor.table("other"));
      expect(await refusalOf(replace(false))).to.match(/other|unique constraint/);
      expect(await database.write((_, editor) => editor.table("other"))).to.deep.equal(before);
      const planned = await database.write((_, editor) =>
        new PlanningSchemaEditor(editor).alter("t", replacing(true)),
      );
      // On PostgreSQL the foreign key is made again, which reads the other table.
      expect(planned.scanned).to.deep.equal(kind.dialect === "postgres" ? ["other"] : undefined);
      expect(await replace(true)).to.deep.equal(planned);
      const after = await database.write((_, editor) => editor.table("other"));
      expect(after.foreignKeys).to.deep.equal([{ ...before.foreignKeys[0], referencedColumns: ["old id"] }]);
      await database.close();
    });

    it("treats generated columns as what they are", async () => {
      const database = await openFresh(kind, [
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, g INTEGER GENERATED ALWAYS AS (a + 1) STORED, h INTEGER GENERATED ALWAYS AS (b * 2) STORED)",
        "INSERT INTO t (id, a, b) VALUES (1, 2, 3)",
      ]);
      const alter = (change: (table: TableAlteration) => void): Promise<CostClass> =>
        database.write(async (_, editor) => {
          const { cost } = await editor.planAlter("t", change);
          const done = await editor.alter("t", change);
          expect(done.cost).to.equal(cost);
          return cost;
        });
      const renamed = await alter((t) => {
        t.renameColumn("a", "z z");
        t.renameColumn("g", "a");
      });
      expect(renamed).to.equal("metadata");
      await alter((t) => t.changeColumn("a", { type: type.bigint() }));
      await alter((t) => {
        t.dropColumn("b");
        t.dropColumn("h");
      });
      expect(await database.rows(`SELECT * FROM t`)).to.deep.equal([{ id: 1n, "z z": 2n, a: 3n }]);
      const refusal = await refusalOf(alter((t) => t.dropColumn("z z")));
      expect(refusal).to.match(kind.dialect === "sqlite" ? /z z/ : /unsupported-alteration.*"z z".*"a"/);
      await database.close();
    });

    it("cuts no string", async () => {
      const database = await openFresh(kind, [
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(20))",
        "INSERT INTO t VALUES (1, 'longer than it')",
      ]);
      await database
        .write((_, editor) => editor.alter("t", (t) => t.changeColumn("a", { type: type.string(4) })))
        .catch(() => undefined);
      expect(await database.rows("SELECT a FROM t")).to.deep.equal([{ a: "longer than it" }]);
      await database.close();
    });

    const refused: readonly [string, (table: TableAlteration) => void, RegExp][] = [
      ["a rule that a row breaks", (t) => t.addCheck({ name: "c", expression: "id < 30" }), /./],
      ["NOT NULL where a row is empty", (t) => t.changeColumn("select", { nullable: false }), /select/],
      [
        "new values that are not unique",
        (t) => {
          t.changeColumn('Up "Per', { using: sql`0` });
          t.addUnique(['Up "Per'], { name: "u" });
        },
        /./,
      ],
      ["a column that is not there", (t) => t.dropColumn("nothing"), /unknown-column.*nothing/],
      ["a constraint that is not there", (t) => t.dropConstraint({ name: "nothing" }), /unknown-constraint/],
    ];
    for (const [title, change, message] of refused) {
      it(`refuses ${title}, with everything untouched`, async () => {
        const database = await openFresh(kind, schema);
        const before = await database.write((_, editor) => editor.table(name));
        expect(await refusalOf(database.write((_, editor) => editor.alter(name, change)))).to.match(message);
        expect(await database.write((_, editor) => editor.table(name))).to.deep.equal(before);
        expect(await database.rows(`SELECT id FROM ${quoted}`)).to.have.length(3);
        await database.close();
      });
    }
  });
}

function exact(value: unknown): unknown {
  return typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : value;
}
