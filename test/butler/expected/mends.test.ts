/** Which differences of a schema can be mended, and which are left to a person. */
import { expect } from "chai";
import { findMends } from "../../../lib/butler/expected/mends.js";
import type { SchemaPair } from "../../../lib/butler/expected/verification.js";
import { emptyTable } from "../../../lib/database/schema/apply.js";
import type { Table } from "../../../lib/database/schema/table.js";
import type { SchemaDifference } from "../../../lib/repository/verification.js";
import { column, foreignKey, index } from "../../support/definitions.js";

const table: Table = {
  ...emptyTable("t"),
  columns: [column("id", { nullable: false }), column("a", { default: "'x'" }), column("b")],
  primaryKey: { name: "t_pk", columns: ["id"] },
  uniques: [
    { name: "t_unq", columns: ["a"] },
    { name: null, columns: ["b"] },
  ],
  foreignKeys: [foreignKey("t_fk", ["a"], "o", ["x"])],
  checks: [{ name: "t_len_a", expression: "length(a) < 9" }],
  indexes: [index("t_idx", "a")],
};

const difference: SchemaDifference = {
  table: "t",
  kind: "column",
  name: "a",
  property: "presence",
  expected: "x",
  found: null,
  class: "drift",
  reason: null,
  explanation: null,
};

function judged(one: Partial<SchemaDifference>, expected: Table = table, found: Table = table): string {
  const pair = { expected: { tables: [expected] }, found: { tables: [found] } } as unknown as SchemaPair;
  const { mends, byHand } = findMends(pair, [{ ...difference, ...one }]);
  if (byHand.length > 0) return "by hand";
  return mends.map(({ summary }) => summary).join() || "left";
}

describe("A difference of a schema", () => {
  for (const [one, what] of [
    [
      { kind: "column", property: "default", expected: "'x'", found: null },
      "column \"a\": nothing becomes 'x'",
    ],
    [
      { kind: "column", name: "b", property: "default", expected: null, found: "1" },
      'column "b": 1 becomes nothing',
    ],
    [
      { kind: "column", property: "nullable", expected: "NULL", found: "NOT NULL" },
      'column "a": NOT NULL becomes NULL',
    ],
    [{ kind: "unique", name: "t_unq" }, 'add unique "t_unq"'],
    [
      { kind: "unique", name: "t_unq", property: "name", expected: "t_unq", found: "u" },
      'unique "t_unq": u becomes t_unq',
    ],
    [
      { kind: "foreign-key", name: "t_fk", property: "name", expected: "t_fk", found: "f" },
      'foreign key "t_fk": f becomes t_fk',
    ],
    [
      { kind: "foreign-key", name: "t_fk", property: "definition", expected: "d", found: "e" },
      'change foreign key "t_fk" to d',
    ],
    [
      { kind: "check", name: "t_len_a", property: "name", expected: "t_len_a", found: "c" },
      'check "t_len_a": c becomes t_len_a',
    ],
    [
      { kind: "check", name: "t_len_a", property: "definition", expected: "d", found: "e" },
      'change check "t_len_a" to d',
    ],
    [
      { kind: "index", name: "t_idx", property: "name", expected: "t_idx", found: "i" },
      'index "t_idx": i becomes t_idx',
    ],
    [
      {
        kind: "index",
        name: "left",
        property: "presence",
        expected: null,
        found: "i",
        reason: "leftover-index",
      },
      'drop index "left"',
    ],
    [
      { kind: "primary-key", name: "t_pk", property: "name", expected: "t_pk", found: "p" },
      'primary key "t_pk": p becomes t_pk',
    ],
    [
      { kind: "column", name: "old", expected: null, found: "TEXT", reason: "leftover-column" },
      'drop column "old"',
    ],
  ] as const satisfies readonly (readonly [Partial<SchemaDifference>, string])[]) {
    it(`is mended: ${what}`, () => {
      expect(judged(one)).to.equal(what);
    });
  }

  for (const [why, one] of [
    ["a column that nobody expects", { kind: "column", name: "z", property: "default" }],
    ["a column of another type", { kind: "column", property: "type", expected: "TEXT", found: "BLOB" }],
    ["a column that is missing", { kind: "column" }],
    ["a unique constraint without a name", { kind: "unique", name: null }],
    ["a foreign key that nobody expects", { kind: "foreign-key", name: "z" }],
    ["a check that nobody expects", { kind: "check", name: "z" }],
    ["an index that nobody expects", { kind: "index", name: "z" }],
    ["an index whose name is not there", { kind: "index", name: "t_idx", property: "name", found: null }],
    [
      "a constraint whose name is not there",
      { kind: "check", name: "t_len_a", property: "name", found: null },
    ],
    ["a leftover without a name", { kind: "column", name: null, reason: "leftover-column" }],
    ["a trigger", { kind: "trigger", name: "z" }],
    ["a table of which nothing is known", { table: "z", kind: "index", name: "t_idx" }],
  ] as const satisfies readonly (readonly [string, Partial<SchemaDifference>])[]) {
    it(`is left to a person: ${why}`, () => {
      expect(judged(one)).to.equal("by hand");
    });
  }

  it("is left to a person where a key's column is not there, and where no key is expected", () => {
    const bare = { ...table, columns: [column("b")], primaryKey: null };
    expect(judged({ kind: "unique", name: "t_unq" }, table, bare)).to.equal("by hand");
    expect(judged({ kind: "primary-key", name: "t_pk" }, table, bare)).to.equal("by hand");
    expect(judged({ kind: "primary-key", name: null }, bare, table)).to.equal("by hand");
  });

  it("is left as it is where a release made it otherwise", () => {
    expect(judged({ kind: "index", name: "t_idx", class: "variation", reason: "old" })).to.equal("left");
    expect(judged({ kind: "index", name: "t_idx", class: "variation", reason: "path-not-indexed" })).to.equal(
      'add index "t_idx"',
    );
  });
});
