/** What trees, classes and revisions are called, and what is listed of them. */
import { expect } from "chai";
import {
  branchPointsOf,
  buildGraph,
  headsOfGraph,
  nearMatches,
  pending,
  planUpgrade,
  resolveRevision,
  type Revision,
  type RevisionGraph,
  tipsOf,
} from "../../../lib/graph/index.js";
import { failure } from "./failure.js";
import { drawn, map, standingOn } from "./map.js";
import { butler, plain } from "./policies.js";

const nothing = standingOn({});

function labels(graph: RevisionGraph): Record<string, string | undefined> {
  return Object.fromEntries([...graph.graph.byLabel].map(([label, node]) => [label, graph.graph.ids[node]]));
}

function ids(revisions: readonly Revision[]): string[] {
  return revisions.map(({ id }) => id);
}

function up(graph: RevisionGraph, target: string, state = nothing): string[] {
  return planUpgrade(graph, state, [target], plain).steps.map((step) => step.revision);
}

describe("Labels that nobody has to write", () => {
  it("are the manager on the root, and the class on the first revision of it", () => {
    const graph = map(`
      store  root
      store  old1 <- root  Old 1
      store  old2 <- old1  Old 2
      store  new1 <- root  New 1
      app    app1`);
    expect(labels(graph)).to.deep.equal({
      store: "root",
      "store-Old": "old1",
      "store-New": "new1",
      app: "app1",
    });
  });

  it("stay with the first of a class where a merge follows it from one side", () => {
    const graph = map(`
      store  root
      store  c1 <- root  C 1
      store  side <- root
      store  c2 <- c1 side  C 2`);
    expect(labels(graph)).to.deep.equal({ store: "root", "store-C": "c1" });
  });

  it("are nobody's where several revisions could carry them", () => {
    const graph = map(
      "pair left\npair right\npair l1 <- left  A 1\npair r1 <- right  A 1\npair l2 <- l1  A 2",
    );
    expect(labels(graph)).to.deep.equal({});
    expect(failure(() => up(graph, "pair-A")).message).to.equal(
      "'pair-A' may be any of: l1 (map.txt:3) of pair-A, r1 (map.txt:4) of pair-A.",
    );
  });

  it("give way to an id or a label of the same tree", () => {
    expect(labels(map("app app"))).to.deep.equal({});
    expect(labels(map("t aaaa\nt bbbb <- aaaa  labels: t"))).to.deep.equal({ t: "bbbb" });
    expect(labels(map("t aaaa\nt bbbb <- aaaa  B 1\nt cccc <- bbbb  B 2  labels: t-B"))).to.deep.equal({
      t: "aaaa",
      "t-B": "cccc",
    });
  });

  it("are beside those that a header writes", () => {
    expect(labels(map("t aaaa  labels: one two"))).to.deep.equal({ one: "aaaa", two: "aaaa", t: "aaaa" });
  });
});

describe("The class of a revision that names none", () => {
  it("is that of the revision that it continues, wherever it stands in the files", () => {
    const graph = map(`
      store  a3 <- a2
      store  a2 <- a1
      store  root
      store  a1 <- root  A 1
      store  b1 <- root  B 1
      store  both <- b1 a3`);
    expect(graph.branchOf).to.deep.equal(["A", "A", null, "A", "B", "B"]);
    expect(Object.fromEntries(graph.trees.get("store")!.branches)).to.deep.equal({
      A: [0, 1, 3],
      B: [4, 5],
    });
    expect(up(graph, "store-A@head", standingOn({ store: "a1" }))).to.deep.equal(["a2", "a3"]);
  });
});

describe("A tree", () => {
  it("has its own switches, and of those the ones that lead on within a class", () => {
    const graph = map(`
      one  a1  A 1
      one  a2 <- a1  A 2
      one  a3 <- a1  A 3
      one  b1  B 1
      two  c1  C 1
      two  d1  D 1
      one  a2 => a3
      one  a1 => b1
      two  c1 => d1`);
    const told = [...graph.trees.values()].map(({ manager, switches, sideways }) => [
      manager,
      switches.map(({ from, to }) => `${from} ${to}`),
      [...sideways],
    ]);
    expect(told).to.deep.equal([
      ["one", ["a2 a3", "a1 b1"], [1]],
      ["two", ["c1 d1"], []],
    ]);
  });

  it("may have a switch from a class to one that goes on from it", () => {
    const graph = map("t  a1  A 1\nt  a2 <- a1  A 2\nt  b1 <- a2  B 1\nt  a1 => b1");
    expect(up(graph, "b1", standingOn({ t: "a1" }))).to.deep.equal(["a2", "b1"]);
  });
});

describe("A name", () => {
  const graph = map(`
    t  aaaa
    t  bbbb <- aaaa  labels: one
    t  cccc <- aaaa  labels: one_more
    t  dddd <- bbbb`);

  it("goes before what begins with it, before @ as well", () => {
    expect(resolveRevision(graph, "one").id).to.equal("bbbb");
    expect(resolveRevision(graph, "one@head").id).to.equal("dddd");
  });

  it("that ends like a relative target is the label, older id or version that it is", () => {
    const { revisions } = drawn("t aaaa  A 1\nt bbbb <- aaaa  A 2");
    const dashed = buildGraph(
      [
        { ...revisions[0]!, labels: ["v-1"], replaces: ["old-1"] },
        { ...revisions[1]!, version: "1-2" },
      ],
      [],
    );
    expect(up(dashed, "v-1")).to.deep.equal(["aaaa"]);
    expect(up(dashed, "old-1")).to.deep.equal(["aaaa"]);
    expect(up(dashed, "t@1-2")).to.deep.equal(["aaaa", "bbbb"]);
  });

  it("stands for a tip where only one tree can be meant", () => {
    expect(resolveRevision(map("t aaaa\nt bbbb <- aaaa"), "head").id).to.equal("bbbb");
  });
});

