import type { RehearsalReport } from "../../api/rehearse.js";
import { copyListener } from "../render/copy.js";
import { printRehearsal } from "../render/rehearsal.js";
import { printJson } from "../render/table.js";
import { mannerOf, readRunOptions, repositoryOf, runOptions, textOf, textsOf } from "../settings.js";
import { withSignals } from "../signals.js";
import { readCopyOptions } from "./copy.js";
import type { Command } from "./index.js";
import { given } from "../../given.js";

export const rehearseCommand: Command = {
  command: "rehearse [target..]",
  describe: "Upgrade a copy that is removed afterwards, and tell what each step takes",
  builder: (yargs) =>
    runOptions(yargs)
      .positional("target", { type: "string", array: true, describe: "As for upgrade (default: head)" })
      .option("in", {
        type: "string",
        requiresArg: true,
        describe: "Folder for the copy (default: that for temporary files)",
      })
      .option("schema", { type: "string", requiresArg: true, describe: "PostgreSQL: the schema of the copy" })
      .option("database", {
        type: "string",
        requiresArg: true,
        describe: "PostgreSQL: URL of the copy's database",
      })
      .example("$0 rehearse --repo /repo/main", "what upgrade head would come to")
      .example("$0 rehearse --in /scratch", "where the disk for temporary files is too small"),
  run: async (argv) => {
    const uri = await repositoryOf(argv);
    const targets = textsOf(argv, "target");
    const place = textOf(argv, "in");
    const manner = mannerOf(argv);
    const [{ rehearse }, { runListener }] = await Promise.all([
      import("../../api/rehearse.js"),
      import("../render/run.js"),
    ]);
    const report = await withSignals((signal) =>
      rehearse(uri, targets.length === 0 ? "head" : targets, {
        ...readRunOptions(argv),
        ...readCopyOptions(argv),
        ...given({ place }),
        onCopy: copyListener(manner),
        onEvent: runListener(manner),
        signal,
      }),
    );
    if (manner.json) printJson(documentOf(report));
    else printRehearsal(report);
    return report.check.problems.length > 0 ? 3 : 0;
  },
};

function documentOf({ copy, steps, check, needs }: RehearsalReport): object {
  const rows = copy.tables.reduce((sum, table) => sum + table.rows, 0n);
  return {
    copy: { tables: copy.tables.length, rows: Number(rows), durationMs: copy.durationMs },
    steps,
    check: { ok: check.ok, pending: check.pending, problems: check.problems, drift: check.drift },
    needs,
  };
}
