import { InputError, RefusedError, StepError } from "../errors.js";
import type { GodwitError } from "../errors.js";
import type { Session } from "../database/database.js";
import { acquireWriterLock, describeHolder, requireHeld } from "../database/lock.js";
import type { WriterLock } from "../database/lock.js";
import type { CostClass } from "../database/schema/editor.js";
import type { OutsideEdit } from "../repository/repository.js";
import { whyByHand } from "../repository/by-hand.js";
import type { Mend, SchemaDifference } from "../repository/verification.js";
import { NotKnownYet, PlanContext } from "../run/plan-context.js";
import { resolveProviders } from "../run/providers.js";
import { RunContext } from "../run/run-context.js";
import { SubstepsInside } from "../run/substeps.js";
import type { RunEnvironment } from "../run/run-context.js";
import { scriptText } from "../run/script.js";
import { replaceAlembicRows } from "../state/alembic.js";
import { readState } from "../state/read.js";
import type { RepositoryState } from "../state/state.js";
import { toolName } from "../version.js";
import { checkProject, driftOf } from "./check.js";
import type { CheckReport, Drift } from "./check.js";
import { furtherVersions } from "./further-versions.js";
import type { RunOptions } from "./options.js";
import { withProject } from "./project.js";
import type { Project } from "./project.js";
import { given } from "../given.js";

/** What is mended in one transaction. */
export interface PlannedMend {
  /** A table, a sequence, or `alembic_version`. */
  readonly subject: string;
  readonly summary: string;
  readonly settles: readonly Drift[];
  /** The dearest thing done to each table. */
  readonly tables: readonly { readonly name: string; readonly cost: CostClass }[];
  readonly losesData: readonly {
    readonly what: string;
    readonly count: number;
    /** The rows, the first hundred where there are more. */
    readonly rows: readonly string[];
  }[];
  readonly statements: readonly string[];
  readonly notes: readonly string[];
  /** Why it cannot be done, or null. */
  readonly obstacle: Obstacle | null;
}

