import { acquireWriterLock, describeHolder, requireHeld } from "../../database/lock.js";
import type { WriterLock } from "../../database/lock.js";
import type { OutsideEdit } from "../../repository/repository.js";
import { checkProject } from "../check.js";
import type { CheckReport } from "../check.js";
import type { RunOptions } from "../options.js";
import { withProject } from "../project.js";
import type { Project } from "../project.js";
import { given } from "../../given.js";
import { environmentOf } from "./mends.js";
import type { LeftToPerson, Obstacle } from "./mends.js";
import { RepairRun } from "./run.js";
import type { Connection } from "./run.js";

/** What a repair did. */
export interface RepairReport {
  readonly mended: readonly { readonly subject: string; readonly summary: string }[];
  readonly refused: readonly { readonly subject: string; readonly obstacle: Obstacle }[];
  readonly byHand: readonly LeftToPerson[];
  /** Edits of `butler.yaml`. */
  readonly edits: readonly OutsideEdit[];
  /** What a check finds afterwards. */
  readonly check: CheckReport;
}

/**
 * Mends what is known to be wrong with a repository, and how: each table in a transaction of its own, so that what was done stays
 * done, and the same call goes on where one was stopped. Rows are only lost where `dataLoss` allows it.
 *
 * @param uri folder or `butler.yaml` of a Butler, or label of the repository index
 * @returns what was mended, what stood in the way, and what a check finds afterwards
 * @throws InputError `nothing-to-repair` for a plain database; StepError where the database refuses a statement
 * @example const { mended, refused } = await repair("/repo/main");
 */
export function repair(uri: string, options: RunOptions = {}): Promise<RepairReport> {
  return withProject(uri, options, async (project) => {
    project.repository.requireWritable();
    const lock = await acquireWriterLock(project.repository.database, {
      timeoutMs: options.lockTimeoutMs ?? 60_000,
      doing: "repair",
      signal: options.signal,
      onWaiting: (holder) => options.onEvent?.({ kind: "waiting", holder: describeHolder(holder) }),
    });
    try {
      const connection = separately(project, options, lock);
      const run = new RepairRun(project, await environmentOf(project, options), options, connection);
      await run.all();
      const edits = await project.repository.finishOutside();
      for (const edit of edits) options.onEvent?.({ kind: "outside-edit", ...edit });
      const { mended, refused, byHand } = run;
      return { mended, refused, byHand, edits, check: await checkProject(project) };
    } finally {
      await lock.release();
    }
  });
}

function separately(
  { repository }: Project,
  { lockTimeoutMs, onEvent }: RunOptions,
  lock: WriterLock,
): Connection {
  return {
    separate: true,
    read: (work) => repository.database.transaction({ mode: "read" }, work),
    write: (work) =>
      repository.database.transaction(
        {
          mode: "write",
          ...given({ lockTimeoutMs }),
          onStatement: (text) => onEvent?.({ kind: "statement", revision: "repair", text }),
        },
        async (session) => {
          const result = await work(session);
          await requireHeld(lock, session);
          return result;
        },
      ),
  };
}
