import { printRevisions, printSwitches } from "../render/revisions.js";
import { printJson } from "../render/table.js";
import {
  findRepository,
  mannerOf,
  projectOptions,
  readProjectOptions,
  repositoryOf,
  textOf,
  treesOf,
} from "../settings.js";
import type { Arguments } from "../settings.js";
import type { Command } from "./index.js";

export const historyCommand: Command = {
  command: "history",
  describe: "Show the revisions, newest first",
  builder: (yargs) =>
    projectOptions(yargs)
      .option("range", {
        alias: "r",
        type: "string",
        requiresArg: true,
        describe: "A:B, both ends included; either may be left out",
      })
      .option("indicate-current", {
        alias: "i",
        type: "boolean",
        describe: "Mark where the repository stands",
      })
      .option("applied", { type: "boolean", describe: "Show what ran on the repository, and when" })
      .option("v", { type: "boolean", describe: "Show files, labels and dependencies" })
      .example("$0 history", "all revisions, without opening a repository")
      .example("$0 history -i --repo /repo/main", "mark where a repository stands")
      .example("$0 history -r=-3:current", "the last three steps of each manager"),
  run: async (argv) => {
    const range = textOf(argv, "range");
    const { history } = await import("../../api/history.js");
    const uri = await neededRepository(argv, range);
    const report = await history({
      ...readProjectOptions(argv),
      trees: await treesOf(argv),
      ...(uri === null ? {} : { uri }),
      ...(range === undefined ? {} : { range }),
    });
    if (mannerOf(argv).json) {
      printJson(report);
      return 0;
    }
    if (argv["applied"] === true)
      printRevisions(
        report.revisions.filter(({ applied }) => applied === true),
        "applied",
      );
    else printRevisions(report.revisions, argv["v"] === true ? "full" : "plain");
    printSwitches(report.switches);
    return 0;
  },
};

/** A database is opened only where the question needs one. */
async function neededRepository(argv: Arguments, range: string | undefined): Promise<string | null> {
  const asks = argv["indicate-current"] === true || argv["applied"] === true;
  const relative = range !== undefined && /(^|:)(current|-\d+)/.test(range);
  if (asks || relative) return repositoryOf(argv);
  return textOf(argv, "repo") === undefined ? null : findRepository(argv);
}
