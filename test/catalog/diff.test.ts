import { readFile, writeFile } from "node:fs/promises";
import { expect } from "chai";
import { initProject } from "../../lib/catalog/init.js";
import { newRevision } from "../../lib/catalog/new-revision.js";
import { diffRepositories } from "../../lib/catalog/scaffold/diff/diff.js";
import { downgrade, openRepository, sql, upgrade } from "../../lib/index.js";
import type { DialectName } from "../../lib/database/database.js";
import { databases } from "../support/databases.js";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { compare } from "../support/normalize/compare.js";
import { describePostgres } from "../support/normalize/postgres.js";
import { describeSqlite } from "../support/normalize/sqlite.js";
import { rejection } from "./files.js";

async function execute(url: string, statements: readonly string[]): Promise<void> {
  const repository = await openRepository(url);
  try {
    for (const text of statements) {
      await repository.database.session((session) => session.execute(sql.raw(text)));
    }
  } finally {
    await repository.close();
  }
}

/** What one database says otherwise than the other. */
type Statements = (dialect: DialectName) => readonly string[];

interface Pair {
  readonly what: string;
  readonly before: Statements;
  readonly after: Statements;
  /** What is asked, in this order. */
  readonly asks: readonly RegExp[];
}

const t = "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, a BIGINT, b TEXT)";
const rows = "INSERT INTO t VALUES (1, 9007199254740993, 'x'), (2, 5, 'it''s')";
const u = "CREATE TABLE u (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(8))";
const alone =
  (...statements: readonly string[]): Statements =>
  () =>
    statements;

const pairs: readonly Pair[] = [
  {
    what: "columns, keys, checks, indexes and tables",
    before: alone(u, t, "CREATE INDEX t_a_idx ON t (a)"),
    after: alone(
      u,
      `CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, a BIGINT NOT NULL, b TEXT, c VARCHAR(16), "d e" BIGINT DEFAULT 5,
        CONSTRAINT t_a_key UNIQUE (a), CONSTRAINT positive CHECK (id > 0), CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES u (id))`,
      "CREATE INDEX other ON t (b, c)",
      "CREATE TABLE v (id BIGINT NOT NULL, u BIGINT, PRIMARY KEY (id), CONSTRAINT v_u_fkey FOREIGN KEY (u) REFERENCES u (id))",
    ),
    asks: [],
  },
  {
    what: "names, expressions, conditions and actions of a new table",
    before: alone(u),
    after: alone(
      u,
      `CREATE TABLE "new ""one""" (id BIGINT NOT NULL, "a,b" VARCHAR(4) DEFAULT 'it''s', x BIGINT DEFAULT -3, CONSTRAINT mine PRIMARY KEY (id),
        CONSTRAINT other UNIQUE ("a,b", x), CONSTRAINT rule CHECK ("a,b" <> 'x, "y"'),
        CONSTRAINT back FOREIGN KEY (x) REFERENCES u (id) ON DELETE CASCADE ON UPDATE SET NULL)`,
      `CREATE UNIQUE INDEX partial ON "new ""one""" (x) WHERE x > 5`,
      `CREATE INDEX folded ON "new ""one""" (lower("a,b"))`,
    ),
    asks: [],
  },
  {
    what: "another primary key, with those that refer to it",
    before: alone(
      "CREATE TABLE k (a BIGINT NOT NULL, b BIGINT NOT NULL, CONSTRAINT k_pkey PRIMARY KEY (a))",
      "CREATE TABLE r (a BIGINT, CONSTRAINT r_a_fkey FOREIGN KEY (a) REFERENCES k (a))",
    ),
    after: alone(
      "CREATE TABLE k (a BIGINT NOT NULL, b BIGINT NOT NULL, CONSTRAINT k_pkey PRIMARY KEY (b))",
      "CREATE TABLE r (b BIGINT, CONSTRAINT r_b_fkey FOREIGN KEY (b) REFERENCES k (b))",
    ),
    asks: [/"a" of r is gone, and b is new/],
  },
  {
    what: "a primary key that is given up",
    before: alone("CREATE TABLE k (a BIGINT NOT NULL, CONSTRAINT k_pkey PRIMARY KEY (a))"),
    after: alone("CREATE TABLE k (a BIGINT NOT NULL)"),
    asks: [],
  },
  {
    what: "types of its own, and wider and narrower ones",
    before: alone("CREATE TABLE n (a NUMERIC(10,2), b VARCHAR(4), c SMALLINT, d VARCHAR(30))"),
    after: alone("CREATE TABLE n (a NUMERIC(12,3), b TEXT, c BIGINT, d VARCHAR(20), e NUMERIC(5,1))"),
    asks: [/"a" of n goes from .* to .*cast/i],
  },
  {
    what: "a column that must have a value",
    before: alone(t, "DELETE FROM t"),
    after: alone("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, a BIGINT, b TEXT, c BIGINT NOT NULL)"),
    asks: [/"c" of t is new and must have a value/],
  },
  {
    what: "a column that is dropped",
    before: alone(t, rows),
    after: alone("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, a BIGINT)"),
    asks: [/"b" of t is dropped with its values/],
  },
  {
    what: "a table that is dropped, and two that refer to each other",
    before: alone(t, rows),
    after: (dialect) => [
      "CREATE TABLE x (id BIGINT NOT NULL PRIMARY KEY, y BIGINT" +
        (dialect === "sqlite" ? ", CONSTRAINT x_y_fkey FOREIGN KEY (y) REFERENCES y (id))" : ")"),
      "CREATE TABLE y (id BIGINT NOT NULL PRIMARY KEY, x BIGINT, CONSTRAINT y_x_fkey FOREIGN KEY (x) REFERENCES x (id))",
      ...(dialect === "sqlite"
        ? []
        : ["ALTER TABLE x ADD CONSTRAINT x_y_fkey FOREIGN KEY (y) REFERENCES y (id)"]),
    ],
    asks: [/Table "t" is gone, and y, x is new/],
  },
];

