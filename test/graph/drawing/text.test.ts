import { expect } from "chai";
import fc from "fast-check";
import type { LaneNode } from "../../../lib/graph/drawing/lanes.js";
import { assignLanes } from "../../../lib/graph/drawing/lanes.js";
import { drawLanes, type LineStyle } from "../../../lib/graph/drawing/text.js";
import { revisions } from "../arbitrary.js";

/** Nodes as text, newest first: an id and its parents on a line. */
function nodes(text: string): LaneNode[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [id = "", ...parents] = line.trim().split(" ");
      return { id, parents };
    });
}

function picture(text: string, style: LineStyle = "unicode"): string[] {
  return drawLanes(nodes(text), () => (style === "ascii" ? "*" : "●"), style).flatMap(
    ({ above, graph, id, below }) => [...above, `${graph} ${id}`, ...below],
  );
}

describe("History drawn as text", () => {
  const branchAndMerge = `
    f e
    e d1 d2
    d1 c
    d2 c
    c b
    b`;

  it("shows where a line branches and where it is merged again", () => {
    expect(picture(branchAndMerge)).to.deep.equal([
      "● f",
      "● e",
      "├─╮",
      "● │ d1",
      "│ ● d2",
      "├─╯",
      "● c",
      "● b",
    ]);
  });

  it("needs no more than plain characters, if that is all a terminal has", () => {
    expect(picture(branchAndMerge, "ascii")).to.deep.equal([
      "* f",
      "* e",
      "+-.",
      "* | d1",
      "| * d2",
      "+-'",
      "* c",
      "* b",
    ]);
  });

  it("draws a merge of three lines at once", () => {
    expect(picture("m a b c\na r\nb r\nc r\nr")).to.deep.equal([
      "● m",
      "├─┬─╮",
      "● │ │ a",
      "│ ● │ b",
      "│ │ ● c",
      "├─┴─╯",
      "● r",
    ]);
  });

  it("crosses a line that passes between", () => {
    expect(picture("x2 x1\ny2 y1\nz2 x1\nx1\ny1")).to.deep.equal([
      "● x2",
      "│ ● y2",
      "│ │ ● z2",
      "├─┼─╯",
      "● │ x1",
      "  ● y1",
    ]);
  });

  it("ends a line whose parent is not shown", () => {
    expect(picture("b a\nd c")).to.deep.equal(["● b", "● d"]);
  });

  it("leads every line from a revision to each of its parents", () => {
    fc.assert(
      fc.property(revisions({ trees: 2, largest: 40 }), (made) => {
        const newest = made.toReversed();
        const rows = assignLanes(newest);
        // Follows the lanes as a reader does: from a node, and from each fork, down to the node where the lane ends.
        const open = new Map<number, Set<string>>();
        for (const [at, { id, lane, joined, forked }] of rows.entries()) {
          const arriving = [lane, ...joined].flatMap((one) => [...(open.get(one) ?? [])]);
          const children = newest.filter((one) => one.parents.includes(id)).map((one) => one.id);
          expect([...new Set(arriving)].toSorted()).to.deep.equal(children.toSorted());
          for (const one of [lane, ...joined]) open.delete(one);
          const parents = newest[at]!.parents;
          if (parents.length > 0) open.set(lane, new Set([id]));
          for (const one of forked) open.set(one, new Set([...(open.get(one) ?? []), id]));
        }
        expect(open.size).to.equal(0);
      }),
    );
  });
});
