/** A repository together with the revisions that concern it. */
import type { AppliedState, Policy } from "../graph/index.js";
import { openRepository } from "../repository/open.js";
import type { Repository } from "../repository/repository.js";
import type { RepositoryState } from "../state/state.js";
import type { ProjectOptions } from "./options.js";
import { findRevisions } from "./revision-set.js";
import type { RevisionSet } from "./revision-set.js";

export interface Project extends RevisionSet {
  readonly repository: Repository;
}

/** Opens a repository, finds its revisions, and closes it again after `work`. */
export async function withProject<T>(
  uri: string,
  options: ProjectOptions,
  work: (project: Project) => Promise<T>,
  missingFile: "refuse" | "create" = "refuse",
): Promise<T> {
  const repository = await openRepository(uri, {
    missingFile,
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    ...(options.butlerDatabase === undefined ? {} : { butlerDatabase: options.butlerDatabase }),
  });
  try {
    return await work({ ...(await findRevisions(options, repository.kind)), repository });
  } finally {
    await repository.close();
  }
}

/** How targets are read for a kind of repository. */
export function policyOf({ unrecordedTrees }: Repository): Policy {
  return { unrecordedTrees };
}

/** The state as the graph needs it. */
export function stateForGraph(state: RepositoryState): AppliedState {
  return {
    heads: new Map([...state.trees].map(([manager, tree]) => [manager, tree.heads])),
    order: [...state.trees.values()].flatMap(({ manager, rows }) =>
      rows.map(({ seq, revision, parent }) => ({ seq, manager, revision, parent })),
    ),
  };
}
