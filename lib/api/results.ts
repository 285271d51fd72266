/** What the public functions return, and `--json` prints (with `schema` added in front). */
import type { CommittedStep } from "../errors.js";
import type { Compatibility, RevisionDefinition } from "../revision.js";
import type { CostClass } from "../database/schema/editor.js";

/** Something that is wrong, and what can be done. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** Where a manager stands. */
export interface ManagerState {
  readonly manager: string;
  /** Class without its module; for configuration trees the namespace; null in a plain tree without classes, or one that is not started. */
  readonly class: string | null;
  readonly version: string | null;
  /** Heads of what is applied. */
  readonly revisions: readonly string[];
  /** Tips of the branch that the manager stands on. */
  readonly heads: readonly string[];
  /** What `upgrade head` would run. */
  readonly pending: readonly string[];
  readonly recordedBy: "godwit" | "alembic" | "repository";
}

export interface CurrentReport {
  readonly repository: {
    readonly uri: string;
    readonly dialect: "sqlite" | "postgres";
    readonly namespace: string | null;
    readonly format: string | null;
    readonly defaults: string | null;
  };
  readonly managers: readonly ManagerState[];
  readonly problems: readonly Problem[];
}

export interface PlannedTable {
  readonly name: string;
  readonly cost: CostClass;
  /** Rows and bytes as the database's statistics say; null where they say nothing. */
  readonly rows: number | null;
  readonly bytes: number | null;
}

export interface PlannedStep {
  readonly revision: string;
  readonly direction: "up" | "down" | "switch";
  readonly manager: string;
  readonly class: string | null;
  /** The class before the step; null where there was none. */
  readonly fromClass: string | null;
  readonly fromVersion: string | null;
  readonly toVersion: string | null;
  readonly summary: string;
  readonly live: boolean;
  readonly transactional: boolean;
  readonly reversible: boolean;
  readonly compatibility: { readonly backward: Compatibility; readonly forward: Compatibility } | null;
  /** Whether definitions of tables change, rows alone, or neither; null where that cannot be known beforehand. */
  readonly changes: "schema" | "content" | "nothing" | null;
  readonly tables: readonly PlannedTable[];
  readonly losesData: readonly { readonly what: string; readonly count: number | null }[];
  /** Options that the step takes, with the values given; those that it may do without have a default or are not required. */
  readonly options: readonly {
    readonly name: string;
    readonly description: string;
    readonly required: boolean;
    readonly value: string | null;
  }[];
  /** Providers that the step needs, or asks first where they are given. */
  readonly providers: readonly {
    readonly name: string;
    readonly purpose: string;
    readonly required: boolean;
    readonly given: boolean;
  }[];
  /** Options and providers that are missing, and `code` where no code is there yet. */
  readonly missing: readonly string[];
  /** The statements that change the database, in order; what can only be known while running is a comment. */
  readonly statements: readonly string[];
  /** What the revision says beforehand. */
  readonly notes: readonly string[];
}

export interface PlanReport {
  readonly steps: readonly PlannedStep[];
  /** Why nothing is to be done, where there are no steps. */
  readonly note: string | null;
}

export interface RunReport {
  readonly steps: readonly CommittedStep[];
  /** Why nothing was to be done (already there, done by another runner), where there are no steps. */
  readonly note: string | null;
  readonly current: CurrentReport;
}

/** A step that was begun on a repository. */
export interface RunEntry {
  /** The same for all steps of one command. */
  readonly run: string;
  readonly manager: string;
  readonly revision: string;
  readonly direction: string;
  /** UTC, ISO 8601. */
  readonly started: string;
  readonly ended: string | null;
  readonly durationMs: number | null;
  /** `interrupted`: stopped as asked. `unfinished`: the process ended before it could tell, or it is still at work. */
  readonly outcome: "done" | "failed" | "interrupted" | "unfinished";
  /** The statement at which a step failed or was stopped, where it came to one. */
  readonly statement: string | null;
  readonly tool: string;
  readonly user: string;
}

/** What a file declares; where it was asked for. */
export type Declarations = Pick<
  RevisionDefinition,
  "compatibility" | "execution" | "options" | "needs" | "asks" | "irreversible" | "placeholder"
> & {
  /** Only where there is a way up and none down. */
  readonly reversible?: false;
};

export interface HistoryReport {
  readonly revisions: readonly (RevisionEntry & Declarations)[];
  /** What ran here, oldest first, where it was asked for. */
  readonly runs?: readonly RunEntry[];
  /** What a repository records although no revision file has it; left out where there is none. */
  readonly unknown?: readonly { readonly manager: string; readonly revision: string }[];
  readonly switches: readonly (SwitchEntry & Declarations)[];
}

export interface SwitchEntry {
  readonly manager: string;
  readonly from: string;
  readonly to: string;
  readonly summary: string;
}

export interface RevisionEntry {
  readonly id: string;
  readonly parents: readonly string[];
  readonly manager: string;
  readonly class: string | null;
  readonly version: string | null;
  readonly labels: readonly string[];
  readonly dependsOn: readonly string[];
  readonly summary: string;
  readonly file: string | null;
  /** Whether the repository has it; null where no repository was asked. */
  readonly applied: boolean | null;
  /** The same in more detail: whether the repository stands on it, has it, or would get it by `upgrade head`. */
  readonly state: "current" | "applied" | "pending" | "absent" | null;
  /** When and by what it was applied here; null where that is not known or not asked. */
  readonly appliedAt: string | null;
  readonly appliedBy: string | null;
  readonly durationMs: number | null;
}
