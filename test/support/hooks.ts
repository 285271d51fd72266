/** Mocha's root hooks: see `cleanup.ts`. Nothing is started here: a run that needs no server starts none. */
import type { RootHookObject } from "mocha";
import { runEnds, testBegins, testEnds } from "./cleanup.js";

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
    setTimeout(() => {
      console.error(
        "The tests are done, but something (a connection, a child process) keeps the process alive.",
      );
      process.exit(1);
    }, patience).unref();
  },
};