describe("Names that are spelled alike", () => {
  const graph = map(
    "t abcdxy\nt abcdez <- abcdxy\nt abcdex <- abcdez\nt zzzzzz <- abcdex\nt abxdey <- zzzzzz",
  );

  it("come closest first, then by alphabet, three of them", () => {
    expect(nearMatches(graph, "abcdef")).to.deep.equal(["abcdex", "abcdez", "abcdxy"]);
    expect(nearMatches(graph, "ABCDEF", 9)).to.deep.equal(["abcdex", "abcdez", "abcdxy", "abxdey"]);
  });

  it("are offered", () => {
    expect(failure(() => up(graph, "abcdef")).hint).to.equal("Did you mean abcdex or abcdez or abcdxy?");
  });
});

describe("What is listed of trees", () => {
  const graph = map(`
    store  root
    store  one1 <- root  One 1
    store  one2 <- one1  One 2
    store  two1 <- root  Two 1
    app    app1  needs: one2`);

  it("are heads and branch points", () => {
    expect(ids(headsOfGraph(graph))).to.deep.equal(["one2", "two1", "app1"]);
    expect(ids(branchPointsOf(graph))).to.deep.equal(["root"]);
  });

  it("are the tips above what a tree stands on", () => {
    const pair = map("pair left\npair right\npair l1 <- left  A 1\npair r1 <- right  B 1");
    expect(tipsOf(pair, "pair", ["left"])).to.deep.equal(["l1"]);
    expect(tipsOf(pair, "pair", [])).to.deep.equal(["l1", "r1"]);
    expect(up(pair, "pair@head", standingOn({ pair: "right" }))).to.deep.equal(["r1"]);
  });

  it("are the tips of the class of a revision, though another class goes on above it", () => {
    const goesOn = map("store  a1  A 1\nstore  a2 <- a1  A 2\nstore  b1 <- a2  B 1");
    expect(up(goesOn, "a1@head")).to.deep.equal(["a1", "a2"]);
    expect(failure(() => up(goesOn, "a2+1")).message).to.equal("'a2+1' leads past the last revision.");
  });
});

describe("What is pending", () => {
  const sideways = map(`
    store  root
    store  one1 <- root  New 1
    store  one2 <- one1  New 2
    store  one3 <- one2  New 3
    store  two1 <- one1  New 4
    store  two2 <- two1  New 5
    store  two3 <- two2  New 6
    store  one3 <=> two2`);
  const of = (state: ReturnType<typeof standingOn>, policy: typeof plain | typeof butler = plain): unknown =>
    pending(sideways, state, policy).get("store");

  it("leads over a switch within the class, from below its start as well", () => {
    expect(of(standingOn({ store: "one2" }))).to.deep.equal(["one3", "two2", "two3"]);
    expect(of(standingOn({ store: "one3" }))).to.deep.equal(["two2", "two3"]);
    expect(of(standingOn({ store: "two2" }))).to.deep.equal(["two3"]);
  });

  it("goes along the line to the tip, where that is one", () => {
    const line = ["two1", "two2", "two3"];
    expect(of(standingOn({ store: "one1" }))).to.deep.equal(line);
    expect(of(nothing)).to.deep.equal(["root", "one1", ...line]);
    expect(of(nothing, butler)).to.deep.equal([]);
  });

  it("is what an upgrade runs, though a switch would be shorter than the line", () => {
    const shorter = map(`
      store  one1  New 1
      store  one2 <- one1  New 2
      store  two1 <- one1  New 3
      store  two2 <- two1  New 4
      store  two3 <- two2  New 5
      store  two4 <- two3  New 6
      store  one2 => two4`);
    const state = standingOn({ store: "one1" });
    expect(pending(shorter, state, plain).get("store")).to.deep.equal(["two1", "two2", "two3", "two4"]);
    expect(up(shorter, "head", state)).to.deep.equal(["two1", "two2", "two3", "two4"]);
  });

  it("is nothing where the tip is applied, on whatever else the tree stands", () => {
    expect(of(standingOn({ store: ["one2", "two3"] }))).to.deep.equal([]);
  });

  it("is all that is left where a class has several tips", () => {
    const parted = map(`
      store  one1  New 1
      store  one2 <- one1  New 2
      store  two1 <- one1  New 3
      store  other <- one1  New 4
      store  one2 => two1`);
    expect(pending(parted, standingOn({ store: "one2" }), plain).get("store")).to.have.members([
      "two1",
      "other",
    ]);
  });

  it("is not known above a revision that no file has", () => {
    expect(of(standingOn({ store: "gone" }))).to.deep.equal([]);
  });

  it("ends below what has no code", () => {
    const blocked = map("t a1\nt a2 <- a1  placeholder\nt a3 <- a2\nt b2 <- a1");
    expect(pending(blocked, nothing, plain).get("t")).to.deep.equal(["a1", "b2"]);
  });
});
