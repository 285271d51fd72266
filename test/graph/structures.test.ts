/** What the graph is looked through with, against the plainest way to say the same. */
import { expect } from "chai";
import fc from "fast-check";
import { NodeSet, reach } from "../../lib/graph/closure.js";
import { cycleIn, reversed } from "../../lib/graph/cycles.js";
import { neighbours } from "../../lib/graph/graph.js";
import { Lines } from "../../lib/graph/lines.js";
import { loadGraph } from "../../lib/graph/load.js";
import { MinTree } from "../../lib/graph/min-tree.js";
import { spanningTree } from "../../lib/graph/spanning.js";
import { StepHeads, withHeads } from "../../lib/graph/step-heads.js";
import { revisions } from "./arbitrary.js";

describe("A set of nodes", () => {
  it("is one of numbers, in their order", () => {
    const changes = fc.array(fc.tuple(fc.boolean(), fc.nat(19)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.nat(19)), changes, (start, list) => {
        const [set, plain] = [new NodeSet(20, start), new Set(start)];
        for (const [adds, node] of list) {
          if (adds) set.add(node);
          else set.delete(node);
          if (adds) plain.add(node);
          else plain.delete(node);
          expect([set.size, set.has(node)]).to.deep.equal([plain.size, adds]);
        }
        expect([...set]).to.deep.equal([...plain].toSorted((a, b) => a - b));
      }),
    );
  });

  it("is reached along edges, without leaving another set where one is given", () => {
    const edges = [[1, 2], [3], [3], [], [0]];
    expect([...reach(edges, [0])]).to.deep.equal([0, 1, 2, 3]);
    expect([...reach(edges, [4, 1], new Set([4, 0, 2, 3]))]).to.deep.equal([0, 2, 3, 4]);
  });
});

describe("Cycles", () => {
  const edges = fc
    .integer({ min: 1, max: 12 })
    .chain((size) =>
      fc.array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 2 }), { minLength: size, maxLength: size }),
    );

  it("are found where a node needs itself, over others or at once, and nowhere else", () => {
    fc.assert(
      fc.property(edges, (downs) => {
        const cycle = cycleIn(downs);
        const loops = downs.some((list, node) => reach(downs, list).has(node));
        expect(cycle.length > 0).to.equal(loops);
        for (const [at, node] of cycle.entries())
          expect(downs[node]).to.include(cycle[(at + 1) % cycle.length]);
        expect(new Set(cycle).size).to.equal(cycle.length);
      }),
      { numRuns: 300 },
    );
  });

  it("are looked for along edges and those that lead back", () => {
    expect(reversed([[1, 2], [2], []])).to.deep.equal([[], [0], [0, 1]]);
  });
});

describe("Lines of descent", () => {
  it("lead from a revision to everything below it by parents, and to nothing else", () => {
    fc.assert(
      fc.property(revisions({ trees: 2, largest: 30 }), (made) => {
        const { parents, children } = loadGraph(made);
        const lines = new Lines(parents, children);
        for (const upper of parents.keys()) {
          const below = reach(parents, neighbours(parents, upper));
          for (const lower of parents.keys())
            if (lower !== upper)
              expect(lines.isAbove(upper, lower), `${upper} above ${lower}`).to.equal(below.has(lower));
        }
      }),
    );
  });
});

describe("A spanning tree", () => {
  it("hangs each node from the first that it needs, with all that hangs above a node in a row behind it", () => {
    fc.assert(
      fc.property(revisions({ trees: 2, largest: 30 }), fc.array(fc.nat(29)), (made, left) => {
        const { downs, ups } = loadGraph(made);
        const nodes = new NodeSet(downs.length, downs.keys());
        for (const node of left) if (nodes.has(node)) nodes.delete(node);
        const { position, nodeAt, last, stem } = spanningTree(downs, ups, nodes);
        expect([...nodeAt].toSorted((a, b) => a - b)).to.deep.equal([...nodes]);
        const above = downs.map((_, node) => [...nodes].filter((one) => stem[one] === node));
        for (const node of downs.keys()) {
          if (!nodes.has(node)) {
            expect([position[node], last[node], stem[node]]).to.deep.equal([-1, -1, -1]);
            continue;
          }
          expect(stem[node]).to.equal(neighbours(downs, node).find((down) => nodes.has(down)) ?? -1);
          const row = nodeAt.slice(position[node], last[node]! + 1);
          expect([...row].toSorted((a, b) => a - b)).to.deep.equal([...reach(above, [node])]);
          expect(row[0]).to.equal(node);
        }
      }),
    );
  });
});

describe("Numbers of which the least is asked", () => {
  const size = 21;

  it("are those that were set last, in any range", () => {
    const numbers = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(30)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(numbers, fc.nat(size - 1), fc.nat(size - 1), (list, one, other) => {
        const tree = new MinTree(size);
        const plain = Array.from({ length: size }, () => Infinity);
        for (const [position, value] of list) {
          tree.set(position, value);
          plain[position] = value;
        }
        const [first, last] = [Math.min(one, other), Math.max(one, other)];
        const least = Math.min(...plain.slice(first, last + 1));
        expect(tree.least(first, last)).to.equal(least);
        if (least < Infinity)
          expect(tree.firstAtMost(first, least)).to.equal(
            plain.findIndex((value, at) => at >= first && value <= least),
          );
      }),
      { numRuns: 300 },
    );
  });

  it("are none of nothing", () => {
    expect(new MinTree(0).least(0, 0)).to.equal(Infinity);
  });
});

describe("What is stood on after each step", () => {
  it("is right for few and for many, whenever it is asked for", () => {
    const ids = Array.from({ length: 40 }, (_, at) => `n${String(39 - at).padStart(2, "0")}`);
    const moves = fc.array(
      fc.tuple(fc.array(fc.nat(39), { maxLength: 6 }), fc.array(fc.nat(39), { maxLength: 6 })),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(
        fc.array(fc.nat(39), { maxLength: 40 }),
        moves,
        fc.array(fc.nat(29)),
        (start, list, asked) => {
          const heads = new StepHeads(start, ids);
          const now = new Set(start);
          const expected: string[][] = [];
          const steps = list.map(([gone, come]) => {
            for (const node of gone) now.delete(node);
            for (const node of come) now.add(node);
            expected.push([...now].map((node) => ids[node]!).toSorted());
            return withHeads({ name: "step" }, heads.move(gone, come));
          });
          for (const at of asked) if (at < steps.length) expect(steps[at]!.heads).to.deep.equal(expected[at]);
          expect(steps.map((step) => ({ ...step }))).to.deep.equal(
            expected.map((ids) => ({ name: "step", heads: ids })),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});
