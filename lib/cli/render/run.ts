/** Tells on standard error how a run goes on. */
import { Presets, SingleBar } from "cli-progress";
import type { RunReport } from "../../api/results.js";
import type { RunEvent } from "../../run/events.js";
import type { Manner } from "../settings.js";
import { note, print } from "./table.js";

const quietMs = 3000;

type ProgressEvent = Extract<RunEvent, { kind: "progress" }>;

/** One bar a long step, with rows, rate and time left. */
class ProgressBar {
  #bar: SingleBar | null = null;
  #began = 0;

  tell({ what, rows, total }: ProgressEvent): void {
    this.#bar ??= this.#start(what, total);
    const seconds = (performance.now() - this.#began) / 1000;
    this.#bar.update(Number(rows), { speed: seconds > 0 ? Math.round(Number(rows) / seconds) : "?" });
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  #start(what: string, total: bigint | null): SingleBar {
    const format = `  ${what} {bar} {value}/{total} rows, {speed} a second, {eta_formatted} left`;
    const bar = new SingleBar(
      { format, stream: process.stderr, hideCursor: true, clearOnComplete: true },
      Presets.shades_classic,
    );
    this.#began = performance.now();
    bar.start(Number(total ?? 0n), 0, { speed: "?" });
    return bar;
  }
}

/** Where there is no terminal, a line every few seconds. */
class ProgressLines {
  #last = 0;

  tell({ what, rows, total }: ProgressEvent): void {
    const now = performance.now();
    if (now - this.#last < quietMs) return;
    this.#last = now;
    note(`  ${what}: ${rows}${total === null ? "" : ` of ${total}`} rows`);
  }

  stop(): void {
    this.#last = 0;
  }
}

/** A listener that prints what happens; long steps get a line every few seconds. */
export function runListener({ json, verbose }: Manner): (event: RunEvent) => void {
  const progress = process.stderr.isTTY ? new ProgressBar() : new ProgressLines();
  return (event) => {
    if (event.kind !== "progress") progress.stop();
    switch (event.kind) {
      case "waiting":
        note(`waiting for ${event.holder}`);
        return;
      case "warning":
        note(`warning: ${event.message}`);
        return;
      case "backup":
        note(`backup: ${event.file}`);
        return;
      case "step-started":
        if (!json) note(`${event.direction} ${event.manager} ${event.revision}: ${event.summary}`);
        return;
      case "report":
        note(`  ${event.message}`);
        return;
      case "progress":
        progress.tell(event);
        return;
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
