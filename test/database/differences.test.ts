/** How a table that is otherwise than expected is told. */
import { expect } from "chai";
import { emptyTable } from "../../lib/database/schema/apply.js";
import { compareTables, type TableDifference } from "../../lib/database/schema/differences.js";
import type { Table } from "../../lib/database/schema/table.js";
import { column, foreignKey, index } from "../support/definitions.js";

const number = column("n", { type: "BIGINT", nullable: false });
const empty: Table = { ...emptyTable("t"), columns: [number] };
const key = foreignKey("f", ["n"], "o", ["id"]);
const usualIndex = index("i", "n");

/** What is told where a table is expected to be empty of all that it has. */
function told(found: Partial<Table>, expected: Partial<Table> = {}): string[] {
  return compareTables([{ ...empty, ...expected }], [{ ...empty, ...found }]).map(
    ({ kind, name, property, expected: wanted, found: there }: TableDifference) =>
      `${kind} ${name ?? "-"} ${property}: ${wanted ?? "nothing"} | ${there ?? "nothing"}`,
  );
}

describe("The text of a difference", () => {
  const cases: [what: string, found: Partial<Table>, text: string][] = [
    [
      "a column",
      { columns: [number, { ...number, name: "m", type: "text", default: "('a')" }] },
      "column m presence: nothing | text NOT NULL DEFAULT 'a'",
    ],
    [
      "the options of a column",
      { columns: [{ ...number, collation: "nocase", autoincrement: true }] },
      "column n options: nothing | COLLATE nocase AUTOINCREMENT",
    ],
    [
      "a computed column",
      { columns: [{ ...number, generated: { expression: "1 + 1", stored: true } }] },
      "column n options: nothing | GENERATED ALWAYS AS (1 + 1)",
    ],
    [
      "a column that counts by itself",
      { columns: [{ ...number, identity: "always" }] },
      "column n options: nothing | IDENTITY always",
    ],
    [
      "a primary key",
      { primaryKey: { name: "p", columns: ["n", "m"] } },
      "primary-key p presence: nothing | (n, m)",
    ],
    [
      "a unique constraint",
      {
        uniques: [
          {
            name: "u",
            columns: ["n"],
            include: ["m"],
            nullsNotDistinct: true,
            deferrable: "initially-deferred",
          },
        ],
      },
      "unique u presence: nothing | (n) INCLUDE (m) NULLS NOT DISTINCT DEFERRABLE initially-deferred",
    ],
    [
      "a foreign key",
      {
        foreignKeys: [
          {
            ...key,
            referencedSchema: "s",
            onDelete: "CASCADE",
            onUpdate: "SET NULL",
            deferrable: "initially-immediate",
            validated: false,
          },
        ],
      },
      "foreign-key f presence: nothing | (n) -> s.o(id) ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE initially-immediate NOT VALID",
    ],
    [
      "a check that the database does not look at",
      { checks: [{ name: "c", expression: '"n" >  0', enforced: false }] },
      "check c presence: nothing | n > 0 NOT ENFORCED",
    ],
    [
      "an exclusion",
      { exclusions: [{ name: "x", definition: "EXCLUDE  USING gist (n WITH &&)" }] },
      "exclusion x presence: nothing | EXCLUDE USING gist (n WITH &&)",
    ],
    [
      "an index",
      {
        indexes: [
          {
            ...usualIndex,
            unique: true,
            keys: [{ column: null, expression: "lower(n)", suffix: "DESC" }],
            method: "gin",
            where: "n > 0",
            include: ["m"],
            nullsNotDistinct: true,
            valid: false,
          },
        ],
      },
      "index i presence: nothing | UNIQUE ((lower(n)) DESC) USING gin INCLUDE (m) NULLS NOT DISTINCT WHERE n > 0, not valid",
    ],
    [
      "a trigger that is switched off",
      { triggers: [{ name: "g", definition: "CREATE  TRIGGER g", state: "DISABLE" }] },
      "trigger g presence: nothing | CREATE TRIGGER g DISABLE",
    ],
    [
      "how rows are stored",
      { options: { withoutRowid: true, strict: true } },
      "table - options: nothing | withoutRowid, strict",
    ],
  ];
  for (const [what, found, text] of cases)
    it(`says all of ${what}`, () => {
      expect(told(found)).to.deep.equal([text]);
      const [expected = "", there = ""] = text.slice(text.indexOf(": ") + 2).split(" | ");
      expect(told({}, found)).to.deep.equal([`${text.slice(0, text.indexOf(": "))}: ${there} | ${expected}`]);
    });

  it("says nothing of tables that are the same, but for spaces and quotes", () => {
    expect(
      told(
        { checks: [{ name: "c", expression: '"n" >  0' }], foreignKeys: [key], indexes: [usualIndex] },
        { checks: [{ name: "c", expression: "n > 0" }], foreignKeys: [key], indexes: [usualIndex] },
      ),
    ).to.deep.equal([]);
  });

  it("tells another name from another definition", () => {
    expect(told({ indexes: [{ ...usualIndex, name: "j" }] }, { indexes: [usualIndex] })).to.deep.equal([
      "index i name: i | j",
    ]);
    expect(told({ indexes: [{ ...usualIndex, unique: true }] }, { indexes: [usualIndex] })).to.deep.equal([
      "index i definition: (n) | UNIQUE (n)",
    ]);
    const named = (name: string | null, columns: string[]): Partial<Table> => ({
      primaryKey: { name, columns },
    });
    expect(told(named(null, ["n"]), named("p", ["n"]))).to.deep.equal(["primary-key p name: p | nothing"]);
    expect(told(named("q", ["m"]), named("p", ["n"]))).to.deep.equal(["primary-key p definition: (n) | (m)"]);
  });
});
