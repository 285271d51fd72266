import type { DataEditor } from "../database/data.js";
import type { DialectName, Session } from "../database/database.js";
import type { CostClass, SchemaEditor, SchemaEffect } from "../database/schema/editor.js";
import type { Row, Sql } from "../database/sql.js";
import type { Repository } from "../repository/repository.js";
import type { RevisionContext } from "./context.js";
import { tablesOfFamily } from "./families.js";
import type { Foresight, SharedForesight } from "./foresee.js";
import type { OptionValue } from "./option-values.js";
import { NotingDataEditor } from "./noting.js";
import { ObservedSchemaEditor } from "./observed-schema.js";
import type { RunEnvironment } from "./run-context.js";
import { bindMethods } from "./bound.js";

/** What the code asks for depends on rows that this plan itself would change. */
export class NotKnownYet extends Error {}

/** A statement of a revision's own that changes a definition; a table of the session's own is none. */
const definition = /^\s*(CREATE|ALTER|DROP|COMMENT)\s+(?!TEMP)/i;

const order: Readonly<Record<CostClass, number>> = { metadata: 0, scan: 1, rewrite: 2 };

/** The code that is planned: of a step, or of something else that is named like a revision. */
export interface PlannedCode {
  readonly direction: "up" | "down";
  readonly revision: { readonly id: string };
}

/** The context of a step that is only planned: operations are noted, reading is real where nothing planned stands in between. */
export class PlanContext implements RevisionContext {
  readonly mode = "plan";
  readonly dialect: DialectName;
  readonly direction: "up" | "down";
  readonly repository: Repository;
  readonly schema: SchemaEditor;
  readonly data: DataEditor;
  readonly shadow: Map<string, unknown>;
  readonly #environment: RunEnvironment;
  readonly #session: Session;
  readonly #shared: SharedForesight;
  readonly #revision: string;
  readonly #tables = new Map<string, CostClass>();
  readonly #statements: string[] = [];
  readonly #losses: Foresight["losesData"][number][] = [];
  readonly #notes: string[] = [];
  #changes: Foresight["changes"] = "nothing";

  /** @param done sub-steps that an interrupted run has done: what they do is there already */
  constructor(
    environment: RunEnvironment,
    session: Session,
    shared: SharedForesight,
    prepared: PlannedCode,
    private readonly done: ReadonlySet<string> = new Set(),
  ) {
    this.dialect = session.dialect;
    this.direction = prepared.direction;
    this.repository = environment.repository;
    this.shadow = shared.shadow;
    this.schema = new ObservedSchemaEditor(shared.schema, (effect) => this.#note(effect, "schema"));
    this.data = new NotingDataEditor((effect) => this.#note(effect, "content"));
    this.#environment = environment;
    this.#session = session;
    this.#shared = shared;
    this.#revision = prepared.revision.id;
    bindMethods(this);
  }

  query(statement: Sql): Promise<Row[]> {
    this.#requireUnchanged(statement);
    return this.#session.query(statement);
  }

  async execute(
    statement: Sql,
    effect: { readonly table: string; readonly cost: CostClass },
  ): Promise<number> {
    const text = this.repository.database.render(statement);
    this.#note({ ...effect, statements: [text] }, definition.test(text) ? "schema" : "content");
    return 0;
  }

  async *tables(family: string): AsyncIterable<string> {
    yield* tablesOfFamily(await this.repository.tableFamilies(this.#session), family);
  }

  option(name: string): OptionValue | undefined {
    return this.#environment.options.get(name);
  }

  providers(name: string): readonly unknown[] {
    return this.#environment.providers.get(name) ?? [];
  }

  report(message: string): void {
    this.#notes.push(message);
  }

  progress(): void {
    // Planning is quick; there is nothing to tell.
  }

  losesData(what: string, count: bigint, rows: readonly string[] = []): void {
    if (count > 0n) this.#losses.push({ what, count, rows });
  }

  async pause(): Promise<void> {
    // Pause points are for runs.
  }

  async substep(name: string, work: () => Promise<void>): Promise<void> {
    if (!this.done.has(name)) await work();
  }

  async substeps(
    names: readonly string[],
    work: (context: RevisionContext, name: string) => Promise<void>,
  ): Promise<void> {
    for (const name of names) await this.substep(name, () => work(this, name));
  }

  /** What was noted. */
  foresight(): Omit<Foresight, "open"> {
    return {
      revision: this.#revision,
      tables: this.#tables,
      statements: this.#statements,
      changes: this.#changes,
      losesData: this.#losses,
      notes: this.#notes,
    };
  }

  #note({ table, cost, statements, scanned = [] }: SchemaEffect, changes: "schema" | "content"): void {
    if (statements.length > 0 && this.#changes !== "schema") this.#changes = changes;
    this.#noteCost(table, cost);
    for (const name of scanned) this.#noteCost(name, "scan");
    this.#statements.push(...statements);
    this.#shared.changed.add(table);
  }

  #noteCost(table: string, cost: CostClass): void {
    const before = this.#tables.get(table);
    if (before === undefined || order[cost] > order[before]) this.#tables.set(table, cost);
  }

  #requireUnchanged(statement: Sql): void {
    for (const part of statement.parts) {
      if (part.kind !== "table" || !this.#shared.changed.has(part.name)) continue;
      throw new NotKnownYet(`depends on the rows of "${part.name}", which this plan changes before`);
    }
  }
}
