import { expect } from "chai";
import { InputError } from "../../lib/errors.js";
import { resolveOptions } from "../../lib/run/option-values.js";
import type { DeclaredOptions } from "../../lib/run/option-values.js";

const declared: DeclaredOptions[] = [
  {
    revision: "aaaaaaaaaaaa",
    options: {
      has_simulated: {
        type: "boolean",
        description: "value of the new column",
        required: true,
        values: ["0", "1"],
      },
      count: { type: "integer", description: "how many", default: "9007199254740993" },
    },
  },
  {
    revision: "bbbbbbbbbbbb",
    options: { note: { type: "string", description: "any text", required: true } },
  },
];

function refusal(given: Record<string, string>): InputError {
  try {
    resolveOptions(declared, given);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("Options of a plan", () => {
  it("are typed as declared, defaults included, and integers keep all digits", () => {
    const values = resolveOptions(declared, { has_simulated: "1", note: "0012" });
    expect([...values]).to.deep.equal([
      ["has_simulated", true],
      ["count", 9007199254740993n],
      ["note", "0012"],
    ]);
  });

  it("that are missing are named all at once, with what to type", () => {
    const error = refusal({});
    expect(error.code).to.equal("missing-option");
    expect(error.message).to.include("has_simulated").and.include("note");
    expect(error.hint).to.include("--options has_simulated=0|1").and.include("--options note=<string>");
  });

  it("that nobody declares are refused with the list of what exists", () => {
    const error = refusal({ has_simulated: "1", note: "x", has_simulate: "1", __proto__: "1" });
    expect(error.code).to.equal("unknown-option");
    expect(error.message).to.include('"has_simulate"');
    expect(error.hint).to.include("count: how many");
  });

  it("of a plan that takes none are refused", () => {
    try {
      resolveOptions([], { note: "x" });
      expect.fail("was not refused");
    } catch (error) {
      expect(error)
        .to.be.instanceOf(InputError)
        .with.property("hint", "The revisions of this plan take no options.");
    }
  });

  it("that are boolean are words or digits", () => {
    const flag: DeclaredOptions[] = [
      { revision: "aaaaaaaaaaaa", options: { flag: { type: "boolean", description: "a flag" } } },
    ];
    for (const [text, value] of [
      ["yes", true],
      ["false", false],
    ] as const)
      expect(resolveOptions(flag, { flag: text }).get("flag")).to.equal(value);
    expect(() => resolveOptions(flag, { flag: "maybe" })).to.throw('"flag" is 0 or 1, not "maybe"');
  });

  for (const given of [
    { has_simulated: "2", note: "x" },
    { has_simulated: "1", note: "x", count: "3.5" },
  ]) {
    it(`of a wrong form are refused: ${JSON.stringify(given)}`, () => {
      expect(refusal(given).code).to.equal("bad-option");
    });
  }
});
