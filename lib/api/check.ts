import { InputError, RefusedError } from "../errors.js";
import { compareOthers, compareTables, objectText } from "../database/schema/differences.js";
import { freeSequences } from "../database/sequences.js";
import { views } from "../database/views.js";
import type { ObjectKind, OtherObject, TableDifference } from "../database/schema/differences.js";
import type { Table } from "../database/schema/table.js";
import type { Session } from "../database/database.js";
import type { Repository } from "../repository/repository.js";
import type {
  DifferenceClass,
  RowCheckOptions,
  RowFinding,
  SchemaDifference,
} from "../repository/verification.js";
import { reportCurrent } from "./current.js";
import { furtherVersions } from "./further-versions.js";
import type { ProjectOptions } from "./options.js";
import { withProject } from "./project.js";
import type { Project } from "./project.js";
import type { Problem } from "./results.js";
import { findingsOfRevisions } from "./revision-findings.js";

/** A difference between a table and what it should be. */
export interface Drift {
  /** Empty for what belongs to no table. */
  readonly table: string;
  /** `column "day_obs"`, `index "visit_fkidx_instrument"`, `table`. */
  readonly object: string;
  readonly kind: ObjectKind;
  readonly name: string | null;
  readonly property: TableDifference["property"];
  /** null: nothing. */
  readonly expected: string | null;
  readonly found: string | null;
  /** `debt`: a migration of the Python tool left it; `variation`: no version number says it; `drift`: neither. */
  readonly class: DifferenceClass;
  /** A code, and words, for what is known. */
  readonly reason: string | null;
  readonly explanation: string | null;
}

/** What a check found. */
export interface CheckReport {
  /** Whether nothing is pending or wrong; variations are not wrong. */
  readonly ok: boolean;
  /** Ids of the revisions that `upgrade head` would run. */
  readonly pending: readonly string[];
  /** Where records disagree, and what kept a part of the check from being made. */
  readonly problems: readonly Problem[];
  readonly drift: readonly Drift[];
  /** What is wrong with rows and files; null where they were not looked at. */
  readonly rows: readonly RowFinding[] | null;
}

export interface CheckOptions extends ProjectOptions {
  /** Whether every row, and every file of local datastores, is looked at too (default `skip`). */
  readonly rows?: "skip" | "check";
  /** Told what is looked at, as rows can take long. */
  readonly onProgress?: (what: string) => void;
}

/**
 * Compares a repository with what its versions say: records, schema, and on demand rows and files. Changes nothing.
 *
 * @param uri folder or `butler.yaml` of a Butler, label of the repository index, or database URL
 * @throws InputError where the repository or the revisions cannot be read
 * @example const { ok, drift } = await check("/repo/main");
 */
export function check(uri: string, options: CheckOptions = {}): Promise<CheckReport> {
  return withProject(uri, options, (project) => checkProject(project, options));
}

/** The same for a project that is open. */
export async function checkProject(project: Project, options: CheckOptions = {}): Promise<CheckReport> {
  const { managers, problems } = await reportCurrent(project);
  const pending = managers.flatMap((one) => one.pending);
  const found = await checkAgainstVersions(
    project,
    options,
    managers.flatMap(({ revisions }) => revisions),
  );
  const all = [...problems, ...(await outsideProblems(project.repository)), ...found.problems];
  const ok =
    pending.length === 0 &&
    all.length === 0 &&
    found.drift.every((one) => one.class === "variation") &&
    (found.rows ?? []).length === 0;
  return { ok, pending, problems: all, drift: found.drift, rows: found.rows };
}

/** A Butler refuses to open where its configuration names other classes than the database. */
async function outsideProblems(repository: Repository): Promise<Problem[]> {
  const edits = await repository.foreseeOutside();
  return edits.map(({ file, description, outcome }) => ({
    code: "configuration-disagrees",
    message: `${file} names other classes than the database: ${description}.`,
    hint: outcome === "done" ? "`godwit repair` does it." : null,
  }));
}

type Findings = Pick<CheckReport, "problems" | "drift" | "rows">;

async function checkAgainstVersions(
  project: Project,
  options: CheckOptions,
  heads: readonly string[],
): Promise<Findings> {
  const { repository } = project;
  const verification = await repository.verification(furtherVersions(project));
  const rows = options.rows === "check" ? [] : null;
  if (verification === null) return { problems: [], drift: [], rows };
  return repository.database.transaction({ mode: "read" }, async (session) => {
    try {
      if (rows === null) {
        const drift = (await verification.compareSchema(session)).map(driftOf);
        return { problems: [], drift, rows };
      }
      const found = await verification.checkAll(session, progressOf(options));
      const further = await findingsOfRevisions(project, session, heads);
      return { problems: [], drift: found.differences.map(driftOf), rows: [...found.rows, ...further] };
    } catch (error) {
      // A schema that cannot be compared is a finding like any other.
      if (!(error instanceof InputError || error instanceof RefusedError)) throw error;
      const { code, message, hint } = error;
      return { problems: [{ code, message, hint: hint ?? null }], drift: [], rows };
    }
  });
}

function progressOf({ onProgress }: CheckOptions): RowCheckOptions {
  return onProgress === undefined ? {} : { onProgress };
}

/** A difference as it is reported. */
export function driftOf(difference: SchemaDifference): Drift {
  const { table, kind, name, property, expected, found, class: group, reason, explanation } = difference;
  const object = objectText({ kind, name });
  return { table, object, kind, name, property, expected, found, class: group, reason, explanation };
}

/**
 * Compares the schemas of two repositories on the same kind of database.
 *
 * @param uri the repository that is judged
 * @param other the one that it should be like
 * @throws InputError `other-dialect` where one is SQLite and the other PostgreSQL
 */
export function compareRepositories(
  uri: string,
  other: string,
  options: ProjectOptions = {},
): Promise<CheckReport> {
  return withProject(uri, options, ({ repository }) =>
    withProject(other, options, async (reference) => {
      requireSameDialect(repository, reference.repository);
      const found = await readWhole(repository);
      const expected = await readWhole(reference.repository);
      const differences = [
        ...compareTables(expected.tables, found.tables),
        ...compareOthers("sequence", expected.sequences, found.sequences),
        ...compareOthers("view", expected.views, found.views),
      ];
      const drift = differences.map((one) =>
        driftOf({ ...one, class: "drift", reason: null, explanation: null }),
      );
      return { ok: drift.length === 0, pending: [], problems: [], drift, rows: null };
    }),
  );
}

function requireSameDialect(one: Repository, other: Repository): void {
  if (one.database.dialect === other.database.dialect) return;
  throw new InputError(
    "other-dialect",
    `${one.uri} is on ${one.database.dialect} and ${other.uri} on ${other.database.dialect}: their definitions cannot be compared.`,
    { hint: "`godwit check` by itself compares each with what its versions say." },
  );
}

interface WholeSchema {
  readonly tables: readonly Table[];
  readonly sequences: readonly OtherObject[];
  readonly views: readonly OtherObject[];
}

/** Everything but the tables in which migrations are recorded. */
function readWhole({ database, conventions }: Repository): Promise<WholeSchema> {
  return database.transaction({ mode: "read" }, async (session: Session) => {
    const schema = session.schema(conventions);
    const names = (await schema.tableNames()).filter((name) => !isRecord(name));
    return {
      tables: await schema.tables(names),
      sequences: await freeSequences(session),
      views: (await views(session)).map(({ name, definition }) => ({ name, text: definition })),
    };
  });
}

function isRecord(name: string): boolean {
  return name === "alembic_version" || /^(revision_|godwit_|_godwit_)/.test(name);
}