/** Why something is not mended. */
export interface Obstacle {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** What only a person can settle. */
export interface LeftToPerson extends Drift {
  /** Why, and what can be done. */
  readonly why: string;
}

export interface RepairPlan {
  readonly mends: readonly PlannedMend[];
  readonly byHand: readonly LeftToPerson[];
  /** Edits of `butler.yaml`, after all mends. */
  readonly edits: readonly OutsideEdit[];
}

export interface RepairReport {
  readonly mended: readonly { readonly subject: string; readonly summary: string }[];
  readonly refused: readonly { readonly subject: string; readonly obstacle: Obstacle }[];
  readonly byHand: readonly LeftToPerson[];
  /** Edits of `butler.yaml`. */
  readonly edits: readonly OutsideEdit[];
  /** What a check finds afterwards. */
  readonly check: CheckReport;
}

/** The script where nothing is mended. */
const nothingInDatabase = "Nothing to repair in the database.";
/** Where `alembic_version` is mended among the others. */
const alembicSubject = "alembic_version";
/** Mending can show more that can be mended: a table that is back under its name lacks its indexes. */
const mostRounds = 4;

/**
 * What `repair` would do. Changes nothing.
 *
 * @param uri folder or `butler.yaml` of a Butler, or label of the repository index
 * @throws InputError `nothing-to-repair` for a plain database
 */
export function planRepair(uri: string, options: RunOptions = {}): Promise<RepairPlan> {
  return withProject(uri, options, async (project) => {
    const environment = await environmentOf(project, options);
    const edits = await project.repository.foreseeOutside();
    return project.repository.database.transaction({ mode: "read" }, async (session) => {
      const { mends, byHand } = await findMends(project, session);
      const planned: PlannedMend[] = [];
      const alembic = alembicChange(project, await readState(project.repository, session, project.known));
      if (alembic !== null) planned.push(planAlembic(alembic));
      for (const mend of mends) planned.push(await planMend(project, environment, session, mend));
      return { mends: planned, byHand: byHand.map(leftToPerson), edits };
    });
  });
}

/**
 * Mends what is known to be wrong with a repository, and how: each table in a transaction of its own, so that what was done stays
 * done, and the same call goes on where one was stopped. Rows are only lost where `dataLoss` allows it.
 *
 * @param uri folder or `butler.yaml` of a Butler, or label of the repository index
 * @returns what was mended, what stood in the way, and what a check finds afterwards
 * @throws InputError `nothing-to-repair` for a plain database; StepError where the database refuses a statement
 * @example const { mended, refused } = await repair("/repo/main");
 */
export function repair(uri: string, options: RunOptions = {}): Promise<RepairReport> {
  return withProject(uri, options, async (project) => {
    project.repository.requireWritable();
    const lock = await acquireWriterLock(project.repository.database, {
      timeoutMs: options.lockTimeoutMs ?? 60_000,
      doing: "repair",
      signal: options.signal,
      onWaiting: (holder) => options.onEvent?.({ kind: "waiting", holder: describeHolder(holder) }),
    });
    try {
      const connection = separately(project, options, lock);
      const run = new RepairRun(project, await environmentOf(project, options), options, connection);
      await run.all();
      const edits = await project.repository.finishOutside();
      for (const edit of edits) options.onEvent?.({ kind: "outside-edit", ...edit });
      const { mended, refused, byHand } = run;
      return { mended, refused, byHand, edits, check: await checkProject(project) };
    } finally {
      await lock.release();
    }
  });
}

/**
 * What `repair` would send, as a script for another client. The mends are carried out in a transaction that is rolled back, so the
 * tables are locked meanwhile; what stands in the way of one is told in a comment.
 *
 * @param uri folder or `butler.yaml` of a Butler, or label of the repository index
 * @returns SQL without commands of any client
 * @throws as `repair`
 */
export function repairScript(uri: string, options: RunOptions = {}): Promise<string> {
  return withProject(uri, options, async (project) => {
    project.repository.requireWritable();
    const { database } = project.repository;
    const lock = await acquireWriterLock(database, { timeoutMs: options.lockTimeoutMs ?? 60_000 });
    try {
      const parts: { comments: string[]; statements: string[] }[] = [];
      const environment = await environmentOf(project, options);
      const { refused, byHand } = await writtenDown(project, environment, options, parts);
      const edits = await project.repository.foreseeOutside();
      const unsettled = [
        ...refused.map(({ subject, obstacle }) => `Not mended: ${subject}: ${obstacle.message}`),
        ...byHand.map(({ table, object, why }) => `Not mended: ${placeOf(table, object)}: ${why}.`),
        ...edits.map(({ file, description }) => `Not part of the script: ${file}: ${description}`),
      ];
      const comments = [
        `Written by ${toolName} for ${project.repository.uri}, at ${new Date().toISOString()}.`,
        "It is right only while nobody else changes the repository. Have the client stop at the first error.",
        ...unsettled,
      ];
      const done = parts.filter(({ statements }) => statements.length > 0);
      if (done.length === 0) return [...unsettled, nothingInDatabase].map((text) => `-- ${text}`).join("\n");
      return scriptText(comments, done, database.scriptFrame);
    } finally {
      await lock.release();
    }
  });
}

/** Leaves the transaction, which is then rolled back. */
class WrittenDown extends Error {}

async function writtenDown(
  project: Project,
  environment: RunEnvironment,
  options: RunOptions,
  parts: { comments: string[]; statements: string[] }[],
): Promise<Pick<RepairReport, "refused" | "byHand">> {
  let left: Pick<RepairReport, "refused" | "byHand"> = { refused: [], byHand: [] };
  try {
    await project.repository.database.transaction(
      {
        mode: "write",
        ...(options.lockTimeoutMs === undefined ? {} : { lockTimeoutMs: options.lockTimeoutMs }),
        onChange: (text) => parts.at(-1)?.statements.push(text),
      },
      async (session) => {
        const within: Connection = {
          separate: false,
          read: (work) => work(session),
          write: (work) => work(session),
        };
        const run = new RepairRun(project, environment, options, within, (subject, summary) =>
          parts.push({ comments: [`${subject}: ${summary}`], statements: [] }),
        );
        await run.all();
        left = run;
        throw new WrittenDown();
      },
    );
  } catch (error) {
    if (!(error instanceof WrittenDown)) throw error;
  }
  return left;
}

function placeOf(table: string, object: string): string {
  return table === "" ? object : `${table}: ${object}`;
}

function leftToPerson(difference: SchemaDifference): LeftToPerson {
  return { ...driftOf(difference), why: whyByHand(difference) };
}

async function environmentOf(project: Project, options: RunOptions): Promise<RunEnvironment> {
  return {
    repository: project.repository,
    options: new Map(),
    providers: await resolveProviders(project, options),
    dataLoss: options.dataLoss ?? "refuse",
    onEvent: options.onEvent ?? (() => {}),
    jobs: 1,
    onPause: options.onPause,
  };
}

interface FoundMends {
  readonly mends: readonly Mend[];
  readonly byHand: readonly SchemaDifference[];
}

async function findMends(project: Project, session: Session): Promise<FoundMends> {
  const { repository } = project;
  const verification = await repository.verification(furtherVersions(project));
  if (verification !== null) return verification.findMends(session);
  throw new InputError(
    "nothing-to-repair",
    `${repository.uri} is a plain database: what its schema should be is not known.`,
    { hint: "Repair a Butler repository by its folder." },
  );
}

/** How a repair reads and writes: each time in a transaction of its own, or all in one. */
interface Connection {
  /** Whether a mend that fails leaves the others as they are. */
  readonly separate: boolean;
  read<T>(work: (session: Session) => Promise<T>): Promise<T>;
  write<T>(work: (session: Session) => Promise<T>): Promise<T>;
}

function separately(
  { repository }: Project,
  { lockTimeoutMs, onEvent }: RunOptions,
  lock: WriterLock,
): Connection {
  return {
    separate: true,
    read: (work) => repository.database.transaction({ mode: "read" }, work),
    write: (work) =>
      repository.database.transaction(
        {
          mode: "write",
          ...given({ lockTimeoutMs }),
          onStatement: (text) => onEvent?.({ kind: "statement", revision: "repair", text }),
        },
        async (session) => {
          const result = await work(session);
          await requireHeld(lock, session);
          return result;
        },
      ),
  };
}

class RepairRun {
  readonly mended: { readonly subject: string; readonly summary: string }[] = [];
  refused: { readonly subject: string; readonly obstacle: Obstacle }[] = [];
  byHand: readonly LeftToPerson[] = [];

