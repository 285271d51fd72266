import { pending, tipsOf } from "../graph/index.js";
import type { RevisionGraph } from "../graph/index.js";
import type { RecordedManager } from "../repository/repository.js";
import { readState } from "../state/read.js";
import type { RepositoryState, TreeState } from "../state/state.js";
import type { ProjectOptions } from "./options.js";
import { policyOf, stateForGraph, withProject } from "./project.js";
import type { Project } from "./project.js";
import type { CurrentReport, ManagerState } from "./results.js";

/**
 * Where a repository stands: every manager with class, version, revision, and what is pending. Changes nothing.
 *
 * @param uri folder or `butler.yaml` of a Butler, label of the repository index, or database URL
 * @throws InputError where the repository or the revisions cannot be read
 */
export function current(uri: string, options: ProjectOptions = {}): Promise<CurrentReport> {
  return withProject(uri, options, reportCurrent);
}

/** The same for a project that is open. */
export async function reportCurrent(project: Project): Promise<CurrentReport> {
  const { repository, known, graph } = project;
  return repository.database.transaction({ mode: "read" }, async (session) => {
    const state = await readState(repository, session, known);
    const format = await repository.format(session);
    return {
      repository: {
        uri: repository.uri,
        dialect: repository.database.dialect,
        namespace: repository.database.namespace,
        format: format?.digest ?? null,
        defaults: format?.defaults ?? null,
      },
      managers: managerStates(project, graph, state),
      problems: state.problems,
    };
  });
}

function managerStates(
  { repository, known }: Project,
  graph: RevisionGraph,
  state: RepositoryState,
): ManagerState[] {
  const open = pending(graph, stateForGraph(state), policyOf(repository));
  const started = [...state.trees.values()].map((tree): ManagerState => {
    const record = state.recorded.find((one) => one.manager === tree.manager);
    const [head] = tree.heads.map((id) => graph.revision(id));
    return {
      manager: tree.manager,
      class: record?.branch ?? head?.branch ?? null,
      version: record?.version ?? head?.version ?? null,
      revisions: tree.heads,
      heads: tips(graph, tree),
      pending: open.get(tree.manager) ?? [],
      recordedBy: tree.recordedBy,
    };
  });
  if (repository.unrecordedTrees === "left-alone") {
    return [...started, ...state.foreign.map(foreignState)].toSorted(byManager);
  }
  const rest = known.managers
    .filter((manager) => !state.trees.has(manager))
    .map((manager): ManagerState => ({
      manager,
      class: null,
      version: null,
      revisions: [],
      heads: tipsOf(graph, manager, []),
      pending: open.get(manager) ?? [],
      recordedBy: "godwit",
    }));
  return [...started, ...rest].toSorted(byManager);
}

function byManager(a: ManagerState, b: ManagerState): number {
  return a.manager < b.manager ? -1 : 1;
}

/** A manager that no revision file is about has nothing pending, wherever it stands. */
function foreignState({ manager, branch, version }: RecordedManager): ManagerState {
  return {
    manager,
    class: branch,
    version,
    revisions: [],
    heads: [],
    pending: [],
    recordedBy: "repository",
  };
}

/** A head that no file has is its own tip. */
function tips(graph: RevisionGraph, tree: TreeState): readonly string[] {
  if (tree.heads.some((id) => graph.revision(id) === undefined)) return tree.heads;
  return tipsOf(graph, tree.manager, tree.heads);
}
