import { printCurrent } from "../render/current.js";
import { printJson } from "../render/table.js";
import { mannerOf, projectOptions, readProjectOptions, repositoryOf } from "../settings.js";
import type { Command } from "./index.js";

export const currentCommand: Command = {
  command: "current",
  describe: "Show where a repository stands: managers, versions, what is pending",
  builder: (yargs) =>
    projectOptions(yargs)
      .option("check", { type: "boolean", describe: "Exit 3 if what is recorded disagrees" })
      .example("$0 current --repo /repo/main", "a Butler repository")
      .example("$0 current --check", "compare all that the repository records about itself"),
  run: async (argv) => {
    const uri = await repositoryOf(argv);
    const { current } = await import("../../api/current.js");
    const report = await current(uri, readProjectOptions(argv));
    if (mannerOf(argv).json) printJson(report);
    else printCurrent(report);
    return argv["check"] === true && report.problems.length > 0 ? 3 : 0;
  },
};
