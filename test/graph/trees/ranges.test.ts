import { expect } from "chai";
import { buildGraph, historyOf, parseRange } from "../../../lib/graph/index.js";
import { failure } from "./failure.js";
import { drawn, standingOn } from "./map.js";

const { revisions, switches } = drawn(`
  app  a1
  app  a2 <- a1  Class 1
  app  a3 <- a2  Class 2
  lib  l1
  lib  l2 <- l1
`);
const graph = buildGraph(revisions, switches);
const state = standingOn({ app: "a2", lib: "l2" });

function shown(range: string | undefined): string {
  return historyOf(graph, state, range)
    .map((revision) => revision.id)
    .join(" ");
}

describe("The ends of a range", () => {
  const cases: [range: string | undefined, revisions: string][] = [
    [undefined, "l2 l1 a3 a2 a1"],
    [":", "l2 l1 a3 a2 a1"],
    ["current:", "l2 a3 a2"],
    ["base:a2", "a2 a1"],
    ["app@base:a3", "a3 a2 a1"],
    ["app-Class@base:a3", "a3 a2 a1"],
    ["app@base+1:a2", "a2 a1"],
    ["app@base-1:a2", "a2 a1"],
    ["a3-1:a3", "a3 a2"],
    ["a3-9:a3", "a3 a2 a1"],
    ["a1:+1", "a2 a1"],
    [":+1", "a3 a2 a1"],
    ["a2:heads", "a3 a2"],
  ];
  for (const [range, expected] of cases)
    it(`${range ?? "nothing"} shows ${expected}`, () => {
      expect(shown(range)?.split(" ").toSorted().join(" ")).to.equal(
        expected.split(" ").toSorted().join(" "),
      );
    });

  it("are two: more of them are refused, and one alone is no range", () => {
    expect(failure(() => parseRange("a1:a2:a3")).code).to.equal("bad-range-syntax");
    expect(parseRange("a1")).to.equal(null);
    expect(parseRange(" a1 : a2 ")).to.deep.equal({ from: "a1", to: "a2" });
  });

  it("of nothing show nothing", () => {
    expect(historyOf(buildGraph([], []), null, "head:")).to.deep.equal([]);
  });

  it("are told where the lower one is not below the upper one", () => {
    const error = failure(() => shown("current:a3"));
    expect([error.code, error.message]).to.deep.equal(["not-an-ancestor", "l2 is not below 'a3'."]);
  });
});
