import { expect } from "chai";
import { requireEqual } from "../../lib/run/invariants.js";
import type { GodwitError } from "../../lib/index.js";

function difference(before: unknown, after: unknown): string[] {
  try {
    requireEqual("aaaaaaaaaaaa", "the bands", before, after);
  } catch (error) {
    return (error as GodwitError).message.split("\n").slice(1);
  }
  return [];
}

describe("The difference that an invariant shows", () => {
  it("is both values, where they are no lists", () => {
    expect(difference(3n, 4n)).to.deep.equal(['Before: "3"', 'After:  "4"']);
    expect(difference([1], null)).to.deep.equal(["Before: [1]", "After:  null"]);
  });

  it("is the rows that only one side has, however often the other has them", () => {
    expect(difference(["a", "a", "b"], ["b", "a"])).to.deep.equal(['Before: "a"', "After:  no such rows"]);
    expect(difference(["b", "a"], ["a", "b"])).to.deep.equal([]);
  });

  it("shows ten rows, and tells how many more there are", () => {
    const many = Array.from({ length: 13 }, (_, at) => at);
    const [before, after] = difference(many, []);
    expect(before).to.equal("Before: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 3 more");
    expect(after).to.equal("After:  no such rows");
  });
});
