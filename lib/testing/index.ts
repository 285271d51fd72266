/** Helpers for the tests of revisions: `godwit/testing`. */
export { describeRevisions, tryRevisions } from "./describe.js";
export type { DescribeOptions, TestRunner, TrialReport } from "./describe.js";
export { climb } from "./stairway.js";
export type { StairwayOptions, StairwayStep } from "./stairway.js";
export { butlerCopies, scratchPostgres, scratchRepositories, scratchSqlite } from "./repositories.js";
export type { MadeRepository, TestRepository } from "./repositories.js";
export { fillEmptyTables } from "./fill.js";
export { takeSnapshot } from "./snapshot.js";
export type { Snapshot, TableSnapshot } from "./snapshot.js";
