/** What stands in the text of a table's definition, which is all that SQLite keeps of it. */
import { expect } from "chai";
import { parseCreateIndex } from "../../../lib/database/sqlite/parse/create-index.js";
import { parseCreateTable } from "../../../lib/database/sqlite/parse/create-table.js";

function columns(text: string): string[] {
  return parseCreateTable(`CREATE TABLE t (${text})`).columns.map(
    ({ name, type, nullable, default: value }) =>
      `${name} ${type} ${nullable ? "NULL" : "NOT NULL"}${value === null ? "" : ` ${value}`}`,
  );
}

describe("The definition of a table of SQLite", () => {
  it("may name its schema, and quote names in any of four ways", () => {
    const { columns } = parseCreateTable(
      `CREATE TABLE main.t ("a ""b""" TEXT, [c d] TEXT, \`e\`\`\` TEXT, 'f''g' TEXT)`,
    );
    expect(columns.map(({ name }) => name)).to.deep.equal(['a "b"', "c d", "e`", "f'g"]);
  });

  it("has columns without a type, with NULL said, and with signed defaults", () => {
    expect(
      columns("a, b INTEGER NULL, c REAL DEFAULT -1.5 NOT NULL, d DECIMAL(10, 2) DEFAULT +2"),
    ).to.deep.equal(["a  NULL", "b INTEGER NULL", "c REAL NOT NULL -1.5", "d DECIMAL(10, 2) NULL +2"]);
  });

  it("folds the spaces and leaves out the comments of a type", () => {
    expect(columns("a DOUBLE /* wide */   PRECISION")).to.deep.equal(["a DOUBLE PRECISION NULL"]);
  });

  it("has foreign keys that wait, and such that do not", () => {
    const keys = parseCreateTable(`CREATE TABLE t (
      a INTEGER REFERENCES o NOT DEFERRABLE INITIALLY IMMEDIATE,
      b INTEGER REFERENCES o (id) NOT DEFERRABLE INITIALLY DEFERRED,
      c INTEGER REFERENCES o (id) ON UPDATE SET NULL ON DELETE CASCADE DEFERRABLE,
      d INTEGER REFERENCES o (id) DEFERRABLE INITIALLY IMMEDIATE,
      e INTEGER REFERENCES o (id) DEFERRABLE INITIALLY DEFERRED)`).foreignKeys;
    expect(keys.map(({ deferrable }) => deferrable)).to.deep.equal([
      "no",
      "no",
      "initially-immediate",
      "initially-immediate",
      "initially-deferred",
    ]);
    expect(keys[2]).to.include({ onUpdate: "SET NULL", onDelete: "CASCADE" });
    expect(keys[0]?.referencedColumns).to.deep.equal([]);
  });

  it("spells the columns of a key as the table does", () => {
    const { primaryKey } = parseCreateTable('CREATE TABLE t ("Ab" TEXT, PRIMARY KEY (aB))');
    expect(primaryKey?.columns).to.deep.equal(["Ab"]);
  });

  it("may say how rows are stored, in any order", () => {
    expect(
      parseCreateTable("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT, WITHOUT ROWID;").options,
    ).to.deep.equal({
      strict: true,
      withoutRowid: true,
    });
  });

  const refused: [text: string, expected: RegExp][] = [
    ["CREATE TABLE t (a INTEGER PRIMARY KEY DESC)", /expected a primary key without order instead of "DESC"/],
    ["CREATE TABLE t (a INTEGER REFERENCES o MATCH FULL)", /expected a foreign key without MATCH/],
    ["CREATE TABLE t (a INTEGER REFERENCES o ON DELETE NOTHING)", /expected an action instead of "NOTHING"/],
    ["CREATE TABLE t (a INTEGER UNIQUE ON CONFLICT FAIL)", /expected a constraint without ON CONFLICT/],
    ["CREATE TABLE t (a INTEGER CHECK a > 0)", /expected \(/],
    ["CREATE TABLE t (a INTEGER NOT 1)", /expected a column constraint/],
    ["CREATE TABLE t (a INTEGER, PRIMARY KEY (a DESC))", /expected plain columns/],
    ["CREATE TABLE t (a INTEGER) WITH ROWID", /expected an option of the table instead of "WITH"/],
    ["CREATE TABLE t (a INTEGER, 12)", /expected a name/],
    ["CREATE TABLE t (a INTEGER", /ends too early|the end/],
  ];
  for (const [text, message] of refused)
    it(`is refused where it cannot be kept: ${text}`, () => {
      expect(() => parseCreateTable(text)).to.throw(SyntaxError, message);
    });
});

describe("The definition of an index of SQLite", () => {
  it("keeps expressions, orders and conditions as they are written", () => {
    const { keys, where, unique } = parseCreateIndex(
      "CREATE UNIQUE INDEX i ON t (lower(a), b COLLATE nocase DESC) WHERE b > 0 -- only some",
    );
    expect(unique).to.equal(true);
    expect(where).to.equal("b > 0");
    expect(keys).to.deep.equal([
      { column: null, expression: "lower(a)", suffix: null },
      { column: "b", expression: null, suffix: "COLLATE nocase DESC" },
    ]);
  });
});
