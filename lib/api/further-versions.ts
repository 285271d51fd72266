/** What the code of revisions says of tables that a repository's own rules do not know. */
import { attempt } from "../database/attempt.js";
import type { Session } from "../database/database.js";
import type { SchemaEditor } from "../database/schema/editor.js";
import type { TableSource } from "../database/schema/planning.js";
import type { Table } from "../database/schema/table.js";
import { InputError, messageOf } from "../errors.js";
import type { Revision } from "../graph/revision.js";
import type { ForeseenTables, FurtherVersions } from "../repository/verification.js";
import { resolveOptions } from "../run/option-values.js";
import type { StepDefinition } from "../run/prepare.js";
import { PlanContext } from "../run/plan-context.js";
import { resolveProviders } from "../run/providers.js";
import { readState } from "../state/read.js";
import type { VersionRow } from "../state/version-tables.js";
import type { Project } from "./project.js";

/** Code that is asked what it would do. */
interface AskedCode {
  /** The revision that it belongs to. */
  readonly id: string;
  readonly definition: StepDefinition;
}

/** What is known of versions by the revisions of a project. */
export function furtherVersions(project: Project): FurtherVersions {
  const { graph, code } = project;
  const lineTo = (id: string): Revision[] => {
    const revision = graph.revision(id);
    if (revision === undefined) return [];
    const [parent] = revision.parents;
    return parent === undefined ? [revision] : [revision, ...lineTo(parent)];
  };
  return {
    lineTo: (id) => lineTo(id).map(({ id: revision, branch, version }) => ({ revision, branch, version })),
    async after(session, tables, revisions) {
      const asked: AskedCode[] = [];
      for (const id of revisions)
        for (const definition of [await code.load(id), ...(await code.extensionsOf(id))])
          asked.push({ id, definition });
      return foresee(project, session, tables, asked);
    },
    async withDownstream(session, tables) {
      return foresee(project, session, tables, await codeFromDownstream(project, session));
    },
  };
}

/** In the order in which it ran: the trees that no manager of the repository has, and what extends others. */
async function codeFromDownstream(project: Project, session: Session): Promise<AskedCode[]> {
  const { repository, known, code } = project;
  const { trees } = await readState(repository, session, known);
  const rows = [...trees.values()].flatMap(({ manager, rows: own }) => own.map((row) => ({ manager, row })));
  const asked: AskedCode[] = [];
  for (const { manager, row } of rows.toSorted((a, b) => Number(a.row.seq - b.row.seq))) {
    const id = row.revision;
    if (known.revision(id) === undefined || asked.some((one) => one.id === id)) continue;
    const own = repository.records(manager) ? [] : [await codeOfRow(project, manager, row)];
    for (const definition of [...own, ...(await code.extensionsOf(id))]) asked.push({ id, definition });
  }
  return asked;
}

function codeOfRow({ code }: Project, manager: string, row: VersionRow): Promise<StepDefinition> {
  const { kind, parent, revision } = row;
  return kind === "switch" && parent !== null
    ? code.loadSwitch(manager, parent, revision)
    : code.load(revision);
}

/** What the tables are after all that can be asked; what cannot is told. */
async function foresee(
  project: Project,
  session: Session,
  tables: readonly Table[],
  asked: readonly AskedCode[],
): Promise<ForeseenTables> {
  const { PlanningSchemaEditor } = await import("../database/schema/planning.js");
  const { repository } = project;
  const schema = new PlanningSchemaEditor(editorOf(session.schema(repository.conventions), tables));
  const shared = { schema, changed: new Set<string>(), shadow: new Map<string, unknown>() };
  let fault: string | null = null;
  for (const { id, definition } of asked) {
    const environment = await quietEnvironment(project, definition);
    const context = new PlanContext(environment, session, shared, { direction: "up", revision: { id } });
    try {
      await attempt(session, async () => definition.up?.(context));
    } catch (error) {
      fault ??= `${definition.summary} (${id}): ${messageOf(error)}`;
    }
  }
  return { tables: await schema.tables(await schema.tableNames()), fault };
}

/** An environment for code that is only asked, and tells nobody: options have their defaults, providers those of the configuration. */
export async function quietEnvironment(project: Project, { options = {} }: StepDefinition) {
  const optional = Object.entries(options).map(([name, one]) => [name, { ...one, required: false }] as const);
  return {
    repository: project.repository,
    options: resolveOptions([{ revision: "", options: Object.fromEntries(optional) }], {}),
    providers: await resolveProviders(project, {}).catch(() => new Map<string, readonly unknown[]>()),
    dataLoss: "allow" as const,
    onEvent: () => {},
    jobs: 1,
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
