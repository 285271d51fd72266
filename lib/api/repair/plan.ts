import type { OutsideEdit } from "../../repository/repository.js";
import { readState } from "../../state/read.js";
import type { RunOptions } from "../options.js";
import { withProject } from "../project.js";
import { alembicChange, planAlembic } from "./alembic.js";
import { environmentOf, findMends, leftToPerson, planMend } from "./mends.js";
import type { LeftToPerson, PlannedMend } from "./mends.js";

/** What `repair` would do. */
export interface RepairPlan {
  readonly mends: readonly PlannedMend[];
  readonly byHand: readonly LeftToPerson[];
  /** Edits of `butler.yaml`, after all mends. */
  readonly edits: readonly OutsideEdit[];
}

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
