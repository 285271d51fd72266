/**
 * A set that changes step by step, as it was after each step. Only the changes are kept, so that many steps on a wide set cost no more
 * than on a narrow one; asking for the steps in their order is cheapest.
 */
export class HeadsLog {
  readonly #start: ReadonlySet<string>;
  readonly #changes: { readonly gone: readonly string[]; readonly come: readonly string[] }[] = [];
  #at = 0;
  #now: Set<string>;

  constructor(start: Iterable<string>) {
    this.#start = new Set(start);
    this.#now = new Set(this.#start);
  }

  /** Notes a step; returns its number. */
  note(gone: readonly string[], come: readonly string[]): number {
    this.#changes.push({ gone, come });
    return this.#changes.length;
  }

  /** The members after a step, sorted; 0 is the start. */
  after(step: number): string[] {
    if (step < this.#at) {
      this.#now = new Set(this.#start);
      this.#at = 0;
    }
    for (const { gone, come } of this.#changes.slice(this.#at, step)) {
      for (const member of gone) this.#now.delete(member);
      for (const member of come) this.#now.add(member);
    }
    this.#at = step;
    return [...this.#now].toSorted();
  }
}
