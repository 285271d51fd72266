import type { RunOptions } from "../../api/options.js";
import type { RepairPlan } from "../../api/repair/plan.js";
import type { RepairReport } from "../../api/repair/repair.js";
import { confirm, hasTerminal } from "../ask.js";
import { printRepair, printRepairPlan } from "../render/repair.js";
import { printExactly, printJson } from "../render/table.js";
import { mannerOf, projectOptions, readRunOptions, repositoryOf } from "../settings.js";
import type { Arguments } from "../settings.js";
import { withSignals } from "../signals.js";
import type { Command } from "./index.js";

export const repairCommand: Command = {
  command: "repair",
  describe: "Mend what `check` found and is known how to mend",
  builder: (yargs) =>
    projectOptions(yargs)
      .option("plan", { type: "boolean", describe: "Show what would be done, and stop" })
      .option("sql", { type: "boolean", describe: "Print a script for another client, and stop" })
      .option("provider", {
        type: "string",
        array: true,
        describe: "Content from downstream, as name=module#export; may be repeated",
      })
      .option("allow-data-loss", { type: "boolean", describe: "Also remove leftovers that hold rows" })
      .option("lock-timeout", { type: "string", describe: "Seconds to wait for another runner (default 60)" })
      .option("yes", { alias: "y", type: "boolean", describe: "Do not ask" })
      .conflicts("sql", "json")
      .example("$0 repair --plan", "what would be mended, and what stands in the way")
      .example("$0 repair --sql > repair.sql", "the same as a script")
      .example("$0 repair --yes", "mend it"),
  run: async (argv) => {
    const uri = await repositoryOf(argv);
    const options = readRunOptions(argv);
    if (argv["sql"] === true) {
      const { repairScript } = await import("../../api/repair/script.js");
      printExactly(await repairScript(uri, options));
      return 0;
    }
    const { json } = mannerOf(argv);
    const { planRepair } = await import("../../api/repair/plan.js");
    if (argv["plan"] === true) {
      const plan = await planRepair(uri, options);
      if (json) printJson(plan);
      else printRepairPlan(plan);
      return 0;
    }
    await askFirst(await askedAbout(argv, () => planRepair(uri, options)), options);
    const [{ repair }, { runListener }] = await Promise.all([
      import("../../api/repair/repair.js"),
      import("../render/run.js"),
    ]);
    const report = await withSignals((signal) =>
      repair(uri, { ...options, signal, onEvent: runListener(mannerOf(argv)) }),
    );
    if (json) printJson(report);
    else printRepair(report);
    return exitCodeOf(report);
  },
};

/** What stands in the way is refused (4); what only a person can settle is still to be found (3). */
function exitCodeOf({ refused, check }: RepairReport): number {
  if (refused.length > 0) return 4;
  return check.problems.length > 0 || check.drift.some((one) => one.class !== "variation") ? 3 : 0;
}

/** The plan, where somebody can be asked, or rows would be lost. */
async function askedAbout(argv: Arguments, plan: () => Promise<RepairPlan>): Promise<RepairPlan | null> {
  if (argv["yes"] === true) return null;
  return hasTerminal() || argv["allow-data-loss"] === true ? plan() : null;
}

async function askFirst(plan: RepairPlan | null, options: RunOptions): Promise<void> {
  if (plan === null || plan.mends.length + plan.edits.length === 0) return;
  const loses = options.dataLoss === "allow" && plan.mends.some((mend) => mend.losesData.length > 0);
  if (!loses && !hasTerminal()) return;
  printRepairPlan(plan);
  await confirm(loses ? "This loses information. Go on?" : "Go on?", "ask");
}
