/** The model of revision trees: what exists, what a target means, and which steps lead there. Pure: data in, data out. */
export { buildGraph, reservedNames } from "./trees/forest.js";
export type { RevisionGraph, Tree } from "./trees/forest.js";
export type { AppliedRow, AppliedState } from "./trees/standing.js";
export type { Policy } from "./trees/target.js";
export { planUpgrade } from "./trees/upgrade.js";
export type { StepPlan } from "./trees/upgrade.js";
export { planDowngrade } from "./trees/downgrade.js";
export { planStamp } from "./trees/stamp.js";
export type { StampedHeads, StampPolicy } from "./trees/stamp.js";
export { historyOf, parseRange, stateAt } from "./trees/history.js";
export type { Range } from "./trees/history.js";
export {
  branchPointsOf,
  headsOfGraph,
  pending,
  resolveRevision,
  standingWith,
  tipsOf,
} from "./trees/listing.js";
export { nearMatches } from "./trees/near.js";
export type { Revision, Source, Step, Switch } from "./revision.js";
