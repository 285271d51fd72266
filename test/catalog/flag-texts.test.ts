/** Columns, keys and names as they are written on the command line. */
import { expect } from "chai";
import { parseColumn, requireFillable } from "../../lib/catalog/scaffold/column.js";
import { parseCheck, parseForeignKey, parseKey, parseRename } from "../../lib/catalog/scaffold/keys.js";
import { checkClass, checkManager, checkName, splitNames } from "../../lib/catalog/scaffold/names.js";
import { failure } from "../graph/trees/failure.js";

describe("A column on the command line", () => {
  const native = (sqlite: string, postgres: string): string =>
    `type.native({ sqlite: ${JSON.stringify(sqlite)}, postgres: ${JSON.stringify(postgres)} })`;
  const cases: [text: string, type: string, nullable: boolean, value: string | null][] = [
    ["a text", "type.text()", true, null],
    ["a text not null default 'it''s'", "type.text()", false, '"it\'s"'],
    ["a bigint default +3", "type.bigint()", false, "3n"],
    ["a bigint default null", "type.bigint()", false, null],
    ["a double precision default -1.50", "type.double()", false, "-1.5"],
    ["a bool default TRUE null", "type.boolean()", true, "true"],
    ["a timestamp default CURRENT_TIMESTAMP", "type.timestamp()", false, "sql`CURRENT_TIMESTAMP`"],
    ["a varchar(12)", "type.string(12)", true, null],
    ["a date", native("DATE", "date"), true, null],
    ["a numeric", native("NUMERIC", "numeric"), true, null],
    ["a decimal(10, 2)", native("NUMERIC(10,2)", "numeric(10,2)"), true, null],
    ["a native(INTEGER, numeric(3, 1))", native("INTEGER", "numeric(3, 1)"), true, null],
  ];
  for (const [text, type, nullable, value] of cases)
    it(`is read: ${text}`, () => {
      expect(parseColumn(text)).to.deep.equal({ name: "a", type, nullable, default: value });
    });

  for (const [text, reason] of [
    ["a", "it needs a name and a type"],
    ["a 3", "its type is not readable"],
    ["a text(3", "its type is not readable"],
    ["a text)", "its type is not readable"],
    ["a varchar(0)", 'the type "varchar" is not one'],
    ["a varchar", 'the type "varchar" is not one'],
    ["a date(3)", 'the type "date" is not one'],
    ["a numeric(1, 2, 3)", 'the type "numeric" is not one'],
    ["a native(INTEGER)", 'the type "native" is not one'],
    ["a text null null", '"null" is not understood'],
    ["a text default 'x", "is not understood"],
  ] as const)
    it(`is refused: ${text}`, () => {
      const error = failure(() => parseColumn(text));
      expect([error.code, error.message.includes(reason)], error.message).to.deep.equal(["bad-column", true]);
    });

  it("needs a value for the rows that are there, unless it may be null", () => {
    expect(failure(() => requireFillable(parseColumn("a text not null"))).code).to.equal("bad-column");
    expect(() => requireFillable(parseColumn("a text not null default 'x'"))).to.not.throw();
    expect(() => requireFillable(parseColumn("a text"))).to.not.throw();
  });
});

describe("A key on the command line", () => {
  it("is columns, with a name before them and `unique` after them", () => {
    expect(parseKey('own: a, "b, c" unique')).to.deep.equal({
      columns: ["a", "b, c"],
      name: "own",
      unique: true,
    });
    expect(parseKey("a")).to.deep.equal({ columns: ["a"], name: null, unique: false });
    expect(failure(() => parseKey("  ")).code).to.equal("bad-flag");
  });

  it("that refers to a table says what becomes of its rows, once each", () => {
    expect(parseForeignKey('a, b -> "other table"(x, y) on delete set null on update cascade')).to.deep.equal(
      {
        columns: ["a", "b"],
        table: "other table",
        referenced: ["x", "y"],
        onDelete: "SET NULL",
        onUpdate: "CASCADE",
      },
    );
    for (const text of [
      "a",
      "a -> t(x, y)",
      "a -> t(x) on delete cascade on delete cascade",
      "a -> t(x) please",
    ])
      expect(failure(() => parseForeignKey(text)).code, text).to.equal("bad-flag");
  });

  it("or rule, or other name, has two parts", () => {
    expect(parseCheck("own: a > 0 ")).to.deep.equal({ name: "own", expression: "a > 0" });
    for (const text of ["a: b", "a b", "a=b", "a -> b"])
      expect(parseRename(text), text).to.deep.equal({ from: "a", to: "b" });
    expect(failure(() => parseCheck("a > 0")).code).to.equal("bad-flag");
    expect(failure(() => parseRename("a")).code).to.equal("bad-flag");
  });
});

describe("A name on the command line", () => {
  it("is what both databases can keep, and nobody else needs", () => {
    for (const [kind, name, reason] of [
      ["column", "", "it is empty"],
      ["column", "a\u0007", "control character"],
      ["index", "é".repeat(32), "longer than 63 bytes"],
      ["column", "XMIN", "hidden column"],
      ["table", "pg_own", "belong to the database"],
      ["table", "alembic_version", "record of migrations"],
      ["table", "Revision_app", "record of migrations"],
    ] as const)
      expect(failure(() => checkName(kind, name)).message, name).to.include(reason);
    expect(checkName("column", "godwit_log")).to.equal("godwit_log");
    expect(checkName("table", "xmin")).to.equal("xmin");
  });

  it("of a manager is that of a folder, that of a class has no module", () => {
    expect(checkManager("own-tree_1")).to.equal("own-tree_1");
    for (const name of ["node_modules", "../up", "1a"])
      expect(failure(() => checkManager(name)).code, name).to.equal("bad-name");
    expect(checkClass("Own")).to.equal("Own");
    expect(failure(() => checkClass("lsst.own.Manager")).hint).to.equal(
      "Write it without the module: Manager",
    );
    expect(failure(() => checkClass("12")).hint).to.equal(undefined);
  });

  it("stands between commas, in quotes where it holds one", () => {
    expect(splitNames("")).to.deep.equal([]);
    expect(splitNames('a, "b ""c"", d" ,e')).to.deep.equal(["a", 'b "c", d', "e"]);
  });
});
