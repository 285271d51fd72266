import { expect } from "chai";
import { GodwitError } from "../../../lib/errors.js";
import { buildGraph, planUpgrade } from "../../../lib/graph/index.js";
import { failure } from "./failure.js";
import { drawn, standingOn } from "./map.js";

/** What is wrong with the headers that a map draws: code and message. */
function fault(text: string): string {
  const { revisions, switches } = drawn(text);
  try {
    buildGraph(revisions, switches);
  } catch (error) {
    if (error instanceof GodwitError && error.exitCode === 2) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "nothing";
}

describe("Headers that do not fit together", () => {
  const cases: [what: string, map: string, code: string, names: string[]][] = [
    ["the same id twice", "t aaaa\nt aaaa", "duplicate-revision", ["map.txt:1", "map.txt:2"]],
    ["an id with a reserved character", "t aa-aa", "invalid-revision-id", ["aa-aa", "map.txt:1"]],
    ["its own parent", "t aaaa <- aaaa", "self-loop", ["map.txt:1"]],
    ["a missing parent", "t aaaa <- bbbb", "missing-parent", ["bbbb", "map.txt:1"]],
    ["a parent of another tree", "t aaaa\nu bbbb <- aaaa", "missing-parent", ["map.txt:1", "map.txt:2"]],
    ["a circle", "t aaaa\nt bbbb <- cccc\nt cccc <- bbbb", "cycle", ["map.txt:2", "map.txt:3"]],
    [
      "a circle below other revisions",
      "t aaaa\nt bbbb <- cccc aaaa\nt cccc <- bbbb\nt dddd <- cccc",
      "cycle",
      ["map.txt:2", "map.txt:3"],
    ],
    [
      "a circle through dependsOn",
      "t aaaa  needs: bbbb\nu bbbb  needs: aaaa",
      "dependency-cycle",
      ["map.txt:1", "map.txt:2"],
    ],
    ["a need of itself", "t aaaa  needs: aaaa", "dependency-self-loop", ["map.txt:1"]],
    ["an unknown need", "t aaaa  needs: nosuch", "missing-dependency", ["nosuch", "map.txt:1"]],
    [
      "a label used twice",
      "t aaaa  labels: one\nt bbbb <- aaaa  labels: one",
      "duplicate-label",
      ["one", "map.txt:1", "map.txt:2"],
    ],
    [
      "a label that is an id",
      "t aaaa  labels: bbbb\nt bbbb <- aaaa",
      "duplicate-label",
      ["bbbb", "map.txt:1"],
    ],
    [
      "a label that is another tree",
      "t aaaa  labels: u\nu bbbb",
      "duplicate-label",
      ["map.txt:1", "map.txt:2"],
    ],
    [
      "a switch to nowhere",
      "t aaaa\nt bbbb <- aaaa  A 1\nt bbbb => nosuch",
      "missing-parent",
      ["nosuch", "map.txt:3"],
    ],
    [
      "a switch from nowhere",
      "t aaaa\nt bbbb <- aaaa  A 1\nt nosuch => bbbb",
      "missing-parent",
      ["nosuch", "map.txt:3"],
    ],
    [
      "a switch to another tree",
      "t aaaa  A 1\nu bbbb  B 1\nt aaaa => bbbb",
      "missing-parent",
      ["bbbb", "map.txt:3"],
    ],
    ["a switch to where it starts", "t aaaa  A 1\nt aaaa => aaaa", "self-loop", ["aaaa", "map.txt:2"]],
    [
      "a need of its own label",
      "t aaaa  needs: one  labels: one",
      "dependency-self-loop",
      ["one", "map.txt:1"],
    ],
    [
      "a switch within a branch",
      "t aaaa  A 1\nt bbbb <- aaaa  A 2\nt aaaa => bbbb",
      "not-in-branch",
      ["map.txt:3"],
    ],
    [
      "an id that two replace",
      "t aaaa  replaces: old\nt bbbb <- aaaa  replaces: old",
      "duplicate-revision",
      ["old", "map.txt:1", "map.txt:2"],
    ],
    [
      "an extension of nothing",
      "t aaaa\nt bbbb  extends: nosuch",
      "missing-dependency",
      ["nosuch", "map.txt:2"],
    ],
  ];
  for (const [what, map, code, names] of cases)
    it(`are refused with id, file and line: ${what}`, () => {
      const found = fault(map);
      expect(found.slice(0, code.length + 1)).to.equal(`${code}:`);
      for (const name of names) expect(found).to.include(name);
    });
});

describe("A switch", () => {
  it("that needs what no file has is refused", () => {
    const { revisions, switches } = drawn("t aaaa\nt bbbb <- aaaa  A 1\nt cccc <- aaaa  B 1\nt bbbb => cccc");
    const build = (dependsOn: string[]): unknown =>
      buildGraph(
        revisions,
        switches.map((edge) => ({ ...edge, dependsOn })),
      );
    expect(failure(() => build(["nosuch"])).code).to.equal("missing-dependency");
    expect(() => build(["aaaa", "t-A"])).to.not.throw();
  });
});

describe("Headers that name others", () => {
  it("may replace older ids: parents, needs, states and targets follow", () => {
    const { revisions } = drawn("t new1  replaces: old1\nt next <- old1\nu dep  needs: old1");
    const graph = buildGraph(revisions, []);
    const policy = { unrecordedTrees: "started" } as const;
    const steps = planUpgrade(graph, standingOn({ t: "old1" }), ["head"], policy).steps;
    expect(steps.map((step) => step.revision)).to.have.members(["next", "dep"]);
    expect(
      planUpgrade(graph, standingOn({}), ["old1"], policy).steps.map((step) => step.revision),
    ).to.deep.equal(["new1"]);
  });

  it("may extend a revision, and are then no node of their own", () => {
    const { revisions } = drawn("t aaaa\nt bbbb  extends: aaaa");
    const graph = buildGraph(revisions, []);
    expect(graph.revisions.map((revision) => revision.id)).to.deep.equal(["aaaa"]);
  });
});