/** A question that a person is to answer, with its text. */
const unanswered = /^ *unanswered\(\s*(["'])((?:\\.|(?!\1).)*)\1,?\s*\);\n/gm;

for (const kind of databases) {
  describe(`The revision that turns one repository into another, ${kind.title}`, () => {
    async function databasesOf(...contents: readonly (readonly string[])[]): Promise<string[]> {
      const urls: string[] = [];
      for (const statements of contents) {
        const { url } = await kind.create();
        await execute(url, statements);
        urls.push(url);
      }
      return urls;
    }

    const schemaOf = (url: string) =>
      kind.dialect === "sqlite"
        ? describeSqlite(url.replace("sqlite:///", ""))
        : describePostgres(url, "public");
    const records = { ignorePrefixes: ["revision_", "godwit_"], scope: "schema" } as const;

    for (const { what, before, after, asks } of pairs) {
      it(`makes ${what}, and goes back`, async () => {
        const folder = await temporaryFolder();
        await initProject({ folder, managers: ["app"] });
        const [from = "", to = "", original = ""] = await databasesOf(
          before(kind.dialect),
          after(kind.dialect),
          before(kind.dialect),
        );
        const { files } = await newRevision({ folder, managers: ["app"], diff: [from, to] });
        const text = await readFile(files[0] ?? "", "utf8");
        const [up = ""] = text.split("async function down");
        const questions = [...up.matchAll(unanswered)].map(([, , one = ""]) => one);
        expect(questions, text).to.have.length(asks.length);
        for (const [at, question] of questions.entries()) expect(question).to.match(asks[at] ?? /^$/);
        if (asks.length > 0) {
          const refused = await rejection(upgrade(from, "head", { folder }));
          expect(refused.code).to.equal("unanswered-question");
        }
        await writeFile(files[0] ?? "", text.replace(unanswered, "").replace(", unanswered", ""));
        await upgrade(from, "head", { folder, dataLoss: "allow" });
        expect(compare(await schemaOf(to), await schemaOf(from), records)).to.deep.equal([]);
        expect((await rejection(diffRepositories(from, to, {}))).code).to.equal("no-difference");
        await downgrade(from, "-1", { folder, dataLoss: "allow" });
        expect(compare(await schemaOf(original), await schemaOf(from), records)).to.deep.equal([]);
      });
    }

    it("refuses to lose rows and values unless that is allowed, whatever was answered", async () => {
      const folder = await temporaryFolder();
      await initProject({ folder, managers: ["app"] });
      const [from = "", to = ""] = await databasesOf([t, rows], [u]);
      const { files } = await newRevision({ folder, managers: ["app"], diff: [from, to] });
      const text = await readFile(files[0] ?? "", "utf8");
      await writeFile(files[0] ?? "", text.replace(unanswered, ""));
      expect((await rejection(upgrade(from, "head", { folder }))).code).to.equal("data-loss");
    });

    it("says what cannot be written, and does not leave it out in silence", async () => {
      const more =
        kind.dialect === "sqlite"
          ? ["CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END"]
          : [
              "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
              "CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()",
            ];
      const falling = "CREATE INDEX falling ON t (a DESC)";
      const [from = "", to = ""] = await databasesOf([t], [t, falling, ...more]);
      const { up } = await diffRepositories(from, to, {});
      expect(up.join("\n")).to.match(/unanswered\(.*index "falling".*trigger "g"/s);
    });

    it("asks whether a column was renamed, and never guesses", async () => {
      const [from = "", to = ""] = await databasesOf(
        ["CREATE TABLE t (a TEXT)"],
        ["CREATE TABLE t (b TEXT)"],
      );
      const { up } = await diffRepositories(from, to, {});
      expect(up[0]).to.match(/^unanswered\(.*renameColumn/s);
    });

    it("finds the indexes that a migration of a real repository adds", async () => {
      const [{ folder: from }, { folder: to }] = [
        await copyFixture("uuid-c0-name", kind.dialect),
        await copyFixture("uuid-c0-name", kind.dialect),
      ];
      await upgrade(to, "dimensions-StaticDimensionRecordStorageManager@6.0.1");
      const { up } = await diffRepositories(from, to, {});
      expect(up.join("\n")).to.contain("table.addIndex([");
    });
  });
}

describe("Two repositories of different databases", () => {
  it("are not compared", async () => {
    const urls = await Promise.all(databases.map(async (kind) => (await kind.create()).url));
    const error = await rejection(diffRepositories(urls[0] ?? "", urls[1] ?? "", {}));
    expect(error.code).to.equal("different-databases");
  });
});
