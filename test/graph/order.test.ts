import { expect } from "chai";
import fc from "fast-check";
import { ancestors, NodeSet } from "../../lib/graph/closure.js";
import { type Graph, effectiveHeads, neighbours } from "../../lib/graph/graph.js";
import { loadGraph } from "../../lib/graph/load.js";
import { newestFirst } from "../../lib/graph/order.js";
import { revisions } from "./arbitrary.js";

/** The order as the rule says it, with all ancestors of every tip at hand: slow, and nothing else. */
function byTheRule(graph: Graph, nodes: NodeSet, starts: readonly number[]): number[] {
  const left = new NodeSet(graph.ids.length, nodes);
  const tips = [...new NodeSet(graph.ids.length, starts)].filter((node) => nodes.has(node));
  const output: number[] = [];
  let position = 0;
  while (tips.length > 0) {
    const tip = tips[position]!;
    const other = tips.findIndex((one, at) => at !== position && ancestors(graph, [one]).has(tip));
    if (other !== -1) {
      position = other;
      continue;
    }
    output.push(tip);
    left.delete(tip);
    const [next, ...more] = neighbours(graph.downs, tip).filter(
      (down) => left.has(down) && !tips.includes(down),
    );
    if (next === undefined) {
      tips.splice(position, 1);
      position = Math.max(0, position - 1);
    } else {
      tips[position] = next;
      tips.push(...more);
    }
  }
  return output;
}

describe("The order of revisions", () => {
  it("is what the rule gives for random trees with merges and dependencies", () => {
    fc.assert(
      fc.property(
        revisions({ trees: 3, largest: 60 }),
        fc.array(fc.nat(59), { maxLength: 5 }),
        (made, chosen) => {
          const graph = loadGraph(made);
          const tips = chosen.length === 0 ? effectiveHeads(graph) : chosen.map((one) => one % made.length);
          const nodes = ancestors(graph, tips);
          expect(newestFirst({ downs: graph.downs, ups: graph.ups, nodes, tips })).to.deep.equal(
            byTheRule(graph, nodes, tips),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("shows everything once, each after what needs it, also where the way between is not shown", () => {
    fc.assert(
      fc.property(
        revisions({ trees: 2, largest: 40 }),
        fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        (made, chosen) => {
          const graph = loadGraph(made);
          const { length } = graph.ids;
          const shown = [...graph.ids.keys()].filter((node) => chosen[node] === true);
          const others = [...graph.ids.keys()].filter((node) => chosen[node] === false);
          const order = newestFirst({
            downs: graph.downs,
            ups: graph.ups,
            nodes: new NodeSet(length, shown),
            hidden: new NodeSet(length, others),
            tips: effectiveHeads(graph),
          });
          expect(order.toSorted((a, b) => a - b)).to.deep.equal(shown);
          for (const [place, node] of order.entries()) {
            const needed = ancestors(graph, [node]);
            expect(order.slice(0, place).filter((before) => needed.has(before))).to.deep.equal([]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("shows a revision that only a hidden one leads to from another tree", () => {
    const graph = loadGraph([
      { id: "low", parents: [] },
      { id: "beside", parents: [], dependsOn: ["low"] },
      { id: "high", parents: ["low"], dependsOn: ["beside"] },
    ]);
    const order = (nodes: number[], hidden: number[]): number[] =>
      newestFirst({
        downs: graph.downs,
        ups: graph.ups,
        nodes: new NodeSet(3, nodes),
        hidden: new NodeSet(3, hidden),
        tips: [2],
      });
    expect(order([0, 2], [1])).to.deep.equal([2, 0]);
    expect(order([0], [1, 2])).to.deep.equal([0]);
  });
});

describe("Effective dependencies", () => {
  it("of many that need the same are those of the lowest on each line", () => {
    const line = Array.from({ length: 30 }, (_, at) => ({
      id: `a${at}`,
      parents: at === 0 ? [] : [`a${at - 1}`],
      dependsOn: at < 5 ? [] : ["base1"],
    }));
    const other = { id: "b0", parents: [], dependsOn: ["base1"] };
    const graph = loadGraph([{ id: "base1", parents: [] }, ...line, other]);
    const needing = [...graph.ids.keys()].filter(
      (node) => neighbours(graph.effectiveDependsOn, node).length > 0,
    );
    expect(needing.map((node) => graph.ids[node])).to.deep.equal(["a5", "b0"]);
  });

  it("leave out what an ancestor by parents already depends on, and nothing else", () => {
    fc.assert(
      fc.property(revisions({ trees: 2, largest: 60 }), (made) => {
        const graph = loadGraph(made);
        const below = (node: number): Set<number> => {
          const found = new Set<number>();
          const open = [...neighbours(graph.parents, node)];
          for (let one = open.pop(); one !== undefined; one = open.pop()) {
            found.add(one);
            open.push(...neighbours(graph.parents, one).filter((parent) => !found.has(parent)));
          }
          return found;
        };
        for (const node of graph.ids.keys()) {
          const covered = new Set([...below(node)].flatMap((one) => neighbours(graph.dependsOn, one)));
          const kept = neighbours(graph.dependsOn, node).filter((needed) => !covered.has(needed));
          expect(neighbours(graph.effectiveDependsOn, node)).to.deep.equal(kept);
        }
      }),
    );
  });
});
