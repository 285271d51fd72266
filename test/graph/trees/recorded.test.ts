import { expect } from "chai";
import {
  type AppliedState,
  buildGraph,
  pending,
  planDowngrade,
  planUpgrade,
  tipsOf,
} from "../../../lib/graph/index.js";
import { failure } from "./failure.js";
import { drawn } from "./map.js";
import { butler, plain } from "./policies.js";

const { revisions, switches } = drawn(`
  store  root
  store  old1 <- root  Old 1.0.0
  store  old2 <- old1  Old 2.0.0
  store  new1 <- root  New 1.0.0
  store  old1 <=> new1
  app    app1
`);
const graph = buildGraph(
  revisions,
  switches.map((edge) => ({ ...edge, dependsOn: ["app1"] })),
);

/** A tree's rows, oldest first: a revision and where it was reached from. */
function recorded(head: string, ...rows: [revision: string, parent: string | null][]): AppliedState {
  return {
    heads: new Map([["store", [head]]]),
    order: rows.map(([revision, parent], at) => ({ seq: BigInt(at), manager: "store", revision, parent })),
  };
}

function down(state: AppliedState, target: string): string[] {
  return planDowngrade(graph, state, target).steps.map(
    ({ direction, revision, switch: crossed }) => `${direction} ${revision} ${crossed?.way ?? ""}`,
  );
}

describe("Undoing what is recorded", () => {
  it("goes forth over a switch again, where a revision was reached by going back over it", () => {
    const state = recorded("old1", ["root", null], ["new1", "root"], ["old1", "new1"]);
    expect(down(state, "new1")).to.deep.equal(["switch new1 forth"]);
  });

  it("takes along what a switch needed: it is gone back over before that is undone", () => {
    const { order, heads } = recorded("new1", ["root", null], ["old1", "root"], ["new1", "old1"]);
    const state = {
      heads: new Map([...heads, ["app", ["app1"]]]),
      order: [{ seq: -1n, manager: "app", revision: "app1", parent: null }, ...order],
    };
    expect(down(state, "app@base")).to.deep.equal(["switch old1 back", "down app1 "]);
  });

  it("stops where nothing leads from the recorded parent to the revision", () => {
    const error = failure(() =>
      down(recorded("old2", ["root", null], ["new1", "root"], ["old2", "new1"]), "new1"),
    );
    expect([error.code, error.message, error.hint]).to.deep.equal([
      "version-table-mismatch",
      "old2 (map.txt:4) is recorded as reached from new1 (map.txt:5), but neither a revision nor a switch leads there.",
      "Settle what is applied with `godwit stamp`.",
    ]);
  });

  it("stops where the recorded parents go round in a circle", () => {
    const error = failure(() => down(recorded("old1", ["old1", "new1"], ["new1", "old1"]), "-1"));
    expect([error.code, error.message, error.hint]).to.deep.equal([
      "version-table-mismatch",
      "The recorded parents of old1, new1 go round in a circle.",
      "Settle what is applied with `godwit stamp`.",
    ]);
  });
});

describe("A switch that needs a revision of another tree", () => {
  it("brings it", () => {
    const state = recorded("old1");
    const byLabel = buildGraph(
      revisions,
      switches.map((edge) => ({ ...edge, dependsOn: ["app"] })),
    );
    for (const view of [graph, byLabel])
      expect(planUpgrade(view, state, ["new1"], plain).steps.map((step) => step.revision)).to.deep.equal([
        "app1",
        "new1",
      ]);
  });
});

describe("A tree of classes that stands at its root, or nowhere", () => {
  it("has what is pending only where one tip can be meant", () => {
    const nowhere = { heads: new Map(), order: [] };
    expect(pending(graph, nowhere, plain).get("app")).to.deep.equal(["app1"]);
    expect(pending(graph, nowhere, butler).get("app")).to.deep.equal([]);
    const error = failure(() => planUpgrade(graph, recorded("root"), ["store@head"], plain));
    expect([error.code, error.message.includes("old2"), error.message.includes("new1")]).to.deep.equal([
      "multiple-heads",
      true,
      true,
    ]);
  });
});

describe("A switch that a program made", () => {
  it("is told by its ends, as it stands in no file", () => {
    const made = switches.map((edge) => ({ ...edge, to: "gone", source: { file: null, line: 1 } }));
    expect(failure(() => buildGraph(revisions, made)).message).to.equal(
      "The switch of store from old1 to gone has the end gone, which is no revision of that tree.",
    );
  });
});

describe("A tree that no file is of", () => {
  it("has no tips", () => {
    expect(tipsOf(graph, "gone", ["one"])).to.deep.equal([]);
    expect(tipsOf(graph, "store", ["old1"])).to.deep.equal(["old2"]);
    expect(graph.revision("gone")).to.equal(undefined);
  });
});
