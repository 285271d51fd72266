/** Plans where trees stand on several lines or classes, or cross switches in a row; and trees that stand on what no file has. */
import { expect } from "chai";
import {
  type AppliedState,
  planDowngrade,
  planStamp,
  planUpgrade,
  type RevisionGraph,
  type Step,
} from "../../../lib/graph/index.js";
import { failure } from "./failure.js";
import { map, standingOn } from "./map.js";
import { butler, plain } from "./policies.js";

const nothing = standingOn({});

function told(steps: readonly Step[]): string[] {
  return steps.map((step) => `${step.direction} ${step.revision} (${step.heads.join(" ")})`);
}

function up(
  graph: RevisionGraph,
  state: AppliedState,
  targets: string | readonly string[],
  policy: typeof plain | typeof butler = plain,
): string[] {
  return told(planUpgrade(graph, state, [targets].flat(), policy).steps);
}

function down(graph: RevisionGraph, state: AppliedState, target: string): string[] {
  return planDowngrade(graph, state, target).steps.map((step) => step.revision);
}

/** Rows of version tables in the order of application: `manager revision <- parent`, a row a line. */
function recorded(text: string, heads: Record<string, string | string[]>): AppliedState {
  const order = text
    .trim()
    .split("\n")
    .map((line, at) => {
      const [manager = "", revision = "", , parent = null] = line.trim().split(/\s+/);
      return { seq: BigInt(at + 1), manager, revision, parent };
    });
  return { heads: standingOn(heads).heads, order };
}

const lines = map(`
  store  root
  store  old1 <- root  Old 1
  store  old2 <- old1  Old 2
  store  old3 <- old1  Old 3
  store  old4 <- old2  Old 4
  store  new1 <- root  New 1
  store  side <- root
  store  old2 <=> new1
  app    app1  needs: old2
`);

describe("A tree on several lines of one class", () => {
  it("stands on both where that is allowed, and on no more than before where it is not", () => {
    expect(up(lines, standingOn({ store: "old2" }), "old3")).to.deep.equal(["up old3 (old2 old3)"]);
    expect(up(lines, standingOn({ store: ["old2", "old3"] }), "old4", butler)).to.deep.equal([
      "up old4 (old3 old4)",
    ]);
  });

  it("stands beside a line without class, whichever was first", () => {
    expect(up(lines, standingOn({ store: "old1" }), "side")).to.deep.equal(["up side (old1 side)"]);
    expect(up(lines, standingOn({ store: "side" }), "old1")).to.deep.equal(["up old1 (old1 side)"]);
  });

  it("is named in the order of the files, where it cannot be", () => {
    expect(failure(() => up(lines, standingOn({ store: "old3" }), "old2", butler)).message).to.equal(
      "store would stand on several revisions at once: old2 (map.txt:4) and old3 (map.txt:5).",
    );
  });

  it("is named by five of the lines, and merged from all of them", () => {
    const many = map(["t root", ...[1, 2, 3, 4, 5, 6].map((at) => `t n${at} <- root`)].join("\n"));
    const error = failure(() => up(many, standingOn({ t: "root" }), "t@heads", butler));
    expect([error.message, error.hint]).to.deep.equal([
      "t would stand on several revisions at once: n1 (map.txt:2) and n2 (map.txt:3) and n3 (map.txt:4) and n4 (map.txt:5) and n5 (map.txt:6).",
      "Merge them first: `godwit revision merge t n1 n2 n3 n4 n5 n6`.",
    ]);
  });

  it("does not leave one of them behind over a switch", () => {
    const error = failure(() => up(lines, standingOn({ store: "old1" }), ["old3", "new1"]));
    expect([error.code, error.message, error.hint]).to.deep.equal([
      "no-switch",
      "store would stand on several branches at once: old3 (map.txt:5) and new1 (map.txt:7).",
      "Name one of them.",
    ]);
    expect(failure(() => up(lines, standingOn({ store: ["old2", "old3"] }), "new1")).message).to.equal(
      "store cannot go over a switch to new1 (map.txt:7) from more than one revision.",
    );
  });

  it("can go on as long as one of them can", () => {
    const error = failure(() => up(lines, standingOn({ store: ["old2", "old3"] }), "+1", butler));
    expect([error.message, error.hint]).to.deep.equal([
      "store stands on several revisions: old2 (map.txt:4), old3 (map.txt:5).",
      "Count from one of them: old2+1 or old3+1.",
    ]);
  });

  it("is told what to count from with its own name and the whole number", () => {
    const dashed = map("app-2 one1\napp-2 one2");
    const error = failure(() => up(dashed, standingOn({ "app-2": ["one1", "one2"] }), "app-2@+12"));
    expect(error.hint).to.equal("Count from one of them: one1+12 or one2+12.");
  });
});

