/** Rows that are made up for tables that have none. */
import { expect } from "chai";
import { openRepository } from "../../lib/index.js";
import { fillEmptyTables } from "../../lib/testing/fill.js";
import { databases } from "../support/databases.js";
import { rowsOf, runStatements } from "../support/rows.js";

async function filled(url: string): Promise<ReadonlyMap<string, string>> {
  const repository = await openRepository(url);
  try {
    return await fillEmptyTables(repository);
  } finally {
    await repository.close();
  }
}

for (const kind of databases) {
  describe(`Made up rows, ${kind.title}`, () => {
    it("follow foreign keys, leave out what may be left out, and reach beyond what a JavaScript number holds", async () => {
      const { url } = await kind.create();
      await runStatements(url, [
        "CREATE TABLE parent (id BIGINT PRIMARY KEY, up BIGINT REFERENCES parent (id), name VARCHAR(5) NOT NULL)",
        "CREATE TABLE child (id BIGINT PRIMARY KEY, parent BIGINT NOT NULL REFERENCES parent (id), note TEXT)",
        "CREATE TABLE loop (id BIGINT PRIMARY KEY, up BIGINT NOT NULL REFERENCES loop (id))",
        "CREATE TABLE strange (id BIGINT PRIMARY KEY, n INTEGER NOT NULL CHECK (n > 5))",
        "CREATE TABLE full_one (n INTEGER)",
        "INSERT INTO full_one VALUES (7)",
      ]);
      const failed = await filled(url);
      expect([...failed.keys()]).to.deep.equal(["strange"]);
      expect(failed.get("strange")).to.match(/check/i);
      expect(await rowsOf(url, "SELECT id, up, name FROM parent ORDER BY id")).to.deep.equal([
        { id: 9007199254740993n, up: null, name: "1'é n" },
        { id: 9007199254740994n, up: null, name: "2'é n" },
        { id: 9007199254740995n, up: null, name: "3'é n" },
      ]);
      expect(await rowsOf(url, "SELECT parent, note IS NULL AS bare FROM child ORDER BY id")).to.have.length(
        3,
      );
      expect(
        await rowsOf(url, "SELECT count(*) AS n FROM child JOIN parent ON parent.id = child.parent"),
      ).to.deep.equal([{ n: 3n }]);
      expect(await rowsOf(url, "SELECT count(*) AS n FROM loop WHERE id = up")).to.deep.equal([{ n: 3n }]);
      expect(await rowsOf(url, "SELECT n FROM full_one")).to.deep.equal([{ n: 7n }]);
    });
  });
}

describe("Made up rows of PostgreSQL", () => {
  it("fit every type that is common", async () => {
    const { url } = await databases[1]!.create();
    const types = [
      "int4range",
      "interval",
      "text[]",
      "smallint",
      "boolean",
      "double precision",
      "numeric(10, 2)",
      "uuid",
      "char(32)",
      "bytea",
      "timestamp",
      "timestamptz",
      "date",
      "jsonb",
      "time",
      "text",
    ];
    await runStatements(url, [
      `CREATE TABLE t (${types.map((type, at) => `c${at} ${type} NOT NULL`).join(", ")})`,
    ]);
    expect([...(await filled(url))]).to.deep.equal([]);
    const [row] = await rowsOf(
      url,
      "SELECT c0::text, c1::text, c4, c13->>'n' AS n, c14::text FROM t ORDER BY c3 LIMIT 1",
    );
    expect(row).to.deep.equal({ c0: "[1,2)", c1: "1 day", c4: true, n: "1", c14: "12:00:01" });
  });
});
