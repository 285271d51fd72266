/** Steps written down without a repository: nothing is read, so a step that needs to read stops the script. */
import type { DataEditor, RowBatch } from "../database/data.js";
import type { DialectName, Session } from "../database/database.js";
import type { OfflineDatabase } from "../database/offline.js";
import type { SchemaEditor, SchemaEffect } from "../database/schema/editor.js";
import { PlanningSchemaEditor } from "../database/schema/planning.js";
import { plainConventions } from "../database/schema/plain-conventions.js";
import type { Table } from "../database/schema/table.js";
import { sql } from "../database/sql.js";
import type { Row, Sql } from "../database/sql.js";
import { GodwitError, messageOf } from "../errors.js";
import type { Repository } from "../repository/repository.js";
import { createLogTable, logEnded, logStarted } from "../state/log.js";
import { createProgressTable } from "../state/progress.js";
import type { KnownRevisions, RepositoryState } from "../state/state.js";
import { versionTableName } from "../state/version-table-names.js";
import { recordStep } from "../state/write.js";
import type { RevisionContext } from "./context.js";
import { needsRepository } from "./needs-repository.js";
import { ObservedSchemaEditor } from "./observed-schema.js";
import type { OptionValue } from "./option-values.js";
import { codeOf, definitionsOf, describeStep } from "./prepare.js";
import type { PreparedStep } from "./prepare.js";
import { dataLossRefused } from "./run-context.js";
import type { ScriptPart } from "./script.js";
import { bindMethods } from "./bound.js";

/** What a step asked for that only a repository knows. */
class NeedsRepository extends Error {}

/** What is written down. */
export interface OfflineRequest {
  readonly database: OfflineDatabase;
  readonly known: KnownRevisions;
  readonly options: ReadonlyMap<string, OptionValue>;
  readonly dataLoss: "refuse" | "allow";
  /** Steps from the beginning to where the script starts: they tell which tables there are. */
  readonly before: readonly PreparedStep[];
  readonly steps: readonly PreparedStep[];
  /** Managers whose version tables are there when the script starts. */
  readonly started: readonly string[];
  readonly log: { readonly run: string; readonly at: string; readonly user: string; readonly tool: string };
}

/**
 * Writes down steps for a plain database.
 * @throws RefusedError `needs-repository` naming the first step that has to read the database or runs code on its rows
 */
export async function writeDownOffline(request: OfflineRequest): Promise<ScriptPart[]> {
  const schema = new PlanningSchemaEditor(unseenSchema(request.database));
  for (const prepared of request.before) await writeCode(request, schema, prepared, () => {});
  const parts: { readonly comments: string[]; readonly statements: string[] }[] = [];
  const add = (text: string): void => void parts.at(-1)?.statements.push(text);
  const session = new OfflineSession(request.database, add);
  parts.push({ comments: ["The tables of godwit, where they are missing."], statements: [] });
  await createLogTable(session);
  await createProgressTable(session);
  const started = new Set(request.started);
  for (const [index, prepared] of request.steps.entries()) {
    const { manager } = prepared.step;
    parts.push({ comments: [describeStep(prepared), prepared.definition.summary], statements: [] });
    await logBeginning(session, request, prepared, BigInt(index + 1));
    await writeCode(request, schema, prepared, add);
    started.add(manager);
    await writeRecord(session, request, prepared, started);
    const { run, at } = request.log;
    const ended = { run, step: BigInt(index + 1), ended: at, outcome: "done", statement: null } as const;
    await logEnded(session, ended);
  }
  return parts;
}

function logBeginning(
  session: Session,
  { log: { run, at, user, tool } }: OfflineRequest,
  { step: { manager, direction }, revision }: PreparedStep,
  step: bigint,
): Promise<void> {
  return logStarted(session, {
    run,
    step,
    manager,
    revision: revision.id,
    direction,
    started: at,
    tool,
    user,
  });
}

async function writeCode(
  request: OfflineRequest,
  schema: SchemaEditor,
  prepared: PreparedStep,
  add: (text: string) => void,
): Promise<void> {
  const context = new OfflineContext(request, schema, prepared, add);
  try {
    for (const definition of definitionsOf(prepared)) {
      if ((definition.invariants ?? []).length > 0)
        throw new NeedsRepository("compares rows before and after");
      if (definition.preconditions !== undefined) throw new NeedsRepository("looks at rows beforehand");
      await codeOf(definition, prepared.direction)?.(context);
    }
  } catch (error) {
    if (error instanceof NeedsRepository) throw stopped(prepared, error.message);
    if (error instanceof GodwitError) throw error;
    throw stopped(prepared, messageOf(error));
  }
}

function stopped(prepared: PreparedStep, reason: string): GodwitError {
  return needsRepository(describeStep(prepared), reason);
}

async function writeRecord(
  session: Session,
  { known, log }: OfflineRequest,
  prepared: PreparedStep,
  started: ReadonlySet<string>,
): Promise<void> {
  const { step, revision } = prepared;
  if (step.switch?.way === "back") throw stopped(prepared, "goes back over a switch, by what is recorded");
  const ran = { step, revision, durationMs: 0n, checksum: await prepared.checksum() };
  await recordStep(session, nothingRead, known, ran, { at: log.at, by: log.tool, seq: nextOf(started) });
}