describe("Heads of a tree of several classes", () => {
  const fork = map("fork aaaa\nfork bbbb <- aaaa\nfork cccc <- aaaa");
  const single = map("one a1\none a2 <- a1  A 1\none a3 <- a1  A 2");

  it("are not all meant where nothing of it is applied", () => {
    expect(failure(() => up(lines, nothing, "heads")).code).to.equal("multiple-heads");
    expect(up(single, nothing, "heads")).to.have.length(3);
  });

  it("are all taken by heads, and refused by head, of a tree that is started", () => {
    expect(up(fork, standingOn({ fork: "aaaa" }), "heads")).to.have.length(2);
    expect(failure(() => up(fork, standingOn({ fork: "aaaa" }), "head", butler)).message).to.equal(
      "The branch of fork has 2 tips: bbbb (map.txt:2) and cccc (map.txt:3).",
    );
  });

  it("are none of a tree that is recorded as empty", () => {
    const empty = { heads: new Map([["fork", []]]), order: [] };
    expect(up(fork, empty, "head", butler)).to.deep.equal([]);
  });
});

describe("Switches in a row", () => {
  const chained = map(`
    store  root
    store  c3 <- c2    C 3
    store  c2 <- c1    C 2
    store  c1 <- root  C 1
    store  b2 <- b1    B 2
    store  b1 <- root  B 1
    store  a2 <- a1    A 2
    store  a1 <- root  A 1
    store  a2 => b1
    store  b2 => c1
  `);

  it("are gone over with the revisions between and behind them, each after the other", () => {
    expect(up(chained, standingOn({ store: "a1" }), "c3")).to.deep.equal([
      "up a2 (a2)",
      "switch b1 (b1)",
      "up b2 (b2)",
      "switch c1 (c1)",
      "up c2 (c2)",
      "up c3 (c3)",
    ]);
  });

  it("are followed by all revisions behind them in their order", () => {
    const graph = map(`
      store  a1  A 1
      store  c1  C 1
      store  c2 <- c1  C 2
      store  c3 <- c2  C 3
      store  c4 <- c3  C 4
      store  a1 => c1`);
    expect(up(graph, standingOn({ store: "a1" }), "c4")).to.deep.equal([
      "switch c1 (c1)",
      "up c2 (c2)",
      "up c3 (c3)",
      "up c4 (c4)",
    ]);
  });

  it("are told with where they come from, and which way", () => {
    const [, step] = planUpgrade(chained, standingOn({ store: "a1" }), ["b1"], plain).steps;
    expect(step).to.deep.equal({
      direction: "switch",
      manager: "store",
      revision: "b1",
      from: ["a2"],
      heads: ["b1"],
      switch: { edge: chained.switches[0], way: "forth" },
    });
    const [back] = planDowngrade(
      lines,
      recorded("store root\nstore old1 <- root\nstore old2 <- old1\nstore new1 <- old2", { store: "new1" }),
      "old2",
    ).steps;
    expect(back).to.deep.equal({
      direction: "switch",
      manager: "store",
      revision: "old2",
      from: ["new1"],
      heads: ["old2"],
      switch: { edge: lines.switches[0], way: "back" },
    });
  });

  it("are undone over the one that was gone over, of several with one end in common", () => {
    const three = `
      store  root
      store  a1 <- root  A 1
      store  b1 <- root  B 1
      store  c1 <- root  C 1`;
    const state = recorded("store root\nstore b1 <- root\nstore c1 <- b1", { store: "c1" });
    for (const [switches, way] of [
      ["store a1 <=> c1\nstore b1 <=> c1", "back"],
      ["store b1 <=> a1\nstore b1 <=> c1", "back"],
      ["store c1 <=> a1\nstore c1 <=> b1", "forth"],
    ] as const) {
      const graph = map(`${three}\n${switches}`);
      const [step] = planDowngrade(graph, state, "b1").steps;
      expect([step?.revision, step?.switch]).to.deep.equal(["b1", { edge: graph.switches[1], way }]);
    }
  });

  it("are chosen by all steps of the way, those behind the last one included", () => {
    const long = map(`
      store  root
      store  a1 <- root  A 1
      store  b1 <- root  B 1
      store  b2 <- b1    B 2
      store  b3 <- b2    B 3
      store  b4 <- b3    B 4
      store  c1 <- root  C 1
      store  a1 => b1
      store  a1 => c1
      store  c1 => b4`);
    expect(up(long, standingOn({ store: "a1" }), "b4")).to.deep.equal(["switch c1 (c1)", "switch b4 (b4)"]);
    expect(up(long, standingOn({ store: "a1" }), "b2")).to.deep.equal(["switch b1 (b1)", "up b2 (b2)"]);
  });

  it("are the fewest steps, though two other ways are found before", () => {
    const late = map(`
      store  root
      store  s1 <- root  S 1
      store  s2 <- s1    S 2
      store  s3 <- s2    S 3
      store  x1 <- root  X 1
      store  x2 <- x1    X 2
      store  x3 <- x2    X 3
      store  x4 <- x3    X 4
      store  y1 <- root  Y 1
      store  y2 <- y1    Y 2
      store  y3 <- y2    Y 3
      store  y4 <- y3    Y 4
      store  z1 <- root  Z 1
      store  t1 <- root  T 1
      store  s1 => x1
      store  s1 => y1
      store  x4 => t1
      store  y4 => t1
      store  s3 => z1
      store  z1 => t1`);
    expect(up(late, standingOn({ store: "s1" }), "t1")).to.deep.equal([
      "up s2 (s2)",
      "up s3 (s3)",
      "switch z1 (z1)",
      "switch t1 (t1)",
    ]);
  });

  it("that part later on are told in full, and one is chosen where they part", () => {
    const tied = map(`
      store  root
      store  a1 <- root  A 1
      store  x1 <- root  X 1
      store  b1 <- root  B 1
      store  d1 <- root  D 1
      store  c1 <- root  C 1
      store  a1 => x1
      store  x1 => b1
      store  b1 => c1
      store  x1 => d1
      store  d1 <=> c1`);
    const error = failure(() => up(tied, standingOn({ store: "a1" }), "c1"));
    const first = "the switch a1 → x1, then the switch x1 →";
    expect([error.message, error.hint]).to.deep.equal([
      `Two ways lead from a1 to c1 in 3 steps: ${first} b1, then the switch b1 → c1; or ${first} d1, then the switch d1 → c1.`,
      "Choose one with `godwit upgrade b1` or `godwit upgrade d1`, then go on to c1.",
    ]);
    expect(failure(() => up(tied, standingOn({ store: "c1" }), "b1")).message).to.equal(
      "No switch leads from c1 (map.txt:7) to b1 (map.txt:5).",
    );
  });

  it("are no way where they only lead to the target from elsewhere", () => {
    const elsewhere = map(`
      store  root
      store  a1 <- root  A 1
      store  a2 <- a1    A 2
      store  b1 <- root  B 1
      store  c1 <- root  C 1
      store  b1 => c1`);
    expect(failure(() => up(elsewhere, standingOn({ store: "a2" }), "c1")).message).to.equal(
      "No switch leads from a2 (map.txt:4) to c1 (map.txt:6).",
    );
  });

  it("within a class are taken on from each line that has one", () => {
    const parted = map(`
      store  root
      store  a1 <- root  A 1
      store  b1 <- root  B 1
      store  a2 <- root  A 2
      store  b2 <- root  B 2
      store  a1 => a2
      store  b1 => b2`);
    expect(up(parted, standingOn({ store: "a1" }), "store-A@head")).to.deep.equal(["switch a2 (a2)"]);
    expect(up(parted, standingOn({ store: "b1" }), "store-B@head")).to.deep.equal(["switch b2 (b2)"]);
  });

  it("are not needed to what is below", () => {
    const sideways = map(`
      store  one1  New 1
      store  one2 <- one1  New 2
      store  two1 <- one1  New 3
      store  one2 => two1`);
    expect(up(sideways, standingOn({ store: "one2" }), "one1")).to.deep.equal([]);
  });
});

