import type { CheckReport } from "../../api/check.js";
import { InputError } from "../../errors.js";
import { printCheck } from "../render/check.js";
import { note, printExactly, printJson } from "../render/table.js";
import { mannerOf, projectOptions, readProjectOptions, repositoryOf, textOf } from "../settings.js";
import type { Arguments } from "../settings.js";
import type { Command } from "./index.js";

const formats = ["text", "json", "sarif", "junit"] as const;
type Format = (typeof formats)[number];

export const checkCommand: Command = {
  command: "check",
  describe: "Compare a repository with what its versions say; exit 3 if something is pending or wrong",
  builder: (yargs) =>
    projectOptions(yargs)
      .option("deep", { type: "boolean", describe: "Look at every row, and at the files of datastores" })
      .option("against", { type: "string", describe: "Compare with the schema of this repository instead" })
      .option("format", { type: "string", describe: `How to print: ${formats.join(", ")} (default: text)` })
      .example("$0 check --repo /repo/main", "records, pending revisions, schema")
      .example("$0 check --deep", "rows and files too")
      .example("$0 check --against /repo/other", "the differences of two repositories")
      .example("$0 check --format sarif > check.sarif", "for tools that show findings of CI"),
  run: async (argv) => {
    const format = formatOf(argv);
    const uri = await repositoryOf(argv);
    const report = await runCheck(argv, uri);
    await show(report, format, uri, argv);
    return report.ok ? 0 : 3;
  },
};

async function runCheck(argv: Arguments, uri: string): Promise<CheckReport> {
  const { check, compareRepositories } = await import("../../api/check.js");
  const options = readProjectOptions(argv);
  const other = textOf(argv, "against");
  if (other === undefined) {
    const { verbose } = mannerOf(argv);
    const onProgress = verbose ? (what: string) => note(`looking at ${what}`) : () => {};
    return check(uri, { ...options, rows: argv["deep"] === true ? "check" : "skip", onProgress });
  }
  if (argv["deep"] === true) {
    throw new InputError(
      "bad-option",
      "--deep looks at the rows of one repository, --against at two schemas.",
      {
        hint: "Run the two checks one after the other.",
      },
    );
  }
  return compareRepositories(uri, other, options);
}

function formatOf(argv: Arguments): Format {
  const given = textOf(argv, "format");
  const { json } = mannerOf(argv);
  if (given === undefined) return json ? "json" : "text";
  const format = formats.find((one) => one === given);
  if (format === undefined || (json && format !== "json")) {
    throw new InputError("bad-option", `--format takes one of ${formats.join(", ")}, not "${given}".`, {
      hint: "Without it, the result is told for people.",
    });
  }
  return format;
}

async function show(report: CheckReport, format: Format, uri: string, argv: Arguments): Promise<void> {
  if (format === "json") printJson(report);
  else if (format === "text") printCheck(report, mannerOf(argv), textOf(argv, "against"));
  else {
    const { junitOf, sarifOf } = await import("../render/findings.js");
    printExactly(format === "sarif" ? sarifOf(report, uri) : junitOf(report, uri));
  }
}
