import { ancestors } from "../closure.js";
import { type Graph, idOf, idsOf, neighbours } from "../graph.js";
import { StepHeads, withHeads } from "../step-heads.js";
import { problem } from "../problems.js";
import { valueAt } from "../../known.js";

/** A change of a row of the version table. */
export type RowChange =
  | readonly ["insert", string]
  | readonly ["delete", string]
  | readonly ["update", string, string]
  | readonly ["delete-all"];

/** A step, and the version table behind it (ids, sorted). */
export interface TableStep {
  readonly revision: string;
  readonly direction: "up" | "down";
  readonly heads: readonly string[];
}

/** What becomes of a version table. */
export interface TableMove {
  readonly steps: readonly TableStep[];
  readonly final: readonly string[];
  readonly dml: readonly RowChange[];
}

/**
 * The nodes of the rows of a version table.
 * @throws InputError `unknown-revision` for a row that is no complete id, `version-table-mismatch` for one that is there twice
 */
export function nodesOfRows(graph: Graph, rows: readonly string[]): number[] {
  const nodes = new Set<number>();
  for (const row of rows) {
    const node = graph.byId.get(row);
    if (node === undefined)
      throw problem(
        "unknown-revision",
        `The version table names ${row}, which no revision file has.`,
        "Find the file, or settle what is applied with `stamp`.",
      );
    if (nodes.has(node)) throw problem("version-table-mismatch", `The version table has ${row} twice.`);
    nodes.add(node);
  }
  return [...nodes];
}

/**
 * Refuses revisions of which one needs another.
 * @throws InputError `overlapping-revisions`
 */
export function refuseOverlap(graph: Graph, nodes: readonly number[]): void {
  const unique = [...new Set(nodes)];
  if (unique.length < 2) return;
  const below = ancestors(
    graph,
    unique.flatMap((node) => neighbours(graph.downs, node)),
  );
  const covered = unique.find((node) => below.has(node));
  if (covered === undefined) return;
  const above = unique.filter((node) => node !== covered && ancestors(graph, [node]).has(covered));
  throw problem(
    "overlapping-revisions",
    `${idOf(graph, covered)} is needed by ${idOf(graph, valueAt(above, 0))} and follows from it: they cannot be named together.`,
  );
}

/** Keeps the rows of a version table while steps are taken, all up or all down: always the applied revisions that no other applied one needs. */
export class VersionRows {
  readonly #graph: Graph;
  readonly #rows: Set<number>;
  readonly #changes: RowChange[] = [];
  /** How many applied revisions need each node directly, on the way down. */
  readonly #neededBy: Uint32Array;
  readonly #heads: StepHeads;

  constructor(graph: Graph, rows: readonly number[], applied: Iterable<number>) {
    this.#graph = graph;
    this.#rows = new Set(rows);
    this.#heads = new StepHeads(rows, graph.ids);
    this.#neededBy = new Uint32Array(graph.ids.length);
    for (const node of applied) this.#need(node, 1);
  }

  get changes(): readonly RowChange[] {
    return this.#changes;
  }

  /** Ids, sorted. */
  ids(): string[] {
    return idsOf(this.#graph, this.#rows).toSorted();
  }

  /** Applies a revision. */
  up(node: number): TableStep {
    const gone = neighbours(this.#graph.downs, node).filter((down) => this.#rows.has(down));
    for (const row of gone.slice(0, -1)) this.#delete(row);
    const last = gone.at(-1);
    if (last === undefined) this.#insert(node);
    else this.#update(last, node);
    return this.#step(node, "up", gone, [node]);
  }

  /** Undoes a revision. */
  down(node: number): TableStep {
    this.#need(node, -1);
    const back = neighbours(this.#graph.downs, node).filter(
      (down) => this.#neededBy[down] === 0 && !this.#rows.has(down),
    );
    for (const row of back.slice(0, -1)) this.#insert(row);
    const last = back.at(-1);
    if (last === undefined) this.#delete(node);
    else this.#update(node, last);
    return this.#step(node, "down", [node], back);
  }

  #step(node: number, direction: "up" | "down", gone: readonly number[], come: readonly number[]): TableStep {
    const heads = this.#heads.move(gone, come);
    return withHeads({ revision: idOf(this.#graph, node), direction }, heads);
  }

  #need(node: number, count: 1 | -1): void {
    for (const down of neighbours(this.#graph.downs, node))
      this.#neededBy[down] = valueAt(this.#neededBy, down) + count;
  }

  #insert(node: number): void {
    this.#rows.add(node);
    this.#changes.push(["insert", idOf(this.#graph, node)]);
  }

  #delete(node: number): void {
    this.#rows.delete(node);
    this.#changes.push(["delete", idOf(this.#graph, node)]);
  }

  #update(from: number, to: number): void {
    this.#rows.add(to);
    this.#rows.delete(from);
    this.#changes.push(["update", idOf(this.#graph, from), idOf(this.#graph, to)]);
  }
}
