import { printRevisions, printSwitches } from "../render/revisions.js";
import { print, printExactly, printJson } from "../render/table.js";
import { mannerOf, projectOptions, readProjectOptions, textOf, treesOf } from "../settings.js";
import type { Command } from "./index.js";
import { surely } from "../../known.js";

export const showCommand: Command = {
  command: "show <revision>",
  describe: "Show one revision: what it does, and what it declares",
  example: "godwit show 4e2d7a28475b",
  builder: (yargs) =>
    projectOptions(yargs)
      .positional("revision", {
        type: "string",
        describe: "Id, a unique beginning of one, label, or MANAGER@VERSION",
      })
      .option("code", { type: "boolean", describe: "Print the file" })
      .example("$0 show 4e2d7a28475b", "by id")
      .example("$0 show datasets-ByDimensionsDatasetRecordStorageManagerUUID@2.0.0", "by class and version"),
  run: async (argv) => {
    const { show } = await import("../../api/show.js");
    const report = await show(surely(textOf(argv, "revision")), {
      ...readProjectOptions(argv),
      trees: await treesOf(argv),
    });
    if (mannerOf(argv).json) {
      printJson(report);
      return 0;
    }
    printRevisions(report.revisions, "full");
    for (const { options, needs, asks, irreversible, placeholder } of report.revisions) {
      for (const [name, option] of Object.entries(options ?? {}))
        print(`    option ${name}: ${option.description}`);
      for (const [name, purpose] of Object.entries(needs ?? {})) print(`    provider ${name}: ${purpose}`);
      for (const [name, purpose] of Object.entries(asks ?? {}))
        print(`    provider ${name} (optional): ${purpose}`);
      if (irreversible !== undefined) print(`    cannot be undone: ${irreversible}`);
      if (placeholder !== undefined) print(`    no code: ${placeholder}`);
    }
    for (const { id, summary, file } of report.extensions)
      print(`    also: ${summary} (${[id, file].filter((part) => part !== null).join(", ")})`);
    printSwitches(report.switches, "full");
    const [file] = report.revisions.flatMap((one) => one.file ?? []);
    if (argv["code"] === true && file !== undefined) {
      const { readFile } = await import("node:fs/promises");
      printExactly(`\n${await readFile(file, "utf8")}`);
    }
    return 0;
  },
};
