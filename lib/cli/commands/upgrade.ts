import type { RunOptions } from "../../api/options.js";
import type { PlanReport, RunReport } from "../../api/results.js";
import { InputError } from "../../errors.js";
import { confirm } from "../ask.js";
import { printPlan } from "../render/plan.js";
import { printExactly, printJson } from "../render/table.js";
import { mannerOf, moveOptions, readRunOptions, repositoryOf, textOf, textsOf } from "../settings.js";
import type { Arguments, Manner } from "../settings.js";
import { withSignals } from "../signals.js";
import { copyOptions, readCopyOptions } from "./copy.js";
import type { Command } from "./index.js";

export const upgradeCommand: Command = {
  command: "upgrade [target..]",
  describe: "Bring a repository up to a target",
  builder: (yargs) =>
    copyOptions(moveOptions(yargs))
      .positional("target", { type: "string", array: true, describe: "What to reach (default: head)" })
      .option("into", {
        type: "string",
        requiresArg: true,
        describe: "Copy the repository to this place, and upgrade the copy",
      })
      .example("$0 upgrade", "every manager to the newest version of its class")
      .example("$0 upgrade datasets@2.0.0", "one manager to a version")
      .example("$0 upgrade head --plan", "show what would be done")
      .example("$0 upgrade --into /scratch/main", "leave the original as it is")
      .example("$0 upgrade head --options has_simulated=0", "give a revision what it asks for"),
  run: async (argv) => {
    const targets = textsOf(argv, "target");
    return moveFromCommandLine(argv, {
      direction: "up",
      targets: targets.length === 0 ? ["head"] : targets,
      verb: "Applied",
      run: (uri, list, options) => runUpgrade(argv, uri, list, options),
      asks: "only-about-loss",
    });
  },
};

/** Upgrades the repository, or, with `--into`, a copy of it. */
async function runUpgrade(
  argv: Arguments,
  uri: string,
  targets: readonly string[],
  options: RunOptions,
): Promise<RunReport> {
  const destination = textOf(argv, "into");
  if (destination === undefined) {
    const { upgrade } = await import("../../api/upgrade.js");
    return upgrade(uri, targets, options);
  }
  const { upgradeInto } = await import("../../api/upgrade-into.js");
  const { copyListener, printCopy } = await import("../render/copy.js");
  const manner = mannerOf(argv);
  const report = await upgradeInto(uri, destination, targets, {
    ...options,
    ...readCopyOptions(argv),
    onCopy: copyListener(manner),
    onCopied: (copied) => {
      if (!manner.json) printCopy(copied);
    },
  });
  return report.run;
}

/** How a command moves a repository. */
export interface MoveCommand {
  readonly direction: "up" | "down";
  readonly targets: readonly string[];
  /** What was done with the steps, for people. */
  readonly verb: string;
  run(uri: string, targets: readonly string[], options: RunOptions): Promise<RunReport>;
  readonly asks: "only-about-loss" | "on-terminal";
}

/** What `upgrade` and `downgrade` have in common: `--plan`, `--sql`, asking, running, printing. */
export async function moveFromCommandLine(argv: Arguments, command: MoveCommand): Promise<number> {
  const options = readRunOptions(argv);
  if (argv["sql"] === true) {
    printExactly(await scriptOf(argv, command, options));
    return 0;
  }
  refuseRange(command);
  const uri = await repositoryOf(argv);
  const manner = mannerOf(argv);
  if (argv["plan"] === true) {
    showPlan(await planned(uri, command, options), manner);
    return 0;
  }
  await askFirst(argv, uri, command, options);
  const { printRun, runListener } = await import("../render/run.js");
  const report = await withSignals((signal) =>
    command.run(uri, command.targets, { ...options, signal, onEvent: runListener(manner) }),
  );
  if (manner.json) printJson({ steps: report.steps, current: report.current });
  else printRun(report, command.verb);
  return 0;
}

/** @throws InputError `range-not-allowed` */
function refuseRange({ targets }: MoveCommand): void {
  const range = targets.find((target) => target.includes(":"));
  if (range === undefined) return;
  throw new InputError(
    "range-not-allowed",
    `'${range}' is a range, which only a script can be written for.`,
    {
      hint: "Add --sql, or name what to reach.",
    },
  );
}

/** With a dialect and without a repository to ask, only what the revisions say is printed. */
async function scriptOf(argv: Arguments, command: MoveCommand, options: RunOptions): Promise<string> {
  const { direction, targets } = command;
  const { offlineScript, script } = await import("../../api/script.js");
  const given = textOf(argv, "dialect");
  if (given === undefined) return script(await repositoryOf(argv), direction, targets, options);
  const dialect = given === "sqlite" ? "sqlite" : "postgres";
  if (textOf(argv, "repo") === undefined)
    return offlineScript(dialect, direction, targets.join(" "), options);
  return script(await repositoryOf(argv), direction, targets, { ...options, dialect });
}

async function planned(
  uri: string,
  { direction, targets }: MoveCommand,
  options: RunOptions,
): Promise<PlanReport> {
  const { plan } = await import("../../api/plan.js");
  return plan(uri, direction, targets, options);
}

function showPlan(report: PlanReport, { json }: Manner): void {
  if (json) printJson({ steps: report.steps });
  else printPlan(report);
}

/** A plan that loses information is asked about even where nobody could answer; a plain downgrade only on a terminal. */
async function askFirst(
  argv: Arguments,
  uri: string,
  command: MoveCommand,
  options: RunOptions,
): Promise<void> {
  const yes = argv["yes"] === true ? "yes" : "ask";
  if (yes === "yes") return;
  const { hasTerminal } = await import("../ask.js");
  const mayLose = options.dataLoss === "allow";
  if (!mayLose && (command.asks === "only-about-loss" || !hasTerminal())) return;
  const report = await planned(uri, command, options);
  const loses = report.steps.some((step) => step.losesData.length > 0);
  if (!loses && (command.asks === "only-about-loss" || !hasTerminal())) return;
  if (report.steps.length === 0) return;
  printPlan(report);
  await confirm(loses ? "This loses information. Go on?" : "Go on?", yes);
}
