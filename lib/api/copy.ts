import path from "node:path";
import { GodwitError } from "../errors.js";
import type { Copied, CopyEvent } from "../copy/copy.js";
import type { FileManner } from "../copy/files.js";
import { openRepository } from "../repository/open.js";
import type { OpenOptions } from "../repository/open.js";
import type { ProjectOptions } from "./options.js";
import { given } from "../given.js";

/** How a repository is copied. */
export interface CopyOptions extends ProjectOptions {
  /** PostgreSQL: URL of the copy's database (default: that of the original). */
  readonly database?: string;
  /** PostgreSQL: the copy's schema (default: that of the original, which then needs another database). */
  readonly schema?: string;
  /** How the files of datastores get there: hard links, reflinks or copies (default: the first of these that works). */
  readonly files?: FileManner;
  /** How long to wait for a SQLite file that another process writes, in milliseconds (default 60000). */
  readonly lockTimeoutMs?: number;
  /** Told what happens, as it happens. */
  readonly onCopy?: (event: CopyEvent) => void;
  /** Aborted: the copy stops, and can be continued. */
  readonly signal?: AbortSignal;
}

export interface CopyReport extends Copied {
  readonly durationMs: number;
}

/**
 * Makes a new repository out of one, which is only read. The copy is compared with the original before it is finished; until then
 * it has no configuration, so that nobody takes it for a repository. The same call continues a copy that was interrupted.
 *
 * @param source folder or `butler.yaml` of a Butler, label of the repository index, or database URL
 * @param destination a folder that does not exist yet; for a plain database a database URL
 * @throws InputError, RefusedError: nothing was touched; StepError: the copy is not finished
 * @example await copy("/repo/main", "/scratch/main");
 */
export async function copy(
  source: string,
  destination: string,
  options: CopyOptions = {},
): Promise<CopyReport> {
  const began = performance.now();
  const open = openOptionsOf(options);
  const repository = await openRepository(source, { ...open, butlerDatabase: "plain" });
  try {
    const { copyRepository } = await import("../copy/copy.js");
    const copied = await copyRepository(
      repository,
      destination,
      {
        files: options.files ?? "auto",
        lockTimeoutMs: options.lockTimeoutMs ?? 60_000,
        onEvent: options.onCopy ?? (() => {}),
        signal: options.signal,
        ...(options.database === undefined ? {} : { database: options.database }),
        ...(options.schema === undefined ? {} : { schema: options.schema }),
      },
      open,
    );
    const notes = repository.belongings === null ? [] : await notesAboutOpening(copied.uri, open);
    return {
      ...copied,
      notes: [...copied.notes, ...notes],
      durationMs: Math.round(performance.now() - began),
    };
  } finally {
    await repository.close();
  }
}

/** Credentials that were given for another server may not be known where the copy is opened. */
async function notesAboutOpening(uri: string, open: OpenOptions): Promise<string[]> {
  try {
    await (await openRepository(uri, open)).close();
    return [];
  } catch (error) {
    if (error instanceof GodwitError && error.code === "authentication-failed") {
      return [`The copy is complete, but cannot be opened yet: ${error.message} ${error.hint ?? ""}`.trim()];
    }
    throw error;
  }
}

/**
 * Removes what an interrupted copy left behind.
 *
 * @param destination the folder that was to become the copy
 * @param source the original, where the copy's tables are in PostgreSQL
 * @throws InputError `no-copy` where there is no unfinished copy: nothing is removed
 */
export async function discardCopy(
  destination: string,
  source: string | null = null,
  options: ProjectOptions = {},
): Promise<void> {
  const { discardCopy: discard } = await import("../copy/discard.js");
  const open = openOptionsOf(options);
  const repository = source === null ? null : await openRepository(source, open);
  try {
    await discard(path.resolve(options.folder ?? process.cwd(), destination), repository);
  } finally {
    await repository?.close();
  }
}

/** What opening a repository takes of the options of a project. */
export function openOptionsOf({ folder, environment, namespace }: ProjectOptions): OpenOptions {
  return {
    ...given({ folder, environment, namespace }),
  };
}
