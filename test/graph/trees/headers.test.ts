import { expect } from "chai";
import { buildGraph, planUpgrade } from "../../../lib/graph/index.js";
import { loadGraph } from "../../../lib/graph/load.js";
import { failure } from "./failure.js";
import { drawn, map, standingOn } from "./map.js";
import { plain } from "./policies.js";

const correct = "Correct the header of the file; `godwit revision check` looks at all of them.";

describe("Headers that do not fit together", () => {
  const cases: [what: string, drawing: string, code: string, message: string, hint?: string][] = [
    [
      "the same id twice",
      "t aaaa\nt aaaa",
      "duplicate-revision",
      "Two revisions have the id aaaa: aaaa (map.txt:1) and aaaa (map.txt:2).",
      "Give one of them another id.",
    ],
    [
      "an id with a reserved character",
      "t aa-aa",
      "invalid-revision-id",
      "The id 'aa-aa' of aa-aa (map.txt:1) is not possible: an id is not empty and has none of @ - + :",
    ],
    ["its own parent", "t aaaa <- aaaa", "self-loop", "aaaa (map.txt:1) names itself as its parent."],
    [
      "a missing parent",
      "t aaaa <- bbbb",
      "missing-parent",
      "aaaa (map.txt:1) has the parent 'bbbb', which is no revision.",
    ],
    [
      "a parent of another tree",
      "t aaaa\nu bbbb <- aaaa",
      "missing-parent",
      "bbbb (map.txt:2) of u has the parent aaaa (map.txt:1) of t.",
      "A revision of another tree that must come first belongs into dependsOn.",
    ],
    [
      "a circle",
      "t aaaa\nt bbbb <- cccc\nt cccc <- bbbb",
      "cycle",
      "These revisions are each other's ancestors: bbbb (map.txt:2), cccc (map.txt:3).",
    ],
    [
      "a circle below other revisions",
      "t aaaa\nt bbbb <- cccc aaaa\nt cccc <- bbbb\nt dddd <- cccc",
      "cycle",
      "These revisions are each other's ancestors: bbbb (map.txt:2), cccc (map.txt:3).",
    ],
    [
      "a circle through dependsOn",
      "t aaaa  needs: bbbb\nu bbbb  needs: aaaa",
      "dependency-cycle",
      "These revisions need each other through dependsOn: aaaa (map.txt:1), bbbb (map.txt:2).",
    ],
    [
      "a need of itself",
      "t aaaa  needs: aaaa",
      "dependency-self-loop",
      "aaaa (map.txt:1) names itself in dependsOn.",
    ],
    [
      "an unknown need",
      "t aaaa  needs: nosuch",
      "missing-dependency",
      "aaaa (map.txt:1) depends on 'nosuch', which is neither a revision nor a label.",
    ],
    [
      "a label used twice",
      "t aaaa  labels: one\nt bbbb <- aaaa  labels: one",
      "duplicate-label",
      "Two revisions have the label 'one': aaaa (map.txt:1) and bbbb (map.txt:2).",
    ],
    [
      "a label twice in one header",
      "t aaaa  labels: one one",
      "duplicate-label",
      "aaaa (map.txt:1) has the label 'one' twice.",
    ],
    [
      "a label that is an id",
      "t aaaa  labels: bbbb\nt bbbb <- aaaa",
      "duplicate-label",
      "The label 'bbbb' of aaaa (map.txt:1) is the id of a revision.",
    ],
    [
      "a label that is another tree",
      "t aaaa  labels: u\nu bbbb",
      "duplicate-label",
      "The label 'u' of aaaa (map.txt:1) is the name of a manager.",
    ],
    [
      "a switch to nowhere",
      "t aaaa\nt bbbb <- aaaa  A 1\nt bbbb => nosuch",
      "missing-parent",
      "The switch of t from bbbb to nosuch (map.txt:3) has the end nosuch, which is no revision of that tree.",
    ],
    [
      "a switch from nowhere",
      "t aaaa\nt bbbb <- aaaa  A 1\nt nosuch => bbbb",
      "missing-parent",
      "The switch of t from nosuch to bbbb (map.txt:3) has the end nosuch, which is no revision of that tree.",
    ],
    [
      "a switch to another tree",
      "t aaaa  A 1\nu bbbb  B 1\nt aaaa => bbbb",
      "missing-parent",
      "The switch of t from aaaa to bbbb (map.txt:3) has the end bbbb, which is no revision of that tree.",
    ],
    [
      "a switch to where it starts",
      "t aaaa  A 1\nt aaaa => aaaa",
      "self-loop",
      "The switch of t from aaaa to aaaa (map.txt:2) leads nowhere.",
    ],
    [
      "a need of its own label",
      "t aaaa  needs: one  labels: one",
      "dependency-self-loop",
      "aaaa (map.txt:1) depends on its own label 'one'.",
    ],
    [
      "a switch within a branch",
      "t aaaa  A 1\nt bbbb <- aaaa  A 2\nt aaaa => bbbb",
      "not-in-branch",
      "The switch of t from aaaa to bbbb (map.txt:3) stays on one line of a branch.",
      "Revisions lead from one of its ends to the other.",
    ],
    [
      "an id that two replace",
      "t aaaa  replaces: old\nt bbbb <- aaaa  replaces: old",
      "duplicate-revision",
      "bbbb (map.txt:2) replaces old, which is or belongs to aaaa (map.txt:1).",
    ],
    [
      "an id that is replaced and there",
      "t aaaa\nt bbbb <- aaaa  replaces: aaaa",
      "duplicate-revision",
      "bbbb (map.txt:2) replaces aaaa, which is or belongs to aaaa (map.txt:1).",
    ],
    [
      "an extension of nothing",
      "t aaaa\nt bbbb  extends: nosuch",
      "missing-dependency",
      "bbbb (map.txt:2) extends 'nosuch', which is no revision.",
    ],
  ];
  for (const [what, drawing, code, message, hint = correct] of cases)
    it(`are refused with id, file and line: ${what}`, () => {
      const { revisions, switches } = drawn(drawing);
      const error = failure(() => buildGraph(revisions, switches));
      expect([error.code, error.message, error.hint, error.exitCode]).to.deep.equal([code, message, hint, 2]);
    });

  it("are named by id alone where they stand in no file", () => {
    const revisions = drawn("t aaaa <- bbbb").revisions.map((one) => ({
      ...one,
      source: { file: null, line: 1 },
    }));
    expect(failure(() => buildGraph(revisions, [])).message).to.equal(
      "aaaa has the parent 'bbbb', which is no revision.",
    );
  });
});

