/** What a repository can say about its own schema and rows. */
import type { Session } from "../database/database.js";
import type { TableDifference } from "../database/schema/differences.js";
import type { Table } from "../database/schema/table.js";
import type { RevisionContext } from "../run/context.js";

/** What is known about a difference: a defect that a tool left, something that no version number says, or neither. */
export type DifferenceClass = "debt" | "variation" | "drift";

/** A difference from the schema that a repository should have. */
export interface SchemaDifference extends TableDifference {
  readonly class: DifferenceClass;
  /** The code of what explains it; null for drift. */
  readonly reason: string | null;
  /** The same for people; null for drift. */
  readonly explanation: string | null;
}

/** Rows or files that are not as they should be. */
export interface RowFinding {
  /** `foreign-key`, `null-value`, `missing-file`, … */
  readonly code: string;
  readonly table: string;
  /** The constraint, column or datastore concerned; null for the table as a whole. */
  readonly object: string | null;
  readonly message: string;
  readonly count: number;
  /** Some of the rows. */
  readonly examples: readonly string[];
}

/** What settles the differences of one table. */
export interface Mend {
  /** The table, or the sequence, that is mended. */
  readonly subject: string;
  readonly summary: string;
  readonly settles: readonly SchemaDifference[];
  /**
   * Does it, in a transaction of its own.
   * @throws RefusedError where rows stand in the way, naming some of them
   */
  apply(context: RevisionContext): Promise<void>;
}

/** What can be mended, and what cannot. */
export interface Mends {
  readonly mends: readonly Mend[];
  /** Drift that only a person can settle. */
  readonly byHand: readonly SchemaDifference[];
}

/** What is wrong with schema and rows. */
export interface Findings {
  readonly differences: readonly SchemaDifference[];
  readonly rows: readonly RowFinding[];
}

export interface RowCheckOptions {
  /** Default `check`. */
  readonly files?: "check" | "skip";
  /** Told what is looked at, as it can take long. */
  readonly onProgress?: (what: string) => void;
}

/** Revisions that lead to versions of which the repository's own rules know nothing: their code says what these versions change. */
export interface FurtherVersions {
  /** The revisions of a branch that lead to one, itself first. */
  lineTo(revision: string): readonly {
    readonly revision: string;
    readonly branch: string | null;
    readonly version: string | null;
  }[];
  /** What tables are after the way up of some revisions, in their order. Nothing is changed in the database. */
  after(session: Session, tables: readonly Table[], revisions: readonly string[]): Promise<ForeseenTables>;
  /** What tables are with what came from downstream besides: applied trees of their own, and what extends applied revisions. */
  withDownstream(session: Session, tables: readonly Table[]): Promise<ForeseenTables>;
}

/** Tables as the code of revisions would leave them. */
export interface ForeseenTables {
  readonly tables: readonly Table[];
  /** Why code could not be asked to its end, and which; null where it could. */
  readonly fault: string | null;
}

/** A repository that knows what its schema should be. */
export interface Verification {
  /** @throws RefusedError `unknown-format` where the versions are not known */
  compareSchema(session: Session): Promise<readonly SchemaDifference[]>;
  /** Compares the schema, and looks at every row, and at the files that rows describe. */
  checkAll(session: Session, options?: RowCheckOptions): Promise<Findings>;
  /** What `repair` can do about the differences. */
  findMends(session: Session): Promise<Mends>;
}
