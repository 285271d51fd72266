/** Mends `alembic_version`, by which the Python tool goes. */
import type { RepositoryState } from "../../state/state.js";
import type { Project } from "../project.js";
import type { PlannedMend } from "./mends.js";

/** Where `alembic_version` is mended among the others. */
export const alembicSubject = "alembic_version";

/** Ids that are taken from the table, and put into it. */
export interface AlembicChange {
  readonly remove: readonly string[];
  readonly add: readonly string[];
}

/** The rows of `alembic_version` follow what the repository itself records, where nothing else disagrees with that. */
export function alembicChange({ known }: Project, state: RepositoryState): AlembicChange | null {
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

/** The change as a mend among the others. */
export function planAlembic(change: AlembicChange): PlannedMend {
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

/** The change in words. */
export function alembicSummary({ remove, add }: AlembicChange): string {
  const parts = [
    remove.length === 0 ? "" : `remove ${remove.join(", ")}`,
    add.length === 0 ? "" : `add ${add.join(", ")}`,
  ];
  return `${parts.filter((part) => part !== "").join("; ")}, as the repository records its versions`;
}
