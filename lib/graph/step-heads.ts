import { valueAt } from "../known.js";

/** What is stood on after a step (ids, sorted): as it is, or, where that is much, worked out when it is asked for. */
export type HeadsAfter = readonly string[] | (() => readonly string[]);

/** Up to so many are written down with each step; of more, only what changes. */
const few = 16;

/** What a tree or a version table stands on, step by step; nodes by number. */
export class StepHeads {
  readonly now: Set<number>;
  readonly #ids: readonly string[];
  #log: HeadsLog | undefined;

  /** @param ids by node number */
  constructor(start: Iterable<number>, ids: readonly string[]) {
    this.now = new Set(start);
    this.#ids = ids;
  }

  /** Takes a step. */
  move(gone: readonly number[], come: readonly number[]): HeadsAfter {
    for (const node of gone) this.now.delete(node);
    for (const node of come) this.now.add(node);
    if (this.now.size <= few) {
      this.#log = undefined;
      return sortedIds(this.now, this.#ids);
    }
    if (this.#log === undefined) this.#log = new HeadsLog(this.now, this.#ids);
    else this.#log.note(gone, come);
    const log = this.#log;
    const at = log.length;
    return () => log.after(at);
  }
}

/** Adds to a step what it leads to. */
export function withHeads<Step extends object>(
  step: Step,
  heads: HeadsAfter,
): Step & { readonly heads: readonly string[] } {
  if (typeof heads !== "function") return { ...step, heads };
  return Object.defineProperty(step, "heads", { enumerable: true, get: heads }) as Step & {
    readonly heads: readonly string[];
  };
}

function sortedIds(nodes: Iterable<number>, ids: readonly string[]): string[] {
  const sorted: string[] = [];
  for (const node of nodes) sorted.push(valueAt(ids, node));
  return sorted.length < 2 ? sorted : sorted.toSorted();
}

/** A set that changes step by step, as it was after each step; asking for the steps in their order is cheapest. */
class HeadsLog {
  readonly #start: ReadonlySet<number>;
  readonly #ids: readonly string[];
  readonly #changes: { readonly gone: readonly number[]; readonly come: readonly number[] }[] = [];
  #at = 0;
  #now: Set<number>;

  constructor(start: Iterable<number>, ids: readonly string[]) {
    this.#start = new Set(start);
    this.#ids = ids;
    this.#now = new Set(this.#start);
  }

  get length(): number {
    return this.#changes.length;
  }

  note(gone: readonly number[], come: readonly number[]): void {
    this.#changes.push({ gone, come });
  }

  /** The members after a step; 0 is the start. */
  after(step: number): string[] {
    if (step < this.#at) {
      this.#now = new Set(this.#start);
      this.#at = 0;
    }
    for (; this.#at < step; this.#at++) {
      const { gone, come } = valueAt(this.#changes, this.#at);
      for (const node of gone) this.#now.delete(node);
      for (const node of come) this.#now.add(node);
    }
    return sortedIds(this.#now, this.#ids);
  }
}
