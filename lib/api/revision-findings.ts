/** What applied revisions themselves find wrong with rows. */
import type { Session } from "../database/database.js";
import type { RowFinding } from "../repository/verification.js";
import { PlanContext } from "../run/plan-context.js";
import { quietEnvironment } from "./further-versions.js";
import type { Project } from "./project.js";

/**
 * Asks every revision below those that the trees stand on.
 * @param heads ids
 */
export async function findingsOfRevisions(
  project: Project,
  session: Session,
  heads: readonly string[],
): Promise<RowFinding[]> {
  const { repository, graph, code } = project;
  const { PlanningSchemaEditor } = await import("../database/schema/planning.js");
  const applied = new Set<string>();
  const open = [...heads];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const revision = graph.revision(id);
    if (revision === undefined || applied.has(revision.id)) continue;
    applied.add(revision.id);
    open.push(...revision.parents);
  }
  const findings: RowFinding[] = [];
  for (const id of [...applied].toReversed()) {
    for (const definition of [await code.load(id), ...(await code.extensionsOf(id))]) {
      if (definition.verify === undefined) continue;
      const schema = new PlanningSchemaEditor(session.schema(repository.conventions));
      const shared = { schema, changed: new Set<string>(), shadow: new Map<string, unknown>() };
      const planned = { direction: "up", revision: { id } } as const;
      const context = new PlanContext(await quietEnvironment(project, definition), session, shared, planned);
      findings.push(...(await definition.verify(context)));
    }
  }
  return findings;
}
