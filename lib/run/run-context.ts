import { RefusedError } from "../errors.js";
import type { DataEditor } from "../database/data.js";
import type { DialectName, Session } from "../database/database.js";
import type { SchemaEditor } from "../database/schema/editor.js";
import type { Row, Sql } from "../database/sql.js";
import type { Repository } from "../repository/repository.js";
import type { RevisionContext, SubstepOptions } from "./context.js";
import type { RunEvent } from "./events.js";
import type { StepHooks } from "./hooks.js";
import type { OptionValue } from "./option-values.js";
import type { PauseHook } from "./pause.js";
import type { Providers } from "./providers.js";
import { ObservedSchemaEditor } from "./observed-schema.js";
import { TrackingDataEditor } from "./tracking.js";
import { tablesOfFamily } from "./families.js";
import { bindMethods } from "./bound.js";

/** What is the same for all steps of a run. */
export interface RunEnvironment {
  readonly repository: Repository;
  readonly options: ReadonlyMap<string, OptionValue>;
  readonly providers: Providers;
  readonly dataLoss: "refuse" | "allow";
  /** How many connections work side by side where PostgreSQL can use several. */
  readonly jobs: number;
  readonly onEvent: (event: RunEvent) => void;
  readonly onPause: PauseHook | undefined;
  /** Code around each step. */
  readonly hooks?: StepHooks;
  /** Checks the whole repository at the end of each step, where that was asked for. */
  readonly verify?: (session: Session, revision: string) => Promise<void>;
  /** Told whenever code asks for rows, or makes some. */
  readonly onRows?: () => void;
}

/** Runs the named parts of a revision that is not transactional. */
export interface SubstepRunner {
  one(context: RunContext, name: string, work: () => Promise<void>, options: SubstepOptions): Promise<void>;
  each(
    context: RunContext,
    names: readonly string[],
    work: (context: RevisionContext, name: string) => Promise<void>,
    options: SubstepOptions,
  ): Promise<void>;
}

/** The context of a step that is carried out: everything goes to the session of the step's transaction. */
export class RunContext implements RevisionContext {
  readonly mode = "run";
  readonly shadow = new Map<string, unknown>();
  /** Tables that were written, for the checks before the commit. */
  readonly written = new Set<string>();
  readonly dialect: DialectName;
  readonly repository: Repository;
  session: Session;
  readonly #environment: RunEnvironment;
  readonly #revision: string;
  readonly #substeps: SubstepRunner;
  #looking = false;

  constructor(
    environment: RunEnvironment,
    session: Session,
    readonly direction: "up" | "down",
    revision: string,
    substeps: SubstepRunner,
  ) {
    this.dialect = session.dialect;
    this.repository = environment.repository;
    this.session = session;
    this.#environment = environment;
    this.#revision = revision;
    this.#substeps = substeps;
    bindMethods(this);
  }

  get schema(): SchemaEditor {
    return new ObservedSchemaEditor(
      this.session.schema(this.repository.conventions),
      ({ table, references }, kind) => {
        if (kind === "table" && references !== "kept") this.written.add(table);
        if (kind === "dropped-table") this.written.delete(table);
      },
      (point) => this.pause(point),
    );
  }

  get data(): DataEditor {
    this.#tellRows();
    return new TrackingDataEditor(this.session.data(), this.written);
  }

  /** Only looks: what is done does not follow from the rows that are read. */
  async looking<T>(work: () => Promise<T>): Promise<T> {
    this.#looking = true;
    try {
      return await work();
    } finally {
      this.#looking = false;
    }
  }

  query(statement: Sql): Promise<Row[]> {
    this.#tellRows();
    return this.session.query(statement);
  }

  async execute(statement: Sql, effect: { readonly table: string }): Promise<number> {
    this.written.add(effect.table);
    return this.session.execute(statement);
  }

  async *tables(family: string): AsyncIterable<string> {
    this.#tellRows();
    yield* tablesOfFamily(await this.repository.tableFamilies(this.session), family);
  }

  option(name: string): OptionValue | undefined {
    return this.#environment.options.get(name);
  }

  providers(name: string): readonly unknown[] {
    this.#tellRows();
    return this.#environment.providers.get(name) ?? [];
  }

  report(message: string): void {
    this.#environment.onEvent({ kind: "report", revision: this.#revision, message });
  }

  progress(done: { readonly what: string; readonly rows: bigint; readonly total: bigint | null }): void {
    this.#environment.onEvent({ kind: "progress", revision: this.#revision, ...done });
  }

  losesData(what: string, count: bigint): void {
    if (count > 0n && this.#environment.dataLoss === "refuse")
      throw dataLossRefused([{ revision: this.#revision, what, count }]);
  }

  async pause(point: string): Promise<void> {
    await this.#environment.onPause?.(`${point} ${this.#revision}`);
  }

  substep(name: string, work: () => Promise<void>, options: SubstepOptions = {}): Promise<void> {
    return this.#substeps.one(this, name, work, options);
  }

  substeps(
    names: readonly string[],
    work: (context: RevisionContext, name: string) => Promise<void>,
    options: SubstepOptions = {},
  ): Promise<void> {
    return this.#substeps.each(this, names, work, options);
  }

  #tellRows(): void {
    if (!this.#looking) this.#environment.onRows?.();
  }
}

/** What a revision would lose. */
export interface Loss {
  readonly revision: string;
  readonly what: string;
  readonly count: bigint;
}

/** The refusal of steps that would lose information. */
export function dataLossRefused(losses: readonly Loss[]): RefusedError {
  const revisions = [...new Set(losses.map(({ revision }) => revision))];
  const lines = revisions.map((revision) => {
    const own = losses.filter((one) => one.revision === revision);
    return `Revision ${revision} would lose information: ${own.map(({ what, count }) => `${what} (${count})`).join(", ")}.`;
  });
  return new RefusedError("data-loss", lines.join("\n"), {
    hint: "Add --allow-data-loss if that is what you want.",
  });
}