/** The next number over all version tables that there are. */
function nextOf(managers: ReadonlySet<string>): Sql {
  const all = [...managers].map((manager) => sql`SELECT seq FROM ${sql.table(versionTableName(manager))}`);
  return sql`(SELECT coalesce(max(seq), 0) + 1 FROM (${sql.join(all, " UNION ALL ")}) AS applied)`;
}

const nothingRead: RepositoryState = {
  trees: new Map(),
  recorded: [],
  foreign: [],
  alembic: null,
  hasAlembicTable: false,
  versionTables: new Set(),
  hasLog: true,
  hasProgress: true,
  problems: [],
};

/** What revisions did not make is taken to be absent; its definition cannot be known. */
function unseenSchema(database: OfflineDatabase): ConstructorParameters<typeof PlanningSchemaEditor>[0] {
  const planner = database.planner(plainConventions);
  return {
    planner: () => planner,
    tableNames: async () => [],
    hasTable: async () => false,
    table: unseenTable,
    tables: (names) => Promise.all(names.map(unseenTable)),
  };
}

function unseenTable(name: string): Promise<Table> {
  return Promise.reject(
    new NeedsRepository(`needs the definition of table "${name}", which no revision made`),
  );
}

/** Writes down what is executed. */
class OfflineSession implements Session {
  readonly dialect: DialectName;

  constructor(
    private readonly database: OfflineDatabase,
    private readonly add: (text: string) => void,
  ) {
    this.dialect = database.dialect;
  }

  async execute(statement: Sql): Promise<number> {
    this.add(this.database.render(statement));
    return 0;
  }

  query(): Promise<Row[]> {
    return unknown("reads the database");
  }

  schema(): SchemaEditor {
    throw new NeedsRepository("reads the schema");
  }

  data(): DataEditor {
    throw new NeedsRepository("writes rows");
  }

  tableSize(): Promise<never> {
    return unknown("asks for the size of a table");
  }

  async checkForeignKeys(): Promise<void> {
    // The database that the script is sent to checks them.
  }
}

function unknown(what: string): Promise<never> {
  return Promise.reject(new NeedsRepository(what));
}

/** Schema operations that are written down. */
class OfflineSchemaEditor extends ObservedSchemaEditor {
  override rekey(): Promise<SchemaEffect[]> {
    return unknown("gives new values to a key");
  }
}

/** The context of a step that is written down. */
class OfflineContext implements RevisionContext {
  readonly mode = "plan";
  readonly dialect: DialectName;
  readonly direction: "up" | "down";
  readonly schema: SchemaEditor;
  readonly data: DataEditor;
  readonly shadow = new Map<string, unknown>();
  readonly #request: OfflineRequest;
  readonly #revision: string;
  readonly #add: (text: string) => void;

  constructor(
    request: OfflineRequest,
    schema: SchemaEditor,
    prepared: PreparedStep,
    add: (text: string) => void,
  ) {
    this.dialect = request.database.dialect;
    this.direction = prepared.direction;
    this.schema = new OfflineSchemaEditor(schema, ({ statements, script }) =>
      (script ?? statements).forEach(add),
    );
    this.data = offlineData(request.database, add);
    this.#request = request;
    this.#revision = prepared.revision.id;
    this.#add = add;
    bindMethods(this);
  }

  get repository(): Repository {
    throw new NeedsRepository("asks for the repository");
  }

  query(): Promise<Row[]> {
    return unknown("reads the database");
  }

  async execute(statement: Sql): Promise<number> {
    this.#add(this.#request.database.render(statement));
    return 0;
  }

  tables(family: string): AsyncIterable<string> {
    throw new NeedsRepository(`asks which tables ${family} there are`);
  }

  option(name: string): OptionValue | undefined {
    return this.#request.options.get(name);
  }

  providers(name: string): readonly unknown[] {
    throw new NeedsRepository(`asks the provider "${name}"`);
  }

  report(): void {
    // Told where steps run.
  }

  progress(): void {
    // Nothing takes long.
  }

  losesData(what: string, count: bigint): void {
    if (count > 0n && this.#request.dataLoss === "refuse")
      throw dataLossRefused([{ revision: this.#revision, what, count }]);
  }

  async pause(): Promise<void> {
    // Pause points are for runs.
  }

  substep(_name: string, work: () => Promise<void>): Promise<void> {
    return work();
  }

  async substeps(
    names: readonly string[],
    work: (context: RevisionContext, name: string) => Promise<void>,
  ): Promise<void> {
    for (const name of names) await work(this, name);
  }
}

/** Rows that stand in the revision itself are written down; anything larger is made by code. */
function offlineData(database: OfflineDatabase, add: (text: string) => void): DataEditor {
  return {
    insert: async (table, batch: RowBatch) => {
      for (const text of database.insertStatements(table, batch)) add(text);
      return batch.rows.length;
    },
    copyIn: () => unknown("computes rows"),
    stream: () => {
      throw new NeedsRepository("reads the database");
    },
    update: () => unknown("computes rows"),
  };
}
