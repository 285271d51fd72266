import type { Environment } from "../environment.js";
import path from "node:path";
import type { Configuration } from "../configuration/configuration.js";
import { readConfiguration } from "../configuration/read.js";
import type { ConfigurationSearch } from "../configuration/read.js";
import type { Catalog } from "./catalog.js";
import { entryOfDefinition, entryOfFile } from "./entry.js";
import type { AnyDefinition } from "./header.js";
import { makeCatalog } from "./make.js";
import { resolvePlace, shippedPlace } from "./place.js";
import type { Place } from "./place.js";
import { scanRevisions } from "./scan.js";

/** Which revisions are wanted. */
export interface CatalogOptions extends ConfigurationSearch {
  /** Folders, packages, or revisions themselves; in place of those of the configuration. */
  readonly revisions?: readonly (string | AnyDefinition)[];
  /** Environment variables (default: `process.env`). */
  readonly environment?: Environment;
  /** How files are read (default `fast`). */
  readonly reading?: "fast" | "exact";
  /** `shipped`: the Butler's trees, which come with this package, besides. */
  readonly trees: "shipped" | "own";
}

/** The revisions that were found, with what else the configuration says. */
export interface OpenedCatalog {
  readonly catalog: Catalog;
  readonly configuration: Configuration | null;
  /** Providers of the configuration. */
  readonly providers: Readonly<Record<string, unknown>>;
  /** Where relative paths of the configuration start. */
  readonly folder: string;
}

/**
 * Finds the revisions of the configured places; no file of them is run.
 * @throws InputError about the configuration, a place or a header, with file and line
 */
export async function openCatalog(options: CatalogOptions): Promise<OpenedCatalog> {
  const start = path.resolve(options.folder ?? process.cwd());
  const configuration = await readConfiguration(options);
  const given = options.revisions ?? [];
  const places = [
    ...(options.trees === "shipped" ? [shippedPlace] : []),
    ...(options.revisions === undefined
      ? configuredPlaces(configuration)
      : given.filter((one) => typeof one === "string").map((one) => resolvePlace(one, start))),
  ];
  const { environment, reading } = options;
  const headers = await scanRevisions(places, {
    ...(environment === undefined ? {} : { environment }),
    ...(reading === undefined ? {} : { reading }),
  });
  const definitions = given.filter((one) => typeof one !== "string");
  return {
    catalog: makeCatalog([...headers.map(entryOfFile), ...definitions.map(entryOfDefinition)]),
    configuration,
    providers: configuration?.providers ?? {},
    folder: configuration?.folder ?? start,
  };
}

/**
 * The places of a configuration. Without one there is nothing but the shipped trees: the current folder may be anybody's.
 * @throws InputError `revisions-folder`, `revisions-package`
 */
export function configuredPlaces(configuration: Configuration | null): Place[] {
  if (configuration === null) return [];
  const { folder, revisions } = configuration;
  if (revisions === undefined) return [{ folder: path.join(folder, "revisions"), presence: "optional" }];
  return revisions.map((text) => resolvePlace(text, folder));
}
