import { expect } from "chai";
import {
  type AppliedState,
  planDowngrade,
  planStamp,
  planUpgrade,
  resolveRevision,
  type RevisionGraph,
} from "../../../lib/graph/index.js";
import { failure } from "./failure.js";
import { map, standingOn } from "./map.js";
import { butler, plain } from "./policies.js";

function up(graph: RevisionGraph, state: AppliedState, target: string): string {
  return planUpgrade(graph, state, [target], plain)
    .steps.map((step) => step.revision)
    .join(" ");
}

function down(graph: RevisionGraph, state: AppliedState, target: string): string {
  return planDowngrade(graph, state, target)
    .steps.map((step) => step.revision)
    .join(" ");
}

/** Two classes that part at the root, a tree that forks within its class, and one that begins twice. */
const graph = map(`
  store  root
  store  old1 <- root  Old 1.0.0  labels: first
  store  old2 <- old1  Old 2.0.0
  store  new1 <- root  New 1.0.0
  store  new2 <- new1  New 2.0.0
  store  old2 <=> new1
  fork   aaaa          labels: bottom
  fork   bbbb <- aaaa
  fork   cccc <- aaaa
  fork   dddd <- aaaa
  pair   left
  pair   right
  app-2  only
`);
const nothing = standingOn({});

describe("What stands before @ in an upgrade", () => {
  it("as a class narrows what is counted, and begins its tree where nothing is applied", () => {
    expect(up(graph, standingOn({ store: "old1" }), "store-Old@+1")).to.equal("old2");
    expect(up(graph, nothing, "store-New@+2")).to.equal("root new1");
  });

  it("as a class or revision above what the tree stands on is counted from there", () => {
    expect(up(graph, standingOn({ store: "root" }), "store-New@+2")).to.equal("new1 new2");
    expect(up(graph, standingOn({ store: "root" }), "new2@+1")).to.equal("new1");
  });

  it("as a class that the tree does not stand on gives nothing to count from", () => {
    const error = failure(() => up(graph, standingOn({ store: "old2" }), "store-New@+1"));
    expect([error.code, error.hint]).to.deep.equal([
      "ambiguous-start",
      "Name the revision or version to reach, as `store-New@head`.",
    ]);
    expect(failure(() => up(graph, standingOn({ store: "old2" }), "new2@+1")).code).to.equal(
      "ambiguous-start",
    );
  });

  it("as a revision means the tips above it in its class, or in the tree where it has none", () => {
    expect(up(graph, standingOn({ store: "root" }), "new1@head")).to.equal("new1 new2");
    expect(up(graph, standingOn({ fork: "aaaa" }), "cccc@head")).to.equal("cccc");
    expect(failure(() => up(graph, standingOn({ fork: "aaaa" }), "aaaa@head")).code).to.equal(
      "multiple-heads",
    );
  });

  it("as a class ends where another class goes on", () => {
    const goesOn = map(`
      store  a1  A 1
      store  b1 <- a1  B 1`);
    expect(up(goesOn, nothing, "store-A@head")).to.equal("a1");
    expect(up(goesOn, nothing, "store-B@head")).to.equal("a1 b1");
  });

  it("may be a beginning of an id, and is refused where it is nothing", () => {
    expect(up(graph, standingOn({ fork: "aaaa" }), "ccc@head")).to.equal("cccc");
    expect(failure(() => up(graph, nothing, "@head")).code).to.equal("unknown-branch");
    expect(failure(() => up(graph, nothing, "")).code).to.equal("unknown-revision");
  });

  it("takes labels of its own behind it, and no others", () => {
    expect(up(graph, nothing, "fork@bottom")).to.equal("aaaa");
    expect(up(graph, nothing, "fork@bott")).to.equal("aaaa");
    expect(failure(() => up(graph, nothing, "store@bottom")).code).to.equal("not-in-branch");
    const error = failure(() => up(graph, nothing, "store@bott"));
    expect([error.code, error.hint]).to.deep.equal(["unknown-revision", "Its versions: 1.0.0, 2.0.0."]);
  });

  it("as a tree without versions answers an unknown name with names that are spelled alike", () => {
    expect(failure(() => up(graph, nothing, "fork@bbbx")).hint).to.equal("Did you mean bbbb?");
  });

  it("with heads takes all tips of the tree", () => {
    expect(up(graph, standingOn({ fork: "aaaa" }), "fork@heads").split(" ")).to.have.members([
      "bbbb",
      "cccc",
      "dddd",
    ]);
  });

  it("with base counts from before the first revision, and not below that", () => {
    expect(up(graph, nothing, "store-Old@base+2")).to.equal("root old1");
    expect(failure(() => up(graph, nothing, "store@base-1")).code).to.equal("relative-out-of-range");
    const twice = failure(() => up(graph, nothing, "pair@+1"));
    expect([twice.code, twice.message]).to.deep.equal([
      "ambiguous-walk",
      "'pair@+1' can go on from nothing to any of left (map.txt:12), right (map.txt:13).",
    ]);
  });
});

