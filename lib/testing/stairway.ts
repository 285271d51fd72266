/** Tries revisions one by one: up, down, up again, with rows in every table. */
import { isDeepStrictEqual } from "node:util";
import { downgrade } from "../api/downgrade.js";
import { plan } from "../api/plan.js";
import type { RunOptions } from "../api/options.js";
import type { PlannedStep } from "../api/results.js";
import { findRevisions } from "../api/revision-set.js";
import { upgrade } from "../api/upgrade.js";
import { StepError } from "../errors.js";
import { openRepository } from "../repository/open.js";
import type { Repository } from "../repository/repository.js";
import { requireForward } from "./compatibility.js";
import { fillEmptyTables } from "./fill.js";
import type { Column } from "../database/schema/table.js";
import { rowText, takeSnapshot } from "./snapshot.js";
import type { Snapshot, TableSnapshot } from "./snapshot.js";
import { given } from "../given.js";

/** How revisions are tried. */
export interface StairwayOptions extends RunOptions {
  /** What to climb to (default `head`); several are climbed to one after the other. */
  readonly target?: string | readonly string[];
  /** Revisions that rightly change nothing. Roots and merges need not be named. */
  readonly changeNothing?: readonly string[];
  /**
   * What to do where a table that a revision changes stays empty, as made up rows break a rule of it (default `refuse`).
   * `rows` puts some there.
   */
  readonly emptyTables?: "refuse" | "allow";
  /** Puts rows of the test's own into the repository before a revision is tried. */
  readonly rows?: (repository: Repository, revision: string) => Promise<void>;
}

/** What was found out about one revision. */
export interface StairwayStep {
  readonly revision: string;
  readonly manager: string;
  /** Whether the way down was tried; a revision that declares that it cannot be undone has none. */
  readonly down: "tried" | "irreversible";
  /** Tables that stayed empty, with the reason. */
  readonly unfilled: ReadonlyMap<string, string>;
}

/**
 * Climbs from where a repository stands to a target. Each revision is applied, taken back and applied again, and schema and rows are
 * compared after each of the three; the run is interrupted at each pause point once.
 *
 * @throws StepError `stairway` naming the revision, the table and what differs
 */
export async function climb(uri: string, options: StairwayOptions = {}): Promise<StairwayStep[]> {
  const targets = typeof options.target === "string" ? [options.target] : (options.target ?? ["head"]);
  const kind = await withRepository(uri, options, async (repository) => repository.kind);
  const { graph } = await findRevisions(options, kind);
  const tried: StairwayStep[] = [];
  for (const target of targets) {
    const { steps } = await plan(uri, "up", target, { ...options, dataLoss: "allow" });
    for (const step of steps) {
      const parents = step.direction === "switch" ? 1 : (graph.revision(step.revision)?.parents.length ?? 1);
      tried.push(await tryStep(uri, { step, parents }, options));
    }
  }
  return tried;
}

async function tryStep(
  uri: string,
  planned: { readonly step: PlannedStep; readonly parents: number },
  options: StairwayOptions,
): Promise<StairwayStep> {
  const { step } = planned;
  const { revision, manager } = step;
  const run: RunOptions = { ...options, dataLoss: "allow" };
  const unfilled = await withRepository(uri, options, async (repository) => {
    await options.rows?.(repository, revision);
    return fillEmptyTables(repository);
  });
  const before = await snapshot(uri, options);
  const loses = await losesData(uri, revision, run);
  if (step.transactional) await interruptEverywhere(uri, revision, run, before);
  else await interruptOneByOne(uri, revision, run);
  await upgrade(uri, revision, run);
  const after = await snapshot(uri, options);
  requireChange(planned, before, after, options);
  requireForward(step, before, after, await withRepository(uri, options, dynamicTables));
  if (options.emptyTables !== "allow") requireRows(revision, before, after, unfilled);
  if (!step.reversible) return { revision, manager, down: "irreversible", unfilled };
  await downgrade(uri, "-1", run);
  requireSame(
    revision,
    "after up and down",
    before,
    await snapshot(uri, options),
    (table, column) =>
      // What a revision says that it loses does not come back.
      loses && columnOf(after, table, column) === undefined,
  );
  await upgrade(uri, revision, run);
  requireSame(revision, "after up, down and up", after, await snapshot(uri, options), (table, column) =>
    isMadeUp(before, after, table, column),
  );
  return { revision, manager, down: "tried", unfilled };
}

/** Whether the revision itself says that it loses something of the rows that are there. */
async function losesData(uri: string, revision: string, run: RunOptions): Promise<boolean> {
  const { steps } = await plan(uri, "up", revision, run);
  return steps.some((step) => step.losesData.length > 0);
}

/** Whether the database makes up the values of a new column for itself: the time, or something random. */
function isMadeUp(before: Snapshot, after: Snapshot, table: string, column: string): boolean {
  const value = columnOf(after, table, column)?.default ?? "";
  return (
    columnOf(before, table, column) === undefined &&
    /\b(current_\w+|now|\w*random\w*|\w*timestamp\w*)\b/i.test(value)
  );
}

function columnOf(snapshot: Snapshot, table: string, column: string): Column | undefined {
  return snapshot[table]?.definition.columns.find(({ name }) => name === column);
}

/** The pause points of every step before its commit. */
const pausePoints = ["step:begin", "step:record", "step:commit"];

/** Stops the run at each pause point of the step before its commit: nothing of it may stay. */
async function interruptEverywhere(
  uri: string,
  revision: string,
  run: RunOptions,
  before: Snapshot,
): Promise<void> {
  for (const point of pausePoints) {
    await stopAt(uri, revision, run, (name) => name === point);
    requireSame(revision, `after it was stopped at "${point}"`, before, await snapshot(uri, run));
  }
}

