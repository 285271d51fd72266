import { type Edges, type Graph, neighbours } from "../graph.js";
import type { Switch } from "../revision.js";
import { valueAt } from "../../known.js";

/** A switch in a plan, and which way it is gone over. */
export interface Crossing {
  readonly edge: Switch;
  readonly way: "forth" | "back";
  /** Node numbers: where it starts and where it ends, as it is gone over. */
  readonly from: number;
  readonly to: number;
}

/**
 * What a plan puts in order: the nodes of the graph, and behind them a number for each crossing. The edges are those of the
 * graph until a crossing changes them.
 */
export class Actions {
  readonly crossings: Crossing[] = [];
  readonly #graph: Graph;
  #downs: (readonly number[])[] | undefined;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Adds a crossing that needs some other actions; returns its number. */
  cross(crossing: Crossing, needs: readonly number[]): number {
    this.#downs ??= [...this.#graph.downs];
    this.#downs.push(needs);
    this.crossings.push(crossing);
    return this.#downs.length - 1;
  }

  /** Makes an action need others, instead of what the graph says. */
  require(action: number, needs: readonly number[]): void {
    this.#downs ??= [...this.#graph.downs];
    this.#downs[action] = needs;
  }

  needs(action: number): readonly number[] {
    return neighbours(this.downs, action);
  }

  crossing(action: number): Crossing | undefined {
    const first = this.#graph.ids.length;
    return action < first ? undefined : this.crossings[action - first];
  }

  get size(): number {
    return this.downs.length;
  }

  get downs(): Edges {
    return this.#downs ?? this.#graph.downs;
  }

  /** The reverse of `downs`. */
  get ups(): Edges {
    if (this.#downs === undefined) return this.#graph.ups;
    const ups: number[][] = Array.from(this.#downs, () => []);
    for (const [node, list] of this.#downs.entries()) for (const down of list) valueAt(ups, down).push(node);
    return ups;
  }
}
