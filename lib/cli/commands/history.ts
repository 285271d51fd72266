import type { HistoryReport } from "../../api/results.js";
import { printRuns } from "../render/runs.js";
import { printRevisions, printSwitches } from "../render/revisions.js";
import { note, printExactly, printJson } from "../render/table.js";
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
import { given } from "../../given.js";

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
      .option("graph", {
        choices: ["svg", "html", "mermaid", "dot", "json"],
        describe: "Write a picture of the trees",
      })
      .conflicts("graph", "json")
      .option("v", { type: "boolean", describe: "Show files, dependencies, and what revisions declare" })
      .example("$0 history", "all revisions, without opening a repository")
      .example("$0 history -i --repo /repo/main", "mark where a repository stands")
      .example("$0 history -r=-1:current", "the last step of each manager")
      .example("$0 history --graph html > trees.html", "a page to look at in a browser"),
  run: async (argv) => {
    const range = textOf(argv, "range");
    const { history } = await import("../../api/history.js");
    const uri = await neededRepository(argv, range);
    const report = await history({
      ...readProjectOptions(argv),
      trees: await treesOf(argv),
      ...(uri === null ? {} : { uri }),
      ...given({ range }),
      ...(argv["applied"] === true ? { runs: "read" as const } : {}),
      ...(argv["v"] === true ? { declarations: "read" as const } : {}),
    });
    const picture = pictureFormats.find((format) => format === argv["graph"]);
    if (picture !== undefined) {
      printExactly(await draw(report, picture));
      return 0;
    }
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
    for (const { manager, revision } of report.unknown ?? [])
      note(`${manager}: ${revision} is recorded as applied, but no revision file has it.`);
    if (argv["applied"] === true) printRuns(report.runs ?? []);
    else printSwitches(report.switches, argv["v"] === true ? "full" : "plain");
    return 0;
  },
};

const pictureFormats = ["svg", "html", "mermaid", "dot", "json"] as const;

async function draw(report: HistoryReport, format: (typeof pictureFormats)[number]): Promise<string> {
  const { drawPicture } = await import("../../graph/pictures/index.js");
  const title = "Revisions";
  return drawPicture({ title, revisions: report.revisions, switches: report.switches }, format);
}

/** A database is opened only where the question needs one. */
async function neededRepository(argv: Arguments, range: string | undefined): Promise<string | null> {
  const asks = argv["indicate-current"] === true || argv["applied"] === true;
  const relative = range !== undefined && /(^|:)(current|-\d+)/.test(range);
  if (asks || relative) return repositoryOf(argv);
  return textOf(argv, "repo") === undefined ? null : findRepository(argv);
}
