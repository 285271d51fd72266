import type { Problem } from "../api/results.js";
import type { Revision } from "../graph/revision.js";
import type { RecordedManager } from "../repository/repository.js";
import type { VersionRow } from "./version-tables.js";

/** Who says where a tree stands: our version table, else `alembic_version`, else what the repository records of its managers. */
export type RecordedBy = "godwit" | "alembic" | "repository";

/** Where one started tree stands. */
export interface TreeState {
  readonly manager: string;
  /** Revision ids, sorted. */
  readonly heads: readonly string[];
  readonly recordedBy: RecordedBy;
  /** Rows of its version table; empty where it has none yet. */
  readonly rows: readonly VersionRow[];
}

/** All that a repository records about itself. */
export interface RepositoryState {
  /** The trees that are started, by manager. */
  readonly trees: ReadonlyMap<string, TreeState>;
  /** What the repository itself records of its managers. */
  readonly recorded: readonly RecordedManager[];
  /** Managers of a class (of a configuration: a namespace) that no revision file is about: nobody's business here. */
  readonly foreign: readonly RecordedManager[];
  /** Rows of `alembic_version`, or null where there is no such table, or nothing in it. */
  readonly alembic: readonly string[] | null;
  readonly hasAlembicTable: boolean;
  /** Managers that have a version table. */
  readonly versionTables: ReadonlySet<string>;
  readonly hasLog: boolean;
  readonly hasProgress: boolean;
  /** Where the sources disagree; a writing command stops on any. */
  readonly problems: readonly Problem[];
}

/** The revisions that files have, as far as reading the state needs them. */
export interface KnownRevisions {
  /** Managers of all trees. */
  readonly managers: readonly string[];
  /** The revision with an id, or one that it stands for by `replaces`. */
  revision(id: string): Revision | undefined;
  /** The revisions without an applied child where some ids are applied with all that they need, in other trees too. */
  neededBy(ids: readonly string[]): readonly string[];
  /** Whether any revision is about a class (of a configuration: a namespace). */
  hasBranch(manager: string, branch: string): boolean;
}
