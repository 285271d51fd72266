import { assignLanes } from "../drawing/lanes.js";
import { byTree, edgesOf, type Picture, type PicturedEdge, type PicturedRevision } from "./picture.js";

/** A box with its middle; pixels. */
export interface PlacedRevision {
  readonly revision: PicturedRevision;
  readonly x: number;
  readonly y: number;
}

export interface PlacedTree {
  readonly manager: string;
  readonly x: number;
  readonly width: number;
}

/** Where everything stands; pixels from the upper left corner. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly revisions: readonly PlacedRevision[];
  readonly trees: readonly PlacedTree[];
  readonly edges: readonly PicturedEdge[];
}

/** Size of the box of a revision. */
export const box = { width: 190, height: 46 } as const;
const gap = { x: 26, y: 34, tree: 50, top: 56 } as const;
/** Trees of more revisions are placed by lanes: the layout library takes too long for them. */
const largest = 400;

/** Places the trees beside each other, roots at the bottom. */
export async function layOut(picture: Picture): Promise<Layout> {
  const edges = edgesOf(picture);
  const trees: PlacedTree[] = [];
  const revisions: PlacedRevision[] = [];
  let x: number = gap.tree / 2;
  let height = 0;
  for (const [manager, members] of byTree(picture)) {
    const inside = new Set(members.map((one) => one.id));
    const own = edges.filter(
      (edge) => edge.kind !== "dependsOn" && inside.has(edge.from) && inside.has(edge.to),
    );
    const placed = members.length > largest ? byLanes(members) : await byLibrary(members, own);
    const width = Math.max(...placed.map((one) => one.x)) + box.width / 2;
    height = Math.max(height, ...placed.map((one) => one.y + box.height / 2));
    trees.push({ manager, x, width });
    for (const one of placed) revisions.push({ ...one, x: one.x + x, y: one.y + gap.top });
    x += width + gap.tree;
  }
  return { width: x, height: height + gap.top + gap.y, revisions, trees, edges };
}

async function byLibrary(
  members: readonly PicturedRevision[],
  edges: readonly PicturedEdge[],
): Promise<PlacedRevision[]> {
  const { Graph, layout } = await import("@dagrejs/dagre");
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "BT", nodesep: gap.x, ranksep: gap.y, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of members) graph.setNode(id, { width: box.width, height: box.height });
  for (const { from, to, kind } of edges) graph.setEdge(from, to, {}, kind);
  layout(graph);
  return members.map((revision) => {
    const { x, y } = graph.node(revision.id) as { x: number; y: number };
    return { revision, x, y };
  });
}

function byLanes(members: readonly PicturedRevision[]): PlacedRevision[] {
  const lanes = assignLanes(members);
  return members.map((revision, row) => ({
    revision,
    x: (lanes[row]?.lane ?? 0) * (box.width + gap.x) + box.width / 2,
    y: row * (box.height + gap.y) + box.height / 2,
  }));
}
