/** The revisions that are found, without a repository: no module of a database is loaded here. */
import type { Catalog } from "../catalog/catalog.js";
import { buildGraph, standingWith } from "../graph/index.js";
import type { RevisionGraph } from "../graph/index.js";
import type { Hooks } from "../configuration/configuration.js";
import type { Repository } from "../repository/repository.js";
import type { KnownRevisions } from "../state/state.js";
import { checkVersionTableNames } from "../state/version-table-names.js";
import type { ProjectOptions } from "./options.js";

/** The revisions that are found, without a repository. */
export interface RevisionSet {
  readonly graph: RevisionGraph;
  readonly code: Catalog;
  readonly known: KnownRevisions;
  /** Providers of the configuration. */
  readonly providers: Readonly<Record<string, unknown>>;
  /** Hooks of the configuration. */
  readonly hooks: Hooks;
  /** Where relative paths of the configuration start. */
  readonly folder: string;
}

/**
 * Finds the revisions of the configured places, and builds their graph. A Butler has the shipped trees besides.
 * @throws InputError about headers and the graph, with file and line
 */
export async function findRevisions(options: ProjectOptions, kind: Repository["kind"]): Promise<RevisionSet> {
  const { openCatalog } = await import("../catalog/open.js");
  const { catalog, configuration, providers, folder } = await openCatalog({
    ...options,
    trees: kind === "butler" ? "shipped" : "own",
  });
  const graph = buildGraph(catalog.revisions, catalog.switches);
  const known: KnownRevisions = {
    managers: [...new Set(catalog.revisions.map((revision) => revision.manager))],
    revision: (id) => graph.revision(id),
    neededBy: (ids) => standingWith(graph, ids),
    hasBranch: (manager, branch) => graph.trees.get(manager)?.branches.has(branch) === true,
  };
  checkVersionTableNames(known.managers);
  return { graph, code: catalog, known, providers, hooks: configuration?.hooks ?? {}, folder };
}
