import { moveOptions, textOf } from "../settings.js";
import type { Command } from "./index.js";
import { moveFromCommandLine } from "./upgrade.js";
import { surely } from "../../known.js";

export const downgradeCommand: Command = {
  command: "downgrade <target>",
  describe: "Take a repository back to a target",
  example: "godwit downgrade -1",
  builder: (yargs) =>
    moveOptions(yargs)
      .positional("target", {
        type: "string",
        describe: "What to go back to: -1 undoes the step applied last",
      })
      .example("$0 downgrade -1", "undo the step applied last, whatever its tree")
      .example("$0 downgrade datasets@1.0.0", "one manager to a version")
      .example("$0 downgrade app@base", "undo everything of one tree"),
  run: (argv) =>
    moveFromCommandLine(argv, {
      direction: "down",
      targets: [surely(textOf(argv, "target"))],
      verb: "Undone",
      run: async (uri, [target = ""], options) =>
        (await import("../../api/downgrade.js")).downgrade(uri, target, options),
      asks: "on-terminal",
    }),
};
