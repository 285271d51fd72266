import { expect } from "chai";
import {
  type AppliedState,
  buildGraph,
  historyOf,
  pending,
  planDowngrade,
  planStamp,
  planUpgrade,
  resolveRevision,
  type Step,
} from "../../../lib/graph/index.js";
import { failure } from "./failure.js";
import { map, standingOn } from "./map.js";
import { butler, plain } from "./policies.js";

/** A tree of two classes with a switch, one of numbered versions, and one that was never started. */
const graph = map(`
  datasets           059cc7b7ef13                                    placeholder
  datasets           635083325f20 <- 059cc7b7ef13  Integer 1.0.0     placeholder
  datasets           2101fbf51ad3 <- 059cc7b7ef13  Uuid 1.0.0        placeholder
  datasets           4e2d7a28475b <- 2101fbf51ad3  Uuid 2.0.0
  datasets           635083325f20 => 2101fbf51ad3
  dimensions-config  3e2891b82110                                    placeholder
  dimensions-config  f3bcee34f344 <- 3e2891b82110  daf_butler 0      placeholder
  dimensions-config  380002bcbb26 <- f3bcee34f344  daf_butler 1
  dimensions-config  bf6308af80aa <- 380002bcbb26  daf_butler 2
  obscore            8b8e030aba2b                                    placeholder
  obscore            a0d766f99876 <- 8b8e030aba2b  LiveTable 0.0.1
`);
const old = standingOn({ datasets: "635083325f20", "dimensions-config": "f3bcee34f344" });

/** The datasets tree after the switch and one upgrade, as a runner records it. */
const switched: AppliedState = {
  heads: new Map([
    ["datasets", ["4e2d7a28475b"]],
    ["dimensions-config", ["380002bcbb26"]],
  ]),
  order: [
    { seq: 1n, manager: "datasets", revision: "059cc7b7ef13", parent: null },
    { seq: 1n, manager: "datasets", revision: "635083325f20", parent: "059cc7b7ef13" },
    { seq: 1n, manager: "dimensions-config", revision: "3e2891b82110", parent: null },
    { seq: 1n, manager: "dimensions-config", revision: "f3bcee34f344", parent: "3e2891b82110" },
    { seq: 2n, manager: "datasets", revision: "2101fbf51ad3", parent: "635083325f20" },
    { seq: 3n, manager: "dimensions-config", revision: "380002bcbb26", parent: "f3bcee34f344" },
    { seq: 4n, manager: "datasets", revision: "4e2d7a28475b", parent: "2101fbf51ad3" },
  ],
};

function told(steps: readonly Step[]): string[] {
  return steps.map(({ direction, revision }) => `${direction} ${revision}`);
}

