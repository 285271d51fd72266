/** Which changes leave foreign keys as they were, so that the rows need no new look. */
import { expect } from "chai";
import type { TableAlteration } from "../../../lib/database/schema/editor.js";
import { type } from "../../../lib/database/schema/types.js";
import { sql } from "../../../lib/database/sql.js";
import { databases } from "../../support/databases.js";
import { openFresh } from "../open.js";

const sqlite = databases.find(({ dialect }) => dialect === "sqlite")!;

const schema = [
  "CREATE TABLE parent (id VARCHAR(8) NOT NULL PRIMARY KEY, code INTEGER UNIQUE, note TEXT)",
  "INSERT INTO parent VALUES ('a', 1, NULL), ('b', 2, '3')",
  "CREATE TABLE child (id INTEGER PRIMARY KEY, parent VARCHAR(8) NOT NULL REFERENCES parent (id), size TEXT)",
  "INSERT INTO child VALUES (1, 'a', '1'), (2, 'b', '2')",
];

const changes: readonly (readonly [string, string, "kept" | undefined, (table: TableAlteration) => void])[] =
  [
    [
      "new values for another column",
      "child",
      "kept",
      (table) => table.changeColumn("size", { type: type.bigint(), using: sql`CAST(size AS INTEGER)` }),
    ],
    ["a longer key", "parent", "kept", (table) => table.changeColumn("id", { type: type.string(40) })],
    ["a column that goes", "parent", "kept", (table) => table.dropColumn("note")],
    [
      "new values for a column that refers",
      "child",
      undefined,
      (table) => table.changeColumn("parent", { type: type.string(8), using: sql`lower(parent)` }),
    ],
    [
      "another kind of key",
      "parent",
      undefined,
      (table) => table.changeColumn("code", { type: type.text() }),
    ],
    [
      "a foreign key that comes",
      "child",
      undefined,
      (table) => table.addForeignKey(["size"], { table: "parent", columns: ["id"] }, { index: "none" }),
    ],
    [
      "a key that goes",
      "parent",
      undefined,
      (table) => table.dropConstraint({ kind: "unique", columns: ["code"] }),
    ],
    ["a new name", "child", undefined, (table) => table.rename("children")],
  ];

describe("Foreign keys after a change, SQLite", () => {
  for (const [title, name, expected, change] of changes) {
    it(`${expected === "kept" ? "are as before" : "are looked at"}: ${title}`, async () => {
      const database = await openFresh(sqlite, schema);
      const { references } = await database.write(async (session, editor) => {
        const effect = await editor.alter(name, change);
        if (title === "a foreign key that comes")
          await session.execute(sql.raw("UPDATE child SET size = parent"));
        return effect;
      });
      expect(references).to.equal(expected);
      await database.close();
    });
  }
});
