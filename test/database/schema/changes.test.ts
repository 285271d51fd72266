/** Changes of a table that cannot be, told before anything is asked of a database; and edges of those that can. */
import { expect } from "chai";
import { InputError } from "../../../lib/errors.js";
import type { DialectName } from "../../../lib/database/database.js";
import { applyChanges, emptyTable } from "../../../lib/database/schema/apply.js";
import { recordAlteration, recordDefinition } from "../../../lib/database/schema/changes.js";
import type { TableAlteration, TableDefinition } from "../../../lib/database/schema/editor.js";
import { plainConventions } from "../../../lib/database/schema/plain-conventions.js";
import type { Table } from "../../../lib/database/schema/table.js";
import { type } from "../../../lib/database/schema/types.js";
import { sql } from "../../../lib/database/sql.js";
import { postgresRules } from "../../../lib/database/postgres/schema/planner.js";
import { sqliteRules } from "../../../lib/database/sqlite/schema-editor.js";

const rules = {
  sqlite: sqliteRules(plainConventions),
  postgres: postgresRules("public", plainConventions),
};

function made(define: (table: TableDefinition) => void, dialect: DialectName = "sqlite"): Table {
  return applyChanges(emptyTable("t"), recordDefinition(define), rules[dialect]).table;
}

function changed(
  table: Table,
  change: (table: TableAlteration) => void,
  dialect: DialectName = "sqlite",
): Table {
  return applyChanges(table, recordAlteration(change), rules[dialect]).table;
}

const start = (table: TableDefinition): void => {
  table.column("id", type.bigint());
  table.column("a", type.text(), { nullable: true });
  table.primaryKey(["id"]);
  table.unique(["a"], { name: "one_a" });
};

const refusals: readonly (readonly [code: string, says: RegExp, change: (table: TableAlteration) => void])[] =
  [
    ["duplicate-column", /has a column "a" already/, (t) => t.addColumn("a", type.text())],
    ["duplicate-column", /has a column "a" already/, (t) => t.renameColumn("id", "a")],
    ["unknown-column", /has no column "x"/, (t) => t.dropColumn("x")],
    ["bad-alteration", /belongs to the primary key/, (t) => t.dropColumn("id")],
    ["unknown-constraint", /has no constraint "x"/, (t) => t.renameConstraint("x", "y")],
    ["unknown-constraint", /has no constraint "x"/, (t) => t.dropConstraint({ name: "x" })],
    [
      "unknown-constraint",
      /has no foreign-key on \(id, a\)/,
      (t) => t.dropConstraint({ kind: "foreign-key", columns: ["id", "a"] }),
    ],
    ["unknown-index", /has no index "x"/, (t) => t.dropIndex({ name: "x" })],
    ["unknown-index", /has no index on \(a\)/, (t) => t.dropIndex({ columns: ["a"] })],
    ["unknown-index", /has no index "x"/, (t) => t.renameIndex("x", "y")],
    [
      "bad-alteration",
      /has no exclusion constraints/,
      (t) => t.addExclusion("x", "EXCLUDE USING gist (a WITH &&)"),
    ],
  ];

describe("Changes of a table", () => {
  for (const [code, says, change] of refusals) {
    it(`are refused where they cannot be: ${code}, ${says.source}`, () => {
      const table = made(start);
      expect(() => changed(table, change))
        .to.throw(InputError, says)
        .with.property("code", code);
    });
  }

  it("rename the primary key's constraint as any other, and leave those of other names", () => {
    const table = made((t) => {
      start(t);
      t.check({ name: "not_empty", expression: "a <> ''" });
    }, "postgres");
    const { name } = table.primaryKey ?? { name: null };
    const { primaryKey, uniques } = changed(
      table,
      (t) => t.renameConstraint(String(name), "key"),
      "postgres",
    );
    expect(primaryKey?.name).to.equal("key");
    expect(uniques.map((one) => one.name)).to.deep.equal(["one_a"]);
    const { primaryKey: none, checks } = changed(
      { ...table, primaryKey: null },
      (t) => t.renameConstraint("not_empty", "filled"),
      "postgres",
    );
    expect(none).to.equal(null);
    expect(checks.map((one) => one.name)).to.deep.equal(["filled"]);
  });

  it("take a key of a table's own types: counted up as each database does it", () => {
    expect(made((t) => t.column("id", type.serial())).columns.map((one) => one.type)).to.deep.equal([
      "INTEGER",
    ]);
    expect(
      made((t) => t.column("id", type.serial()), "postgres").columns.map((one) => one.type),
    ).to.deep.equal(["bigint"]);
  });

  it("stop counting where the column is no key of its own any more", () => {
    const counting = {
      ...made((t) => {
        t.column("id", type.serial());
        t.column("part", type.bigint());
        t.primaryKey(["id"]);
      }),
    };
    const table = {
      ...counting,
      columns: counting.columns.map((one) => ({ ...one, autoincrement: one.name === "id" })),
    };
    const counts = (after: Table): boolean[] => after.columns.map(({ autoincrement }) => autoincrement);
    expect(counts(changed(table, (t) => t.changeColumn("id", { nullable: false })))).to.deep.equal([
      true,
      false,
    ]);
    expect(counts(changed(table, (t) => t.setPrimaryKey(["id", "part"])))).to.deep.equal([false, false]);
    expect(counts(changed(table, (t) => t.changeColumn("id", { type: type.bigint() })))).to.deep.equal([
      false,
      false,
    ]);
  });

  it("give a column that another one left its name to the values of the one that has it now", () => {
    const { sources, origins } = applyChanges(
      made(start),
      recordAlteration((t) => {
        t.renameColumn("a", "b");
        t.addColumn("a", type.text(), { using: sql`b` });
        t.renameColumn("a", "c");
      }),
      rules.sqlite,
    );
    expect(origins.get("b")).to.equal("a");
    expect(origins.has("c")).to.equal(false);
    expect(sources.get("c")?.kind).to.equal("expression");
  });
});

describe("Changes that others work through", () => {
  it("leave an index of the same definition as it is, and refuse another of its name", () => {
    const table = changed(made(start), (t) => t.addIndex(["a"], { name: "by_a" }));
    const again = changed(table, (t) => t.addIndex(["a"], { name: "by_a", concurrently: true }));
    expect(again.indexes).to.deep.equal(table.indexes);
    expect(() => changed(table, (t) => t.addIndex(["id"], { name: "by_a", concurrently: true })))
      .to.throw(InputError, /has another index "by_a" already/)
      .with.property("hint")
      .that.includes("another name");
  });

  it("need names for constraints that are validated later, where the database has them", () => {
    const separate = (t: TableAlteration): void =>
      t.addForeignKey(["a"], { table: "o", columns: ["x"] }, { validation: "separate", index: "none" });
    expect(changed(made(start), separate).foreignKeys).to.have.length(1);
    const { foreignKeys } = changed(made(start, "postgres"), separate, "postgres");
    expect(foreignKeys).to.have.length(1);
    expect(foreignKeys[0]?.name).to.be.a("string");
  });
});