describe("Upgrade targets of a repository", () => {
  const throughSwitch = ["switch 2101fbf51ad3", "up 4e2d7a28475b"];
  const both = ["up 380002bcbb26", "up bf6308af80aa"];
  const cases: [target: string, steps: string[]][] = [
    ["head", both],
    ["heads", both],
    ["datasets@head", []],
    ["datasets-Uuid@head", throughSwitch],
    ["datasets-Uuid@1.0.0", ["switch 2101fbf51ad3"]],
    ["datasets@2.0.0", throughSwitch],
    ["datasets@1.0.0", []],
    ["4e2d7a28475b", throughSwitch],
    ["4e2", throughSwitch],
    ["datasets@4e2d", throughSwitch],
    ["dimensions-config@1", ["up 380002bcbb26"]],
    ["dimensions-config-daf_butler@2", both],
    ["dimensions-config@+1", ["up 380002bcbb26"]],
    ["f3bcee34f344+2", both],
    ["bf6308af80aa-1", ["up 380002bcbb26"]],
    ["dimensions-config@head-1", ["up 380002bcbb26"]],
    ["+1", ["up 380002bcbb26"]],
    ["obscore@head", ["up 8b8e030aba2b", "up a0d766f99876"]],
    ["obscore-LiveTable@0.0.1", ["up 8b8e030aba2b", "up a0d766f99876"]],
    ["059cc7b7ef13", []],
    ["datasets@base", []],
  ];
  for (const [target, steps] of cases)
    it(`${target} runs ${steps.length === 0 ? "nothing" : steps.join(", ")}`, () => {
      expect(told(planUpgrade(graph, old, [target], butler).steps)).to.deep.equal(steps);
    });

  it("head starts an empty tree with one tip on a plain database", () => {
    const steps = told(planUpgrade(graph, old, ["head"], plain).steps);
    expect(steps).to.include.members(["up 8b8e030aba2b", "up a0d766f99876"]);
  });

  it("no target means head", () => {
    expect(told(planUpgrade(graph, old, [], butler).steps)).to.deep.equal(both);
  });

  it("several targets are reached in one plan", () => {
    const plan = planUpgrade(graph, old, ["datasets-Uuid@head", "dimensions-config@1"], butler);
    expect(told(plan.steps)).to.have.members([...throughSwitch, "up 380002bcbb26"]);
  });

  it("a plan without steps says why", () => {
    expect(planUpgrade(graph, old, ["059cc7b7ef13"], butler).note).to.match(/059cc7b7ef13.*applied already/);
  });

  const refused: [target: string, code: string, says: RegExp][] = [
    ["nosuch", "unknown-revision", /nosuch/],
    ["dataset5@head", "unknown-branch", /dataset5/],
    ["datasets@3.0.0", "unknown-revision", /3\.0\.0/],
    ["datasets@a0d766f99876", "not-in-branch", /a0d766f99876/],
    ["3", "ambiguous-prefix", /3e2891b82110.*380002bcbb26|380002bcbb26.*3e2891b82110/],
    ["dimensions-config@+3", "relative-out-of-range", /\+3/],
    ["-1", "relative-out-of-range", /-1/],
    ["f3bcee34f344-2", "relative-out-of-range", /-2/],
    ["059cc7b7ef13+1", "ambiguous-walk", /635083325f20.*2101fbf51ad3/],
    ["datasets@4e2", "unknown-revision", /4e2/],
  ];
  for (const [target, code, says] of refused)
    it(`${target} is refused: ${code}`, () => {
      const error = failure(() => planUpgrade(graph, old, target.split(" "), butler));
      expect([error.code, error.exitCode]).to.deep.equal([code, 2]);
      expect(error.message).to.match(says);
    });

  it("an unknown name is answered with names that are spelled alike", () => {
    expect(failure(() => planUpgrade(graph, old, ["4e2d7a28475c"], butler)).hint).to.include("4e2d7a28475b");
  });

  it("two targets of which one is on the way to the other are taken for a mistake", () => {
    const error = failure(() => planUpgrade(graph, old, ["380002bcbb26", "bf6308af80aa"], butler));
    expect(error.code).to.equal("overlapping-revisions");
  });

  it("a tree that stands on what no file has is not moved", () => {
    const strange = standingOn({ "dimensions-config": "aa7a2f893cba", datasets: "635083325f20" });
    const error = failure(() => planUpgrade(graph, strange, ["head"], butler));
    expect([error.code, error.message]).to.deep.equal([
      "unknown-revision",
      "dimensions-config stands on aa7a2f893cba, which no revision file has.",
    ]);
    expect(told(planUpgrade(graph, strange, ["datasets-Uuid@1.0.0"], butler).steps)).to.deep.equal([
      "switch 2101fbf51ad3",
    ]);
  });
});

