/** Which faults are tried on a case. */
import type { Fault } from "./faults.js";
import { courseOf, tryFaults } from "./points.js";
import type { Course, PointResult } from "./points.js";
import { mayMount } from "./small-disk.js";
import type { PreparedCase } from "./start.js";

/** How densely faults are set. */
export interface Density {
  /** Every how many statements one is refused; 1 is all of them. */
  readonly errors: number;
  /** At how many statements, evenly spread, each of the other kinds strikes. */
  readonly spread: number;
  /** Whether the server may be crashed: nobody else may use it then. */
  readonly crashes: "yes" | "no";
  /** Every how many points one is tried, and the first of them: a long run goes in parts. */
  readonly part: { readonly first: number; readonly step: number };
}

/**
 * Tries all faults of a case, one after the other.
 * @param around wraps each of them, to clean up after it
 */
export async function* runCampaign(
  prepared: PreparedCase,
  density: Density,
  around: (work: () => Promise<PointResult>) => Promise<PointResult>,
): AsyncIterable<PointResult> {
  const course = await courseOf(prepared);
  for (const faults of partOf(faultsOf(prepared, course, density), density)) {
    yield await around(() => tryFaults(prepared, faults));
  }
  if (prepared.of.dialect === "postgres") return;
  for (const kind of mayMount() ? (["disk-full", "small-disk"] as const) : (["disk-full"] as const)) {
    for (const pages of partOf(roomOnDisk(), density)) {
      const result = await around(() => tryFaults(prepared, [{ kind, pages }]));
      yield result;
      if (result.outcome === "not-struck") break;
    }
  }
}

function* partOf<T>(all: Iterable<T>, { part: { first, step } }: Density): Iterable<T> {
  let position = 0;
  for (const one of all) {
    if (position % step === first) yield one;
    position += 1;
  }
}

/** Ever more pages, until the disk is large enough. */
function* roomOnDisk(): Iterable<number> {
  for (let pages = 0; ; pages += Math.max(1, Math.floor(pages / 6))) yield pages;
}

function* faultsOf(
  { of }: PreparedCase,
  { statements, commits, pauses }: Course,
  density: Density,
): Iterable<readonly Fault[]> {
  for (let statement = 1; statement <= statements; statement += density.errors)
    yield [{ kind: "error", statement }];
  const some = spread(statements, density.spread);
  for (const statement of some) yield [{ kind: "kill", statement }];
  for (const pause of pauses) {
    yield [{ kind: "kill", pause }];
    yield [{ kind: "interrupt", pause }];
  }
  if (of.dialect === "postgres") {
    for (const statement of commits) yield [{ kind: "unanswered", statement }];
    yield* serverFaults(some, pauses, density);
  }
  yield* secondFaults(statements, pauses, some);
}

function* serverFaults(
  some: readonly number[],
  pauses: readonly string[],
  { crashes }: Density,
): Iterable<readonly Fault[]> {
  for (const statement of some) {
    yield [{ kind: "terminate", statement }];
    yield [{ kind: "cut", statement }];
  }
  for (const pause of pauses) {
    yield [{ kind: "terminate-all", pause }];
    if (crashes === "no") continue;
    yield [{ kind: "crash", pause }];
    yield [{ kind: "stop", pause }];
  }
}

/** What is hit again while it recovers. */
function* secondFaults(
  statements: number,
  pauses: readonly string[],
  some: readonly number[],
): Iterable<readonly Fault[]> {
  for (const [index, pause] of pauses.entries()) {
    const next = pauses[(index + 1) % pauses.length] ?? pause;
    yield [
      { kind: "kill", pause },
      { kind: "kill", pause: next },
    ];
    yield [
      { kind: "kill", pause },
      { kind: "error", statement: Math.ceil(((index + 1) * statements) / (pauses.length + 1)) },
    ];
  }
  for (const statement of some) {
    yield [
      { kind: "error", statement },
      { kind: "error", statement },
      { kind: "kill", statement: Math.ceil(statement / 2) },
    ];
  }
}

function spread(statements: number, count: number): number[] {
  const step = statements / (count + 1);
  return [...new Set(Array.from({ length: count }, (_value, index) => Math.ceil((index + 1) * step)))];
}
