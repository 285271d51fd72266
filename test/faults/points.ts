/** Tries one fault after the other on a case. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Fixture } from "../support/fixtures.js";
import { adminStatement, postgresServer } from "../support/postgres.js";
import { onSmallDisk } from "./small-disk.js";
import { describeFault } from "./faults.js";
import type { Fault } from "./faults.js";
import { requireEnd, requireTrueState } from "./judge.js";
import { runMove } from "./start.js";
import type { PreparedCase } from "./start.js";
import { prepareStrike } from "./strike.js";
import { runVictim } from "./victims.js";

/** What became of a repository on which faults struck, one a run. */
export interface PointResult {
  readonly title: string;
  readonly faults: readonly Fault[];
  /** What was struck, or null where the run was over before. */
  readonly struck: readonly (string | null)[];
  /** The message of each run that failed. */
  readonly errors: readonly (string | null)[];
  readonly outcome: "recovered" | "not-struck" | "broken";
  /** Why it is broken. */
  readonly reason: string | null;
}

/** What a run without a fault passes. */
export interface Course {
  readonly statements: number;
  /** Which of the statements are commits. */
  readonly commits: readonly number[];
  readonly pauses: readonly string[];
}

/** Runs a case once to see what there is to disturb. */
export async function courseOf(prepared: PreparedCase): Promise<Course> {
  const fixture = await prepared.copy();
  const strike = prepareStrike(null, fixture);
  const pauses: string[] = [];
  try {
    await runMove(fixture.folder, prepared.of.move, { onPause: (point) => void pauses.push(point) });
  } finally {
    strike.end();
  }
  return { statements: strike.statements, commits: strike.commits, pauses: [...new Set(pauses)] };
}

/** `check` reads what is compared anyway, and takes long: it is asked where a fault is one of few, and for some of the statements. */
function thoroughness(fault?: Fault): "check" | "compare" {
  const isOneOfMany = fault?.kind === "error" && fault.statement % 10 !== 0;
  return isOneOfMany ? "compare" : "check";
}

interface Blow {
  readonly struck: string | null;
  readonly error: string | null;
}

/** Lets the faults strike, one in each run of the same command, and looks at the repository after each. */
export async function tryFaults(prepared: PreparedCase, faults: readonly Fault[]): Promise<PointResult> {
  const fixture = await prepared.copy();
  const blows: Blow[] = [];
  let reason: string | null = null;
  try {
    for (const fault of faults) {
      const disk = fault.kind === "small-disk" ? await onSmallDisk(fixture.folder, fault.pages) : null;
      blows.push(await strikeOnce(prepared, fixture, fault));
      disk?.enlarge();
      await requireTrueState(prepared, fixture, thoroughness(fault));
    }
    await runMove(fixture.folder, prepared.of.move);
    await requireEnd(prepared, fixture, faults.length > 1 ? "check" : thoroughness(...faults));
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  const struck = blows.map((blow) => blow.struck);
  return {
    title: prepared.of.title,
    faults,
    struck,
    errors: blows.map(({ error }) => error),
    outcome: reason !== null ? "broken" : struck.includes(null) ? "not-struck" : "recovered",
    reason,
  };
}

async function strikeOnce(prepared: PreparedCase, fixture: Fixture, fault: Fault): Promise<Blow> {
  const { move } = prepared.of;
  if (fault.kind === "kill") {
    const { folder, databaseUrl } = fixture;
    const end = await runVictim({ fixture: { folder, databaseUrl }, move, fault });
    return { struck: end === "killed" ? describeFault(fault) : null, error: null };
  }
  const strike = prepareStrike(fault, fixture);
  let error: string | null = null;
  try {
    await runMove(fixture.folder, move, { onPause: strike.onPause, signal: strike.signal });
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  } finally {
    strike.end();
  }
  if (fault.kind === "stop") await (await postgresServer()).startAgain();
  if (fault.kind === "crash") await untilServerIsBack();
  if ("pages" in fault) return { struck: error, error };
  return { struck: strike.struck, error };
}

async function untilServerIsBack(): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await adminStatement("SELECT 1");
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
