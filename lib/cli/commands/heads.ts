import type { HistoryReport } from "../../api/results.js";
import { printRevisions, printSwitches } from "../render/revisions.js";
import { printJson } from "../render/table.js";
import { mannerOf, projectOptions, readProjectOptions, treesOf } from "../settings.js";
import type { Arguments } from "../settings.js";
import type { Command } from "./index.js";

export const headsCommand: Command = {
  command: "heads",
  describe: "Show the newest revision of each branch",
  builder: (yargs) => projectOptions(yargs).example("$0 heads", "the tips of all trees"),
  run: async (argv) => {
    const { heads } = await import("../../api/show.js");
    return show(argv, await heads({ ...readProjectOptions(argv), trees: await treesOf(argv) }));
  },
};

export const branchesCommand: Command = {
  command: "branches",
  describe: "Show where branches start, and the switches between them",
  builder: (yargs) => projectOptions(yargs).example("$0 branches", "all branch points and switches"),
  run: async (argv) => {
    const { branches } = await import("../../api/show.js");
    return show(argv, await branches({ ...readProjectOptions(argv), trees: await treesOf(argv) }));
  },
};

function show(argv: Arguments, report: HistoryReport): number {
  if (mannerOf(argv).json) {
    printJson(report);
    return 0;
  }
  printRevisions(report.revisions, "plain");
  printSwitches(report.switches);
  return 0;
}
