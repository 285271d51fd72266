import { findRevisions } from "../api/revision-set.js";
import { InputError, StepError } from "../errors.js";
import type { ScaffoldProject } from "../catalog/scaffold/project.js";
import { tipsOf } from "../catalog/scaffold/tree.js";
import { butlerCopies, scratchRepositories } from "./repositories.js";
import type { TestRepository } from "./repositories.js";
import { climb } from "./stairway.js";
import type { StairwayOptions, StairwayStep } from "./stairway.js";

/** The functions of a test runner; those of mocha and of `node:test` fit. */
export interface TestRunner {
  describe(title: string, body: () => void): unknown;
  it(title: string, body: () => Promise<void>): unknown;
}

/** What is tested, on what, and with which runner. */
export interface DescribeOptions extends StairwayOptions {
  /** Default: the global `describe` and `it`, as mocha has them. */
  readonly runner?: TestRunner;
  /** Default: SQLite, and the PostgreSQL server of GODWIT_TEST_POSTGRES where it is set. */
  readonly repositories?: readonly TestRepository[];
  /** Makes what must be there before the first revision. */
  readonly prepare?: (uri: string) => Promise<void>;
}

/**
 * Declares the tests that every set of revisions should pass: one tip a branch, and the whole stairway with rows in every table.
 *
 * @example describeRevisions({ folder: import.meta.dirname, revisions: ["../revisions"] });
 */
export function describeRevisions(options: DescribeOptions = {}): void {
  const runner = options.runner ?? globalThis;
  runner.describe("Revisions", () => {
    allowTime(runner.it("have one tip on every branch", () => requireOneTip(options)));
    for (const repository of options.repositories ?? scratchRepositories(process.env)) {
      const title = `go up, down and up again with their rows on ${repository.title}`;
      allowTime(runner.it(title, async () => void (await climbOn(repository, options))));
    }
  });
}

/** A stairway takes its time, above all on a copy of a Butler. */
const leastTimeout = 600_000;

/** A test of mocha ends after two seconds unless it is allowed more; zero stands for no limit. */
function allowTime(test: unknown): void {
  if (typeof test !== "object" || test === null || !("timeout" in test)) return;
  const { timeout } = test;
  if (typeof timeout !== "function") return;
  const limit: unknown = timeout.call(test);
  if (typeof limit === "number" && limit > 0 && limit < leastTimeout) timeout.call(test, leastTimeout);
}

/** What was tried on one repository. */
export interface TrialReport {
  readonly repository: string;
  readonly steps: readonly StairwayStep[];
}

/**
 * Tries all revisions up to a target, as `describeRevisions` does, without a test runner.
 * @throws StepError about the first revision that fails; InputError `no-configuration` where none names the revisions
 */
export async function tryRevisions(given: DescribeOptions = {}): Promise<TrialReport[]> {
  const options = { ...(await defaultsFor(given)), ...given };
  await requireOneTip(options);
  const reports: TrialReport[] = [];
  for (const repository of options.repositories) {
    reports.push({ repository: repository.title, steps: await climbOn(repository, options) });
  }
  return reports;
}

/**
 * What revisions are tried on where nothing is said: copies of Butlers where some are named, or where a revision belongs to one of a
 * Butler's trees; else scratch databases. A Butler's other trees are left where they are.
 */
async function defaultsFor(options: DescribeOptions): Promise<{
  readonly repositories: readonly TestRepository[];
  readonly target: string | readonly string[];
}> {
  const { openScaffoldProject, treeOf } = await import("../catalog/scaffold/project.js");
  const project = await openScaffoldProject(options);
  requireConfiguration(project, options);
  const managers = [...new Set(project.own.map(({ manager }) => manager))];
  const isButlers = managers.some((manager) => treeOf(project, manager).isButler);
  if (!isButlers && (process.env["GODWIT_TEST_BUTLERS"] ?? "") === "")
    return { repositories: scratchRepositories(process.env), target: "head" };
  return { repositories: butlerCopies(process.env), target: managers.map((manager) => `${manager}@head`) };
}

/** Revisions without a configuration are found by nobody: the current folder may be anybody's. */
function requireConfiguration(
  { configuration, own, place }: ScaffoldProject,
  { revisions }: DescribeOptions,
): void {
  if (configuration !== null || revisions !== undefined || own.length === 0) return;
  throw new InputError("no-configuration", `No configuration names the revisions in ${place}.`, {
    hint: "`godwit init` makes one.",
  });
}

async function climbOn(repository: TestRepository, options: DescribeOptions): Promise<StairwayStep[]> {
  const made = await repository.make();
  try {
    await options.prepare?.(made.uri);
    return await climb(made.uri, options);
  } finally {
    await made.remove();
  }
}

async function requireOneTip(options: DescribeOptions): Promise<void> {
  const isButler = options.repositories?.some(({ kind }) => kind === "butler") === true;
  const { graph } = await findRevisions(options, isButler ? "butler" : "plain");
  const managers = new Set(graph.revisions.map(({ manager }) => manager));
  for (const manager of managers) {
    const tree = graph.revisions.filter((one) => one.manager === manager);
    for (const branch of new Set(tree.map(({ branch }) => branch))) {
      const tips = tipsOf(tree, branch, graph.switches);
      if (tips.length < 2) continue;
      const names = tips.map(({ id }) => id).join(", ");
      throw new StepError("several-tips", `${branch ?? manager} has several tips: ${names}.`, {
        hint: `godwit revision merge ${manager}`,
      });
    }
  }
}
