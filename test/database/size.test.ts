import { expect } from "chai";
import { sql } from "../../lib/database/sql.js";
import { databases } from "../support/databases.js";
import { openFresh } from "./open.js";

for (const kind of databases) {
  describe(`The size of a table, ${kind.title}`, () => {
    it("is known without reading the rows: that of what is stored, indexes apart", async () => {
      const database = await openFresh(kind, [
        "CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)",
        "CREATE INDEX by_body ON t (body)",
      ]);
      const body = "b".repeat(1000);
      const size = await database.write(async (session) => {
        for (let id = 1n; id <= 500n; id += 1n)
          await session.execute(sql`INSERT INTO t VALUES (${id}, ${body})`);
        await session.execute(sql`ANALYZE t`);
        return session.tableSize("t");
      });
      expect(size.rows).to.equal(500);
      expect(size.bytes).to.be.within(500 * 1000, 2 * 500 * 1000 - 1);
      await database.close();
    });
  });
}
