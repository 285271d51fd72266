/** Dimension configurations that are not what Butler writes. */
import { expect } from "chai";
import { dimensionTraits, traitsOf } from "../../../lib/butler/expected/format.js";
import { UniverseModel } from "../../../lib/butler/expected/universe-model.js";
import { elementsOf, spatialElements } from "../../../lib/butler/universe/elements.js";
import type { Json, JsonObject } from "../../../lib/butler/universe/json.js";
import { type } from "../../../lib/database/schema/types.js";
import { failure } from "../../graph/trees/failure.js";

function universe(elements: Record<string, Json>, more: JsonObject = {}): JsonObject {
  return { elements, ...more };
}

function column(name: string, kind: string, more: JsonObject = {}): JsonObject {
  return { name, type: kind, ...more };
}

describe("An odd dimension configuration", () => {
  it("has types for all that Butler can store", () => {
    const metadata = ["string", "int", "datetime", "float", "bool", "region", "hash", "blob", "uuid"].map(
      (kind) => column(kind, kind),
    );
    const model = new UniverseModel(
      universe({ site: { governor: true, keys: [column("name", "string", { length: 16 })], metadata } }),
    );
    const { key, metadata: columns } = model.element("site");
    expect(key?.type).to.deep.equal(type.string(16));
    expect(columns.map((one) => one.type)).to.deep.equal([
      type.text(),
      type.bigint(),
      type.bigint(),
      type.double(),
      type.boolean(),
      type.text(),
      type.text(),
      type.bytes(),
      type.uuid(),
    ]);
  });

  it("is refused where a column has no name, or a type that is not known", () => {
    for (const [wrong, says] of [
      [column("odd", "complex"), 'Column "odd"'],
      [{ type: "int" }, "has no name"],
    ] as const) {
      const error = failure(() => new UniverseModel(universe({ site: { keys: [wrong] } })));
      expect([error.code, error.message.includes(says)]).to.deep.equal(["bad-dimensions", true]);
    }
  });

  it("is refused where elements need each other, or such as do not exist", () => {
    const key = { keys: [column("id", "int")] };
    for (const elements of [
      { a: { ...key, requires: ["b"] }, b: { ...key, requires: ["a"] } },
      { a: { ...key, implies: ["nosuch"] } },
    ] as Record<string, Json>[])
      expect(failure(() => new UniverseModel(universe(elements))).code).to.equal("bad-dimensions");
  });

  it("answers only for dimensions that it has", () => {
    const model = new UniverseModel(
      universe(
        {
          site: { governor: true, keys: [column("name", "string")] },
          dome: { requires: ["site"], keys: [column("id", "int")] },
          log: { requires: ["site"], keys: [] },
        },
        { skypix: { common: "htm7", htm: {} }, topology: { spatial: { sky: ["dome"] }, temporal: "none" } },
      ),
    );
    expect(failure(() => model.element("nosuch")).code).to.equal("unknown-dimension");
    expect(failure(() => model.keyType("log")).code).to.equal("unknown-dimension");
    expect(model.reference("log")).to.equal(null);
    expect(model.reference("htm9")).to.equal(null);
    expect(model.keyType("htm9")).to.deep.equal(type.bigint());
    expect(model.sorted(["htm9", "dome", "htm7", "site"])).to.deep.equal(["site", "dome", "htm7", "htm9"]);
    expect(model.governorOf(model.element("dome"))).to.equal("site");
    expect(model.governorOf(model.element("site"))).to.equal("site");
  });

  it("may lack sections, and have others in their place", () => {
    expect(elementsOf({})).to.deep.equal([]);
    expect(elementsOf(universe({ odd: "text" }))).to.deep.equal([]);
    expect(spatialElements({ topology: "none" })).to.deep.equal([]);
    expect(spatialElements({ topology: { spatial: "none" } })).to.deep.equal([]);
    const [view] = elementsOf(universe({ band: { implied_union_target: "physical_filter" } }));
    expect(view?.viewOf).to.equal("physical_filter");
  });
});

describe("Versions whose tables are not known", () => {
  const manager = (name: string, branch: string, version: string) =>
    ({ manager: name, branch, version, storedClass: `module.${branch}`, revision: "x" }) as never;

  it("are named, and so are managers that are missing", () => {
    const error = failure(() => traitsOf({ managers: [manager("datasets", "Strange", "9.9.9")] } as never));
    expect(error.code).to.equal("unknown-format");
    expect(error.message)
      .to.include("datasets Strange 9.9.9")
      .and.match(/records no manager of collections/);
  });

  it("of dimensions count as the latest that is known before them", () => {
    const dimensions = manager("dimensions", "StaticDimensionRecordStorageManager", "6.7.8");
    const collections = manager("collections", "SynthIntKeyCollectionManager", "2.0.0");
    expect(dimensionTraits([dimensions, collections])).to.include({ collections: "integer" });
    for (const managers of [[dimensions], [dimensions, manager("collections", "Strange", "1.0.0")]])
      expect(failure(() => dimensionTraits(managers)).code).to.equal("unknown-format");
  });
});
