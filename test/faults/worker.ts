/** A process that tries the faults of one case after the other, with a PostgreSQL server of its own. */
import { runEnds, testBegins, testEnds } from "../support/cleanup.js";
import { runCampaign } from "./campaign.js";
import type { Density } from "./campaign.js";
import type { FaultCase } from "./cases.js";
import type { PointResult } from "./points.js";
import { prepareCase } from "./start.js";

/** What a worker is told; `end`: there is nothing more to do. */
export type Task = { readonly of: FaultCase; readonly density: Density } | "end";

/** What a worker tells. */
export type Report =
  | { readonly kind: "ready" }
  | { readonly kind: "point"; readonly result: PointResult }
  | { readonly kind: "failed"; readonly title: string; readonly reason: string };

function tell(report: Report): void {
  process.send?.(report);
}

async function around(work: () => Promise<PointResult>): Promise<PointResult> {
  testBegins();
  try {
    return await work();
  } finally {
    await testEnds();
  }
}

async function obey(task: Task): Promise<void> {
  if (task === "end") {
    await runEnds();
    process.exit(0);
  }
  try {
    const prepared = await prepareCase(task.of);
    for await (const result of runCampaign(prepared, task.density, around)) tell({ kind: "point", result });
  } catch (error) {
    tell({
      kind: "failed",
      title: task.of.title,
      reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
  tell({ kind: "ready" });
}

// Nobody is there any more to give the next task.
process.on("disconnect", () => process.exit(1));
process.on("message", (task: Task) => void obey(task));
tell({ kind: "ready" });
