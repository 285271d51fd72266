/** With which other changes new values for a key leave foreign keys as they were, so that the rows need no new look. */
import { expect } from "chai";
import type { Rekey } from "../../../lib/database/schema/editor.js";
import { type } from "../../../lib/database/schema/types.js";
import { sql } from "../../../lib/database/sql.js";
import { databases } from "../../support/databases.js";
import { openFresh } from "../open.js";

const sqlite = databases.find(({ dialect }) => dialect === "sqlite")!;

const schema = [
  "CREATE TABLE kind (code INTEGER NOT NULL PRIMARY KEY, label TEXT UNIQUE)",
  "INSERT INTO kind VALUES (7, 'flat'), (8, 'dark')",
  "CREATE TABLE parent (name TEXT NOT NULL PRIMARY KEY, kind INTEGER NOT NULL REFERENCES kind (code), up TEXT REFERENCES parent (name), note TEXT UNIQUE)",
  "INSERT INTO parent VALUES ('a', 7, NULL, 'x'), ('b', 8, 'a', 'y')",
  "CREATE TABLE member (parent TEXT NOT NULL REFERENCES PARENT (name), code INTEGER NOT NULL REFERENCES kind (code), PRIMARY KEY (parent, code))",
  "INSERT INTO member VALUES ('a', 7), ('b', 8)",
  "CREATE TABLE leaf (id INTEGER PRIMARY KEY, parent TEXT, code INTEGER, kind_label TEXT REFERENCES kind (label), FOREIGN KEY (parent, code) REFERENCES member (parent, code))",
  "INSERT INTO leaf VALUES (1, 'a', 7, 'flat'), (2, NULL, 7, NULL)",
];

const toNumbers: Rekey = {
  type: type.bigint(),
  values: sql`SELECT name AS old, row_number() OVER (ORDER BY name) AS new FROM parent`,
};

const changes: readonly (readonly [title: string, expected: "kept" | undefined, more: Partial<Rekey>])[] = [
  ["nothing else", "kept", {}],
  ["a new name for the key", "kept", { rename: "id" }],
  [
    "another column that comes, with a key of its own",
    "kept",
    {
      alsoAlter: (name, alteration) => {
        if (name !== "parent") return;
        alteration.addColumn("title", type.text(), { using: sql`name` });
        alteration.addUnique(["title"]);
      },
    },
  ],
  [
    "a foreign key that comes",
    undefined,
    {
      alsoAlter: (name, alteration) => {
        if (name === "leaf")
          alteration.addForeignKey(["code"], { table: "kind", columns: ["code"] }, { index: "none" });
      },
    },
  ],
  [
    "new values for another column that refers",
    undefined,
    {
      alsoAlter: (name, alteration) => {
        if (name === "parent") alteration.changeColumn("kind", { type: type.bigint(), using: sql`kind + 0` });
      },
    },
  ],
  [
    "other values than those of the mapping",
    undefined,
    {
      alsoAlter: (name, alteration) => {
        if (name === "leaf") alteration.changeColumn("parent", { type: type.bigint(), using: sql`NULL` });
      },
    },
  ],
  [
    "another type on one side, by which values are stored otherwise",
    undefined,
    {
      alsoAlter: (name, alteration) => {
        if (name === "leaf") alteration.changeColumn("parent", { type: type.text() });
      },
    },
  ],
  [
    "a key that goes",
    undefined,
    {
      alsoAlter: (name, alteration) => {
        if (name === "parent") alteration.dropConstraint({ kind: "unique", columns: ["note"] });
      },
    },
  ],
  [
    "a column that refers to a key which stays",
    undefined,
    {
      values: sql`SELECT name AS old, row_number() OVER (ORDER BY name) AS new FROM parent UNION ALL SELECT 'flat', 77`,
      alsoIn: [{ table: "leaf", column: "kind_label" }],
    },
  ],
];

describe("Foreign keys after new values for a key, SQLite", () => {
  for (const [title, expected, more] of changes) {
    it(`${expected === "kept" ? "are as before" : "are looked at"}, with ${title}`, async () => {
      const database = await openFresh(sqlite, schema);
      try {
        const effects = await database
          .write(async (_session, editor) => {
            const made = await editor.rekey("parent", "name", { ...toNumbers, ...more });
            throw new Outcome(made.map(({ references }) => references));
          })
          .catch((error: unknown) => {
            if (error instanceof Outcome) return error.references;
            throw error;
          });
        expect(effects).to.deep.equal([expected, expected, expected]);
      } finally {
        await database.close();
      }
    });
  }

  it("hold where nobody looks: each row refers to what it referred to", async () => {
    const database = await openFresh(sqlite, schema);
    await database.write((_session, editor) => editor.rekey("parent", "name", toNumbers));
    expect(await database.rows("SELECT * FROM pragma_foreign_key_check")).to.deep.equal([]);
    expect(
      await database.rows(
        "SELECT p.note AS note, l.id AS id FROM leaf l JOIN member m ON m.parent = l.parent AND m.code = l.code JOIN parent p ON p.name = m.parent",
      ),
    ).to.deep.equal([{ note: "x", id: 1n }]);
    await database.close();
  });
});

/** Takes the changes back: some of them leave rows that refer to nothing. */
class Outcome extends Error {
  constructor(readonly references: readonly (string | undefined)[]) {
    super("what is asked for is known");
  }
}
