/**
 * The version tables: one a tree, a row for each applied revision and each of its parents. The head of a tree is the
 * revision that is nobody's parent.
 */
import type { Session } from "../database/database.js";
import { RefusedError } from "../errors.js";
import { sql } from "../database/sql.js";
import type { Row, Sql } from "../database/sql.js";
import { versionTableName } from "./version-table-names.js";

export type RowKind = "upgrade" | "switch" | "stamp" | "adopt";

/** One row: an applied revision, and one of the revisions that it was reached from. */
export interface VersionRow {
  /** Order of application over all trees of the repository; rows that were recorded together share one. */
  readonly seq: bigint;
  readonly revision: string;
  readonly parent: string | null;
  readonly branch: string | null;
  readonly version: string | null;
  readonly kind: RowKind;
  /** UTC, ISO 8601. */
  readonly appliedAt: string;
  readonly durationMs: bigint | null;
  /** Tool and version. */
  readonly appliedBy: string;
  readonly checksum: string | null;
}

/** A row that is still to be written; its number may be one that the database finds. */
export type NewVersionRow<Seq> = Omit<VersionRow, "seq"> & { readonly seq: Seq };

/** Makes the version table of a tree where it is missing. */
export async function createVersionTable(session: Session, manager: string): Promise<void> {
  await session.execute(sql`CREATE TABLE IF NOT EXISTS ${sql.table(versionTableName(manager))} (
    seq BIGINT NOT NULL,
    revision TEXT NOT NULL,
    parent TEXT,
    branch TEXT,
    version TEXT,
    kind TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    duration_ms BIGINT,
    applied_by TEXT NOT NULL,
    checksum TEXT,
    UNIQUE (revision, parent)
  )`);
}

/** The rows of a tree's version table, which must exist, in order of application. */
export async function readVersionRows(session: Session, manager: string): Promise<VersionRow[]> {
  const rows =
    await session.query(sql`SELECT seq, revision, parent, branch, version, kind, applied_at, duration_ms, applied_by, checksum
    FROM ${sql.table(versionTableName(manager))} ORDER BY seq`);
  return rows.map((row) => versionRow(row, versionTableName(manager)));
}

function versionRow(row: Row, table: string): VersionRow {
  return {
    seq: wholeNumber(row, "seq", table),
    revision: String(row["revision"]),
    parent: textOrNull(row["parent"]),
    branch: textOrNull(row["branch"]),
    version: textOrNull(row["version"]),
    kind: String(row["kind"]) as RowKind,
    appliedAt: String(row["applied_at"]),
    durationMs: row["duration_ms"] === null ? null : wholeNumber(row, "duration_ms", table),
    appliedBy: String(row["applied_by"]),
    checksum: textOrNull(row["checksum"]),
  };
}

/** SQLite keeps any text in a column of numbers. */
function wholeNumber(row: Row, column: string, table: string): bigint {
  const text = String(row[column]);
  if (/^-?\d+$/.test(text)) return BigInt(text);
  throw new RefusedError(
    "inconsistent",
    `Table "${table}" has ${JSON.stringify(text)} as ${column} of revision ${String(row["revision"])}, which is no number.`,
    {
      hint: "Correct the row; seq counts the steps of the repository in the order in which they were applied.",
    },
  );
}

function textOrNull(value: Row[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** Adds rows to a tree's version table. */
export async function insertVersionRows(
  session: Session,
  manager: string,
  rows: readonly NewVersionRow<bigint | Sql>[],
): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map(
    (row) =>
      sql`(${row.seq}, ${row.revision}, ${row.parent}, ${row.branch}, ${row.version}, ${row.kind}, ${row.appliedAt}, ${row.durationMs}, ${row.appliedBy}, ${row.checksum})`,
  );
  await session.execute(sql`INSERT INTO ${sql.table(versionTableName(manager))}
    (seq, revision, parent, branch, version, kind, applied_at, duration_ms, applied_by, checksum) VALUES ${sql.join(values)}`);
}

/** Deletes all rows of one revision. */
export async function deleteVersionRows(session: Session, manager: string, revision: string): Promise<void> {
  await session.execute(
    sql`DELETE FROM ${sql.table(versionTableName(manager))} WHERE revision = ${revision}`,
  );
}

/** Deletes all rows of a tree. */
export async function clearVersionTable(session: Session, manager: string): Promise<void> {
  await session.execute(sql`DELETE FROM ${sql.table(versionTableName(manager))}`);
}

/** The heads of the rows of one tree, sorted: what is nobody's parent. */
export function headsOfRows(rows: readonly VersionRow[]): string[] {
  const parents = new Set(rows.map((row) => row.parent));
  return [...new Set(rows.map((row) => row.revision))]
    .filter((revision) => !parents.has(revision))
    .toSorted();
}