  constructor(
    private readonly project: Project,
    private readonly environment: RunEnvironment,
    private readonly options: RunOptions,
    private readonly connection: Connection,
    /** Told before each mend that is carried out. */
    private readonly onMend: (subject: string, summary: string) => void = () => {},
  ) {}

  async all(): Promise<void> {
    for (let round = 1; round <= mostRounds; round += 1) {
      const before = this.mended.length;
      this.refused = [];
      await this.#mendAlembic();
      const { mends, byHand } = await this.connection.read((session) => findMends(this.project, session));
      this.byHand = byHand.map(leftToPerson);
      for (const mend of mends) {
        if (this.options.signal?.aborted === true) return;
        await this.#mend(mend);
      }
      if (this.mended.length === before) return;
    }
  }

  async #mendAlembic(): Promise<void> {
    const { repository, known } = this.project;
    const change = await this.connection.write(async (session) => {
      const found = alembicChange(this.project, await readState(repository, session, known));
      if (found === null) return null;
      this.onMend(alembicSubject, alembicSummary(found));
      await replaceAlembicRows(session, found);
      return found;
    });
    if (change !== null) this.#done(alembicSubject, alembicSummary(change));
  }

  /** Rows that stand in the way are no failure: the other tables are mended all the same. */
  async #mend(mend: Mend): Promise<void> {
    const { subject, summary } = mend;
    try {
      await this.connection.write(async (session) => {
        await this.#requireNoObstacle(session, mend);
        this.onMend(subject, summary);
        const context = new RunContext(
          this.environment,
          session,
          "up",
          nameOf(mend),
          new SubstepsInside(new Set()),
        );
        await mend.apply(context);
        await session.checkForeignKeys([...context.written].toSorted());
      });
    } catch (error) {
      if (!isObstacle(error, this.connection)) throw error;
      this.refused.push({ subject, obstacle: obstacleOf(error) });
      return;
    }
    this.#done(subject, summary);
  }

  /** What stands in the way is found before anything is changed. */
  async #requireNoObstacle(session: Session, mend: Mend): Promise<void> {
    const { obstacle } = await planMend(this.project, this.environment, session, mend);
    if (obstacle === null) return;
    throw new RefusedError(
      obstacle.code,
      obstacle.message,
      obstacle.hint === null ? {} : { hint: obstacle.hint },
    );
  }

  #done(subject: string, summary: string): void {
    this.mended.push({ subject, summary });
    this.environment.onEvent({ kind: "report", revision: "repair", message: `${subject}: ${summary}` });
  }
}