describe("A position that is counted from", () => {
  const parted = standingOn({ fork: ["bbbb", "cccc"], store: "old1" });

  it("has to be one", () => {
    const error = failure(() => up(graph, parted, "fork@+1"));
    expect([error.code, error.hint]).to.deep.equal([
      "ambiguous-start",
      "Count from one of them: bbbb+1 or cccc+1.",
    ]);
    const several = standingOn({ store: "old1", "app-2": "only" });
    expect(failure(() => planUpgrade(graph, several, ["head-1"], butler)).message).to.equal(
      "'head-1' starts from several tips.",
    );
  });

  it("has to be in one tree, where no tree is named", () => {
    const error = failure(() => up(graph, standingOn({ store: "old1", fork: "aaaa" }), "+1"));
    expect([error.code, error.hint]).to.deep.equal([
      "ambiguous-start",
      "godwit upgrade fork@+1\ngodwit upgrade store@+1",
    ]);
  });
});

describe("A name that is more than one thing", () => {
  it("is the tree that it names, though it ends like a relative target", () => {
    expect(up(graph, nothing, "app-2")).to.equal("only");
  });

  it("is ambiguous where a tree begins twice", () => {
    expect(failure(() => resolveRevision(graph, "pair")).code).to.equal("ambiguous-prefix");
  });

  it("stands for no revision, or for several", () => {
    for (const [text, code] of [
      ["base", "unknown-revision"],
      ["old1+1", "unknown-revision"],
      ["fork@heads", "multiple-heads"],
    ] as const)
      expect(failure(() => resolveRevision(graph, text)).code, text).to.equal(code);
    expect(resolveRevision(graph, "store-New@head").id).to.equal("new2");
  });
});

describe("What stands before @ in a downgrade", () => {
  const parted = standingOn({ fork: ["bbbb", "cccc"], store: "old2" });

  it("as a class or revision goes down to the beginning of its tree with base", () => {
    for (const target of ["store-Old@base", "old1@base"])
      expect(down(graph, standingOn({ store: "old2", fork: "aaaa" }), target), target).to.equal(
        "old2 old1 root",
      );
  });

  it("as a revision keeps the other lines", () => {
    expect(down(graph, parted, "bbbb@aaaa")).to.equal("bbbb");
    expect(down(graph, parted, "fork@aaaa").split(" ")).to.have.members(["bbbb", "cccc"]);
    const error = failure(() => down(graph, parted, "dddd@aaaa"));
    expect(error.code).to.equal("not-an-ancestor");
    expect(error.message).to.include("aaaa").and.include("dddd");
  });

  it("as a class counts back in it, and nothing where the tree stands on another one", () => {
    expect(down(graph, parted, "store-Old@-1")).to.equal("old2");
    const error = failure(() => down(graph, parted, "store-New@-1"));
    expect([error.code, error.message]).to.deep.equal([
      "ambiguous-start",
      "store does not stand on store-New, so there is nothing to count from.",
    ]);
    expect(failure(() => down(graph, nothing, "store-New@-1")).code).to.equal("relative-out-of-range");
  });

  it("is each revision by itself where a tree stands on several, and which was the last is not known", () => {
    expect(failure(() => down(graph, parted, "fork@-1")).hint).to.equal(
      "godwit downgrade bbbb-1\ngodwit downgrade cccc-1",
    );
  });
});

describe("A downgrade to below a revision", () => {
  const state = standingOn({ store: "old2", fork: "bbbb" });

  it("undoes its whole tree where nothing is below", () => {
    expect(down(graph, state, "root-1")).to.equal("old2 old1 root");
    expect(down(graph, state, "store@old1-2")).to.equal("old2 old1 root");
  });

  it("undoes everything where only one tree can be meant", () => {
    const single = map("t  a1\nt  a2 <- a1");
    expect(down(single, standingOn({ t: "a2" }), "head-2")).to.equal("a2 a1");
  });

  it("is counted by the files from a revision that is not applied", () => {
    const low = standingOn({ store: "old1" });
    expect(down(graph, low, "old2-1")).to.equal("");
    expect(down(graph, low, "old2-2")).to.equal("old1");
  });

  it("takes one revision at a time", () => {
    const error = failure(() => down(graph, state, "heads"));
    expect(error.code).to.equal("multiple-heads");
  });
});

describe("A stamp by name", () => {
  const policy = { ...butler, rows: "keep" } as const;

  it("tells the trees in their order, whatever the order of its targets", () => {
    expect(planStamp(graph, nothing, ["store-New@head", "cccc"], policy)).to.deep.equal([
      { manager: "fork", heads: ["cccc"] },
      { manager: "store", heads: ["new2"] },
    ]);
  });

  it("with base alone empties every tree that is started", () => {
    expect(planStamp(graph, standingOn({ store: "old1", fork: "aaaa" }), ["base"], policy)).to.deep.equal([
      { manager: "fork", heads: [] },
      { manager: "store", heads: [] },
    ]);
  });

  it("with head follows only a branch that is known", () => {
    for (const target of ["head", "store@head"]) {
      const error = failure(() => planStamp(graph, standingOn({ store: "gone" }), [target], policy));
      expect([error.code, error.hint], target).to.deep.equal([
        "unknown-revision",
        "Add the place of its file to `revisions` in the configuration, or name the revision that it really stands on in place of a tip.",
      ]);
    }
  });
});
