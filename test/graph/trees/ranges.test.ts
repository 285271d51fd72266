import { expect } from "chai";
import { historyOf, parseRange, stateAt } from "../../../lib/graph/index.js";
import { failure } from "./failure.js";
import { map, standingOn } from "./map.js";

const graph = map(`
  app  a1
  app  a2 <- a1  Class 1
  app  a3 <- a2  Class 2
  lib  l1
  lib  l2 <- l1
`);
const state = standingOn({ app: "a2", lib: "l2" });

function shown(range: string | undefined): string {
  return historyOf(graph, state, range)
    .map((revision) => revision.id)
    .join(" ");
}

describe("The ends of a range", () => {
  const cases: [range: string | undefined, revisions: string][] = [
    [undefined, "a3 a2 a1 l2 l1"],
    [":", "a3 a2 a1 l2 l1"],
    ["current:", "a3 a2 l2"],
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
      expect(shown(range)).to.equal(expected);
    });

  it("are two: more of them are refused, and one alone is no range", () => {
    expect(failure(() => parseRange("a1:a2:a3")).code).to.equal("bad-range-syntax");
    expect(parseRange("a1")).to.equal(null);
    expect(parseRange(" a1 : a2 ")).to.deep.equal({ from: "a1", to: "a2" });
  });

  it("show each revision once where only a tree that is not shown leads to a tip", () => {
    const forked = map(`
      app  a1
      app  a2 <- a1
      app  side <- a1
      lib  l1
      lib  l2 <- l1
      ext  e1  needs: side
    `);
    const standing = standingOn({ app: "a1", lib: "l1" });
    expect(historyOf(forked, standing, "current:").map(({ id }) => id)).to.deep.equal([
      "a2",
      "side",
      "l2",
      "l1",
      "a1",
    ]);
  });

  it("of nothing show nothing", () => {
    expect(historyOf(map(""), null, "head:")).to.deep.equal([]);
  });

  it("are told where the lower one is not below the upper one", () => {
    const error = failure(() => shown("current:a3"));
    expect([error.code, error.message]).to.deep.equal(["not-an-ancestor", "l2 is not below 'a3'."]);
  });

  it("are what is applied only where a repository is looked at", () => {
    for (const range of ["current:", ":current", "current:a3"])
      expect(failure(() => historyOf(graph, null, range)).code, range).to.equal("no-repository");
  });
});

describe("A range over trees that depend on each other", () => {
  const view = map(`
    lib  l1
    lib  l2 <- l1
    app  a1
    app  a2 <- a1   needs: l2
    app  b2 <- a1
    app  b3 <- b2   Class 1
    app  c3 <- b2   Class 2
  `);
  const of = (range: string): string =>
    historyOf(view, null, range)
      .map(({ id }) => id)
      .join(" ");

  it("shows what its end needs, unless it begins in one tree", () => {
    expect(of(":a2")).to.equal("a2 a1 l2 l1");
    expect(of("app@base:a2")).to.equal("a2 a1");
    expect(of("a1:a2")).to.equal("a2 a1");
  });

  it("ends with what is above its beginning, where no end or all tips are named", () => {
    expect(of("b2:")).to.equal("b3 c3 b2");
    expect(of("b2:heads")).to.equal(of("b2:"));
    expect(of(":heads")).to.equal(of(":"));
    expect(of("l2:")).to.equal("l2");
  });

  it("ends with all tips of a tree of several classes", () => {
    const two = map("t root\nt a1 <- root  A 1\nt b1 <- root  B 1");
    expect(historyOf(two, null, ":heads").map(({ id }) => id)).to.deep.equal(["a1", "b1", "root"]);
  });

  it("may begin at each tip of a class", () => {
    expect(of("app-Class@heads:")).to.equal("b3 c3");
    expect(of("app@base+1:c3")).to.equal("c3 b2 a1");
  });

  it("ends at the tips that head means", () => {
    const two = map("one a1\none a2 <- a1\ntwo b1");
    expect(historyOf(two, null, ":head").map(({ id }) => id)).to.deep.equal(["a2", "a1", "b1"]);
  });

  it("counts its end from its beginning with all digits", () => {
    const ids = Array.from({ length: 12 }, (_, at) => `n${at}`);
    const line = map(ids.map((id, at) => `t ${id}${at === 0 ? "" : ` <- n${at - 1}`}`).join("\n"));
    expect(historyOf(line, null, "n1:+10").map(({ id }) => id)).to.deep.equal(ids.slice(1).toReversed());
  });
});

describe("A state that is only thought of", () => {
  it("has each target as a head of its tree, and no order", () => {
    const view = map("one a1\none a2 <- a1\none a3 <- a1\ntwo b1");
    expect(stateAt(view, ["a2", "b1", "one@a3"])).to.deep.equal({
      heads: new Map([
        ["one", ["a2", "a3"]],
        ["two", ["b1"]],
      ]),
      order: [],
    });
    expect(stateAt(view, ["two@head", "base"])).to.deep.equal({
      heads: new Map([["two", ["b1"]]]),
      order: [],
    });
  });
});
