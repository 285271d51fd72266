import { assignLanes } from "../drawing/lanes.js";
import { byTree, edgesOf, type Picture, type PicturedEdge, type PicturedRevision } from "./picture.js";
import { valueAt } from "../../known.js";

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

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An arrow with the points that it goes by, where the layout leads it around boxes. */
export interface PlacedEdge extends PicturedEdge {
  readonly points: readonly Point[];
}

/** Where everything stands; pixels from the upper left corner. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly revisions: readonly PlacedRevision[];
  readonly trees: readonly PlacedTree[];
  readonly edges: readonly PlacedEdge[];
}

/** Size of the box of a revision. */
export const box = { width: 214, height: 46 } as const;
const gap = { x: 26, y: 34, tree: 50, top: 56 } as const;
/** Trees of more revisions are placed by lanes: the layout library takes too long for them. */
const largest = 400;

/** What is placed of one tree, from its own corner. */
interface TreeLayout {
  readonly revisions: readonly PlacedRevision[];
  readonly routes: ReadonlyMap<PicturedEdge, readonly Point[]>;
}

/** Places the trees beside each other, roots at the bottom. */
export async function layOut(picture: Picture): Promise<Layout> {
  const edges = edgesOf(picture);
  const trees: PlacedTree[] = [];
  const revisions: PlacedRevision[] = [];
  const routes = new Map<PicturedEdge, readonly Point[]>();
  let x: number = gap.tree / 2;
  let height = 0;
  for (const [manager, members] of byTree(picture)) {
    const inside = new Set(members.map((one) => one.id));
    const own = edges.filter((edge) => inside.has(edge.from) && inside.has(edge.to));
    const placed = members.length > largest ? byLanes(members) : await byLibrary(members, own);
    const moved = ({ x: left, y: top }: Point): Point => ({ x: left + x, y: top + gap.top });
    const width = Math.max(...placed.revisions.map((one) => one.x)) + box.width / 2;
    height = Math.max(height, ...placed.revisions.map((one) => one.y + box.height / 2));
    trees.push({ manager, x, width });
    for (const one of placed.revisions) revisions.push({ ...one, ...moved(one) });
    for (const [edge, points] of placed.routes) routes.set(edge, points.map(moved));
    x += width + gap.tree;
  }
  const placedEdges = edges.map((edge) => ({ ...edge, points: routes.get(edge) ?? [] }));
  return { width: x, height: height + gap.top + gap.y, revisions, trees, edges: placedEdges };
}

async function byLibrary(
  members: readonly PicturedRevision[],
  edges: readonly PicturedEdge[],
): Promise<TreeLayout> {
  const { Graph, layout } = await import("@dagrejs/dagre");
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "BT", nodesep: gap.x, ranksep: gap.y, edgesep: gap.x, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of members) graph.setNode(id, { width: box.width, height: box.height });
  for (const { from, to, kind } of edges) graph.setEdge(from, to, {}, kind);
  layout(graph);
  const revisions = members.map((revision) => {
    const { x, y } = graph.node(revision.id) as Point;
    return { revision, x, y };
  });
  const routes = new Map(
    edges.map((edge) => {
      const { points } = graph.edge(edge.from, edge.to, edge.kind) as { points: readonly Point[] };
      return [edge, points];
    }),
  );
  return { revisions, routes };
}

function byLanes(members: readonly PicturedRevision[]): TreeLayout {
  const lanes = assignLanes(members);
  const revisions = members.map((revision, row) => ({
    revision,
    x: valueAt(lanes, row).lane * (box.width + gap.x) + box.width / 2,
    y: row * (box.height + gap.y) + box.height / 2,
  }));
  return { revisions, routes: new Map() };
}
