/** The columns and indexes that an ObsCore configuration asks for. */
import { expect } from "chai";
import { obscoreTable, tableName } from "../../lib/butler/obscore-table.js";
import type { JsonObject } from "../../lib/butler/universe/json.js";
import { type } from "../../lib/database/schema/types.js";
import type { InputError } from "../../lib/errors.js";

/** The columns of a table, by name, and its indexes. */
function made(configuration: JsonObject): { columns: Map<string, unknown>; indexes: unknown[] } {
  const columns = new Map<string, unknown>();
  const indexes: unknown[] = [];
  const table = {
    column: (name: string, columnType: unknown) => void columns.set(name, columnType),
    primaryKey: () => undefined,
    foreignKey: () => undefined,
    index: (names: unknown) => void indexes.push(names),
  };
  obscoreTable(configuration, { file: "obscore.yaml", dialect: "sqlite", idType: type.uuid() })(
    table as never,
  );
  return { columns, indexes };
}

function fault(configuration: JsonObject): string {
  try {
    made(configuration);
  } catch (error) {
    expect((error as InputError).code).to.equal("bad-obscore");
    return (error as Error).message;
  }
  return "none";
}

describe("An ObsCore configuration", () => {
  it("gives its table a name, or leaves it that of ObsCore", () => {
    expect([tableName({ table_name: "own" }), tableName({ table_name: "" }), tableName({})]).to.deep.equal([
      "own",
      "obscore",
      "obscore",
    ]);
  });

  it("asks for columns by a value for all rows, or by a template with its type", () => {
    const { columns } = made({
      extra_columns: {
        yes: true,
        whole: 3,
        half: 0.5,
        word: "a word",
        short: { template: "{x}", length: 12 },
        plain: { template: "{x}" },
        many: { template: "{x}", type: "int" },
        part: { template: "{x}", type: "float" },
        flag: { template: "{x}", type: "bool" },
      },
      dataset_types: {
        raw: { extra_columns: { own: { template: "{x}", type: "string" }, yes: 1 } },
        other: "none",
      },
    });
    expect(
      Object.fromEntries(
        [...columns].filter(([name]) => /^(yes|whole|half|word|short|plain|many|part|flag|own)$/.test(name)),
      ),
    ).to.deep.equal({
      yes: type.boolean(),
      whole: type.bigint(),
      half: type.double(),
      word: type.string(255),
      short: type.string(12),
      plain: type.string(255),
      many: type.bigint(),
      part: type.double(),
      flag: type.boolean(),
      own: type.string(255),
    });
  });

  it("asks for indexes by one column or a list of them", () => {
    expect(made({ indices: { one: "s_ra", two: ["s_ra", "s_dec"] } }).indexes).to.deep.equal([
      ["s_ra"],
      ["s_ra", "s_dec"],
    ]);
    expect(made({ indices: "none" }).indexes).to.deep.equal([]);
  });

  it("is refused where that cannot be made, with what is wrong", () => {
    expect(fault({ extra_columns: { s_ra: 1 } })).to.include('"s_ra" is a standard one');
    expect(fault({ extra_columns: { odd: { type: "complex" } } })).to.include('"odd" has the type "complex"');
    expect(fault({ indices: { odd: 3 } })).to.include('index "odd" is no list of columns');
    expect(fault({ indices: { odd: ["s_ra", 3] } })).to.include('index "odd" is no list of columns');
  });
});
