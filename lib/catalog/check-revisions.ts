import { buildGraph } from "../graph/index.js";
import { checkVersionTableNames } from "../state/version-table-names.js";
import path from "node:path";
import { checkImports } from "./check-imports.js";
import { openCatalog } from "./open.js";
import type { CatalogOptions } from "./open.js";
import { shippedPlace } from "./place.js";

/** What was checked. */
export interface CheckRevisionsReport {
  readonly revisions: number;
  readonly switches: number;
  readonly files: readonly string[];
}

/**
 * Checks all revision files without running them: each file, and what it imports by relative paths, is parsed completely, headers and
 * trees are checked as a whole.
 * @throws InputError about the first file that is at fault, with file and line
 */
export async function checkRevisions(options: CatalogOptions): Promise<CheckRevisionsReport> {
  const { catalog } = await openCatalog({ ...options, reading: "exact" });
  const { revisions, switches, extensions } = catalog;
  buildGraph(revisions, switches);
  checkVersionTableNames(new Set(revisions.map(({ manager }) => manager)));
  const sources = [...revisions, ...extensions, ...switches].map(({ source }) => source.file);
  const files = sources.filter((file) => file !== null);
  // Those that come with this package import what was compiled with them.
  checkImports(files.filter((file) => !file.startsWith(`${shippedPlace.folder}${path.sep}`)));
  return {
    revisions: revisions.length + extensions.length,
    switches: switches.length,
    files,
  };
}
