import { expect } from "chai";
import { type AppliedState, pending, planUpgrade, type RevisionGraph } from "../../../lib/graph/index.js";
import { failure } from "./failure.js";
import { map, standingOn } from "./map.js";
import { plain } from "./policies.js";

function plan(graph: RevisionGraph, state: AppliedState, ...targets: string[]): string[] {
  return planUpgrade(graph, state, targets, plain).steps.map(
    (step) => `${step.direction} ${step.revision} (${step.heads.join(" ")})`,
  );
}

const twoBranches = `
  store  root
  store  old1 <- root  Old 1.0.0
  store  old2 <- old1  Old 2.0.0
  store  new1 <- root  New 1.0.0
  store  new2 <- new1  New 2.0.0
  store  old2 <=> new1
`;

describe("A switch between two branches of a tree", () => {
  const graph = map(twoBranches);

  it("is taken on the way to a target on the other branch: along the branch, over the switch, on to the target", () => {
    expect(plan(graph, standingOn({ store: "old1" }), "store-New@head")).to.deep.equal([
      "up old2 (old2)",
      "switch new1 (new1)",
      "up new2 (new2)",
    ]);
  });

  it("is gone back over where it has a way back", () => {
    const steps = planUpgrade(graph, standingOn({ store: "new1" }), ["old2"], plain).steps;
    expect(
      steps.map(({ direction, revision, switch: crossed }) => [direction, revision, crossed?.way]),
    ).to.deep.equal([["switch", "old2", "back"]]);
  });

  it("is never taken by head or heads", () => {
    for (const target of ["head", "heads", "store@head"]) {
      expect(plan(graph, standingOn({ store: "old1" }), target)).to.deep.equal(["up old2 (old2)"]);
      expect(plan(graph, standingOn({ store: "new1" }), target)).to.deep.equal(["up new2 (new2)"]);
    }
  });

  it("is not reached from above its start: the way down is said", () => {
    const error = failure(() => plan(graph, standingOn({ store: "new2" }), "store-Old@2.0.0"));
    expect(error.code).to.equal("no-switch");
    expect(error.hint).to.include("godwit downgrade new1");
  });

  it("is not needed where nothing is applied: a branch begins at the root", () => {
    expect(plan(graph, standingOn({}), "store-New@1.0.0")).to.deep.equal([
      "up root (root)",
      "up new1 (new1)",
    ]);
    expect(plan(graph, standingOn({ store: "root" }), "store-New@1.0.0")).to.deep.equal(["up new1 (new1)"]);
  });

  it("is not gone over from more than one revision", () => {
    const lines = map(`${twoBranches}
      store  old3 <- old1  Old 3.0.0`);
    const error = failure(() => plan(lines, standingOn({ store: ["old2", "old3"] }), "new1"));
    expect([error.code, error.hint]).to.deep.equal(["no-switch", "Bring the tree to one revision first."]);
  });

  it("lets no tree end on two branches", () => {
    expect(failure(() => plan(graph, standingOn({}), "store-Old@head", "store-New@head")).code).to.equal(
      "no-switch",
    );
    expect(failure(() => plan(graph, standingOn({}), "head")).message).to.match(
      /old2.*map\.txt:4.*new2.*map\.txt:6/,
    );
  });
});

describe("Several switches", () => {
  const three = `
    store  root
    store  a1 <- root  A 1
    store  b1 <- root  B 1
    store  c1 <- root  C 1
    store  c2 <- c1    C 2
  `;

  it("are chained, if there is no shorter way", () => {
    const chained = map(`${three}
      store  a1 => b1
      store  b1 => c1`);
    expect(plan(chained, standingOn({ store: "a1" }), "c2")).to.deep.equal([
      "switch b1 (b1)",
      "switch c1 (c1)",
      "up c2 (c2)",
    ]);
    const direct = map(`${three}
      store  a1 => b1
      store  b1 => c1
      store  a1 => c1`);
    expect(plan(direct, standingOn({ store: "a1" }), "c2")).to.deep.equal(["switch c1 (c1)", "up c2 (c2)"]);
  });

  it("that are equally far are refused, with both ways shown", () => {
    const tied = map(`${three}
      store  d1 <- root  D 1
      store  a1 => b1
      store  b1 => c1
      store  a1 => d1
      store  d1 => c1`);
    const error = failure(() => plan(tied, standingOn({ store: "a1" }), "c1"));
    expect(error.code).to.equal("ambiguous-switch");
    expect(error.message).to.include("a1 → b1").and.include("a1 → d1");
    expect(error.hint).to.include("`godwit upgrade b1` or `godwit upgrade d1`");
    expect(plan(tied, standingOn({ store: "d1" }), "c1")).to.deep.equal(["switch c1 (c1)"]);
  });

  it("are taken from the nearest on, whatever their order in the files", () => {
    const near = map(`
      store  root
      store  a1 <- root  A 1
      store  a2 <- a1    A 2
      store  a3 <- a2    A 3
      store  b1 <- root  B 1
      store  c1 <- root  C 1
      store  a3 => b1
      store  a1 => c1
      store  c1 => b1`);
    expect(plan(near, standingOn({ store: "a1" }), "b1")).to.deep.equal(["switch c1 (c1)", "switch b1 (b1)"]);
  });

  it("that start equally far away and lead to the same revision are told by where they start", () => {
    const parted = map(`
      store  root
      store  a1 <- root  A 1
      store  a2 <- a1    A 2
      store  a3 <- a1    A 3
      store  b1 <- root  B 1
      store  a2 => b1
      store  a3 => b1`);
    const error = failure(() => plan(parted, standingOn({ store: "a1" }), "b1"));
    expect(error.code).to.equal("ambiguous-switch");
    expect(error.hint).to.include("`godwit upgrade a2` or `godwit upgrade a3`");
  });

  it("that lead nowhere near are no way", () => {
    const none = map(`${three}
      store  a1 => b1`);
    expect(failure(() => plan(none, standingOn({ store: "a1" }), "c1")).code).to.equal("no-switch");
  });
});

