import type { Environment } from "../environment.js";
import type { RevisionDefinition, SwitchDefinition } from "../revision.js";
import type { RunEvent } from "../run/events.js";

/** Where a repository and its revisions are found. */
export interface ProjectOptions {
  /** Folder that relative paths and the search for a configuration start from (default: the current folder). */
  readonly folder?: string;
  /** Path of a configuration file; without it one is looked for upwards from `folder`. */
  readonly configuration?: string;
  /** Environment variables (default: `process.env`). */
  readonly environment?: Environment;
  /** The namespace of a Butler's dimension configuration, where none is stored. */
  readonly namespace?: string;
  /** How a plain database URL that turns out to belong to a Butler is treated when it would be written (default `refuse`). */
  readonly butlerDatabase?: "refuse" | "plain";
  /** Folders, packages, or revisions themselves; in place of those of the configuration. */
  readonly revisions?: readonly (string | RevisionDefinition | SwitchDefinition)[];
}

/** How a repository is moved. */
export interface RunOptions extends ProjectOptions {
  /** Values of the options that revisions declare, as text. */
  readonly options?: Readonly<Record<string, string>>;
  /** Content from downstream: values, or `module#export`, by the name that a revision needs. */
  readonly providers?: Readonly<Record<string, unknown>>;
  /** Told what happens, as it happens. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Called at each named pause point; what it returns is waited for. For tests. */
  readonly onPause?: (point: string) => Promise<void> | void;
  /** Aborted: the run stops at the next safe point. */
  readonly signal?: AbortSignal;
  /** How long to wait for another runner, in milliseconds (default 60000). */
  readonly lockTimeoutMs?: number;
  /** How many connections work side by side where a revision can use several (default 1). */
  readonly jobs?: number;
  /** What one transaction holds (default `step`). */
  readonly atomic?: "step" | "plan";
  /** `every-step` checks the schema and every row of a Butler before the first step, and after each before it is committed (default `none`). */
  readonly verify?: "none" | "every-step";
  /** Whether a step that loses information is refused (default) or done. */
  readonly dataLoss?: "refuse" | "allow";
  /**
   * File (or folder that is there) for a backup of the database, made before the first change: a SQLite file, or a script for `psql`.
   * A file that is there is never overwritten; nothing is written where there is nothing to do.
   */
  readonly backup?: string;
}

/** How a repository is stamped. */
export interface StampOptions extends RunOptions {
  /** `purge` forgets every row before writing. */
  readonly rows?: "keep" | "purge";
}
