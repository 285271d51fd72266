/** Maintenance of Butler repositories that is no migration. */
import type { Argv } from "yargs";
import { InputError } from "../../errors.js";
import { confirm } from "../ask.js";
import { note, print, printJson } from "../render/table.js";
import {
  mannerOf,
  projectOptions,
  readProjectOptions,
  readRunOptions,
  repositoryOf,
  runOptions,
  textOf,
  textsOf,
} from "../settings.js";
import { withSignals } from "../signals.js";
import type { Command } from "./index.js";
import { surely } from "../../known.js";

const dumpSchemaCommand: Command = {
  command: "dump-schema [table..]",
  describe: "Print the definitions of tables, in lines that can be compared",
  builder: (yargs) =>
    projectOptions(yargs)
      .positional("table", { type: "string", array: true, describe: "Names of tables (default: all)" })
      .example("$0 butler dump-schema > schema.txt", "everything")
      .example("$0 butler dump-schema visit exposure --json", "two tables, for programs"),
  run: async (argv) => {
    const uri = await repositoryOf(argv);
    const { dumpSchema } = await import("../../api/maintenance/dump-schema.js");
    const dump = await dumpSchema(uri, textsOf(argv, "table"), readProjectOptions(argv));
    if (mannerOf(argv).json) printJson(dump);
    else {
      const { schemaLines } = await import("../render/schema.js");
      for (const line of schemaLines(dump)) print(line);
    }
    return 0;
  },
};

const setNamespaceCommand: Command = {
  command: "set-namespace [name]",
  describe: "Show or set the namespace of the dimension configuration",
  builder: (yargs) =>
    projectOptions(yargs)
      .positional("name", {
        type: "string",
        describe: "The namespace (default: show the one that is stored)",
      })
      .option("update", { type: "boolean", describe: "Replace a namespace that is stored" })
      .example("$0 butler set-namespace", "which one is stored")
      .example("$0 butler set-namespace my_space --update", "replace it"),
  run: async (argv) => {
    const uri = await repositoryOf(argv);
    const name = textOf(argv, "name");
    if (name === undefined && argv["update"] === true) {
      throw new InputError("usage", "--update replaces the namespace by another one, which is missing.", {
        hint: "godwit butler set-namespace NAME --update",
      });
    }
    const { readNamespace, setNamespace } = await import("../../api/maintenance/namespace.js");
    const options = readProjectOptions(argv);
    const report =
      name === undefined
        ? await readNamespace(uri, options)
        : await setNamespace(uri, name, argv["update"] === true ? "replace" : "keep", options);
    if (mannerOf(argv).json) printJson(report);
    else print(report.namespace ?? "The dimension configuration has no namespace.");
    return 0;
  },
};

const updateDayObsCommand: Command = {
  command: "update-day-obs <instrument>",
  example: "godwit butler update-day-obs LSSTCam",
  describe: "Compute the observing days of an instrument's exposures and visits again",
  builder: (yargs) =>
    changeOptions(yargs)
      .positional("instrument", { type: "string", describe: "Name of the instrument" })
      .example("$0 butler update-day-obs LSSTCam", "offsets of instruments that are known")
      .example(
        "$0 butler update-day-obs MyCam --provider dayObsOffsets=./offsets.js#offsets",
        "one of your own",
      ),
  run: async (argv) => {
    const uri = await repositoryOf(argv);
    const manner = mannerOf(argv);
    const { updateDayObs } = await import("../../api/maintenance/observing-days.js");
    const { runListener } = await import("../render/run.js");
    const report = await withSignals((signal) =>
      updateDayObs(uri, surely(textOf(argv, "instrument")), {
        ...readRunOptions(argv),
        signal,
        onEvent: runListener(manner),
      }),
    );
    if (manner.json) printJson(report);
    else {
      print(
        `${report.exposures} exposures and ${report.visits} visits of ${report.instrument} have another day now; ${report.days} days were added.`,
      );
      if (report.timeless > 0) note(`${report.timeless} exposures have no time, and keep their day.`);
    }
    return 0;
  },
};

const rewriteCommand: Command = {
  command: "rewrite-sqlite-registry",
  describe: "Bring a SQLite registry to the newest managers, in a copy that takes its place at the end",
  builder: (yargs) =>
    runOptions(changeOptions(yargs))
      .option("yes", { alias: "y", type: "boolean", describe: "Do not ask" })
      .example("$0 butler rewrite-sqlite-registry --yes", "the original files are kept as original_…"),
  run: async (argv) => {
    const uri = await repositoryOf(argv);
    const manner = mannerOf(argv);
    if (process.stdin.isTTY) {
      const question = "A rewritten copy takes the place of the database, which is kept. Go on?";
      await confirm(question, argv["yes"] === true ? "yes" : "ask");
    }
    const { rewriteSqliteRegistry } = await import("../../api/maintenance/rewrite.js");
    const { runListener } = await import("../render/run.js");
    const report = await withSignals((signal) =>
      rewriteSqliteRegistry(uri, { ...readRunOptions(argv), signal, onEvent: runListener(manner) }),
    );
    if (manner.json) printJson(report);
    else
      print(
        `Applied ${report.steps.length} steps, mended ${report.mended.length} things. The originals are ${report.originals.join(" and ")}.`,
      );
    return 0;
  },
};

/** Options of commands that write, and may need content from downstream. */
function changeOptions(yargs: Argv): Argv {
  return projectOptions(yargs)
    .option("provider", {
      type: "string",
      array: true,
      describe: "Content from downstream, as name=module#export; may be repeated",
    })
    .option("lock-timeout", { type: "string", describe: "Seconds to wait for another runner (default 60)" });
}

export const butlerCommand: Command = {
  command: "butler",
  describe: "Maintenance of Butler repositories that is no migration",
  builder: (yargs) =>
    yargs.example("$0 butler dump-schema --repo /repo/main", "the definitions of all tables"),
  commands: [dumpSchemaCommand, setNamespaceCommand, updateDayObsCommand, rewriteCommand],
  run: async () => 0,
};
