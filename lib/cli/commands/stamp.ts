import { confirm } from "../ask.js";
import { printCurrent } from "../render/current.js";
import { printJson } from "../render/table.js";
import { mannerOf, projectOptions, readProjectOptions, repositoryOf, textsOf } from "../settings.js";
import type { Command } from "./index.js";

export const stampCommand: Command = {
  command: "stamp [target..]",
  describe: "Record where a repository stands, without running anything",
  builder: (yargs) =>
    projectOptions(yargs)
      .positional("target", {
        type: "string",
        array: true,
        describe: "Revisions (default: what the repository records of itself)",
      })
      .option("purge", { type: "boolean", describe: "Forget all that is recorded first" })
      .option("yes", { alias: "y", type: "boolean", describe: "Do not ask" })
      .example("$0 stamp", "record what the repository says of its managers")
      .example("$0 stamp app@head", "record that a tree is at its newest revision"),
  run: async (argv) => {
    const uri = await repositoryOf(argv);
    const purge = argv["purge"] === true;
    if (purge)
      await confirm(
        "All that is recorded of applied revisions is forgotten first. Go on?",
        argv["yes"] === true ? "yes" : "ask",
      );
    const { stamp } = await import("../../api/stamp.js");
    const { runListener } = await import("../render/run.js");
    const manner = mannerOf(argv);
    const report = await stamp(uri, textsOf(argv, "target"), {
      ...readProjectOptions(argv),
      rows: purge ? "purge" : "keep",
      onEvent: runListener(manner),
    });
    if (manner.json) printJson({ steps: report.steps, current: report.current });
    else printCurrent(report.current);
    return 0;
  },
};
