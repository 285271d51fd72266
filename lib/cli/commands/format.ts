import type { FormatDifference, FormatReport, KnownFormat } from "../../api/format.js";
import { InputError } from "../../errors.js";
import { print, printJson, table } from "../render/table.js";
import { mannerOf, projectOptions, readProjectOptions, repositoryOf, textsOf } from "../settings.js";
import type { Command } from "./index.js";

export const formatCommand: Command = {
  command: "format [other..]",
  describe: "Show the format of a repository, and what goes into it",
  builder: (yargs) =>
    projectOptions(yargs)
      .positional("other", { type: "string", array: true, describe: "With --diff: one repository, or two" })
      .option("diff", { type: "boolean", describe: "What two repositories differ in; exit 3 if they do" })
      .option("list", { type: "boolean", describe: "The formats of releases, and which can be reached" })
      .example("$0 format --repo /repo/main", "the digest and its parts")
      .example("$0 format --diff /repo/main /repo/other", "what two repositories differ in")
      .example("$0 format --list", "what `upgrade defaults@NAME` can reach"),
  run: async (argv) => {
    const others = textsOf(argv, "other");
    const { json } = mannerOf(argv);
    const options = readProjectOptions(argv);
    const { compareFormats, format, listFormats } = await import("../../api/format.js");
    if (argv["diff"] === true) {
      const [one, other] = others.length === 1 ? [await repositoryOf(argv), others[0]] : others;
      if (one === undefined || other === undefined || others.length > 2) {
        throw new InputError("usage", "--diff takes two repositories.", {
          hint: "godwit format --diff /repo/one /repo/other",
        });
      }
      const difference = await compareFormats(one, other, options);
      if (json) printJson(difference);
      else printDifference(difference);
      return difference.same ? 0 : 3;
    }
    if (others.length > 0)
      throw new InputError("usage", "Repositories are named after --diff, or by --repo.");
    const uri = await repositoryOf(argv);
    if (argv["list"] === true) {
      const formats = await listFormats(uri, options);
      if (json) printJson({ formats });
      else printList(formats);
      return 0;
    }
    const report = await format(uri, options);
    if (json) printJson(report);
    else printFormat(report);
    return 0;
  },
};

function printFormat({ digest, defaults, parts }: FormatReport): void {
  print(`${digest}${defaults === null ? "" : `  the defaults of ${defaults}`}`);
  print(`schema ${parts.schemaVersion}\n`);
  print(
    table(
      ["MANAGER", "CLASS", "VERSION"],
      parts.managers.map((one) => [one.manager, one.class, one.version]),
    ),
  );
}

function printDifference({ digests, same, managers, dimensions }: FormatDifference): void {
  print(same ? `${digests[0]} both` : digests.join("  "));
  const rows = [
    ...managers.map(({ manager, values }) => [manager, ...values.map((value) => value ?? "-")]),
    ...dimensions.map(({ path, values }) => [`dimensions: ${path}`, ...values.map((value) => value ?? "-")]),
  ];
  if (rows.length > 0) print(table(["", "FIRST", "SECOND"], rows));
}

function printList(formats: readonly KnownFormat[]): void {
  print(
    table(
      ["DEFAULTS OF", "DATASETS", "DATASTORES", "DIMENSIONS", "CONFIGURATION", "STEPS"],
      formats.map((one) => [
        one.names.join(", "),
        versionOf(one, "datasets"),
        versionOf(one, "datastores"),
        versionOf(one, "dimensions"),
        versionOf(one, "dimensions-config"),
        stepsText(one),
      ]),
    ),
  );
}

function versionOf({ managers }: KnownFormat, name: string): string {
  const found = managers.find(({ manager }) => manager === name);
  if (found === undefined) return "-";
  if (name !== "datasets") return found.version;
  return `${found.class.endsWith("UUID") ? "UUID" : "integer"} ${found.version}`;
}

function stepsText({ steps }: KnownFormat): string {
  if (steps === null) return "no way";
  return steps === 0 ? "here" : `${steps}`;
}
