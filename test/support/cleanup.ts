/**
 * What tests make outside of the process (folders, databases, servers) is removed again: what a test made, after that
 * test; what a `before` hook made, at the end of the run.
 */
type Removal = () => Promise<void> | void;

/** Whether this process is one of several that share the test files of a run. */
export const runsSideBySide = process.env["MOCHA_WORKER_ID"] !== undefined;

let ofRun: Removal[] = [];
let ofTest: Removal[] | undefined;

async function runAll(removals: readonly Removal[]): Promise<void> {
  for (const remove of removals.toReversed()) await remove();
}

/** Registers the removal of something that was made just now. Removals run in the reverse order. */
export function removeAfterwards(remove: Removal): void {
  (ofTest ?? ofRun).push(remove);
}

/** Registers the removal of something that is shared by the tests of a run, whoever makes it first. */
export function removeAtEnd(remove: Removal): void {
  ofRun.push(remove);
}

export function testBegins(): void {
  ofTest = [];
}

export async function testEnds(): Promise<void> {
  const removals = ofTest ?? [];
  ofTest = undefined;
  await runAll(removals);
}

export async function runEnds(): Promise<void> {
  const removals = ofRun;
  ofRun = [];
  await runAll(removals);
}
