import { expect } from "chai";
import fc from "fast-check";
import {
  type AppliedRow,
  type AppliedState,
  buildGraph,
  planDowngrade,
  planUpgrade,
  type RevisionGraph,
  type Step,
} from "../../../lib/graph/index.js";
import { revisions } from "../arbitrary.js";
import { plain } from "./policies.js";

const empty: AppliedState = { heads: new Map(), order: [] };

/** What a runner records: the heads of each step, and a row for each parent of what was applied. */
function after(state: AppliedState, steps: readonly Step[]): AppliedState {
  const heads = new Map(state.heads);
  let order: AppliedRow[] = [...state.order];
  for (const [at, { direction, manager, revision, from, heads: now }] of steps.entries()) {
    if (now.length === 0) heads.delete(manager);
    else heads.set(manager, now);
    const seq = BigInt(state.order.length + at + 1);
    if (direction === "down") order = order.filter((row) => row.revision !== revision);
    else
      for (const parent of from.length === 0 ? [null] : from) order.push({ seq, manager, revision, parent });
  }
  return { heads, order };
}

function applied(state: AppliedState): string[] {
  return [...new Set(state.order.map((row) => row.revision))].toSorted();
}

function position({ heads }: AppliedState): [string, readonly string[]][] {
  return [...heads].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Nothing runs before what it needs. */
function expectPossible(graph: RevisionGraph, state: AppliedState, steps: readonly Step[]): void {
  const done = new Set(applied(state));
  for (const { revision } of steps) {
    const { parents, dependsOn } = graph.revision(revision)!;
    for (const needed of [...parents, ...dependsOn])
      expect(done.has(needed), `${revision} before ${needed}`).to.equal(true);
    done.add(revision);
  }
}

describe("Plans over random trees", () => {
  const trees = revisions({ trees: 3, largest: 40 });
  const target = fc.nat(1000);

  it("never run a revision before its parents and dependencies", () => {
    fc.assert(
      fc.property(trees, target, target, (made, first, second) => {
        const graph = buildGraph(made, []);
        const id = (at: number): string => made[at % made.length]!.id;
        const start = planUpgrade(graph, empty, [id(first)], plain).steps;
        expectPossible(graph, empty, start);
        const middle = after(empty, start);
        expectPossible(graph, middle, planUpgrade(graph, middle, [id(second)], plain).steps);
      }),
    );
  });

  it("end in the same state whichever way they took", () => {
    fc.assert(
      fc.property(trees, target, target, (made, first, second) => {
        const graph = buildGraph(made, []);
        const go = (state: AppliedState, at: number): AppliedState =>
          after(state, planUpgrade(graph, state, [made[at % made.length]!.id], plain).steps);
        const [one, other] = [go(go(empty, first), second), go(go(empty, second), first)];
        expect(position(one)).to.deep.equal(position(other));
        expect(applied(one)).to.deep.equal(applied(other));
        const all = planUpgrade(graph, empty, ["heads"], plain).steps;
        const rest = after(one, planUpgrade(graph, one, ["heads"], plain).steps);
        expect(position(rest)).to.deep.equal(position(after(empty, all)));
      }),
    );
  });

  it("return to the start when everything that was done is undone, last step first", () => {
    fc.assert(
      fc.property(trees, target, target, (made, first, second) => {
        const graph = buildGraph(made, []);
        const id = (at: number): string => made[at % made.length]!.id;
        const start = after(empty, planUpgrade(graph, empty, [id(first)], plain).steps);
        const up = planUpgrade(graph, start, [id(second)], plain).steps;
        const top = after(start, up);
        if (up.length > 0) {
          const down = planDowngrade(graph, top, `-${up.length}`).steps;
          expect(down.map((step) => step.revision).toSorted()).to.deep.equal(
            up.map((step) => step.revision).toSorted(),
          );
          expect(position(after(top, down))).to.deep.equal(position(start));
        }
        expect(position(after(top, planDowngrade(graph, top, "base").steps))).to.deep.equal([]);
      }),
    );
  });

  it("take along what depends on what is undone, and leave nothing without what it needs", () => {
    fc.assert(
      fc.property(trees, target, (made, at) => {
        const graph = buildGraph(made, []);
        const top = after(empty, planUpgrade(graph, empty, ["heads"], plain).steps);
        const goal = made[at % made.length]!.id;
        const left = after(top, planDowngrade(graph, top, goal).steps);
        const kept = new Set(applied(left));
        expect(kept.has(goal)).to.equal(true);
        for (const id of kept)
          for (const needed of [...graph.revision(id)!.parents, ...graph.revision(id)!.dependsOn])
            expect(kept.has(needed), `${id} needs ${needed}`).to.equal(true);
      }),
    );
  });
});