describe("Downgrade targets of a repository", () => {
  const cases: [target: string, steps: string[]][] = [
    ["-1", ["down 4e2d7a28475b"]],
    ["-2", ["down 4e2d7a28475b", "down 380002bcbb26"]],
    ["datasets@-1", ["down 4e2d7a28475b"]],
    ["dimensions-config@-1", ["down 380002bcbb26"]],
    ["datasets@1.0.0", ["down 4e2d7a28475b"]],
    ["2101fbf51ad3", ["down 4e2d7a28475b"]],
    ["4e2d7a28475b-1", ["down 4e2d7a28475b"]],
    ["4e2d7a28475b", []],
    ["dimensions-config@base", ["down 380002bcbb26", "down f3bcee34f344", "down 3e2891b82110"]],
  ];
  for (const [target, steps] of cases)
    it(`${target} undoes ${steps.length === 0 ? "nothing" : steps.join(", ")}`, () => {
      const found = told(planDowngrade(graph, switched, target).steps);
      expect(found.toSorted()).to.deep.equal(steps.toSorted());
      expect(found[0]).to.equal(steps[0]);
    });

  it("-1 names the commands to type where the order of application is not known", () => {
    const error = failure(() => planDowngrade(graph, old, "-1"));
    expect([error.code, error.exitCode, error.hint]).to.deep.equal([
      "order-unknown",
      4,
      "godwit downgrade datasets@-1\ngodwit downgrade dimensions-config@-1",
    ]);
  });

  it("-1 is not counted past the adoption of several trees", () => {
    expect(
      failure(() =>
        planDowngrade(graph, { ...switched, order: switched.order.slice(0, 4), heads: old.heads }, "-1"),
      ).code,
    ).to.equal("order-unknown");
  });

  it("goes back over a switch only where that has a way back", () => {
    for (const target of ["-3", "datasets@-2", "635083325f20"])
      expect(failure(() => planDowngrade(graph, switched, target)).code, target).to.equal(
        "irreversible-switch",
      );
    const reversible = buildGraph(
      graph.revisions,
      graph.switches.map((edge) => ({ ...edge, reversible: true })),
    );
    const plan = planDowngrade(reversible, switched, "635083325f20");
    expect(told(plan.steps)).to.deep.equal(["down 4e2d7a28475b", "switch 635083325f20"]);
    expect(plan.steps.at(-1)?.switch?.way).to.equal("back");
    expect(plan.steps.at(-1)?.heads).to.deep.equal(["635083325f20"]);
  });

  const refused: [target: string, code: string][] = [
    ["bf6308af80aa", "not-an-ancestor"],
    ["+1", "relative-out-of-range"],
    ["obscore@-1", "relative-out-of-range"],
    ["dimensions-config@-9", "relative-out-of-range"],
    ["nosuch", "unknown-revision"],
  ];
  for (const [target, code] of refused)
    it(`${target} is refused: ${code}`, () => {
      expect(failure(() => planDowngrade(graph, switched, target)).code).to.equal(code);
    });
});

describe("What is pending", () => {
  it("is what lies above on the branch a tree stands on, and never across a switch", () => {
    expect(Object.fromEntries(pending(graph, old, butler))).to.deep.include({
      datasets: [],
      "dimensions-config": ["380002bcbb26", "bf6308af80aa"],
      obscore: [],
    });
  });

  it("leaves out what no code could run, and what is above that", () => {
    const trees = map(`
      tree  aaaa
      tree  bbbb <- aaaa
      tree  cccc <- bbbb  placeholder
      tree  dddd <- cccc`);
    const found = pending(trees, standingOn({ tree: "aaaa" }), plain);
    expect(found.get("tree")).to.deep.equal(["bbbb"]);
  });
});

describe("A stamp", () => {
  it("moves the trees that its targets name, and no other", () => {
    expect(planStamp(graph, old, ["datasets-Uuid@2.0.0"], { ...butler, rows: "keep" })).to.deep.equal([
      { manager: "datasets", heads: ["4e2d7a28475b"] },
    ]);
  });

  it("with purge empties the trees that no target names", () => {
    expect(planStamp(graph, old, ["4e2d7a28475b"], { ...butler, rows: "purge" })).to.deep.equal([
      { manager: "datasets", heads: ["4e2d7a28475b"] },
      { manager: "dimensions-config", heads: [] },
    ]);
  });

  it("with base empties a tree", () => {
    expect(planStamp(graph, old, ["datasets@base"], { ...butler, rows: "keep" })).to.deep.equal([
      { manager: "datasets", heads: [] },
    ]);
  });

  it("takes no relative target, and no two of which one is below the other", () => {
    expect(failure(() => planStamp(graph, old, ["-1"], { ...butler, rows: "keep" })).code).to.equal(
      "relative-out-of-range",
    );
    const error = failure(() =>
      planStamp(graph, old, ["380002bcbb26", "bf6308af80aa"], { ...butler, rows: "keep" }),
    );
    expect(error.code).to.equal("overlapping-revisions");
  });

  it("puts a tree on one revision only where a repository allows no more", () => {
    const two = map(`
      tree  aaaa
      tree  bbbb <- aaaa
      tree  cccc <- aaaa`);
    const nowhere: AppliedState = { heads: new Map(), order: [] };
    expect(planStamp(two, nowhere, ["bbbb", "cccc"], { ...plain, rows: "keep" })[0]?.heads).to.deep.equal([
      "bbbb",
      "cccc",
    ]);
    expect(
      failure(() => planStamp(two, nowhere, ["bbbb", "cccc"], { ...butler, rows: "keep" })).code,
    ).to.equal("parallel-tips");
    expect(failure(() => planUpgrade(two, nowhere, ["bbbb", "cccc"], butler)).code).to.equal("parallel-tips");
  });
});

