import type { ConfigurationSearch } from "../../configuration/read.js";
import type { Environment } from "../../environment.js";

/** What a new revision is to be. */
export interface NewRevisionOptions extends ConfigurationSearch {
  readonly managers: readonly string[];
  /** A template (default `static-table`). */
  readonly kind?: string;
  /** Classes without their modules; several get the same change, with one shared implementation. */
  readonly branches?: readonly string[];
  readonly version?: string;
  /** What the revision does, in a sentence; made from the flags without it. */
  readonly summary?: string;
  /** The revision to come after (id, label, or beginning of an id), in place of the tip of the branch. */
  readonly head?: string;
  /** Kind `merge`: the tips to merge (ids, labels, beginnings of ids); all tips of the branch without it. */
  readonly merges?: readonly string[];
  /** Whether the revision may make a second tip (default `refuse`). */
  readonly secondTip?: "refuse" | "allow";
  readonly labels?: readonly string[];
  /** Ids or labels of revisions that must come first. */
  readonly dependsOn?: readonly string[];
  readonly revisionId?: string;
  /** The place (a folder of manager folders) to write to, in place of the first of the configuration. */
  readonly versionPath?: string;
  /** A repository whose names of tables, columns and families the flags are checked against. */
  readonly fromRepository?: string;
  /** Two repositories, an old one and one made by newer code: the revision turns the first into the second (kind `diff`). */
  readonly diff?: readonly [old: string, fresh: string];
  /** Whether a test is written too (default `written`). */
  readonly test?: "written" | "none";
  /** Environment variables (default: `process.env`). */
  readonly environment?: Environment;
  /** Flags of the template, by name without dashes in front. */
  readonly flags?: Readonly<Record<string, readonly string[]>>;
}
