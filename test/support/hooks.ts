/**
 * Mocha's root hooks: see `cleanup.ts`. Nothing is started here: a run that needs no server starts none. Where files run side by
 * side, each process runs several of them one after the other, and `afterAll` is called after each.
 */
import type { RootHookObject } from "mocha";
import { runEnds, runsSideBySide, testBegins, testEnds } from "./cleanup.js";

/** How long the process may live on after the last test before that counts as a failure, in milliseconds. */
const patience = 15_000;

export const mochaHooks: RootHookObject = {
  beforeEach() {
    testBegins();
  },
  async afterEach() {
    await testEnds();
  },
  async afterAll() {
    await runEnds();
    if (runsSideBySide) return;
    setTimeout(() => {
      console.error(
        "The tests are done, but something (a connection, a child process) keeps the process alive.",
      );
      process.exit(1);
    }, patience).unref();
  },
};
