import type { GraphNode } from "../../../lib/graph/graph.js";
import type { Revision } from "../../../lib/graph/revision.js";

/** A sequence of numbers that looks random and is the same on every machine (xorshift). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function idAt(number: number): string {
  return (
    ((number * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0") + number.toString(16).padStart(5, "0")
  );
}

/** Graphs of any size, each hard in its own way. */
export const shapes: Readonly<Record<string, (size: number) => GraphNode[]>> = {
  "one line": (size) => built(size, (at) => ({ parents: [at - 1] })),
  "nine trees": (size) => built(size, (at) => ({ parents: [at - 9] })),
  "a fan: all from one root": (size) => built(size, () => ({ parents: [0] })),
  "a comb: a tip on every revision of a line": (size) =>
    built(size, (at) => ({ parents: [at % 2 === 0 ? at - 2 : at - 1] })),
  "diamonds: branch and merge in turn": (size) =>
    built(size, (at) => ({ parents: at % 3 === 0 ? [at - 1, at - 2] : [at - (at % 3)] })),
  "two trees, each revision of one needs one of the other": (size) =>
    built(size, (at) => ({ parents: [at - 2], dependsOn: at % 2 === 1 ? [at - 1] : [] })),
  "three trees, two of which need the third": (size) =>
    built(size, (at) => ({ parents: [at - 3], dependsOn: at % 3 === 0 ? [] : [at - (at % 3)] })),
  "random, with merges": (size) => {
    const random = numbers(7);
    return built(size, (at) => {
      const near = (): number => Math.max(0, at - 1 - random(20));
      return { parents: random(10) === 0 ? [near(), near()] : [near()] };
    });
  },
};

function built(
  size: number,
  wiring: (at: number) => { parents: readonly number[]; dependsOn?: readonly number[] },
): GraphNode[] {
  return Array.from({ length: size }, (_, at) => {
    const { parents, dependsOn = [] } = at === 0 ? { parents: [] } : wiring(at);
    return {
      id: idAt(at),
      parents: [...new Set(parents)].filter((parent) => parent >= 0).map(idAt),
      dependsOn: dependsOn.filter((needed) => needed >= 0).map(idAt),
    };
  });
}

/** The same nodes as headers of trees: every root begins a tree of its own. */
export function asRevisions(nodes: readonly GraphNode[]): Revision[] {
  const managers = new Map<string, string>();
  return nodes.map((node) => {
    const manager = managers.get(node.parents[0] ?? "") ?? `tree${managers.size}`;
    managers.set(node.id, manager);
    return {
      id: node.id,
      parents: node.parents,
      dependsOn: node.dependsOn ?? [],
      labels: [],
      replaces: [],
      extends: [],
      manager,
      branch: null,
      version: null,
      summary: "",
      placeholder: null,
      source: { file: null, line: 1 },
    };
  });
}
