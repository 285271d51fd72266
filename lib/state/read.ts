import { RefusedError, StepError } from "../errors.js";
import type { Session } from "../database/database.js";
import type { SchemaEditor } from "../database/schema/editor.js";
import type { RecordedManager, Repository } from "../repository/repository.js";
import { alembicTable, readAlembicRows } from "./alembic.js";
import { findProblems } from "./consistency.js";
import { logTable } from "./log.js";
import { progressTable } from "./progress.js";
import type { KnownRevisions, RepositoryState, TreeState } from "./state.js";
import { versionTableName } from "./version-table-names.js";
import { headsOfRows, readVersionRows } from "./version-tables.js";
import type { VersionRow } from "./version-tables.js";

/**
 * Reads what a repository records about itself, and compares the sources. Changes nothing.
 *
 * @param session a transaction, so that all sources are of one moment
 */
export async function readState(
  repository: Repository,
  session: Session,
  known: KnownRevisions,
): Promise<RepositoryState> {
  const schema = session.schema(repository.conventions);
  const tables = new Set(await schema.tableNames());
  const all = await repository.recordedManagers(session);
  const rows = await readAllVersionRows(session, tables, [
    ...known.managers,
    ...all.map((one) => one.manager),
  ]);
  const isForeign = ({ manager, branch }: RecordedManager): boolean =>
    !known.hasBranch(manager, branch) && !rows.has(manager);
  const [foreign, recorded] = [all.filter(isForeign), all.filter((one) => !isForeign(one))];
  const hasAlembicTable = tables.has(alembicTable);
  const alembicRows = hasAlembicTable ? await readAlembicRows(session) : [];
  const alembic = alembicRows.length > 0 ? alembicRows : null;
  const trees = startedTrees(rows, alembic ?? [], recorded, known);
  return {
    trees,
    recorded,
    foreign,
    alembic,
    hasAlembicTable,
    versionTables: new Set(rows.keys()),
    hasLog: tables.has(logTable),
    hasProgress: tables.has(progressTable),
    problems: findProblems({
      trees,
      recorded,
      foreign,
      alembic,
      known,
      records: (manager) => repository.records(manager),
      orphanTables: await orphanTables(schema, tables, rows.keys()),
    }),
  };
}

/** The same in a transaction of its own. */
export function readStateOnce(repository: Repository, known: KnownRevisions): Promise<RepositoryState> {
  return repository.database.transaction({ mode: "read" }, (session) =>
    readState(repository, session, known),
  );
}

async function readAllVersionRows(
  session: Session,
  tables: ReadonlySet<string>,
  managers: Iterable<string>,
): Promise<Map<string, VersionRow[]>> {
  const rows = new Map<string, VersionRow[]>();
  for (const manager of new Set(managers)) {
    if (tables.has(versionTableName(manager))) rows.set(manager, await readRows(session, manager));
  }
  return rows;
}

async function readRows(session: Session, manager: string): Promise<VersionRow[]> {
  try {
    return await readVersionRows(session, manager);
  } catch (error) {
    if (!(error instanceof StepError && error.code === "statement-failed")) throw error;
    throw new RefusedError(
      "foreign-table",
      `Table "${versionTableName(manager)}" cannot be read as the version table of "${manager}": ${error.message}`,
      {
        hint: "A table of somebody else's that has this name has to be renamed, or the tree's folder.",
        cause: error,
      },
    );
  }
}

/** Version tables of trees that neither the files nor the repository know; a table of somebody else's may have such a name. */
async function orphanTables(
  schema: SchemaEditor,
  tables: ReadonlySet<string>,
  managers: Iterable<string>,
): Promise<string[]> {
  const known = new Set([...managers].map(versionTableName));
  const orphans: string[] = [];
  for (const name of tables) {
    if (!name.startsWith("revision_") || known.has(name)) continue;
    const columns = new Set((await schema.table(name)).columns.map((column) => column.name));
    if (["seq", "revision", "parent", "kind", "applied_by"].every((column) => columns.has(column)))
      orphans.push(name);
  }
  return orphans.toSorted();
}

function startedTrees(
  rows: ReadonlyMap<string, readonly VersionRow[]>,
  alembic: readonly string[],
  recorded: readonly RecordedManager[],
  known: KnownRevisions,
): Map<string, TreeState> {
  const trees = new Map<string, TreeState>();
  for (const { manager, revision } of recorded) {
    trees.set(manager, { manager, heads: [revision], recordedBy: "repository", rows: [] });
  }
  for (const [manager, heads] of alembicHeads(alembic, recorded, known)) {
    trees.set(manager, { manager, heads, recordedBy: "alembic", rows: [] });
  }
  for (const [manager, treeRows] of rows) {
    if (treeRows.length === 0) continue;
    trees.set(manager, { manager, heads: headsOfRows(treeRows), recordedBy: "godwit", rows: treeRows });
  }
  return new Map([...trees].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The rows of `alembic_version` by tree; a row that no file has counts where the repository records the same id. */
function alembicHeads(
  alembic: readonly string[],
  recorded: readonly RecordedManager[],
  known: KnownRevisions,
): Map<string, string[]> {
  const heads = new Map<string, string[]>();
  // Alembic keeps no row for what an applied revision of another tree depends on.
  const ids = recorded.length > 0 ? alembic : new Set([...alembic, ...known.neededBy(alembic)]);
  for (const id of ids) {
    const manager = known.revision(id)?.manager ?? recorded.find((one) => one.revision === id)?.manager;
    if (manager === undefined) continue;
    heads.set(manager, [...(heads.get(manager) ?? []), id]);
  }
  return heads;
}
