/** Finds the revisions that a new one names, and checks the trees with the new one. */
import { InputError } from "../../errors.js";
import { buildGraph, resolveRevision } from "../../graph/index.js";
import type { RevisionGraph } from "../../graph/index.js";
import type { Revision, Switch } from "../../graph/revision.js";
import type { ScaffoldProject } from "./project.js";
import { findRevision } from "./tree.js";

/** What is to be added to the trees. */
export interface Addition {
  readonly revisions: readonly Revision[];
  readonly switches: readonly Switch[];
}

/**
 * The trees as commands will see them: those of the project alone, or, where these build on what comes with godwit, with that.
 * @param added what is about to be written
 * @throws InputError about the graph, with files and lines
 */
export function graphOf(
  { own, all, ownSwitches, switches }: ScaffoldProject,
  added: Addition = { revisions: [], switches: [] },
): RevisionGraph {
  try {
    return buildGraph([...own, ...added.revisions], [...ownSwitches, ...added.switches]);
  } catch (error) {
    if (!(error instanceof InputError) || !error.code.startsWith("missing-")) throw error;
    return buildGraph([...all, ...added.revisions], [...switches, ...added.switches]);
  }
}

/**
 * Finds a revision among some by its id, a label or a beginning of its id, or as any target that stands for one: `MANAGER@head`,
 * `MANAGER-CLASS@2.0.0`, an id that another one replaces.
 * @throws InputError `unknown-revision`, `ambiguous-prefix`, `multiple-heads`, and what else is wrong with a target
 */
export function revisionNamed(project: ScaffoldProject, among: readonly Revision[], name: string): Revision {
  const isPlain = !name.includes("@") && !among.some(({ replaces }) => replaces.includes(name));
  if (isPlain) return findRevision(among, name);
  const { id, manager } = resolveRevision(graphOf(project), name);
  const found = among.find((revision) => revision.id === id);
  if (found !== undefined) return found;
  throw new InputError("unknown-revision", `'${name}' is ${id} of ${manager}, which cannot be meant here.`);
}
