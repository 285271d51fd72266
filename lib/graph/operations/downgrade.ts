import { GodwitError, ownError } from "../../errors.js";
import { ancestors, descendants, lineage, NodeSet, reach } from "../closure.js";
import { bases, type Graph, idOf, neighbours } from "../graph.js";
import { newestFirst } from "../order.js";
import { problem } from "../problems.js";
import { resolveBranch, resolveOne } from "./names.js";
import { nodesOfRows, type TableMove, VersionRows } from "./rows.js";
import { outOfRange, parseRelative, type Relative, walkDown, walkUp, type Walked } from "./walk.js";

/** Where a downgrade ends: a node, or undefined for "nothing applied"; the branch narrows what is undone above it. */
interface Goal {
  readonly node: number | undefined;
  readonly branch: string | undefined;
}

/**
 * Plans a downgrade of a database whose version table holds `rows`.
 * @param target as the user typed it
 * @throws InputError with the category as its code
 */
export function downgradeTable(graph: Graph, rows: readonly string[], target: string): TableMove {
  const current = nodesOfRows(graph, rows);
  const applied = ancestors(graph, current);
  const nodes = nodesAbove(graph, current, applied, target);
  const order = newestFirst({ downs: graph.downs, ups: graph.ups, nodes, tips: current });
  const table = new VersionRows(graph, current, applied);
  const steps = order.map((node) => table.down(node));
  return { steps, final: table.ids(), dml: table.changes };
}

function nodesAbove(graph: Graph, current: readonly number[], applied: NodeSet, target: string): NodeSet {
  const relative = parseRelative(target);
  if (
    relative !== null &&
    relative.symbol === undefined &&
    relative.branch === undefined &&
    relative.steps < 0
  )
    return belowAnyRow(graph, current, applied, relative, target);
  const goal =
    relative === null ? absoluteGoal(graph, target) : relativeGoal(graph, current, relative, target);
  return toUndo(graph, current, applied, goal, target);
}

/** `-n` counts from the only row. Rows have no order: from several, only what both ends of the table agree on is an answer. */
function belowAnyRow(
  graph: Graph,
  current: readonly number[],
  applied: NodeSet,
  { steps }: Relative,
  target: string,
): NodeSet {
  if (current.length === 0) throw outOfRange(target);
  const ends = [...current.slice(0, 1), ...current.slice(-1)];
  const [answer, other] = ends.map((row) => belowRow(graph, current, applied, row, steps, target));
  if (answer === undefined || other === undefined || !sameAnswer(answer, other))
    throw problem(
      "ambiguous-start",
      `There are several revisions to count from: ${current.map((row) => idOf(graph, row)).join(", ")}.`,
      "Name one: `REVISION-1`.",
    );
  if (answer instanceof GodwitError) throw answer;
  return answer;
}

function belowRow(
  graph: Graph,
  current: readonly number[],
  applied: NodeSet,
  row: number,
  steps: number,
  target: string,
): NodeSet | GodwitError {
  try {
    const node = downTo(walkDown(graph, row, -steps), target);
    return toUndo(graph, current, applied, { node, branch: idOf(graph, row) }, target);
  } catch (error) {
    return ownError(error);
  }
}

function sameAnswer(one: NodeSet | GodwitError, other: NodeSet | GodwitError): boolean {
  if (one instanceof GodwitError) return other instanceof GodwitError && one.code === other.code;
  return other instanceof NodeSet && one.size === other.size && [...one].every((node) => other.has(node));
}

function absoluteGoal(graph: Graph, target: string): Goal {
  const at = target.lastIndexOf("@");
  const node = resolveOne(graph, target.slice(at + 1));
  return { node, branch: at > 0 ? target.slice(0, at) : undefined };
}

function relativeGoal(graph: Graph, current: readonly number[], relative: Relative, target: string): Goal {
  const { branch, symbol, steps } = relative;
  if (steps >= 0) {
    if (symbol === undefined) throw outOfRange(target);
    const along =
      branch === undefined ? undefined : (): number => resolveBranch(graph, branch, "unknown-revision");
    const node = downTo(walkUp(graph, resolveOne(graph, symbol), steps, along), target);
    if (node === undefined) throw outOfRange(target);
    return { node, branch };
  }
  const start =
    symbol === undefined
      ? startOn(graph, current, branch, target)
      : resolveOne(graph, branch === undefined ? symbol : `${branch}@${symbol}`);
  return { node: downTo(walkDown(graph, start, -steps), target), branch };
}

function downTo({ node, ended }: Walked, target: string): number | undefined {
  if (ended) throw outOfRange(target);
  return node;
}

/** What `branch@-n` counts from: the only row on a line with the branch, else the only topmost applied revision that is. */
function startOn(
  graph: Graph,
  current: readonly number[],
  branch: string | undefined,
  target: string,
): number | undefined {
  const isLookedUp = branch !== undefined && current.length > 0;
  const related = isLookedUp ? lineage(graph, [resolveBranch(graph, branch, "unknown-revision")]) : undefined;
  const rows = current.filter((row) => related?.has(row) !== false);
  const starts =
    rows.length > 0
      ? rows
      : topmost(graph, ancestors(graph, current)).filter((node) => related?.has(node) !== false);
  if (starts.length === 1) return starts[0];
  throw problem(
    "ambiguous-start",
    starts.length === 0
      ? `Nothing that is applied is on a line with the branch of '${target}'.`
      : `There are several revisions to count from: ${starts.map((node) => idOf(graph, node)).join(", ")}.`,
    "Name the revision to go back to.",
  );
}

/** The members of an applied set that none of their children is in. */
export function topmost(graph: Graph, applied: NodeSet): number[] {
  return [...applied].filter((node) => !neighbours(graph.children, node).some((child) => applied.has(child)));
}

function toUndo(
  graph: Graph,
  current: readonly number[],
  applied: NodeSet,
  { node, branch }: Goal,
  target: string,
): NodeSet {
  const above = node === undefined ? bases(graph) : neighbours(graph.children, node);
  const roots = branch === undefined || above.length < 2 ? above : leadingTo(graph, above, branch, target);
  const undone = new NodeSet(graph.ids.length);
  for (const one of descendants(graph, roots)) if (applied.has(one)) undone.add(one);
  if (undone.size === 0 && node !== undefined && !current.includes(node))
    throw problem(
      "not-an-ancestor",
      `Nothing above '${target}' is applied, and the database does not stand on it.`,
    );
  return undone;
}

function leadingTo(graph: Graph, roots: readonly number[], branch: string, target: string): number[] {
  const line = reach(graph.parents, [resolveBranch(graph, branch)]);
  const kept = roots.filter((root) => line.has(root));
  if (kept.length > 0) return kept;
  throw problem("not-an-ancestor", `Nothing above '${target}' leads to its branch.`);
}