/** Stops a run of sub-steps at each pause point once; what goes on with it finishes what was left. */
async function interruptOneByOne(uri: string, revision: string, run: RunOptions): Promise<void> {
  const seen = new Set<string>();
  const isNew = (name: string): boolean => {
    if (seen.has(name) || name === "step:committed" || name === "outside") return false;
    seen.add(name);
    return true;
  };
  // The last run comes to its end.
  while (await stopAt(uri, revision, run, isNew));
}

/** Runs up to a revision, and stops where `isPoint` says; false where the run came to its end. */
async function stopAt(
  uri: string,
  revision: string,
  run: RunOptions,
  isPoint: (name: string) => boolean,
): Promise<boolean> {
  const stop = new Error("stopped by the test");
  const suffix = ` ${revision}`;
  const onPause = (name: string): void => {
    if (name.endsWith(suffix) && isPoint(name.slice(0, -suffix.length))) throw stop;
  };
  try {
    await upgrade(uri, revision, { ...run, onPause });
    return false;
  } catch (error) {
    if (!isStop(error, stop)) throw error;
    return true;
  }
}

function isStop(error: unknown, stop: Error): boolean {
  return error === stop || (error instanceof Error && isStop(error.cause, stop));
}

/** Merges change nothing, nor do roots whose code does nothing. What the runner itself records is no change. */
function requireChange(
  { step, parents }: { readonly step: PlannedStep; readonly parents: number },
  before: Snapshot,
  after: Snapshot,
  options: StairwayOptions,
): void {
  const idle = parents > 1 || (parents === 0 && step.statements.length === 0);
  if (idle || options.changeNothing?.includes(step.revision) === true) return;
  if (!sameSnapshot(withoutRecords(before), withoutRecords(after))) return;
  throw new StepError("stairway", `Revision ${step.revision} changes nothing: neither a table nor a row.`, {
    hint: "Is its `up` written? Name the revision in `changeNothing` if that is right.",
  });
}

/** Classes and versions, which a Butler keeps among its attributes. */
function withoutRecords(snapshot: Snapshot): Snapshot {
  return Object.fromEntries(
    Object.entries(snapshot).map(([name, table]) => [
      name,
      name === "butler_attributes"
        ? {
            ...table,
            rows: table.rows.filter(
              (row) => !/^(config:registry\.managers\.|version:|schema_digest:)/.test(String(row["name"])),
            ),
          }
        : table,
    ]),
  );
}

function requireRows(
  revision: string,
  before: Snapshot,
  after: Snapshot,
  unfilled: ReadonlyMap<string, string>,
): void {
  for (const [table, reason] of unfilled) {
    if (isDeepStrictEqual(before[table]?.definition, after[table]?.definition)) continue;
    throw new StepError(
      "stairway",
      `Revision ${revision} changes table "${table}", which has no rows to try it with: ${reason}`,
      { hint: "Put rows there with `rows` of the test." },
    );
  }
}

function sameSnapshot(one: Snapshot, other: Snapshot): boolean {
  return isDeepStrictEqual(one, other);
}

/** @param isFree whether the values of a column need not be the same */
function requireSame(
  revision: string,
  when: string,
  expected: Snapshot,
  found: Snapshot,
  isFree: (table: string, column: string) => boolean = () => false,
): void {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  for (const table of names) {
    const [wanted, there] = [expected[table], found[table]];
    const differs = (part: string, one: string, other: string): StepError =>
      new StepError(
        "stairway",
        `Revision ${revision}: the ${part} of table "${table}" differ ${when}.\nExpected: ${shown(one)}\nFound:    ${shown(other)}`,
      );
    if (!isDeepStrictEqual(wanted?.definition, there?.definition)) {
      const [one, other] = [wanted, there].map((each) => JSON.stringify(each?.definition) ?? "no such table");
      throw differs("definition", one ?? "", other ?? "");
    }
    const free = (wanted?.definition.columns ?? [])
      .map(({ name }) => name)
      .filter((name) => isFree(table, name));
    // A table of which everything may be lost may be empty, too.
    if (free.length > 0 && free.length === wanted?.definition.columns.length) continue;
    const [one, other] = [wanted, there].map((each) => rowTexts(each, free));
    if (isDeepStrictEqual(one, other)) continue;
    throw differs(
      "rows",
      (one ?? []).filter((text) => other?.includes(text) !== true).join(", "),
      (other ?? []).filter((text) => one?.includes(text) !== true).join(", "),
    );
  }
}

function rowTexts(table: TableSnapshot | undefined, without: readonly string[]): string[] {
  return (table?.rows ?? [])
    .map((row) =>
      rowText(Object.fromEntries(Object.entries(row).filter(([name]) => !without.includes(name)))),
    )
    .toSorted();
}

function shown(text: string): string {
  if (text === "") return "no such row";
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
}

async function dynamicTables(repository: Repository): Promise<ReadonlySet<string>> {
  const families = await repository.database.transaction({ mode: "read" }, (session) =>
    repository.tableFamilies(session),
  );
  return new Set(families.flatMap(({ recorded }) => recorded));
}

function snapshot(uri: string, options: RunOptions): Promise<Snapshot> {
  return withRepository(uri, options, takeSnapshot);
}

async function withRepository<Result>(
  uri: string,
  options: RunOptions,
  work: (repository: Repository) => Promise<Result>,
): Promise<Result> {
  const repository = await openRepository(uri, {
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    ...given({ environment: options.environment, namespace: options.namespace }),
    missingFile: "create",
  });
  try {
    return await work(repository);
  } finally {
    await repository.close();
  }
}
