/** A process that upgrades the repositories that it is told, one after the other: see `many-runners.ts`. */
import { upgrade } from "../../lib/index.js";
import type { RunnerOrder, RunnerResult } from "./many-runners.js";

function answer(result: RunnerResult | "ready"): void {
  process.send?.(result);
}

process.on("message", ({ repository, target, lockTimeoutMs }: RunnerOrder) => {
  upgrade(repository, target, { lockTimeoutMs }).then(
    ({ steps }) => answer({ steps: steps.map(({ revision }) => revision) }),
    (error: unknown) =>
      answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
answer("ready");
