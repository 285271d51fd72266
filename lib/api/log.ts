import type { Session } from "../database/database.js";
import { readLog } from "../state/log.js";
import type { RunEntry } from "./results.js";

/** What ran on a repository, oldest first: downgrades, failures, and runs that did not come to their end. */
export async function runEntries(session: Session): Promise<RunEntry[]> {
  const entries = await readLog(session);
  return entries.map(
    ({ run, manager, revision, direction, started, ended, outcome, statement, tool, user }): RunEntry => ({
      run,
      manager,
      revision,
      direction,
      started,
      ended,
      durationMs: ended === null ? null : Date.parse(ended) - Date.parse(started),
      outcome: outcome ?? "unfinished",
      statement,
      tool,
      user,
    }),
  );
}
