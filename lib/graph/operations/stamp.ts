import { type NodeSet, reach } from "../closure.js";
import { type Graph, idOf, idsOf } from "../graph.js";
import { problem } from "../problems.js";
import { resolveBranch, resolveName } from "./names.js";
import { nodesOfRows, type RowChange, type TableMove } from "./rows.js";

/**
 * Plans to record targets in a version table without running anything.
 * @param targets absolute names
 * @param before whether the rows are looked at, or deleted first
 * @throws InputError with the category as its code
 */
export function stampTable(
  graph: Graph,
  rows: readonly string[],
  targets: readonly string[],
  before: "kept" | "purged",
): TableMove {
  const current = before === "purged" ? [] : nodesOfRows(graph, rows);
  const near = new Set(targets.flatMap((target) => nearRows(graph, current, target)));
  const named = targets.map((target) => resolveName(graph, target));
  const table = new StampedRows(graph, current, before === "purged" ? [["delete-all"]] : []);
  const goals = named.flatMap(({ nodes }) => nodes);
  if (goals.length === 0) for (const row of near) table.delete(row);
  const lineage = { above: reach(graph.ups, near), below: reach(graph.downs, near) };
  for (const goal of goals) stampOne(table, near, lineage, goal);
  return { steps: [], final: table.ids(), dml: table.changes };
}

/** Rows on a line with what a target names, through dependsOn as well; all where it names nothing. */
function nearRows(graph: Graph, current: readonly number[], target: string): readonly number[] {
  const at = target.indexOf("@");
  const symbol = target.slice(at + 1);
  // Tips are looked up even where there are no rows: several of them are an error in any case.
  const tips = symbol === "head" || symbol === "heads" ? resolveName(graph, target).nodes : [];
  if (current.length === 0) return current;
  const named = [...tips];
  if (at > 0) named.push(resolveBranch(graph, target.slice(0, at), "unknown-revision"));
  if (symbol !== "base" && symbol !== "head" && symbol !== "heads")
    named.push(resolveBranch(graph, symbol, "unknown-revision"));
  if (named.length === 0) return current;
  // Of all that is named at once: the edges are the same both ways.
  const related = reach(graph.downs, named);
  for (const node of reach(graph.ups, named)) related.add(node);
  return current.filter((row) => related.has(row));
}

/** @param lineage the near rows with what needs them, and with what they need */
function stampOne(
  table: StampedRows,
  near: ReadonlySet<number>,
  { above, below }: { readonly above: NodeSet; readonly below: NodeSet },
  goal: number,
): void {
  if (near.has(goal)) return;
  const isUp = !below.has(goal);
  const isRelated = !isUp || above.has(goal);
  // Rows that an earlier target has used up cannot be moved up once more, but the target still gets its row.
  if (!isRelated || (isUp && !table.hasAll(near))) table.insert(goal);
  else table.replace([...near], goal);
}

class StampedRows {
  readonly changes: RowChange[];
  readonly #graph: Graph;
  readonly #rows: Set<number>;

  constructor(graph: Graph, rows: readonly number[], changes: readonly RowChange[]) {
    this.#graph = graph;
    this.#rows = new Set(rows);
    this.changes = [...changes];
  }

  ids(): string[] {
    return idsOf(this.#graph, this.#rows).toSorted();
  }

  hasAll(nodes: Iterable<number>): boolean {
    for (const node of nodes) if (!this.#rows.has(node)) return false;
    return true;
  }

  insert(node: number): void {
    this.#refuseTwice(node);
    this.#rows.add(node);
    this.changes.push(["insert", idOf(this.#graph, node)]);
  }

  delete(node: number): void {
    if (!this.#rows.delete(node))
      throw problem(
        "overlapping-revisions",
        `Two targets replace the row ${idOf(this.#graph, node)} of the version table.`,
        "Stamp them one after the other.",
      );
    this.changes.push(["delete", idOf(this.#graph, node)]);
  }

  /** Puts one row in the place of several. */
  replace(rows: readonly number[], node: number): void {
    this.#refuseTwice(node);
    for (const row of rows.slice(0, -1)) this.delete(row);
    for (const row of rows.slice(-1)) {
      this.delete(row);
      this.changes.splice(-1, 1, ["update", idOf(this.#graph, row), idOf(this.#graph, node)]);
    }
    this.#rows.add(node);
  }

  #refuseTwice(node: number): void {
    if (!this.#rows.has(node)) return;
    throw problem("duplicate-heads", `Two targets name the revision ${idOf(this.#graph, node)}.`);
  }
}
