import { valueAt } from "../known.js";

/** Numbers by position, of which the least in a range is found in logarithmic time. Unset positions hold Infinity. */
export class MinTree {
  readonly #width: number;
  readonly #least: Float64Array;

  constructor(positions: number) {
    this.#width = 2 ** Math.ceil(Math.log2(Math.max(positions, 1)));
    this.#least = new Float64Array(2 * this.#width).fill(Infinity);
  }

  set(position: number, value: number): void {
    let cell = this.#width + position;
    this.#least[cell] = value;
    for (cell >>= 1; cell >= 1; cell >>= 1) {
      const least = Math.min(this.#at(2 * cell), this.#at(2 * cell + 1));
      if (this.#at(cell) === least) return;
      this.#least[cell] = least;
    }
  }

  /** The least value from `first` to `last`, both included. */
  least(first: number, last: number): number {
    let least = Infinity;
    let low = this.#width + first;
    let high = this.#width + last + 1;
    for (; low < high; low >>= 1, high >>= 1) {
      if (low % 2 === 1) least = Math.min(least, this.#at(low++));
      if (high % 2 === 1) least = Math.min(least, this.#at(--high));
    }
    return least;
  }

  /** The first position from `first` on that holds at most `limit`, which one has to. */
  firstAtMost(first: number, limit: number): number {
    let cell = this.#width + first;
    // Up to the first block right of `first` that holds such a value, then down to its leftmost one.
    while (this.#at(cell) > limit) {
      while (cell % 2 === 1) cell >>= 1;
      cell++;
    }
    while (cell < this.#width) cell = this.#at(2 * cell) > limit ? 2 * cell + 1 : 2 * cell;
    return cell - this.#width;
  }

  #at(cell: number): number {
    return valueAt(this.#least, cell);
  }
}
