/** A revision as its header describes it: what the graph needs to know, without its code. */
export interface Revision {
  readonly id: string;
  /** Ids of the revisions directly below, in file order; none for a root, several for a merge. */
  readonly parents: readonly string[];
  /** Ids or labels of revisions (usually of other trees) that must be applied first. */
  readonly dependsOn: readonly string[];
  readonly labels: readonly string[];
  /** Older ids that stand for this revision in repositories. */
  readonly replaces: readonly string[];
  /** Ids of revisions of other places that this file adds to; it is then no node of its own. */
  readonly extends: readonly string[];
  /** The tree that the revision belongs to. */
  readonly manager: string;
  /** The class (configuration trees: the namespace) that the manager has afterwards; null for the root of a tree, and in plain trees without classes. */
  readonly branch: string | null;
  /** The version that the class is at afterwards; null for the root of a tree. */
  readonly version: string | null;
  readonly summary: string;
  /** Why there is no code that could run, or null where there is. */
  readonly placeholder: string | null;
  readonly source: Source;
}

/** An edge with code between two revisions of different branches of one tree. */
export interface Switch {
  readonly manager: string;
  /** Revision ids. */
  readonly from: string;
  readonly to: string;
  readonly dependsOn: readonly string[];
  readonly summary: string;
  /** Whether it can be gone back over. */
  readonly reversible: boolean;
  readonly source: Source;
}

/** Where a header stands: `file` is an absolute path, or null for a revision that a program made; `line` counts from 1. */
export interface Source {
  readonly file: string | null;
  readonly line: number;
}

/** One step of a plan. Applying the steps in order leads from the current state to the target. */
export interface Step {
  readonly direction: "up" | "down" | "switch";
  /** The tree that is moved. */
  readonly manager: string;
  /** The revision whose code runs: reached by `up`, left by `down`; for a switch the one that is reached. */
  readonly revision: string;
  /** `up`: the parents, where the step comes from; `down`: the parents, where it leads to; `switch`: the revision it comes from. */
  readonly from: readonly string[];
  /** The switch that is gone over; `back` when it is gone over against its direction (`down` of the switch). */
  readonly switch?: { readonly edge: Switch; readonly way: "forth" | "back" };
  /** Heads of the tree afterwards (ids, sorted); empty where nothing of it is applied. */
  readonly heads: readonly string[];
}
