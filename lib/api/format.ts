import { InputError } from "../errors.js";
import type { RepositoryFormat } from "../repository/repository.js";
import { readStateOnce } from "../state/read.js";
import { reachableDefaults } from "./defaults.js";
import type { ProjectOptions } from "./options.js";
import { withProject } from "./project.js";
import type { Project } from "./project.js";
import { valueAt } from "../known.js";

export interface FormatReport {
  readonly digest: string;
  /** The release whose defaults these are, or null. */
  readonly defaults: string | null;
  readonly parts: Pick<RepositoryFormat, "schemaVersion" | "managers" | "dimensions">;
}

/**
 * The format of a repository: two with the same digest accept the same code and the same revisions.
 * @throws InputError `no-format` for a plain database
 */
export function format(uri: string, options: ProjectOptions = {}): Promise<FormatReport> {
  return withProject(uri, options, async (project) => {
    const { digest, defaults, schemaVersion, managers, dimensions } = await readFormat(project);
    return { digest, defaults, parts: { schemaVersion, managers, dimensions } };
  });
}

async function readFormat({ repository }: Project): Promise<RepositoryFormat> {
  const found = await repository.database.transaction({ mode: "read" }, (session) =>
    repository.format(session),
  );
  if (found !== null) return found;
  throw new InputError(
    "no-format",
    `${repository.uri} is a plain database, which has no format of its own.`,
    { hint: "`godwit current` shows the revision of each tree." },
  );
}

/** What two formats differ in. */
export interface FormatDifference {
  readonly digests: readonly [string, string];
  readonly same: boolean;
  /** Managers with another class or version; null where one has no such manager. */
  readonly managers: readonly {
    readonly manager: string;
    readonly values: readonly [string | null, string | null];
  }[];
  /** Places in the dimension configuration, documentation left out; null where one has nothing there. */
  readonly dimensions: readonly {
    readonly path: string;
    readonly values: readonly [string | null, string | null];
  }[];
}

/**
 * Compares the formats of two repositories.
 * @throws InputError `no-format` for a plain database
 */
export async function compareFormats(
  one: string,
  other: string,
  options: ProjectOptions = {},
): Promise<FormatDifference> {
  const [first, second] = [
    await withProject(one, options, readFormat),
    await withProject(other, options, readFormat),
  ];
  const managers = [first, second].map(
    (format) => new Map(format.managers.map((one) => [one.manager, `${one.class} ${one.version}`])),
  );
  const names = [...new Set(managers.flatMap((map) => [...map.keys()]))].toSorted();
  return {
    digests: [first.digest, second.digest],
    same: first.digest === second.digest,
    managers: names
      .map((manager) => ({
        manager,
        values: [
          valueAt(managers, 0).get(manager) ?? null,
          valueAt(managers, 1).get(manager) ?? null,
        ] as const,
      }))
      .filter(({ values: [a, b] }) => a !== b),
    dimensions: differingPlaces(first.dimensions, second.dimensions, ""),
  };
}

/** Lists of columns are compared by the names of these, other lists as a whole. */
function differingPlaces(one: unknown, other: unknown, path: string): FormatDifference["dimensions"] {
  const [a, b] = [byName(one), byName(other)];
  if (a !== null && b !== null) {
    const keys = [...new Set([...a.keys(), ...b.keys()])];
    const inner = keys.flatMap((key) => differingPlaces(a.get(key), b.get(key), join(path, key)));
    const order = [...a.keys()].filter((key) => b.has(key)).join();
    const isReordered = Array.isArray(one) && order !== [...b.keys()].filter((key) => a.has(key)).join();
    return isReordered ? [{ path, values: [textOf([...a.keys()]), textOf([...b.keys()])] }, ...inner] : inner;
  }
  const [left, right] = [textOf(one), textOf(other)];
  return left === right ? [] : [{ path, values: [left, right] }];
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** The members of an object, or of a list of objects with names; null for anything else. */
function byName(value: unknown): Map<string, unknown> | null {
  if (typeof value !== "object" || value === null) return null;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const entries = value.map((one: unknown) =>
    typeof one === "object" && one !== null && "name" in one && typeof one.name === "string"
      ? ([one.name, one] as const)
      : null,
  );
  return entries.every((entry) => entry !== null) ? new Map(entries) : null;
}

/** The same text for the same value, whatever the order of its keys. */
function textOf(value: unknown): string | null {
  if (value === undefined) return null;
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** A format that has a name, and whether the repository can be brought to it. */
export interface KnownFormat {
  /** Releases with these defaults, oldest first. */
  readonly names: readonly string[];
  readonly managers: readonly {
    readonly manager: string;
    readonly class: string;
    readonly version: string;
  }[];
  /** How many steps lead there: 0 for the repository's own; null where none do. */
  readonly steps: number | null;
  /** Why none do. */
  readonly reason: string | null;
}

/** The formats that a repository can be brought to, oldest first, and those that it cannot. */
export function listFormats(uri: string, options: ProjectOptions = {}): Promise<readonly KnownFormat[]> {
  return withProject(uri, options, async (project) => {
    const { repository, known } = project;
    await readFormat(project);
    const state = await readStateOnce(repository, known);
    return reachableDefaults(project, state).map(({ names, managers, steps, reason }) => ({
      names,
      managers: managers.map(({ manager, branch, version }) => ({ manager, class: branch, version })),
      steps,
      reason,
    }));
  });
}
