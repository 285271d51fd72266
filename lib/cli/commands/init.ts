import { note, print, printJson } from "../render/table.js";
import { mannerOf, textOf, textsOf } from "../settings.js";
import type { Command } from "./index.js";
import { given } from "../../given.js";

export const initCommand: Command = {
  command: "init [folder]",
  describe: "Make a project of one's own: configuration and revisions/",
  builder: (yargs) =>
    yargs
      .positional("folder", { type: "string", describe: "Where (default: the current folder)" })
      .option("repo", { type: "string", describe: "The repository that commands mean which are given none" })
      .option("manager", {
        type: "string",
        array: true,
        describe: "Begin the tree of a manager; may be repeated",
      })
      .option("typescript", {
        type: "boolean",
        describe: "Write godwit.config.ts in place of godwit.config.json",
      })
      .option("json", { type: "boolean", describe: "Print one JSON document" })
      .option("verbose", { type: "boolean", describe: "Tell the cause of errors" })
      .example("$0 init --repo sqlite:///app.db", "a project for a SQLite file")
      .example("$0 revision new app --table t --add-column 'a bigint'", "and its first revision"),
  run: async (argv) => {
    const { initProject } = await import("../../catalog/init.js");
    const folder = textOf(argv, "folder");
    const repo = textOf(argv, "repo");
    const { files } = await initProject({
      ...given({ folder, repo }),
      form: argv["typescript"] === true ? "ts" : "json",
      managers: textsOf(argv, "manager"),
    });
    if (mannerOf(argv).json) printJson({ files });
    else for (const file of files) print(file);
    if (repo === undefined && !mannerOf(argv).json)
      note("hint: set `repo` in the configuration, or give --repo to each command");
    return 0;
  },
};
