import { assignLanes, type LaneNode, type LaneRow } from "./lanes.js";

/** Characters for lines: as the terminal can show them. */
export type LineStyle = "unicode" | "ascii";

/** One node as text: lines above it that join lanes, its own line up to the text, and lines below it that fork lanes. */
export interface DrawnNode<Node> {
  readonly node: Node;
  readonly above: readonly string[];
  /** The lanes with the node's mark; what is told of the revision follows. */
  readonly graph: string;
  /** Continues the lanes below the node, for further lines of text. */
  readonly continued: string;
  readonly below: readonly string[];
}

const none: readonly never[] = [];

const characters = {
  unicode: {
    line: "│",
    joined: "╯",
    forked: "╮",
    both: "┤",
    across: "─",
    over: "┼",
    start: "├",
    begun: "╭",
    fork: "┬",
    join: "┴",
  },
  ascii: {
    line: "|",
    joined: "'",
    forked: ".",
    both: "+",
    across: "-",
    over: "+",
    start: "+",
    begun: ".",
    fork: ".",
    join: "'",
  },
} as const;

/**
 * Draws revisions as text, newest first, with their branches and merges in lanes.
 * @param nodes newest first: none before what builds on it
 * @param mark the character for each node
 */
export function drawLanes<Node extends LaneNode>(
  nodes: readonly Node[],
  mark: (node: Node) => string,
  style: LineStyle,
): DrawnNode<Node>[] {
  const { line } = characters[style];
  return assignLanes(nodes).map((row) => {
    const { node, lane, lanes, joined, forked, goesOn } = row;
    if (lanes.length < 2 && forked.length === 0)
      return { node, above: none, graph: mark(node), continued: goesOn ? line : "", below: none };
    const cells = lanes.map((isPassing, at) => (at === lane ? mark(node) : isPassing ? line : " "));
    const isOpen = (at: number): boolean =>
      lanes[at] === true || forked.includes(at) || (at === lane && goesOn);
    const after = Array.from({ length: Math.max(lanes.length, ...forked.map((at) => at + 1)) }, (_, at) =>
      isOpen(at) ? line : " ",
    );
    return {
      node,
      above: joined.length === 0 ? [] : [connection(row, joined, "joined", style)],
      graph: cells.join(" ").trimEnd(),
      continued: after.join(" ").trimEnd(),
      below: forked.length === 0 ? [] : [connection(row, forked, "forked", style)],
    };
  });
}

/** A line that connects the lane of a node with others. */
function connection(
  { lane, lanes }: LaneRow<LaneNode>,
  others: readonly number[],
  kind: "joined" | "forked",
  style: LineStyle,
): string {
  const draw = characters[style];
  const first = Math.min(lane, ...others);
  const last = Math.max(lane, ...others);
  const ends = new Set([lane, ...others]);
  let text = "";
  for (let at = 0; at < Math.max(lanes.length, last + 1); at++) {
    const inside = at > first && at <= last;
    if (at > 0) text += inside ? draw.across : " ";
    const isPassing = lanes[at] === true;
    if (at === lane) text += at === last ? draw.both : draw.start;
    else if (ends.has(at))
      text += isPassing ? endOn(draw, at, first, last) : endOf(draw, at, first, last, kind);
    else if (isPassing) text += inside ? draw.over : draw.line;
    else text += inside ? draw.across : " ";
  }
  return text.trimEnd();
}

type Drawing = (typeof characters)[LineStyle];

/** The end of a connection on a lane that runs on anyway. */
function endOn(draw: Drawing, at: number, first: number, last: number): string {
  if (at === first) return draw.start;
  return at === last ? draw.both : draw.over;
}

function endOf(draw: Drawing, at: number, first: number, last: number, kind: "joined" | "forked"): string {
  if (at === first) return draw.begun;
  if (at === last) return draw[kind];
  return kind === "joined" ? draw.join : draw.fork;
}
