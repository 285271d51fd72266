/** Revision trees: what there is, and which steps lead where. Pure: no file, no database. */
export type { Revision, Source, Step, Switch } from "./revision.js";
export { buildGraph, tipsOf } from "./view/trees.js";
export type { RevisionGraph } from "./view/trees.js";
export { resolveRevision } from "./view/names.js";
export type { AppliedState, AppliedRow, Policy, StepPlan } from "./view/planner.js";
export { planUpgrade } from "./view/upgrade.js";
export { planDowngrade } from "./view/downgrade.js";
export { planStamp } from "./view/stamp.js";
export type { StampedHeads } from "./view/stamp.js";
export { branchPointsOf, headsOfGraph, historyOf, pending } from "./view/listing.js";
