/** A repository together with the revisions that concern it. */
import type { Catalog } from "../catalog/catalog.js";
import { buildGraph } from "../graph/index.js";
import type { AppliedState, Policy, RevisionGraph } from "../graph/index.js";
import { openRepository } from "../repository/open.js";
import type { Repository } from "../repository/repository.js";
import type { KnownRevisions, RepositoryState } from "../state/state.js";
import { checkVersionTableNames } from "../state/version-tables.js";
import type { ProjectOptions } from "./options.js";

/** The revisions that are found, without a repository. */
export interface RevisionSet {
  readonly graph: RevisionGraph;
  readonly code: Catalog;
  readonly known: KnownRevisions;
  /** Providers of the configuration. */
  readonly providers: Readonly<Record<string, unknown>>;
  /** Where relative paths of the configuration start. */
  readonly folder: string;
}

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

/**
 * Finds the revisions of the configured places, and builds their graph. A Butler has the shipped trees besides.
 * @throws InputError about headers and the graph, with file and line
 */
export async function findRevisions(options: ProjectOptions, kind: Repository["kind"]): Promise<RevisionSet> {
  const { openCatalog } = await import("../catalog/open.js");
  const { catalog, providers, folder } = await openCatalog({
    ...options,
    trees: kind === "butler" ? "shipped" : "own",
  });
  const graph = buildGraph(catalog.revisions, catalog.switches);
  const branches = new Set(catalog.revisions.map(({ manager, branch }) => `${manager}\n${branch}`));
  const known: KnownRevisions = {
    managers: [...new Set(catalog.revisions.map((revision) => revision.manager))],
    revision: (id) => graph.revision(id),
    hasBranch: (manager, branch) => branches.has(`${manager}\n${branch}`),
  };
  checkVersionTableNames(known.managers);
  return { graph, code: catalog, known, providers, folder };
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
