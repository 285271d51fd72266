/** Tells on standard error how a run goes on. */
import type { RunReport } from "../../api/results.js";
import type { RunEvent } from "../../run/events.js";
import type { Manner } from "../settings.js";
import { note, print } from "./table.js";

const quietMs = 3000;

/** A listener that prints what happens; long steps get a line every few seconds. */
export function runListener({ json, verbose }: Manner): (event: RunEvent) => void {
  let lastProgress = 0;
  return (event) => {
    switch (event.kind) {
      case "waiting":
        note(`waiting for ${event.holder}`);
        return;
      case "step-started":
        if (!json) note(`${event.direction} ${event.manager} ${event.revision}: ${event.summary}`);
        return;
      case "report":
        note(`  ${event.message}`);
        return;
      case "progress": {
        const now = performance.now();
        if (now - lastProgress < quietMs) return;
        lastProgress = now;
        note(`  ${event.what}: ${event.rows}${event.total === null ? "" : ` of ${event.total}`} rows`);
        return;
      }
      case "statement":
        if (verbose) note(`  ${event.text}`);
        return;
      case "step-done":
        if (verbose) note(`  done in ${event.durationMs} ms`);
        return;
      case "outside-edit":
        note(
          `  ${event.file}: ${event.description}${event.backup === null ? "" : ` (the file as it was: ${event.backup})`}`,
        );
        return;
      case "plan":
        return;
    }
  };
}

/** Prints what was done. */
export function printRun({ steps, note: why, current }: RunReport, verb: string): void {
  if (steps.length === 0) print(why ?? "Nothing to do.");
  else
    print(
      `${verb} ${steps.length} ${steps.length === 1 ? "step" : "steps"}: ${steps.map(({ revision }) => revision).join(", ")}`,
    );
  for (const { message } of current.problems) note(`problem: ${message}`);
}
