import { expect } from "chai";
import type { GraphNode } from "../../lib/graph/graph.js";
import { loadGraph } from "../../lib/graph/load.js";
import { createRevision } from "../../lib/graph/operations/create.js";
import { checkAtHeads } from "../../lib/graph/operations/current.js";
import { downgradeTable } from "../../lib/graph/operations/downgrade.js";
import { historyOfTable } from "../../lib/graph/operations/history.js";
import { stampTable } from "../../lib/graph/operations/stamp.js";
import { upgradeTable } from "../../lib/graph/operations/upgrade.js";
import { failure } from "./trees/failure.js";

const nodes: GraphNode[] = [
  { id: "a1", parents: [], labels: ["one"] },
  { id: "a2", parents: ["a1"] },
  { id: "b1", parents: [], dependsOn: ["a2"] },
];
const graph = loadGraph(nodes);

describe("A version table without trees", () => {
  it("has no row twice", () => {
    expect(failure(() => downgradeTable(graph, ["a2", "a2"], "base")).code).to.equal(
      "version-table-mismatch",
    );
  });

  it("is not moved to nothing by a target that leads up", () => {
    expect(failure(() => downgradeTable(graph, ["b1"], "base+0")).code).to.equal("relative-out-of-range");
  });

  it("is not counted below base, on no branch and on none that there is not", () => {
    expect(failure(() => upgradeTable(graph, [], ["one@base-1"])).code).to.equal("relative-out-of-range");
    expect(failure(() => upgradeTable(graph, [], ["nosuch@base-1"])).code).to.equal("unknown-branch");
  });

  it("names both where one of two targets needs the other", () => {
    const error = failure(() => upgradeTable(graph, [], ["b1", "a1"]));
    expect([error.code, error.message]).to.deep.equal([
      "overlapping-revisions",
      "a1 is needed by b1 and follows from it: they cannot be named together.",
    ]);
  });
});

describe("The rows of a version table", () => {
  const merge = loadGraph([
    { id: "r", parents: [] },
    { id: "x", parents: ["r"] },
    { id: "y", parents: ["r"] },
    { id: "m", parents: ["x", "y"] },
  ]);

  it("go up with each step: one for each revision that nothing applied needs", () => {
    expect(upgradeTable(graph, [], ["b1"]).dml).to.deep.equal([
      ["insert", "a1"],
      ["update", "a1", "a2"],
      ["update", "a2", "b1"],
    ]);
    expect(upgradeTable(merge, ["x", "y"], ["m"]).dml).to.deep.equal([
      ["delete", "x"],
      ["update", "y", "m"],
    ]);
    expect(upgradeTable(merge, ["x"], ["y"]).dml).to.deep.equal([["insert", "y"]]);
  });

  it("go down the same way", () => {
    expect(downgradeTable(graph, ["b1"], "base").dml).to.deep.equal([
      ["update", "b1", "a2"],
      ["update", "a2", "a1"],
      ["delete", "a1"],
    ]);
    expect(downgradeTable(merge, ["m"], "base").dml.slice(0, 2)).to.deep.equal([
      ["insert", "x"],
      ["update", "m", "y"],
    ]);
  });

  it("are replaced, deleted or purged by a stamp", () => {
    expect(stampTable(graph, ["a2"], ["a1"], "kept").dml).to.deep.equal([["update", "a2", "a1"]]);
    expect(stampTable(graph, ["a2"], ["base"], "kept").dml).to.deep.equal([["delete", "a2"]]);
    expect(stampTable(merge, ["x", "y"], ["m"], "kept").dml).to.deep.equal([
      ["delete", "x"],
      ["update", "y", "m"],
    ]);
    expect(stampTable(graph, ["a2"], ["a1"], "purged").dml).to.deep.equal([["delete-all"], ["insert", "a1"]]);
    expect(stampTable(graph, [], ["a1"], "kept").dml).to.deep.equal([["insert", "a1"]]);
  });

  it("are at the heads with or without those that others depend on, and not with less", () => {
    for (const rows of [["b1"], ["a2", "b1"]]) expect(() => checkAtHeads(graph, rows)).to.not.throw();
    for (const rows of [[], ["a2"], ["a1"]])
      expect(failure(() => checkAtHeads(graph, rows)).message).to.equal("The database is not at: b1.");
    expect(failure(() => checkAtHeads(graph, ["a1", "b1"])).code).to.equal("not-at-heads");
    expect(failure(() => checkAtHeads(merge, ["x"])).message).to.equal("The database is not at: m.");
  });

  it("are counted from with all digits", () => {
    const line = loadGraph(
      Array.from({ length: 12 }, (_, at) => ({ id: `n${at}`, parents: at === 0 ? [] : [`n${at - 1}`] })),
    );
    expect(upgradeTable(line, [], ["n0+10"]).final).to.deep.equal(["n10"]);
  });
});

describe("A history of one line", () => {
  it("does not go over from tree to tree", () => {
    const error = failure(() => historyOfTable(graph, [], "a1:b1"));
    expect([error.code, error.message]).to.deep.equal([
      "not-an-ancestor",
      "Only dependencies lead from 'b1' to 'a1': they are not on one line.",
    ]);
  });

  it("of a branch ends where a revision of another tree covers its head", () => {
    const error = failure(() => historyOfTable(graph, [], "one@a1:"));
    expect([error.code, error.message]).to.deep.equal(["not-an-ancestor", "a1 is not below 'heads'."]);
  });
});

describe("A new revision", () => {
  it("depends on revisions, not on nothing", () => {
    const wanted = { id: "c1", on: [], labels: [], place: "head" } as const;
    expect(failure(() => createRevision(graph, nodes, { ...wanted, dependsOn: ["base"] })).code).to.equal(
      "missing-dependency",
    );
    expect(createRevision(graph, nodes, { ...wanted, dependsOn: ["one", "b1"] }).dependsOn).to.deep.equal([
      "one",
      "b1",
    ]);
  });
});
