/** The project that a new revision is written into. */
import path from "node:path";
import type { Configuration } from "../../configuration/configuration.js";
import { readConfiguration } from "../../configuration/read.js";
import type { ConfigurationSearch } from "../../configuration/read.js";
import type { Revision, Switch } from "../../graph/revision.js";
import { resolvePlace, shippedPlace } from "../place.js";
import type { Place } from "../place.js";
import { scanRevisions } from "../scan.js";

export interface ScaffoldProject {
  readonly configuration: Configuration | null;
  /** The folder that new files go to, each into the folder of its manager. */
  readonly place: string;
  /** Revisions of the project, and those that come with godwit. */
  readonly own: readonly Revision[];
  readonly shipped: readonly Revision[];
  readonly all: readonly Revision[];
  readonly ownSwitches: readonly Switch[];
  readonly switches: readonly Switch[];
  readonly templateFolders: readonly string[];
  readonly notes: readonly string[];
}

/** A tree, as far as a new revision depends on it. */
export interface ScaffoldTree {
  readonly manager: string;
  readonly revisions: readonly Revision[];
  /** Whether it is a tree of the Butler's, in which ids follow from class and version. */
  readonly isButler: boolean;
  readonly versionForm: "three-numbers" | "one-number" | "numbers";
}

/**
 * Reads the configuration and the headers of all revisions.
 * @throws InputError about the configuration or a header
 */
export async function openScaffoldProject(
  search: ConfigurationSearch & { readonly versionPath?: string },
): Promise<ScaffoldProject> {
  const start = path.resolve(search.folder ?? process.cwd());
  const configuration = await readConfiguration(search);
  const places = ownPlaces(configuration, start);
  const target = search.versionPath === undefined ? undefined : path.resolve(start, search.versionPath);
  const [first] = places;
  const own = await headersIn([...places, ...(target === undefined ? [] : [optional(target)])]);
  const shipped = await headersIn([shippedPlace]);
  return {
    configuration,
    place: target ?? first?.folder ?? path.join(configuration?.folder ?? start, "revisions"),
    own: own.revisions,
    shipped: shipped.revisions,
    all: [...own.revisions, ...shipped.revisions],
    ownSwitches: own.switches,
    switches: [...own.switches, ...shipped.switches],
    templateFolders: [path.resolve(configuration?.folder ?? start, configuration?.templates ?? "templates")],
    notes: notesFor(configuration, places, target, start),
  };
}

/** The tree of a manager: one of the project's own, if its root is there, else the Butler's with what the project adds to it. */
export function treeOf({ own, all, shipped }: ScaffoldProject, manager: string): ScaffoldTree {
  const mine = own.filter((revision) => revision.manager === manager);
  const isButler =
    shipped.some((revision) => revision.manager === manager) &&
    mine.every(({ parents }) => parents.length > 0);
  if (!isButler) return { manager, revisions: mine, isButler, versionForm: "numbers" };
  const revisions = all.filter((revision) => revision.manager === manager);
  return {
    manager,
    revisions,
    isButler,
    versionForm: manager.endsWith("-config") ? "one-number" : "three-numbers",
  };
}

const optional = (folder: string): Place => ({ folder, presence: "optional" });

/** Without a configuration files go to `revisions/` of the current folder, from which nothing is run before there is one. */
function ownPlaces(configuration: Configuration | null, start: string): Place[] {
  const base = configuration?.folder ?? start;
  if (configuration?.revisions === undefined) return [optional(path.join(base, "revisions"))];
  return configuration.revisions.map((text) => resolvePlace(text, base));
}

async function headersIn(
  places: readonly Place[],
): Promise<{ readonly revisions: readonly Revision[]; readonly switches: readonly Switch[] }> {
  const headers = await scanRevisions(places);
  return {
    revisions: headers.flatMap((header) => (header.kind === "revision" ? [header.revision] : [])),
    switches: headers.flatMap((header) => (header.kind === "switch" ? [header.edge] : [])),
  };
}

function notesFor(
  configuration: Configuration | null,
  places: readonly Place[],
  target: string | undefined,
  start: string,
): string[] {
  if (configuration === null) {
    return [
      `There is no configuration for ${start} yet: \`godwit init\` makes one, so that other commands find the file.`,
    ];
  }
  if (target === undefined || places.some(({ folder }) => folder === target)) return [];
  return [
    `${target} is not among \`revisions\` of ${configuration.file}: add it, so that other commands find the file.`,
  ];
}
