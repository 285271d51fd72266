/** Tells what ran on a repository. */
import type { RunEntry } from "../../api/results.js";
import { print, table } from "./table.js";

const statementWidth = 100;

/** Prints a line for each step that was begun, and the statement at which it failed. */
export function printRuns(runs: readonly RunEntry[]): void {
  if (runs.length === 0) return;
  print("");
  print(
    table(
      ["STARTED", "TIME", "DIRECTION", "MANAGER", "REVISION", "OUTCOME", "BY"],
      runs.map(({ started, durationMs, direction, manager, revision, outcome, tool, user }) => [
        started.slice(0, 19),
        durationMs === null ? "-" : `${(durationMs / 1000).toFixed(1)} s`,
        direction,
        manager,
        revision,
        outcome === "unfinished" ? "interrupted, or still at work" : outcome,
        `${user}, ${tool}`,
      ]),
    ),
  );
  for (const { revision, outcome, statement } of runs) {
    if (statement !== null) print(`${revision} ${outcome} at: ${shortened(statement)}`);
  }
}

function shortened(statement: string): string {
  const line = statement.replaceAll(/\s+/g, " ").trim();
  return line.length > statementWidth ? `${line.slice(0, statementWidth)}…` : line;
}
