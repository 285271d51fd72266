import type { Problem } from "../api/results.js";
import type { RecordedManager } from "../repository/repository.js";
import type { KnownRevisions, TreeState } from "./state.js";
import type { VersionRow } from "./version-tables.js";

/** The sources that must agree. */
export interface Sources {
  readonly trees: ReadonlyMap<string, TreeState>;
  readonly recorded: readonly RecordedManager[];
  readonly foreign: readonly RecordedManager[];
  readonly alembic: readonly string[] | null;
  readonly known: KnownRevisions;
  /** Whether the repository itself records a manager. */
  readonly records: (manager: string) => boolean;
  readonly orphanTables: readonly string[];
}

const settle = "`godwit stamp` records what the repository itself says of its managers.";

/** Every disagreement between the revision files, the version tables, `alembic_version` and the repository's own records. A source that is absent disagrees with nothing. */
export function findProblems(sources: Sources): Problem[] {
  return [
    ...sources.orphanTables.map(orphanTable),
    ...unknownRevisions(sources),
    ...overlappingHeads(sources),
    ...recordedOtherwise(sources),
    ...alembicOtherwise(sources),
  ];
}

function orphanTable(table: string): Problem {
  return {
    code: "unknown-tree",
    message: `Table "${table}" records revisions of a tree that no folder has.`,
    hint: "Add the folder of that tree to `revisions` in the configuration.",
  };
}

function unknownRevisions({ trees, recorded, known }: Sources): Problem[] {
  const problems: Problem[] = [];
  for (const { manager, heads, rows } of trees.values()) {
    const applied = new Set([...heads, ...rows.map((row) => row.revision)]);
    for (const id of applied) {
      if (known.revision(id) !== undefined) continue;
      const record = recorded.find((one) => one.manager === manager && one.revision === id);
      const what =
        record === undefined ? `revision ${id}` : `${record.branch} ${record.version} (revision ${id})`;
      problems.push({
        code: "unknown-applied-revision",
        message: `The repository is at ${what} of "${manager}", which no revision file has.`,
        hint: `A newer godwit may know it; or add the folder that holds it to \`revisions\` in the configuration.`,
      });
    }
  }
  return problems;
}

/** Rows of which none leads to another make two heads; where the files say that one is below another, a row is missing or wrong. */
function overlappingHeads({ trees, known, records }: Sources): Problem[] {
  const problems: Problem[] = [];
  for (const { manager, heads, recordedBy } of trees.values()) {
    // Where the repository itself records a manager, more than one head is told anyway.
    if (heads.length < 2 || recordedBy !== "godwit" || records(manager)) continue;
    const tops = known.neededBy(heads);
    const isBelow = (head: string): boolean => {
      const revision = known.revision(head);
      return revision !== undefined && !tops.includes(revision.id);
    };
    for (const id of heads.filter(isBelow))
      problems.push({
        code: "version-table-disagrees",
        message: `The version table says that "${manager}" is at ${heads.join(" and at ")}, but ${id} is below what else it is at: rows between them are missing or wrong.`,
        hint: `Find out what is applied, and record it with \`godwit stamp\`.`,
      });
  }
  return problems;
}

function recordedOtherwise({ trees, recorded, records }: Sources): Problem[] {
  const problems: Problem[] = [];
  for (const { manager, branch, version, revision } of recorded) {
    const tree = trees.get(manager);
    if (tree === undefined || tree.recordedBy !== "godwit" || isOnly(tree.heads, revision)) continue;
    problems.push({
      code: "version-table-disagrees",
      message: `The version table says that "${manager}" is at ${tree.heads.join(", ")}, the repository itself records ${branch} ${version} (${revision}).`,
      hint: `Find out which is true; ${settle}`,
    });
  }
  if (recorded.length === 0) return problems;
  const managers = new Set(recorded.map((one) => one.manager));
  for (const { manager, heads, rows, recordedBy } of trees.values()) {
    if (managers.has(manager) || !records(manager) || recordedBy !== "godwit") continue;
    if (rows.some((row) => isOnly(heads, row.revision) && isRootRow(row))) continue;
    problems.push({
      code: "version-table-disagrees",
      message: `The version table says that "${manager}" is at ${heads.join(", ")}, the repository itself records no such manager.`,
      hint: `Find out which is true; ${settle}`,
    });
  }
  return problems;
}

/** A tree at its root has no class yet, so that the repository records nothing of it. */
function isRootRow({ parent, branch }: VersionRow): boolean {
  return parent === null && branch === null;
}

function alembicOtherwise({ trees, recorded, foreign, alembic, known }: Sources): Problem[] {
  if (alembic === null) return [];
  const expected = new Map<string, string>();
  for (const { manager, heads, recordedBy } of trees.values()) {
    if (recordedBy === "alembic") continue;
    for (const id of heads) expected.set(id, manager);
  }
  for (const { manager, revision } of recorded) expected.set(revision, manager);
  const rows = new Set([...alembic, ...known.neededBy(alembic)]);
  const missing = [...expected].filter(([id]) => !rows.has(id));
  const others = new Set(foreign.map(({ revision }) => revision));
  const extra = alembic.filter((id) => !expected.has(id) && !others.has(id) && !isRoot(id, known));
  // Without records of the repository's own, and without version tables, alembic_version is the only source.
  const alone = recorded.length === 0 && [...trees.values()].every((tree) => tree.recordedBy === "alembic");
  return [
    ...missing.map(([id, manager]) => ({
      code: "alembic-disagrees",
      message: `alembic_version lacks the row ${id}, where "${manager}" is.`,
      hint: `Find out which is true; ${settle}`,
    })),
    ...(alone ? [] : extra).map((id) => ({
      code: "alembic-disagrees",
      message: `alembic_version has the row ${id}${describe(id, known)}, which nothing else in the repository says.`,
      hint: `Find out which is true; ${settle}`,
    })),
    ...(alone ? alembic.filter((id) => known.revision(id) === undefined) : []).map((id) => ({
      code: "unknown-applied-revision",
      message: `alembic_version has the row ${id}, which no revision file has.`,
      hint: "Add the folder that holds it to `revisions` in the configuration.",
    })),
  ];
}

/** The Python tool stamps a tree's root before its first revision is applied. */
function isRoot(id: string, known: KnownRevisions): boolean {
  const revision = known.revision(id);
  return revision !== undefined && revision.parents.length === 0 && revision.branch === null;
}

function describe(id: string, known: KnownRevisions): string {
  const revision = known.revision(id);
  if (revision === undefined) return "";
  return ` ("${revision.manager}"${revision.branch === null ? "" : `, ${revision.branch} ${revision.version ?? ""}`.trimEnd()})`;
}

function isOnly(ids: readonly string[], id: string): boolean {
  return ids.length === 1 && ids[0] === id;
}
