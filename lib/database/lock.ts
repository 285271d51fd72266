/** One writer at a time: the lock that a run holds from before it reads the state until its end. */
import { InterruptedError, StepError } from "../errors.js";
import type { Database, Session } from "./database.js";

/** Who holds the lock, as far as the database tells. */
export interface LockHolder {
  readonly pid: number | null;
  readonly host: string | null;
  readonly user: string | null;
  /** When the holder took the lock, as the database writes the time (UTC), or null. */
  readonly since: string | null;
  /** What the holder said that it does, or null. */
  readonly doing: string | null;
}

export interface WriterLockOptions {
  /** How long to wait, in milliseconds. */
  readonly timeoutMs: number;
  /** What this run does (`upgrade head`): shown to those who wait. */
  readonly doing?: string;
  /** Called when the lock is found taken, and again whenever the holder changes. */
  readonly onWaiting?: (holder: LockHolder) => void;
  /** Aborted: nothing is waited for any longer. */
  readonly signal?: AbortSignal | undefined;
}

/** The end of a wait that somebody stopped. */
export function stoppedWaiting(): InterruptedError {
  return new InterruptedError("interrupted", "Stopped while waiting for another runner, as asked.", {
    hint: "The repository is consistent. Run the same command again to go on.",
  });
}

/** A lock that is held. */
export interface WriterLock {
  /**
   * Whether the lock is still ours.
   * @param session the one that is about to commit. A question on the lock's own connection would hold up CREATE INDEX
   * CONCURRENTLY: it waits for the end of each transaction in which a query ran when it looked.
   */
  isHeld(session: Session): Promise<boolean>;
  /** Gives the lock back; never fails. */
  release(): Promise<void>;
}

/**
 * Takes the writer's lock of a repository. On SQLite there is none besides that of each transaction (`BEGIN IMMEDIATE`).
 * @throws RefusedError `locked` if it is not free in time; the message names the holder. InterruptedError where the signal was given
 */
export async function acquireWriterLock(database: Database, options: WriterLockOptions): Promise<WriterLock> {
  if (database.dialect === "sqlite") {
    return { isHeld: () => Promise.resolve(true), release: () => Promise.resolve() };
  }
  const { acquirePostgresLock } = await import("./postgres/lock.js");
  return acquirePostgresLock(database, options);
}

/** A holder in words: `process 4711 on host.example.org, user butler, since …, upgrade head`. */
export function describeHolder(holder: LockHolder): string {
  const parts = [
    holder.pid === null ? "another process" : `process ${holder.pid}`,
    holder.host === null ? "" : ` on ${holder.host}`,
    holder.user === null ? "" : `, user ${holder.user}`,
    holder.since === null ? "" : `, since ${holder.since}`,
    holder.doing === null ? "" : `, ${holder.doing}`,
  ];
  return parts.join("");
}

/**
 * Asked before each commit: without the lock nothing more may be committed.
 * @throws StepError `lock-lost`
 */
export async function requireHeld(lock: WriterLock, session: Session): Promise<void> {
  if (await lock.isHeld(session)) return;
  throw new StepError("lock-lost", "The connection that held the lock against other runners was lost.", {
    hint: "Run the same command again.",
  });
}
