import { type Edges, neighbours } from "../graph.js";
import { problem } from "../problems.js";
import type { Switch } from "../revision.js";
import { describeNode, managerOf, nodeOf, type RevisionGraph, switchNeeds } from "./forest.js";
import { recordedParents, type Standing } from "./standing.js";
import { valueAt, valueOf } from "../../known.js";

/** The graph with the edges that were really taken to what is applied; what is not applied may hang on it. */
export interface AppliedEdges {
  /** What each applied node was reached from, then what it depends on. */
  readonly downs: Edges;
  readonly ups: Edges;
  /** By a node that was reached over a switch: the switch, and which way it is gone over to undo that. */
  readonly undone: ReadonlyMap<number, UndoneSwitch>;
}

export interface UndoneSwitch {
  readonly edge: Switch;
  readonly way: "forth" | "back";
  readonly to: number;
}

/** Wires the applied nodes by what is recorded, so that what was reached over a switch hangs from where it came from. */
export function appliedEdges(view: RevisionGraph, standing: Standing): AppliedEdges {
  const { graph } = view;
  if (standing.astray.length === 0) return { downs: graph.downs, ups: graph.ups, undone: new Map() };
  const undone = new Map<number, UndoneSwitch>();
  const downs: number[][] = graph.ids.map(() => []);
  const ups: number[][] = graph.ids.map(() => []);
  for (const node of standing.applied) {
    const parents = recordedParents(standing, node);
    const crossed = switchBehind(view, node, parents);
    if (crossed !== undefined) undone.set(node, crossed);
    const needed =
      crossed === undefined
        ? neighbours(graph.effectiveDependsOn, node)
        : [...neighbours(graph.dependsOn, node), ...switchNeeds(view, crossed.edge)];
    const list = [...new Set([...parents, ...needed])].filter((down) => standing.applied.has(down));
    downs[node] = list;
    for (const down of list) valueAt(ups, down).push(node);
  }
  return { downs, ups, undone };
}

function switchBehind(
  view: RevisionGraph,
  node: number,
  parents: readonly number[],
): UndoneSwitch | undefined {
  const known = neighbours(view.graph.parents, node);
  const [from] = parents.filter((parent) => !known.includes(parent));
  if (from === undefined) return undefined;
  for (const edge of valueOf(view.trees, managerOf(view, node)).switches) {
    const [start, end] = [nodeOf(view, edge.from), nodeOf(view, edge.to)];
    if (start === from && end === node) return { edge, way: "back", to: from };
    if (start === node && end === from) return { edge, way: "forth", to: from };
  }
  throw problem(
    "version-table-mismatch",
    `${describeNode(view, node)} is recorded as reached from ${describeNode(view, from)}, but neither a revision nor a switch leads there.`,
    "Settle what is applied with `godwit stamp`.",
  );
}
