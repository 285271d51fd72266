import { printPlan } from "../render/plan.js";
import { printJson } from "../render/table.js";
import { mannerOf, readRunOptions, repositoryOf, runOptions, textsOf } from "../settings.js";
import type { Command } from "./index.js";

export const planCommand: Command = {
  command: "plan [target..]",
  describe: "Show what upgrade (or, with --down, downgrade) would do",
  builder: (yargs) =>
    runOptions(yargs)
      .positional("target", { type: "string", array: true, describe: "As for upgrade (default: head)" })
      .option("down", { type: "boolean", describe: "Plan a downgrade" })
      .example("$0 plan", "what upgrade head would do")
      .example("$0 plan --down datasets@1.0.0", "what a downgrade would do"),
  run: async (argv) => {
    const uri = await repositoryOf(argv);
    const targets = textsOf(argv, "target");
    const direction = isDowngrade(argv, targets) ? "down" : "up";
    const { plan } = await import("../../api/plan.js");
    const list = targets.length === 0 ? [direction === "up" ? "head" : "-1"] : targets;
    const report = await plan(uri, direction, list, readRunOptions(argv));
    if (mannerOf(argv).json) printJson({ steps: report.steps });
    else printPlan(report);
    return 0;
  },
};

/** A target that only leads down needs no flag. */
function isDowngrade(argv: Readonly<Record<string, unknown>>, targets: readonly string[]): boolean {
  return argv["down"] === true || targets.some((target) => /(^|@)(-\d+|base)$/.test(target));
}
