import { expect } from "chai";
import { openDatabase } from "../../../lib/database/open.js";
import { plainConventions } from "../../../lib/database/schema/plain-conventions.js";
import type { Table } from "../../../lib/database/schema/table.js";
import { sql } from "../../../lib/database/sql.js";
import { copyFixture, fixtureNames } from "../../support/fixtures.js";
import { emptySqliteFile } from "../../support/sqlite.js";

const hostile: readonly {
  readonly title: string;
  readonly statements: readonly string[];
  readonly table: string;
}[] = [
  {
    title: "quoted names of all kinds",
    table: `a "b" 'c' [d] %s $1 ünï`,
    statements: [
      `CREATE TABLE "a ""b"" 'c' [d] %s $1 ünï" ("x ""y""" TEXT, [z[w] VARCHAR(3), \`back\`\`tick\` INT, "select" BIGINT NOT NULL, CONSTRAINT "k ""1""" UNIQUE ("x ""y""", [z[w]))`,
      `CREATE INDEX "i ""1""" ON "a ""b"" 'c' [d] %s $1 ünï" ("select" DESC, \`back\`\`tick\` COLLATE NOCASE ASC)`,
    ],
  },
  {
    title: "types in lower case",
    table: "t",
    statements: ["create table t (id integer primary key, doc text, n int not null, b blob, r real)"],
  },
  {
    title: "expressions and predicates in indexes",
    table: "t",
    statements: [
      "CREATE TABLE t (a TEXT, b TEXT)",
      "CREATE UNIQUE INDEX t_lower ON t (lower(a), substr(b, 1, 2) DESC) WHERE a IS NOT NULL AND b <> ','",
      "CREATE INDEX t_pair ON t ((a || ',' || b))",
    ],
  },
  {
    title: "generated columns, collations, defaults and checks",
    table: "t",
    statements: [
      `CREATE TABLE t (
        -- a comment, with ( and '
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        a TEXT COLLATE NOCASE DEFAULT 'it''s, (so)' CHECK (length(a) > 0),
        b DECIMAL(10, 2) DEFAULT -1.5,
        c TEXT GENERATED ALWAYS AS (a || 'x') VIRTUAL,
        d TEXT AS (upper(a)) STORED,
        e TIMESTAMP DEFAULT (CURRENT_TIMESTAMP) NOT NULL,
        f,
        CONSTRAINT "named check" CHECK (b < 10 AND (c IS NULL OR c <> ')'))
      )`,
    ],
  },
  {
    title: "keys of several columns, without rowid, strict",
    table: "t",
    statements: [
      "CREATE TABLE p (x INT, y INT, PRIMARY KEY (x, y)) WITHOUT ROWID",
      `CREATE TABLE t (x INT NOT NULL, y INT, z ANY, CONSTRAINT pk PRIMARY KEY (x),
        CONSTRAINT fk FOREIGN KEY (x, y) REFERENCES p (x, y) ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,
        FOREIGN KEY (x) REFERENCES t) STRICT, WITHOUT ROWID`,
    ],
  },
  {
    title: "comments that stand last, signs, parentheses and types in quotes",
    table: "t",
    statements: [
      `CREATE TABLE t (
        a INT CHECK (a > 0 -- positive
        ), b INT DEFAULT (1 -- one
        ), c "my type" DEFAULT - 5, d DEFAULT ((1)+(2)), e VARCHAR /* short */ (3), f TEXT AS (a || 'x' -- text
        ) VIRTUAL, CHECK (a < 10 /* and small */)
      )`,
      `CREATE INDEX i ON t (a DESC -- down
        , lower(e) -- lower
        ) WHERE a > 1`,
    ],
  },
  {
    title: "keys that spell their columns in another case, and letters beyond ASCII, whose case counts",
    table: "t",
    statements: [
      "CREATE TABLE t (Id INTEGER, aB TEXT, up INT REFERENCES T (ID), PRIMARY KEY (ID), UNIQUE (AB, iD))",
      `CREATE TABLE u ("É" INT, "é" TEXT, UNIQUE ("É"), UNIQUE ("é"))`,
    ],
  },
  {
    title: "strict tables whose key is the row id",
    table: "t",
    statements: [
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY) STRICT",
      "CREATE TABLE u (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT) STRICT",
      "CREATE TABLE v (a INTEGER, b TEXT, PRIMARY KEY (a, b)) STRICT",
    ],
  },
  {
    title: "triggers",
    table: "t",
    statements: [
      "CREATE TABLE t (a INT)",
      "CREATE TABLE log (a INT)",
      "CREATE TRIGGER note AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END",
    ],
  },
];

async function readTables(file: string): Promise<Table[]> {
  const database = await openDatabase({ dialect: "sqlite", path: file });
  try {
    return await database.transaction({ mode: "read" }, async (session) => {
      const editor = session.schema(plainConventions);
      const tables: Table[] = [];
      for (const name of await editor.tableNames()) tables.push(await editor.table(name));
      return tables;
    });
  } finally {
    await database.close();
  }
}

async function createTables(tables: readonly Table[]): Promise<Table[]> {
  const file = await emptySqliteFile();
  const database = await openDatabase({ dialect: "sqlite", path: file });
  try {
    await database.transaction({ mode: "write" }, async (session) => {
      const editor = session.schema(plainConventions);
      for (const table of tables) await editor.createFrom({ ...table, triggers: [] });
      for (const { triggers } of tables) {
        for (const { definition } of triggers) await session.execute(sql.raw(definition));
      }
    });
  } finally {
    await database.close();
  }
  return readTables(file);
}

describe("Inspection of SQLite tables", () => {
  for (const { title, statements, table } of hostile) {
    it(`reads ${title}, and the table made from it is the same`, async () => {
      const file = await emptySqliteFile(statements);
      const tables = await readTables(file);
      expect(tables.map(({ name }) => name)).to.include(table);
      expect(await createTables(tables)).to.deep.equal(tables);
    });
  }

  it("reads every table of the real repositories, and the tables made from them are the same", async () => {
    for (const name of await fixtureNames("sqlite")) {
      const { databaseUrl } = await copyFixture(name, "sqlite");
      const tables = await readTables(databaseUrl.replace("sqlite:///", ""));
      expect(tables.length, name).to.be.above(30);
      expect(await createTables(tables), name).to.deep.equal(tables);
    }
  });

  it("refuses what it cannot represent, naming it", async () => {
    const file = await emptySqliteFile(["CREATE TABLE t (a INT UNIQUE ON CONFLICT REPLACE)"]);
    let message = "";
    await readTables(file).catch((error: unknown) => {
      message = error instanceof Error ? error.message : "";
    });
    expect(message).to.include('"t"').and.include("ON CONFLICT");
  });
});
