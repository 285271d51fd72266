import { GodwitError, InputError } from "../errors.js";
import { current } from "./current.js";
import type { ProjectOptions } from "./options.js";
import type { CurrentReport, Problem } from "./results.js";

/** A repository of the index. */
export interface IndexedRepository {
  readonly label: string;
  /** As the index says, without a password. */
  readonly uri: string;
  readonly dialect: "sqlite" | "postgres" | null;
  readonly namespace: string | null;
  readonly format: string | null;
  /** The release whose defaults it has, or null. */
  readonly defaults: string | null;
  /** Ids of what `upgrade head` would run. */
  readonly pending: readonly string[];
  readonly problems: readonly Problem[];
  /** Why it could not be read, or null. */
  readonly error: Problem | null;
}

export interface RepositoriesOptions extends ProjectOptions {
  /** How many are looked at side by side (default 4). */
  readonly jobs?: number;
}

const defaultJobs = 4;

/**
 * All repositories of the Butler repository index, by label. One that cannot be read does not keep the others from being read.
 * @throws InputError `no-index` where no index can be read
 */
export async function repositories(options: RepositoriesOptions = {}): Promise<readonly IndexedRepository[]> {
  const { readRepositoryIndex } = await import("../butler/config/repository-index.js");
  const { withoutPassword } = await import("../butler/config/paths.js");
  const index = readRepositoryIndex({
    folder: options.folder ?? process.cwd(),
    environment: options.environment ?? process.env,
  });
  if (index.kind === "failed") {
    throw new InputError("no-index", `There is no list of repositories: ${index.reason}.`, {
      hint: "Set DAF_BUTLER_REPOSITORY_INDEX to the file of the Butler repository index.",
    });
  }
  const waiting = [...index.uris].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const found = new Map<string, IndexedRepository>();
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [label, uri] = next;
      found.set(label, { label, uri: withoutPassword(uri), ...(await look(label, options)) });
    }
  };
  await Promise.all(Array.from({ length: options.jobs ?? defaultJobs }, work));
  return [...found.values()].toSorted((a, b) => (a.label < b.label ? -1 : 1));
}

type Look = Omit<IndexedRepository, "label" | "uri">;

async function look(label: string, options: ProjectOptions): Promise<Look> {
  try {
    return summary(await current(label, options));
  } catch (error) {
    if (!(error instanceof GodwitError)) throw error;
    const { code, message, hint } = error;
    const nothing = {
      dialect: null,
      namespace: null,
      format: null,
      defaults: null,
      pending: [],
      problems: [],
    };
    return { ...nothing, error: { code, message, hint: hint ?? null } };
  }
}

function summary({ repository, managers, problems }: CurrentReport): Look {
  const { dialect, namespace, format, defaults } = repository;
  return {
    dialect,
    namespace,
    format,
    defaults,
    pending: managers.flatMap((one) => one.pending),
    problems,
    error: null,
  };
}