describe("History", () => {
  it("shows a range with both ends, newest first", () => {
    const ids = historyOf(graph, switched, "f3bcee34f344:bf6308af80aa").map((revision) => revision.id);
    expect(ids).to.deep.equal(["bf6308af80aa", "380002bcbb26", "f3bcee34f344"]);
  });

  it("knows where the repository stands, if there is one", () => {
    const ids = historyOf(graph, switched, ":current").map((revision) => revision.id);
    expect(ids).to.include.members(["4e2d7a28475b", "380002bcbb26"]).and.not.include("bf6308af80aa");
    expect(failure(() => historyOf(graph, null, ":current")).code).to.equal("no-repository");
  });

  it("counts back in every tree by itself: from what is applied where the range ends there, else from the tips", () => {
    const trees = map(`
      app  a1
      app  a2 <- a1
      app  a3 <- a2
      app  a4 <- a3
      lib  l1
      lib  l2 <- l1  needs: a1
      use  u1  needs: l2`);
    const low = standingOn({ app: "a3", lib: "l1" });
    const shown = (state: AppliedState | null, range: string): string =>
      historyOf(trees, state, range)
        .map((revision) => revision.id)
        .toSorted()
        .join(" ");
    expect(shown(low, "-1:current")).to.equal("a2 a3 l1");
    expect(shown(low, "app@-1:current")).to.equal("a2 a3");
    expect(shown(low, "-9:current")).to.equal("a1 a2 a3 l1");
    expect(shown(null, "-1:")).to.equal("a3 a4 l1 l2 u1");
    expect(shown(null, "lib@-1:")).to.equal("l1 l2");
  });

  it("refuses ends that are not on one line, and what is no range", () => {
    expect(failure(() => historyOf(graph, null, "bf6308af80aa:f3bcee34f344")).code).to.equal(
      "not-an-ancestor",
    );
    expect(failure(() => historyOf(graph, null, "bf6308af80aa")).code).to.equal("bad-range-syntax");
  });
});

describe("What an error offers to type", () => {
  const trees = map(`
    app  a1
    app  a2 <- a1
    app  a3 <- a1
    lib  l1
    lib  l2 <- l1  Old 1
    lib  l3 <- l1  New 1
    use  u1
    use  u2 <- u1`);

  it("is a merge of the tree's tips where they are of one branch, and only then", () => {
    expect(failure(() => planUpgrade(trees, standingOn({ app: "a1" }), ["head"], butler)).hint).to.include(
      "`godwit revision merge app a2 a3`",
    );
    const classes = failure(() => planUpgrade(trees, standingOn({}), ["lib@head"], plain)).hint;
    expect(classes).to.include("lib-Old@head or lib-New@head").and.not.include("merge");
  });

  it("+1 begins the tree that is left where all others are at their ends", () => {
    const rest = buildGraph(
      trees.revisions.filter(({ manager }) => manager !== "lib"),
      [],
    );
    const steps = planUpgrade(rest, standingOn({ app: "a2" }), ["+2"], plain).steps;
    expect(steps.map((step) => step.revision)).to.deep.equal(["u1", "u2"]);
    expect(failure(() => planUpgrade(rest, standingOn({ app: "a2" }), ["+2"], butler)).code).to.equal(
      "relative-out-of-range",
    );
  });
});

describe("A name", () => {
  for (const [name, id] of [
    ["datasets", "059cc7b7ef13"],
    ["datasets-Uuid", "2101fbf51ad3"],
    ["datasets-Uuid@2.0.0", "4e2d7a28475b"],
    ["dimensions-config-daf_butler@head", "bf6308af80aa"],
    ["bf63", "bf6308af80aa"],
  ] as const)
    it(`${name} stands for ${id}`, () => {
      expect(resolveRevision(graph, name).id).to.equal(id);
    });
});
