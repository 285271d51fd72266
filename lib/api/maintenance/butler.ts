/** Opens a Butler for commands that are no migrations. */
import { InputError } from "../../errors.js";
import type { ButlerRepository } from "../../butler/index.js";
import type { Session } from "../../database/database.js";
import { acquireWriterLock, describeHolder, requireHeld } from "../../database/lock.js";
import { openRepository } from "../../repository/open.js";
import type { OpenOptions } from "../../repository/open.js";
import type { ProjectOptions, RunOptions } from "../options.js";
import { given } from "../../given.js";

/** Opens a Butler, and closes it after `work`. @throws InputError `no-butler` for a plain database */
export async function withButler<T>(
  uri: string,
  options: ProjectOptions,
  work: (repository: ButlerRepository) => Promise<T>,
): Promise<T> {
  const repository = await openRepository(uri, openOptionsOf(options));
  try {
    const { ButlerRepository: Butler } = await import("../../butler/index.js");
    if (repository instanceof Butler) return await work(repository);
    throw new InputError("no-butler", `${repository.uri} is a plain database.`, {
      hint: "Give the folder of a Butler repository (the one with butler.yaml) as --repo.",
    });
  } finally {
    await repository.close();
  }
}

/** Runs work in one write transaction. */
export type Transaction = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

/** The same under the lock against other runners. */
export function writingButler<T>(
  uri: string,
  options: RunOptions,
  doing: string,
  work: (repository: ButlerRepository, transaction: Transaction) => Promise<T>,
): Promise<T> {
  return withButler(uri, options, async (repository) => {
    const { database } = repository;
    const lockTimeoutMs = options.lockTimeoutMs ?? 60_000;
    const lock = await acquireWriterLock(database, {
      timeoutMs: lockTimeoutMs,
      doing,
      onWaiting: (holder) => options.onEvent?.({ kind: "waiting", holder: describeHolder(holder) }),
    });
    const onStatement = (text: string): void =>
      options.onEvent?.({ kind: "statement", revision: doing, text });
    try {
      return await work(repository, (inside) =>
        database.transaction({ mode: "write", lockTimeoutMs, onStatement }, async (session) => {
          const result = await inside(session);
          await requireHeld(lock, session);
          return result;
        }),
      );
    } finally {
      await lock.release();
    }
  });
}

/** How a repository is opened for these options. */
export function openOptionsOf({ folder, environment, namespace }: ProjectOptions): OpenOptions {
  return {
    ...given({ folder, environment, namespace }),
  };
}
