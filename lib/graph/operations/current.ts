import { ancestors } from "../closure.js";
import { effectiveHeads, type Graph, heads, idsOf } from "../graph.js";
import { problem } from "../problems.js";
import { topmost } from "./downgrade.js";
import { nodesOfRows } from "./rows.js";

/** The applied revisions without an applied child (ids, sorted): more than the rows where a tree is covered by a dependent. */
export function currentOfTable(graph: Graph, rows: readonly string[]): string[] {
  return idsOf(graph, topmost(graph, ancestors(graph, nodesOfRows(graph, rows)))).toSorted();
}

/**
 * Passes where everything is applied.
 * @throws InputError `not-at-heads`
 */
export function checkAtHeads(graph: Graph, rows: readonly string[]): void {
  const current = new Set(nodesOfRows(graph, rows));
  const isAt = (tips: readonly number[]): boolean =>
    tips.length === current.size && tips.every((tip) => current.has(tip));
  // A head that another revision depends on has no row of its own once that is applied.
  if (isAt(effectiveHeads(graph)) || isAt(heads(graph))) return;
  const tips = effectiveHeads(graph);
  const missing = tips.filter((tip) => !current.has(tip));
  const spare = [...current].filter((node) => !tips.includes(node));
  throw problem(
    "not-at-heads",
    missing.length > 0
      ? `The database is not at: ${idsOf(graph, missing).join(", ")}.`
      : `The database is at all heads, but has rows of revisions below them too: ${idsOf(graph, spare).join(", ")}.`,
  );
}