/** Failures of single statements, by their code. */
const ofStatement = new Set(["statement-failed", "constraint-violated", "lock-timeout", "deadlock"]);

/** Whether an error keeps one mend from being made, and no other. */
function isObstacle(error: unknown, { separate }: Connection): error is GodwitError {
  return (
    error instanceof RefusedError || (separate && error instanceof StepError && ofStatement.has(error.code))
  );
}

/** How a mend is named where a revision would be. */
function nameOf({ subject }: Mend): string {
  return `repair of ${subject}`;
}

function obstacleOf({ code, message, hint }: GodwitError): Obstacle {
  return { code, message, hint: hint ?? null };
}

async function planMend(
  { repository }: Project,
  environment: RunEnvironment,
  session: Session,
  mend: Mend,
): Promise<PlannedMend> {
  const { PlanningSchemaEditor } = await import("../database/schema/planning.js");
  const shared = {
    schema: new PlanningSchemaEditor(session.schema(repository.conventions)),
    changed: new Set<string>(),
    shadow: new Map<string, unknown>(),
  };
  const context = new PlanContext(environment, session, shared, {
    direction: "up",
    revision: { id: nameOf(mend) },
  });
  let obstacle: Obstacle | null = null;
  try {
    await mend.apply(context);
  } catch (error) {
    if (error instanceof NotKnownYet) context.report(`Only known while running: ${error.message}`);
    else if (error instanceof RefusedError) obstacle = obstacleOf(error);
    else throw error;
  }
  const { tables, statements, notes, losesData } = context.foresight();
  const losses = losesData.map((loss) => ({ ...loss, count: Number(loss.count) }));
  return {
    subject: mend.subject,
    summary: mend.summary,
    settles: mend.settles.map(driftOf),
    tables: [...tables].map(([name, cost]) => ({ name, cost })),
    losesData: losses,
    statements,
    notes,
    obstacle: obstacle ?? lossObstacle(environment, losses),
  };
}

function lossObstacle({ dataLoss }: RunEnvironment, losses: PlannedMend["losesData"]): Obstacle | null {
  const [loss] = losses;
  if (loss === undefined || dataLoss === "allow") return null;
  return {
    code: "data-loss",
    message: `It would lose ${loss.count} ${loss.what}: ${someOf(loss)}.`,
    hint: "Add --allow-data-loss if that is what you want; --plan lists more of them.",
  };
}

const namedInMessage = 10;

function someOf({ count, rows }: PlannedMend["losesData"][number]): string {
  const named = rows.slice(0, namedInMessage);
  return [...named, ...(count > named.length ? [`${count - named.length} more`] : [])].join("; ");
}

interface AlembicChange {
  readonly remove: readonly string[];
  readonly add: readonly string[];
}

/** The rows of `alembic_version` follow what the repository itself records, where nothing else disagrees with that. */
function alembicChange({ known }: Project, state: RepositoryState): AlembicChange | null {
  const { alembic, recorded, trees, problems } = state;
  const others = problems.some(({ code }) => code === "version-table-disagrees");
  if (alembic === null || recorded.length === 0 || others) return null;
  const managers = new Set(recorded.map(({ manager }) => manager));
  const heads = [...trees.values()]
    .filter(({ manager, recordedBy }) => recordedBy === "godwit" && !managers.has(manager))
    .flatMap((tree) => tree.heads);
  const wanted = new Set([...recorded.map(({ revision }) => revision), ...heads]);
  const remove = alembic.filter((id) => !wanted.has(id) && known.revision(id)?.parents.length !== 0);
  const add = [...wanted].filter((id) => !alembic.includes(id));
  return remove.length + add.length === 0 ? null : { remove, add };
}

function planAlembic(change: AlembicChange): PlannedMend {
  return {
    subject: alembicSubject,
    summary: alembicSummary(change),
    settles: [],
    tables: [{ name: alembicSubject, cost: "rewrite" }],
    losesData: [],
    statements: [],
    notes: [],
    obstacle: null,
  };
}

function alembicSummary({ remove, add }: AlembicChange): string {
  const parts = [
    remove.length === 0 ? "" : `remove ${remove.join(", ")}`,
    add.length === 0 ? "" : `add ${add.join(", ")}`,
  ];
  return `${parts.filter((part) => part !== "").join("; ")}, as the repository records its versions`;
}
