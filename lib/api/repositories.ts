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
  const found = new Map(index.faulty.map((label) => [label, faulty(label)]));
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [label, uri] = next;
      found.set(label, { label, uri: withoutPassword(uri), ...(await look(label, uri, options)) });
    }
  };
  await Promise.all(Array.from({ length: options.jobs ?? defaultJobs }, work));
  return [...found.values()].toSorted((a, b) => (a.label < b.label ? -1 : 1));
}

type Look = Omit<IndexedRepository, "label" | "uri">;

const nothing: Omit<Look, "error"> = {
  dialect: null,
  namespace: null,
  format: null,
  defaults: null,
  pending: [],
  problems: [],
};

/** A label that looks like the URL of a database would be taken for one. */
async function look(label: string, uri: string, options: ProjectOptions): Promise<Look> {
  try {
    return summary(await current(/^\w+(\+\w+)?:/.test(label) ? uri : label, options));
  } catch (error) {
    return { ...nothing, error: problemOf(error) };
  }
}

/** Whatever goes wrong with one repository, the others are looked at all the same. */
function problemOf(error: unknown): Problem {
  if (!(error instanceof GodwitError)) return { code: "unexpected", message: String(error), hint: null };
  const { code, message, hint } = error;
  return { code, message, hint: hint ?? null };
}

function faulty(label: string): IndexedRepository {
  const error = {
    code: "bad-index",
    message: `The repository index has no URI for "${label}".`,
    hint: "Write `label: uri` for each repository.",
  };
  return { label, uri: "", ...nothing, error };
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
