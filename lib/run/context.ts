import type { DialectName } from "../database/database.js";
import type { DataEditor } from "../database/data.js";
import type { SchemaEditor } from "../database/schema/editor.js";
import type { Row, Sql } from "../database/sql.js";
import type { Repository } from "../repository/repository.js";

/** How a sub-step runs. */
export interface SubstepOptions {
  /**
   * On PostgreSQL each statement commits by itself, as concurrent builds of indexes and validations beside writers need it; the work runs
   * again where it was interrupted. SQLite runs the sub-step in one transaction, as always.
   */
  readonly autocommit?: boolean;
}

/**
 * What a revision's code works with: the only way to the database, inside the transaction of its step. Its methods may be taken off it:
 * `async up({ query, losesData })`.
 */
export interface RevisionContext {
  readonly dialect: DialectName;
  readonly direction: "up" | "down";
  /** Whether this run only finds out what would be done (`plan`, `--sql`): schema and data operations are noted, not carried out. */
  readonly mode: "run" | "plan";
  /** The repository; a Butler's attributes are reached through `lib/butler`. */
  readonly repository: Repository;
  readonly schema: SchemaEditor;
  readonly data: DataEditor;
  /** Runs a statement that only reads. */
  query(this: void, statement: Sql): Promise<Row[]>;
  /**
   * Runs a statement that changes rows of `table`; returns how many.
   * @param effect the table that is written and what the statement costs, for the plan
   */
  execute(
    this: void,
    statement: Sql,
    effect: { readonly table: string; readonly cost: "metadata" | "scan" | "rewrite" },
  ): Promise<number>;
  /** Names of the tables of a family (`dataset_tags_*`), as the repository records them. */
  tables(this: void, family: string): AsyncIterable<string>;
  /** The value of a declared option, as its type says; undefined where it is not given and has no default. */
  option(this: void, name: string): string | bigint | boolean | undefined;
  /** The providers given for a name, in the order in which they are asked. */
  providers(this: void, name: string): readonly unknown[];
  /**
   * What earlier steps of the same plan would have left behind in small tables that are read again (`mode` `plan` only; a fresh
   * map in mode `run`). Keys are chosen by whoever writes them.
   */
  readonly shadow: Map<string, unknown>;
  /** Tells the user something that stays with the result of the step. */
  report(this: void, message: string): void;
  /** Tells how far a long operation is. */
  progress(
    this: void,
    done: { readonly what: string; readonly rows: bigint; readonly total: bigint | null },
  ): void;
  /**
   * Stops before anything that loses information is done, unless the user allowed it.
   * @param what is lost, with `count` how much of it
   * @param rows some of it, for the list that the user is shown
   */
  losesData(this: void, what: string, count: bigint, rows?: readonly string[]): void;
  /** A place at which tests stop, kill and interleave. */
  pause(this: void, point: string): Promise<void>;
  /** A named part of a revision that is not transactional; skipped when it is recorded as done. */
  substep(this: void, name: string, work: () => Promise<void>, options?: SubstepOptions): Promise<void>;
  /**
   * A sub-step for each name. With `autocommit` on PostgreSQL as many run side by side as `--jobs` says, so that `work` uses nothing but
   * the context that it is given; elsewhere one after the other.
   */
  substeps(
    this: void,
    names: readonly string[],
    work: (context: RevisionContext, name: string) => Promise<void>,
    options?: SubstepOptions,
  ): Promise<void>;
}
