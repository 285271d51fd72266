import { print, printJson, table } from "../render/table.js";
import { mannerOf, projectOptions, readProjectOptions, repositoryOf } from "../settings.js";
import type { Command } from "./index.js";

export const formatCommand: Command = {
  command: "format",
  describe: "Show the format of a repository, and what goes into it",
  builder: (yargs) =>
    projectOptions(yargs).example("$0 format --repo /repo/main", "the digest and its parts"),
  run: async (argv) => {
    const uri = await repositoryOf(argv);
    const { format } = await import("../../api/format.js");
    const report = await format(uri, readProjectOptions(argv));
    if (mannerOf(argv).json) {
      printJson(report);
      return 0;
    }
    print(`${report.digest}${report.defaults === null ? "" : `  the defaults of ${report.defaults}`}`);
    print(`schema ${report.parts.schemaVersion}\n`);
    print(
      table(
        ["MANAGER", "CLASS", "VERSION"],
        report.parts.managers.map((one) => [one.manager, one.class, one.version]),
      ),
    );
    return 0;
  },
};