describe("Targets of which one is on the way to another", () => {
  it("are told", () => {
    const error = failure(() => up(lines, nothing, ["store-Old@1", "old4", "old1"]));
    expect([error.code, error.message, error.hint]).to.deep.equal([
      "overlapping-revisions",
      "The target 'store-Old@1' (old1) is on the way to 'old4'.",
      "Name 'old4' alone.",
    ]);
  });
});

describe("A tree that stands on a revision that no file has", () => {
  const graph = map(`
    lib   lib1
    lib   lib2 <- lib1
    app   app1  needs: lib1
    app   app2 <- app1
    fork  aaaa
  `);
  const gone = standingOn({ lib: "gone", app: "app1", fork: "aaaa" });

  function expectRefused(work: () => unknown, manager = "lib", revision = "gone"): void {
    const error = failure(work);
    expect([error.code, error.message]).to.deep.equal([
      "unknown-revision",
      `${manager} stands on ${revision}, which no revision file has.`,
    ]);
  }

  it("stops an upgrade that starts from it, or needs it", () => {
    for (const target of ["head", "lib@head", "lib2", "+1"]) expectRefused(() => up(graph, gone, target));
    const known = recorded("lib lib1\nlib gone <- lib1", { lib: "gone" });
    expectRefused(() => up(graph, known, "lib1"));
    const above = map("lib lib1\nlib lib2 <- lib1\napp app1\napp app2 <- app1  needs: lib2");
    expectRefused(() => up(above, gone, "app2"));
  });

  it("stops a downgrade that starts from it, or takes it along", () => {
    for (const target of ["-1", "base", "lib@-1", "lib1", "lib@base"])
      expectRefused(() => down(graph, gone, target));
    const along = recorded("lib lib1\napp app1", { lib: "lib1", app: "gone" });
    expectRefused(() => down(graph, along, "lib@base"), "app");
  });

  it("does not stop what has nothing to do with it", () => {
    expect(up(graph, gone, "app2")).to.deep.equal(["up app2 (app2)"]);
    expect(up(graph, gone, "app@head")).to.deep.equal(["up app2 (app2)"]);
    expect(down(graph, gone, "fork@base")).to.deep.equal(["aaaa"]);
    expect(down(graph, gone, "aaaa")).to.deep.equal([]);
  });

  it("is settled by a stamp that names a revision, or purges", () => {
    const policy = { ...butler, rows: "keep" } as const;
    expect(planStamp(graph, gone, ["lib1"], policy)).to.deep.equal([{ manager: "lib", heads: ["lib1"] }]);
    expect(planStamp(graph, gone, ["app@head"], policy)).to.deep.equal([{ manager: "app", heads: ["app2"] }]);
    for (const target of ["heads", "lib@heads"])
      expectRefused(() => planStamp(graph, gone, [target], policy));
    expect(planStamp(graph, gone, ["lib@head"], { ...butler, rows: "purge" })).to.deep.equal([
      { manager: "app", heads: [] },
      { manager: "fork", heads: [] },
      { manager: "lib", heads: ["lib2"] },
    ]);
  });

  it("is one that another tree has, too", () => {
    expectRefused(() => up(graph, standingOn({ lib: "app1" }), "lib@head"), "lib", "app1");
  });

  it("may have one below, as long as what it stands on is there", () => {
    const state = recorded("lib gone\nlib lib1 <- gone", { lib: "lib1" });
    expect(up(graph, state, "lib@head")).to.deep.equal(["up lib2 (lib2)"]);
  });
});

