/** What the code of revisions says of versions that a repository's own rules do not know. */
import type { SchemaEditor } from "../database/schema/editor.js";
import type { TableSource } from "../database/schema/planning.js";
import type { Table } from "../database/schema/table.js";
import { InputError } from "../errors.js";
import type { Revision } from "../graph/revision.js";
import type { FurtherVersions } from "../repository/verification.js";
import { PlanContext } from "../run/plan-context.js";
import type { Project } from "./project.js";

/** What is known of versions by the revisions of a project. */
export function furtherVersions({ graph, code, repository }: Project): FurtherVersions {
  const lineTo = (id: string): Revision[] => {
    const revision = graph.revision(id);
    if (revision === undefined) return [];
    const [parent] = revision.parents;
    return parent === undefined ? [revision] : [revision, ...lineTo(parent)];
  };
  return {
    lineTo: (id) => lineTo(id).map(({ id: revision, branch, version }) => ({ revision, branch, version })),
    async after(session, tables, revisions) {
      const { PlanningSchemaEditor } = await import("../database/schema/planning.js");
      const real = session.schema(repository.conventions);
      const schema = new PlanningSchemaEditor(editorOf(real, tables));
      const shared = { schema, changed: new Set<string>(), shadow: new Map<string, unknown>() };
      for (const id of revisions) {
        const context = new PlanContext(quietEnvironment(repository), session, shared, {
          direction: "up",
          revision: { id },
        });
        for (const definition of [await code.load(id), ...(await code.extensionsOf(id))])
          await definition.up?.(context);
      }
      return schema.tables(await schema.tableNames());
    },
  };
}

/** An environment for code that is only asked, and tells nobody. */
export function quietEnvironment(repository: Project["repository"]) {
  return {
    repository,
    options: new Map<string, string>(),
    providers: new Map<string, readonly unknown[]>(),
    dataLoss: "refuse" as const,
    onEvent: () => {},
    onPause: undefined,
  };
}

/** The reading part of an editor whose tables are those given. */
function editorOf(real: SchemaEditor, tables: readonly Table[]): TableSource {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const given = (name: string): Table => {
    const table = byName.get(name);
    if (table !== undefined) return table;
    throw new InputError("unknown-table", `There is no table "${name}".`);
  };
  return {
    planner: () => real.planner(),
    tableNames: async () => [...byName.keys()].toSorted(),
    hasTable: async (name) => byName.has(name),
    table: async (name) => given(name),
    tables: async (names) => names.map(given),
  };
}
