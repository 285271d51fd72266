/**
 * What a revision file exports. The header (everything but the functions) is made of literals, so that it can be read
 * without running the file.
 */
import type { RowFinding } from "./repository/verification.js";
import type { RevisionContext } from "./run/context.js";

/** Whether code that knows, or does not know, a revision can use a repository with, or without, it. */
export type Compatibility = "full" | "read" | "none";

/** An option that a revision takes: `--options name=value`. */
export interface OptionDeclaration {
  readonly type: "string" | "integer" | "boolean" | "path";
  readonly description: string;
  /** Whether the plan is refused without it; an option that is needed only for some repositories is asked for by the code (`context.option`). */
  readonly required?: boolean;
  readonly values?: readonly string[];
  readonly default?: string;
}

/**
 * What a revision must not change: counts, sums, hashes, mappings. The runner compares both sides before the commit, on the way down
 * too; where they differ the step is rolled back, and of two lists (the rows of queries, in any order) what differs is shown.
 */
export interface Invariant {
  readonly description: string;
  /** What is asked before the first change, as tables and columns are called there; on the way down it is asked last. */
  readonly before: (context: RevisionContext) => Promise<unknown>;
  readonly after: (context: RevisionContext) => Promise<unknown>;
}

interface Definition {
  readonly manager: string;
  readonly summary: string;
  readonly dependsOn?: readonly string[];
  readonly compatibility?: { readonly backward: Compatibility; readonly forward: Compatibility };
  readonly execution?: { readonly live?: boolean; readonly transactional?: boolean };
  readonly options?: Readonly<Record<string, OptionDeclaration>>;
  /** Providers of content from downstream: name and what for. */
  readonly needs?: Readonly<Record<string, string>>;
  /** Providers that are asked first where they are given; what is built in answers otherwise: name and what for. */
  readonly asks?: Readonly<Record<string, string>>;
  /** Why there is no code that could run. Such a revision gives history a shape; a plan through it is refused. */
  readonly placeholder?: string;
  /** Why there is no way down. */
  readonly irreversible?: string;
  readonly invariants?: readonly Invariant[];
  /**
   * What stands in the way of a step, or would be lost by it, in the repository as it is before the first step of a plan: it throws, or
   * says `context.losesData`. Only reads, and only what the steps of the plan before it leave as it is, so that nothing is touched where
   * the plan could not be finished. Asked for both directions.
   */
  preconditions?(context: RevisionContext): Promise<void>;
  /** What is wrong with rows while the revision is applied: part of `check --deep`. Only reads. */
  verify?(context: RevisionContext): Promise<readonly RowFinding[]>;
  up?(context: RevisionContext): Promise<void>;
  down?(context: RevisionContext): Promise<void>;
}

/** A revision: a node of a manager's tree. */
export interface RevisionDefinition extends Definition {
  readonly id: string;
  /** null for the root of a tree, several for a merge. */
  readonly parent: string | null | readonly string[];
  /** The class (without its module; for configuration trees the namespace) that the manager has afterwards. */
  readonly branch?: string;
  /** The version that the class is at afterwards. */
  readonly version?: string;
  readonly labels?: readonly string[];
  /** Older ids that this revision stands for; what is recorded under them gets its id with the next step. */
  readonly replaces?: readonly string[];
  readonly extends?: string | readonly string[];
}

/** A switch: an edge with code between two revisions of different branches of one tree. */
export interface SwitchDefinition extends Definition {
  readonly from: string;
  readonly to: string;
}

/** Marks the default export of a revision file. Returns its argument; what is wrong with it is found by the catalog. */
export function defineRevision(definition: RevisionDefinition): RevisionDefinition {
  return definition;
}

/** Marks the default export of the file of a switch. */
export function defineSwitch(definition: SwitchDefinition): SwitchDefinition {
  return definition;
}
