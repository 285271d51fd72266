import type { Revision, Switch } from "../graph/revision.js";
import type { RevisionDefinition, SwitchDefinition } from "../revision.js";
import type { HeaderExtras } from "./header.js";

/** The revisions that are known, read without running a file, and the way to the code of each. */
export interface Catalog {
  /** In the order of their places, then by path. Files that extend a revision are not among them. */
  readonly revisions: readonly Revision[];
  readonly switches: readonly Switch[];
  /** Files that add to a revision of another place. */
  readonly extensions: readonly Revision[];
  revision(id: string): Revision | undefined;
  /** What the header of a revision declares beyond what the graph needs. @throws InputError `unknown-revision` */
  header(id: string): HeaderExtras;
  /** The same of a switch. @throws InputError `unknown-revision` */
  headerOfSwitch(manager: string, from: string, to: string): HeaderExtras;
  /** Loads the code of a revision. @throws InputError `unknown-revision`, `revision-load`, `revision-header` */
  load(id: string): Promise<RevisionDefinition>;
  /** Loads the code of a switch. @throws InputError as `load` */
  loadSwitch(manager: string, from: string, to: string): Promise<SwitchDefinition>;
  /** The code of the files that extend a revision, in the order of their places. */
  extensionsOf(id: string): Promise<readonly RevisionDefinition[]>;
  /** Digest of a revision's file and what it imports, without comments and layout; null where there is no file. */
  checksum(id: string): Promise<string | null>;
  checksumOfSwitch(manager: string, from: string, to: string): Promise<string | null>;
}