describe("A downgrade", () => {
  const graph = map(`
    lib  lib1
    lib  lib2 <- lib1
    lib  lib3 <- lib2
    app  app1  needs: lib2
    app  app2 <- app1
  `);
  const state = recorded("lib lib1\nlib lib2 <- lib1\napp app1\nlib lib3 <- lib2", {
    lib: "lib3",
    app: "app1",
  });

  it("to a revision leaves what depends on that one", () => {
    expect(down(graph, state, "lib2")).to.deep.equal(["lib3"]);
  });

  it("undoes what was applied last, over all trees", () => {
    expect(down(graph, state, "-1")).to.deep.equal(["lib3"]);
    expect(down(graph, state, "-2")).to.have.members(["lib3", "app1"]);
    expect(down(graph, state, "-3")).to.have.members(["lib3", "app1", "lib2"]);
    expect(down(graph, state, "-4")).to.have.members(["lib3", "app1", "lib2", "lib1"]);
    expect(failure(() => down(graph, state, "-5")).message).to.equal(
      "'-5' leads past the first revision: only 4 can be undone.",
    );
  });

  it("counts in one tree, and takes along what depends on what is undone", () => {
    expect(down(graph, state, "lib@-1")).to.deep.equal(["lib3"]);
    expect(down(graph, state, "lib@-2")).to.have.members(["lib3", "app1", "lib2"]);
    expect(down(graph, state, "lib@-3")).to.have.members(["lib3", "app1", "lib2", "lib1"]);
    expect(down(graph, state, "app@-1")).to.deep.equal(["app1"]);
  });

  it("of nothing, or of more than there is, is told", () => {
    expect(failure(() => down(graph, nothing, "-1")).message).to.equal(
      "'-1' leads past the first revision: only 0 can be undone.",
    );
    expect(failure(() => down(lines, standingOn({ store: "old2" }), "store-Old@-4")).message).to.equal(
      "'store-Old@-4' leads past the first revision: only 2 can be undone.",
    );
    expect(failure(() => down(lines, standingOn({ store: "old2" }), "old1-3")).message).to.equal(
      "'old1-3' ends before the first revision.",
    );
  });

  it("leaves a tree on the lines that stay, and on where they parted once the last of them goes", () => {
    const both = standingOn({ store: ["old2", "old3"] });
    expect(told(planDowngrade(lines, both, "old3-1").steps)).to.deep.equal([
      "down old2 (old3)",
      "down old3 (old1)",
    ]);
    expect(told(planDowngrade(lines, both, "old3@old1").steps)).to.deep.equal(["down old3 (old2)"]);
  });

  it("does not count where lines parted as long as one of them stays", () => {
    const rows = [
      { seq: 1n, manager: "store", revision: "root", parent: null },
      { seq: 1n, manager: "store", revision: "old1", parent: "root" },
      { seq: 1n, manager: "store", revision: "old2", parent: "old1" },
      { seq: 2n, manager: "store", revision: "old3", parent: "old1" },
    ];
    const adopted = { heads: standingOn({ store: ["old2", "old3"] }).heads, order: rows };
    expect(down(lines, adopted, "-2")).to.have.members(["old3", "old2"]);
  });

  it("names every way on where the order is not known: by tree, or by revision where a tree stands on several", () => {
    const hint = (heads: Record<string, string | string[]>, target: string): string | undefined =>
      failure(() => down(lines, standingOn(heads), target)).hint;
    expect(hint({ app: "app1", store: "old2" }, "-10")).to.equal(
      "godwit downgrade app@-10\ngodwit downgrade store@-10",
    );
    expect(hint({ app: "app1", store: ["old2", "old3"] }, "-1")).to.equal(
      "godwit downgrade app1-1\ngodwit downgrade old2-1\ngodwit downgrade old3-1",
    );
  });

  it("of a class to its base leaves what is not below the class", () => {
    const pair = map("pair left\npair right\npair l1 <- left  A 1\npair r1 <- right  B 1");
    const both = standingOn({ pair: ["l1", "r1"] });
    expect(down(pair, both, "pair-A@base")).to.deep.equal(["l1", "left"]);
    expect(down(pair, both, "pair@base")).to.have.members(["l1", "left", "r1", "right"]);
    expect(down(pair, both, "pair-A@l1-2")).to.deep.equal(["l1", "left"]);
    expect(down(lines, standingOn({ store: "old2" }), "store@base+1")).to.deep.equal(["old2", "old1"]);
    expect(planDowngrade(lines, standingOn({ store: "old2" }), "store-New@base")).to.deep.equal({
      steps: [],
      note: "Nothing to do: nothing above 'store-New@base' is applied.",
    });
  });

  it("to below the first revision undoes the tree, and no other one", () => {
    const two = map("one a1\none a2 <- a1\ntwo b1");
    expect(down(two, standingOn({ one: "a2", two: "b1" }), "a2-2")).to.deep.equal(["a2", "a1"]);
    expect(down(two, standingOn({ one: "a2", two: "b1" }), "two@b1-1")).to.deep.equal(["b1"]);
  });
});

