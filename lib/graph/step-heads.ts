/** Members of a set after a step: as they are, or, where they are many, worked out when they are asked for. */
export type HeadsAfter = readonly string[] | (() => readonly string[]);

/** Up to so many members are written down with each step; of more, only what changes. */
const few = 16;

/** What a tree or a version table stands on, step by step. */
export class StepHeads {
  readonly #now: Set<string>;
  #log: HeadsLog | undefined;

  constructor(start: Iterable<string>) {
    this.#now = new Set(start);
  }

  /** Takes a step; ids. */
  move(gone: readonly string[], come: readonly string[]): HeadsAfter {
    for (const member of gone) this.#now.delete(member);
    for (const member of come) this.#now.add(member);
    if (this.#now.size <= few) {
      this.#log = undefined;
      return [...this.#now].toSorted();
    }
    if (this.#log === undefined) this.#log = new HeadsLog(this.#now);
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
  if (typeof heads !== "function") return Object.assign(step, { heads });
  return Object.defineProperty(step, "heads", { enumerable: true, get: heads }) as Step & {
    readonly heads: readonly string[];
  };
}

/** A set that changes step by step, as it was after each step; asking for the steps in their order is cheapest. */
class HeadsLog {
  readonly #start: ReadonlySet<string>;
  readonly #changes: { readonly gone: readonly string[]; readonly come: readonly string[] }[] = [];
  #at = 0;
  #now: Set<string>;

  constructor(start: Iterable<string>) {
    this.#start = new Set(start);
    this.#now = new Set(this.#start);
  }

  get length(): number {
    return this.#changes.length;
  }

  note(gone: readonly string[], come: readonly string[]): void {
    this.#changes.push({ gone, come });
  }

  /** The members after a step, sorted; 0 is the start. */
  after(step: number): string[] {
    if (step < this.#at) {
      this.#now = new Set(this.#start);
      this.#at = 0;
    }
    for (; this.#at < step; this.#at++) {
      const change = this.#changes[this.#at];
      for (const member of change?.gone ?? []) this.#now.delete(member);
      for (const member of change?.come ?? []) this.#now.add(member);
    }
    return [...this.#now].toSorted();
  }
}
