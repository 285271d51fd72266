import type { Database, Session } from "../database/database.js";
import type { DatabaseAddress } from "../database/open.js";
import type { Conventions } from "../database/schema/conventions.js";
import type { FurtherVersions, Verification } from "./verification.js";

/** What the repository itself records about a manager. */
export interface RecordedManager {
  readonly manager: string;
  /** Class name without its module; for configuration trees the namespace. */
  readonly branch: string;
  readonly version: string;
  /** The class as it is stored, with its module, or the namespace. */
  readonly storedClass: string;
  /** The id that follows from manager, class and version. */
  readonly revision: string;
}

/** A family of dynamic tables. */
export interface TableFamily {
  /** `dataset_tags_*` */
  readonly name: string;
  /** Tables that the repository records, sorted. */
  readonly recorded: readonly string[];
  /** Recorded, but not in the database. */
  readonly missing: readonly string[];
  /** In the database by their name, but not recorded. */
  readonly unrecorded: readonly string[];
  /** Whether tables are made as the repository is filled, or belong to its format. */
  readonly growsWith: "content" | "format";
}

/** The names in a dimension configuration. */
export interface DimensionNames {
  /** Dimensions and their combinations, sorted. */
  readonly elements: readonly string[];
  /** Those that have a key of their own, so that others can refer to them, sorted. */
  readonly dimensions: readonly string[];
  /** Whether others can refer to it; that counts pixels of the sky in, of which there are too many for a list. */
  isDimension(name: string): boolean;
}

/** The version that a manager is brought to by a step. */
export interface NewVersion {
  readonly manager: string;
  /** Class (namespace) and version afterwards; null where the manager is taken back to its root. */
  readonly branch: string | null;
  readonly version: string | null;
  /** The class before the step. */
  readonly previousBranch: string | null;
}

/** A database plus the files that it describes, opened by one URI. */
export interface Repository {
  readonly kind: "plain" | "butler";
  /** As the user gave it, without a password. */
  readonly uri: string;
  readonly database: Database;
  readonly conventions: Conventions;
  /** Refuses what must not be written: a Butler's database opened without its butler.yaml. */
  requireWritable(): void;
  /** The managers that the repository itself records; empty where it records none (a plain database). */
  recordedManagers(session: Session): Promise<RecordedManager[]>;
  /** Writes the version of a manager where the repository itself records it; nothing on a plain database. */
  recordVersion(session: Session, version: NewVersion): Promise<void>;
  /** The families of dynamic tables; empty where there are none. */
  tableFamilies(session: Session): Promise<TableFamily[]>;
  /** The names in its dimension configuration; null where it has none (a plain database). */
  dimensionNames(session: Session): Promise<DimensionNames | null>;
  /** The format of the repository and what goes into it; null where there is none (a plain database). */
  format(session: Session): Promise<RepositoryFormat | null>;
  /** What `finishOutside` would do, without doing it. */
  foreseeOutside(): Promise<readonly OutsideEdit[]>;
  /** What `finishOutside` will have to do once a manager has another class (null: none); null where that is nothing. */
  foreseeClass(manager: string, className: string | null): OutsideEdit | null;
  /** The managers that releases gave to new repositories, oldest first; empty where there are none (a plain database). */
  lineOfDefaults(): readonly Defaults[];
  /**
   * What the repository knows of the schema and the rows that it should have; null where it knows nothing (a plain database).
   * @param further what is known of versions beyond those that the repository's own rules know
   */
  verification(further?: FurtherVersions): Promise<Verification | null>;
  /** Whether the repository itself records where this manager stands, once its tree is started; nobody else's tree is recorded there. */
  records(manager: string): boolean;
  /** Whether a tree whose manager the repository does not record is left alone (`butler`), or started by `head` (`plain`). */
  readonly unrecordedTrees: "left-alone" | "started";
  /** What must be done outside the database after a step was committed (a Butler's `butler.yaml`), or is still open from an interrupted run. Idempotent. */
  finishOutside(): Promise<OutsideEdit[]>;
  /** The file that `finishOutside` could not edit, as this user may not write it; null where it could. */
  readOnlyOutside(): string | null;
  /** Where the database is, with what it takes to connect: for copies. Never shown. */
  readonly address: DatabaseAddress;
  /** What a copy takes along besides the database; null where the database is all there is. */
  readonly belongings: Belongings | null;
  close(): Promise<void>;
}

/** What releases with the same defaults give to a new repository. */
export interface Defaults {
  /** Names of releases, oldest first. */
  readonly names: readonly string[];
  readonly managers: readonly Omit<RecordedManager, "storedClass">[];
}

/** A digest over what decides which code can use the repository. */
export interface RepositoryFormat {
  /** 12 hex digits. */
  readonly digest: string;
  /** The release whose defaults these are, or null. */
  readonly defaults: string | null;
  readonly schemaVersion: string;
  readonly managers: readonly {
    readonly manager: string;
    readonly class: string;
    readonly version: string;
  }[];
  /** The dimension configuration without `doc`, or null. */
  readonly dimensions: unknown;
}

/** An edit of a file that belongs to a migration. */
export interface OutsideEdit {
  readonly file: string;
  readonly description: string;
  readonly outcome: "done" | "by-hand";
  readonly backup: string | null;
}

/** A file that the database records. */
export interface RecordedFile {
  /** As it stands in the database. */
  readonly recorded: string;
  /** Path below the repository's folder; null for a file that has a place of its own, and is shared with a copy. */
  readonly place: string | null;
  readonly size: bigint | null;
}

/** Where a copy is. */
export interface CopyPlace {
  /** Absolute path. */
  readonly folder: string;
  readonly database: DatabaseAddress;
  /** Path of the SQLite file below the folder. */
  readonly databaseFile: string | null;
}

/** The configuration file of a copy. */
export interface CopiedConfiguration {
  readonly name: string;
  readonly text: string;
  /** Permissions: those of the original, as it may hold a password. */
  readonly mode: number;
}

/** What belongs to a repository besides its database. */
export interface Belongings {
  /** The folder that becomes another one in a copy: an absolute path, or the URI of a place that is not on this computer. */
  readonly folder: string;
  /** Path of the SQLite file below the folder, where there is one. */
  readonly databaseFile: string | null;
  /** Places of files that stay where they are, and are shared by original and copy. */
  readonly sharedPlaces: readonly string[];
  /** The files that the database records, in batches. A file may come more than once. */
  files(session: Session): AsyncIterable<readonly RecordedFile[]>;
  /** The configuration that a copy has. Without it nobody can open the copy, so it is written last. */
  configuration(copy: CopyPlace): CopiedConfiguration;
}