describe("An upgrade from before the first revision", () => {
  it("begins where what stands before @ begins", () => {
    const pair = map("pair left\npair right\npair l1 <- left\npair r1 <- right");
    expect(up(pair, nothing, "right@base+2")).to.deep.equal(["up right (right)", "up r1 (r1)"]);
  });
});

describe("A target with a number", () => {
  it("is counted with all its digits, and is a name where more follows", () => {
    expect(failure(() => up(lines, nothing, "old4+12")).message).to.equal(
      "'old4+12' leads past the last revision.",
    );
    expect(failure(() => up(lines, nothing, "old1+1x")).message).to.equal(
      "There is no revision or label 'old1+1x'.",
    );
  });

  it("ends with the class that it is counted in", () => {
    expect(failure(() => up(lines, standingOn({ store: "old4" }), "store-Old@+1")).message).to.equal(
      "'store-Old@+1' leads past the last revision.",
    );
  });
});

describe("A stamp", () => {
  const policy = { ...butler, rows: "keep" } as const;

  it("of a revision leaves other trees as they are", () => {
    expect(planStamp(lines, standingOn({ store: "old2", app: "app1" }), ["old1"], policy)).to.deep.equal([
      { manager: "store", heads: ["old1"] },
    ]);
  });

  it("names the target that covers another one", () => {
    expect(failure(() => planStamp(lines, nothing, ["old1", "new1", "old4"], policy)).message).to.equal(
      "old1 (map.txt:3) is below old4 (map.txt:6): naming the upper one is enough.",
    );
  });
});
