import { InputError } from "../../errors.js";
import type { Session } from "../../database/database.js";
import type { ButlerRepository } from "../../butler/index.js";
import { alembicTable, readAlembicRows, replaceAlembicRows } from "../../state/alembic.js";
import { versionTableName } from "../../state/version-table-names.js";
import { clearVersionTable } from "../../state/version-tables.js";
import type { RunOptions } from "../options.js";
import { withButler, writingButler } from "./butler.js";

export interface NamespaceReport {
  /** The namespace of the dimension configuration; null where it has none. */
  readonly namespace: string | null;
}

/** The namespace of a Butler's dimension configuration. */
export function readNamespace(uri: string, options: RunOptions = {}): Promise<NamespaceReport> {
  return withButler(uri, options, async ({ database }) => {
    const maintenance = await import("../../butler/maintenance/namespace.js");
    return database.transaction({ mode: "read" }, async (session) => ({
      namespace: await maintenance.readNamespace(session),
    }));
  });
}

/**
 * Gives the dimension configuration of a Butler a namespace. What is recorded of the revision that the configuration is at
 * follows it.
 *
 * @param stored what happens to another namespace that is there: `keep` refuses
 * @throws InputError `namespace-stored`, `bad-namespace`
 */
export function setNamespace(
  uri: string,
  namespace: string,
  stored: "keep" | "replace" = "keep",
  options: RunOptions = {},
): Promise<NamespaceReport> {
  if (!/^\w[\w.-]*$/.test(namespace)) {
    throw new InputError("bad-namespace", `"${namespace}" cannot be a namespace.`, {
      hint: "It has letters, digits, _, . and -.",
    });
  }
  return writingButler(uri, options, "set-namespace", async (repository, transaction) => {
    const maintenance = await import("../../butler/maintenance/namespace.js");
    await transaction(async (session) => {
      const before = await revisionOf(repository, session);
      await maintenance.writeNamespace(session, namespace, stored);
      await followRecords(session, repository, before, await revisionOf(repository, session));
    });
    return { namespace };
  });
}

const manager = "dimensions-config";

/** The revision that the configuration is at; null where it does not say which namespace it belongs to. */
async function revisionOf(repository: ButlerRepository, session: Session): Promise<string | null> {
  try {
    const recorded = await repository.recordedManagers(session);
    return recorded.find((one) => one.manager === manager)?.revision ?? null;
  } catch (error) {
    if (error instanceof InputError && error.code === "namespace-needed") return null;
    throw error;
  }
}

/** Records of another namespace's revisions would contradict the repository. */
async function followRecords(
  session: Session,
  { conventions }: ButlerRepository,
  before: string | null,
  after: string | null,
): Promise<void> {
  if (before === after || after === null) return;
  const schema = session.schema(conventions);
  if (await schema.hasTable(versionTableName(manager))) await clearVersionTable(session, manager);
  if (before === null || !(await schema.hasTable(alembicTable))) return;
  if ((await readAlembicRows(session)).includes(before))
    await replaceAlembicRows(session, { remove: [before], add: [after] });
}
