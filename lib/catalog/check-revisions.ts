import { buildGraph } from "../graph/index.js";
import { openCatalog } from "./open.js";
import type { CatalogOptions } from "./open.js";

/** What was checked. */
export interface CheckRevisionsReport {
  readonly revisions: number;
  readonly switches: number;
  readonly files: readonly string[];
}

/**
 * Checks all revision files without running them: each file is parsed completely, headers and trees are checked as a whole.
 * @throws InputError about the first file that is at fault, with file and line
 */
export async function checkRevisions(options: CatalogOptions): Promise<CheckRevisionsReport> {
  const { catalog } = await openCatalog({ ...options, reading: "exact" });
  const { revisions, switches, extensions } = catalog;
  buildGraph(revisions, switches);
  const sources = [...revisions, ...extensions, ...switches].map(({ source }) => source.file);
  return {
    revisions: revisions.length + extensions.length,
    switches: switches.length,
    files: sources.filter((file) => file !== null),
  };
}
