/** What is drawn: a revision and what it builds on. */
export interface LaneNode {
  readonly id: string;
  readonly parents: readonly string[];
}

/** Where a node stands, and the lanes that pass it. */
export interface LaneRow<Node> {
  readonly node: Node;
  /** The lane of the node, counted from 0. */
  readonly lane: number;
  /** For each lane whether a line passes it. */
  readonly lanes: readonly boolean[];
  /** Lanes from above that end in the node, besides its own. */
  readonly joined: readonly number[];
  /** Lanes that begin below the node, besides its own; or run on, where another line leads to the same parent. */
  readonly forked: readonly number[];
  /** Whether a line leads on below the node in its own lane. */
  readonly goesOn: boolean;
}

/** Most nodes stand alone on one lane, and share what is empty for all of them. */
const none: readonly never[] = [];
const alone: readonly boolean[] = [false];

/**
 * Assigns lanes to nodes, as `git log --graph` does: a line runs down from a node to each of its parents that is shown.
 * @param nodes newest first: none before what builds on it
 */
export function assignLanes<Node extends LaneNode>(nodes: readonly Node[]): LaneRow<Node>[] {
  const shown = new Set(nodes.map((node) => node.id));
  // By lane: the parent that its line leads to; null where the lane is free.
  const leadsTo: (string | null)[] = [];
  const free = (): number => {
    const lane = leadsTo.indexOf(null);
    return lane === -1 ? leadsTo.push(null) - 1 : lane;
  };
  return nodes.map((node) => {
    const { id, parents } = node;
    const incoming = lanesTo(leadsTo, id);
    const lane = incoming[0] ?? free();
    const joined = incoming.length < 2 ? none : incoming.slice(1);
    for (const other of incoming) leadsTo[other] = null;
    const lanes = leadsTo.length < 2 ? alone : leadsTo.map((to) => to !== null);
    const below = parents.every((parent) => shown.has(parent))
      ? parents
      : parents.filter((parent) => shown.has(parent));
    leadsTo[lane] = below[0] ?? null;
    const forked =
      below.length < 2
        ? none
        : below.slice(1).map((parent) => {
            const other = leadsTo.includes(parent) ? leadsTo.indexOf(parent) : free();
            leadsTo[other] = parent;
            return other;
          });
    return { node, lane, lanes, joined, forked, goesOn: below.length > 0 };
  });
}

function lanesTo(leadsTo: readonly (string | null)[], id: string): readonly number[] {
  const first = leadsTo.indexOf(id);
  if (first === -1) return none;
  const lanes = [first];
  for (let lane = leadsTo.indexOf(id, first + 1); lane !== -1; lane = leadsTo.indexOf(id, lane + 1))
    lanes.push(lane);
  return lanes;
}