describe("Trees that depend on each other", () => {
  const graph = map(`
    lib  lib1
    lib  lib2 <- lib1
    lib  lib3 <- lib2
    app  app1  needs: lib2
    app  app2 <- app1
  `);

  it("pull in what they need, and no more", () => {
    expect(plan(graph, standingOn({}), "app@head")).to.deep.equal([
      "up lib1 (lib1)",
      "up lib2 (lib2)",
      "up app1 (app1)",
      "up app2 (app2)",
    ]);
  });

  it("keep a row for each tree, whatever depends on it", () => {
    const { steps } = planUpgrade(graph, standingOn({}), ["head"], plain);
    const last = new Map(steps.map((step) => [step.manager, step.heads]));
    expect(Object.fromEntries(last)).to.deep.equal({ lib: ["lib3"], app: ["app2"] });
  });

  it("need the switch itself, where it lands on what they need", () => {
    const landed = map(`${twoBranches}
      app  app1  needs: new1`);
    expect(plan(landed, standingOn({ store: "old2" }), "new2", "app1")).to.have.members([
      "switch new1 (new1)",
      "up new2 (new2)",
      "up app1 (app1)",
    ]);
    expect(plan(landed, standingOn({ store: "old2" }), "app1")).to.deep.equal([
      "switch new1 (new1)",
      "up app1 (app1)",
    ]);
  });

  it("wait for a switch that brings what they need", () => {
    const behind = map(`${twoBranches}
      app  app1  needs: new2`);
    expect(plan(behind, standingOn({ store: "old2" }), "app1")).to.deep.equal([
      "switch new1 (new1)",
      "up new2 (new2)",
      "up app1 (app1)",
    ]);
  });
});

describe("A switch between two lines of one branch", () => {
  const graph = map(`
    store  root
    store  old1 <- root  Old 1.0.0
    store  old2 <- old1  Old 1.0.1
    store  one1 <- root  New 1.0.0
    store  one2 <- one1  New 1.0.1
    store  two1 <- one1  New 2.0.0
    store  two2 <- two1  New 2.0.1
    store  old1 <=> one1
    store  old2 <=> one2
    store  one2 <=> two2
  `);

  it("leaves the branch one tip", () => {
    expect(plan(graph, standingOn({ store: "one1" }), "head")).to.deep.equal([
      "up two1 (two1)",
      "up two2 (two2)",
    ]);
  });

  it("is taken by head, which stays with the class", () => {
    expect(plan(graph, standingOn({ store: "one2" }), "head")).to.deep.equal(["switch two2 (two2)"]);
    expect(pending(graph, standingOn({ store: "one2" }), plain).get("store")).to.deep.equal(["two2"]);
    expect(plan(graph, standingOn({ store: "two1" }), "head")).to.deep.equal(["up two2 (two2)"]);
    expect(plan(graph, standingOn({ store: "old1" }), "head")).to.deep.equal(["up old2 (old2)"]);
  });

  it("loses against a way of as many steps over fewer switches", () => {
    expect(plan(graph, standingOn({ store: "old1" }), "store-New@head")).to.deep.equal([
      "switch one1 (one1)",
      "up two1 (two1)",
      "up two2 (two2)",
    ]);
    expect(plan(graph, standingOn({ store: "old2" }), "store-New@head")).to.deep.equal([
      "switch one2 (one2)",
      "switch two2 (two2)",
    ]);
  });
});
