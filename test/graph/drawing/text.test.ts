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
    ({ above, graph, node, below }) => [...above, `${graph} ${node.id}`, ...below],
  );
}

/** As `picture`, with a further line of text below each node. */
function detailed(text: string): string[] {
  return drawLanes(nodes(text), () => "●", "unicode").flatMap(({ above, graph, node, below, continued }) => [
    ...above,
    `${graph} ${node.id}`,
    ...below,
    `${continued}:`,
  ]);
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

  it("leads a line back to one that runs on beside it", () => {
    expect(picture("a x\nb y x\ny x\nx")).to.deep.equal(["● a", "│ ● b", "├─┤", "│ ● y", "├─╯", "● x"]);
  });

  it("leads one line to several that run on beside it", () => {
    expect(picture("p q\nr y\ns z\nq x y z\nx\ny\nz").slice(2, 6)).to.deep.equal([
      "│ │ ● s",
      "● │ │ q",
      "├─┼─┤",
      "● │ │ x",
    ]);
  });

  it("leaves lines alone that pass beside a fork and a merge", () => {
    expect(picture("a x\nm p q\np r\nq r\nr x\nx")).to.deep.equal([
      "● a",
      "│ ● m",
      "│ ├─╮",
      "│ ● │ p",
      "│ │ ● q",
      "│ ├─╯",
      "│ ● r",
      "├─╯",
      "● x",
    ]);
  });

  it("uses the place of a line that has ended, and draws nothing there before", () => {
    expect(picture("a\nb r\nc s\nd r\nr\ns").slice(0, 2)).to.deep.equal(["● a", "● b"]);
    expect(picture("z y\np r\nq r\ny\nr s\ns")).to.deep.equal([
      "● z",
      "│ ● p",
      "│ │ ● q",
      "● │ │ y",
      "  ├─╯",
      "  ● r",
      "  ● s",
    ]);
    expect(picture("z y\nm p\ny\np r s\nr\ns")).to.deep.equal([
      "● z",
      "│ ● m",
      "● │ y",
      "  ● p",
      "╭─┤",
      "│ ● r",
      "● s",
    ]);
    expect(picture("p r\nz y\nq r\ny\nr")).to.deep.equal([
      "● p",
      "│ ● z",
      "│ │ ● q",
      "│ ● │ y",
      "├───╯",
      "● r",
    ]);
  });

  it("draws what crosses, parts and meets with plain characters, too", () => {
    expect(picture("x2 x1\ny2 y1\nz2 x1\nx1\ny1", "ascii")).to.include("+-+-'");
    const parted = picture("m a b c\na r\nb r\nc r\nr", "ascii");
    expect([parted[1], parted[5]]).to.deep.equal(["+-.-.", "+-'-'"]);
    expect(picture("z y\nm p\ny\np r s\nr\ns", "ascii")[4]).to.equal(".-+");
  });

  it("leads the lines on beside what else is told of a revision", () => {
    expect(detailed(branchAndMerge)).to.deep.equal([
      "● f",
      "│:",
      "● e",
      "├─╮",
      "│ │:",
      "● │ d1",
      "│ │:",
      "│ ● d2",
      "│ │:",
      "├─╯",
      "● c",
      "│:",
      "● b",
      ":",
    ]);
    expect(detailed("m a b c\na\nb\nc").slice(0, 3)).to.deep.equal(["● m", "├─┬─╮", "│ │ │:"]);
    expect(detailed("x2 x1\ny2 y1\nx1\ny1").slice(-4)).to.deep.equal(["● │ x1", "  │:", "  ● y1", ":"]);
  });

  it("ends a line whose parent is not shown", () => {
    expect(picture("b a\nd c")).to.deep.equal(["● b", "● d"]);
    expect(detailed("m a b\na")).to.deep.equal(["● m", "│:", "● a", ":"]);
  });

  it("tells of each revision its lane, and what passes, ends and begins beside it", () => {
    const rows = assignLanes(nodes("m a b\na r\nb r\nr"));
    expect(rows.map(({ node, ...row }) => ({ id: node.id, ...row }))).to.deep.equal([
      { id: "m", lane: 0, lanes: [false], joined: [], forked: [1], goesOn: true },
      { id: "a", lane: 0, lanes: [false, true], joined: [], forked: [], goesOn: true },
      { id: "b", lane: 1, lanes: [true, false], joined: [], forked: [], goesOn: true },
      { id: "r", lane: 0, lanes: [false, false], joined: [1], forked: [], goesOn: false },
    ]);
  });

  it("leads every line from a revision to each of its parents", () => {
    fc.assert(
      fc.property(revisions({ trees: 2, largest: 40 }), (made) => {
        const newest = made.toReversed();
        const rows = assignLanes(newest);
        // Follows the lanes as a reader does: from a node, and from each fork, down to the node where the lane ends.
        const open = new Map<number, Set<string>>();
        for (const [at, { node, lane, joined, forked }] of rows.entries()) {
          const { id } = node;
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
