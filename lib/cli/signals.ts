import { note } from "./render/table.js";

/** Runs `work` with a signal that the first SIGINT or SIGTERM gives: it stops at the next safe point. The second one ends the process. */
export async function withSignals<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      note(
        `${name}: stopped at once. Run the same command again to go on; \`godwit current\` shows from where.`,
      );
      process.exit(130);
    }
    controller.abort();
    note(`${name}: stopping after the step that runs now; again to abort at once (the step is rolled back)`);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}