describe("Nodes without files", () => {
  const circle = (size: number): unknown =>
    loadGraph(
      Array.from({ length: size }, (_, at) => ({ id: `n${at}`, parents: [`n${(at + size - 1) % size}`] })),
    );

  it("are named by their ids, and must have one each", () => {
    const twice = ["a", "b", "b"].map((id) => ({ id, parents: [] }));
    expect(failure(() => loadGraph(twice)).message).to.equal("Two revisions have the id b: b and b.");
    expect(failure(() => loadGraph([{ id: "", parents: [] }])).code).to.equal("invalid-revision-id");
  });

  it("of a long circle are told by ten of them, and how many there are more", () => {
    const told = "These revisions are each other's ancestors: n0, n";
    expect(failure(() => circle(10)).message).to.equal(`${told}9, n8, n7, n6, n5, n4, n3, n2, n1.`);
    expect(failure(() => circle(12)).message).to.equal(
      `${told}11, n10, n9, n8, n7, n6, n5, n4, n3 and 2 more.`,
    );
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
    const error = failure(() => build(["nosuch"]));
    expect([error.code, error.message]).to.deep.equal([
      "missing-dependency",
      "The switch of t from bbbb to cccc (map.txt:4) depends on 'nosuch', which is no revision.",
    ]);
    expect(() => build(["aaaa", "t-A"])).to.not.throw();
  });
});

describe("Headers that name others", () => {
  it("may replace older ids: parents, needs, states and targets follow", () => {
    const graph = map("t new1  replaces: old1\nt next <- old1\nu dep  needs: old1");
    const steps = planUpgrade(graph, standingOn({ t: "old1" }), ["head"], plain).steps;
    expect(steps.map((step) => step.revision)).to.have.members(["next", "dep"]);
    expect(
      planUpgrade(graph, standingOn({}), ["old1"], plain).steps.map((step) => step.revision),
    ).to.deep.equal(["new1"]);
  });

  it("may extend a revision, and are then no node of their own", () => {
    const graph = map("t aaaa\nt bbbb  extends: aaaa");
    expect(graph.revisions.map((revision) => revision.id)).to.deep.equal(["aaaa"]);
  });
});
