import type { NewRevisionOptions, NewRevisionReport } from "../../catalog/new-revision.js";
import { note, print, printJson } from "../render/table.js";
import { mannerOf, readProjectOptions, textOf, textsOf, treesOf } from "../settings.js";
import type { Arguments } from "../settings.js";
import type { Command } from "./index.js";

/** Options of `revision new` itself; all others are flags of the template. */
const ownOptions = {
  kind: { type: "string", describe: "Template (default: static-table)" },
  branch: { type: "string", array: true, describe: "Class without its module; several get the same change" },
  version: { type: "string", describe: "Version that the class is at afterwards" },
  message: { alias: "m", type: "string", describe: "What the revision does, in a sentence" },
  head: { type: "string", describe: "Revision to come after, in place of the tip of the branch" },
  splice: { type: "boolean", describe: "Allow a second tip" },
  "branch-label": { type: "string", array: true, describe: "Label that the revision carries" },
  "depends-on": { type: "string", array: true, describe: "Revision of another tree that must come first" },
  "rev-id": { type: "string", describe: "Id, in place of the one that follows from the rule" },
  "version-path": { type: "string", describe: "Folder of manager folders to write to" },
  "from-repo": {
    type: "string",
    describe: "Repository whose tables and columns the flags are checked against",
  },
  diff: {
    type: "string",
    nargs: 2,
    describe: "An old repository and a new one: write what turns the first into the second",
  },
  "no-test": { type: "boolean", describe: "Write no test beside it" },
  config: { type: "string", describe: "Configuration file" },
  json: { type: "boolean", describe: "Print one JSON document" },
  verbose: { type: "boolean", describe: "Tell the cause of errors" },
} as const;

const newCommand: Command = {
  command: "new <manager..>",
  example: "godwit revision new app --table note --add-column 'stars bigint null'",
  describe: "Write a new revision from a template",
  builder: (yargs) =>
    yargs
      // The flags of templates are checked by the template.
      .strict(false)
      .version(false)
      .positional("manager", { type: "string", array: true, describe: "The tree it belongs to" })
      .options(ownOptions)
      .example("$0 revision new app --table t --add-column 'doc text null'", "a column on a table")
      .example("$0 revision new app --kind root", "the beginning of a tree"),
  helpEpilogue: templateHelp,
  run: async (argv) => {
    const { newRevision } = await import("../../catalog/new-revision.js");
    return tellWritten(argv, await newRevision(readRequest(argv)));
  },
};

/** The flags of the kind that is asked for, or of all kinds. */
async function templateHelp(args: readonly string[]): Promise<string> {
  const { describeTemplates } = await import("../../catalog/new-revision.js");
  const at = args.indexOf("--kind");
  const asked =
    at < 0 ? args.find((one) => one.startsWith("--kind="))?.slice("--kind=".length) : args[at + 1];
  const all = await describeTemplates();
  const templates = all.some(({ kind }) => kind === asked) ? all.filter(({ kind }) => kind === asked) : all;
  const lines = templates.flatMap(({ kind, description, flags }) => [
    `  ${kind}: ${description}`,
    ...Object.entries(flags).map(([name, flag]) => `    --${name.padEnd(20)} ${flag.description}`),
  ]);
  return ["Kinds and their flags:", ...lines].join("\n");
}

const mergeCommand: Command = {
  command: "merge <manager> [revision..]",
  example: "godwit revision merge app",
  describe: "Write a revision that brings the tips of a branch together",
  builder: (yargs) =>
    yargs
      .version(false)
      .positional("manager", { type: "string", describe: "The tree" })
      .positional("revision", {
        type: "string",
        array: true,
        describe: "The tips (default: all of the branch)",
      })
      .example("$0 revision merge app", "all tips of a tree without classes")
      .options({
        branch: ownOptions.branch,
        version: ownOptions.version,
        message: ownOptions.message,
        "branch-label": ownOptions["branch-label"],
        "rev-id": ownOptions["rev-id"],
        "version-path": ownOptions["version-path"],
        config: ownOptions.config,
        json: ownOptions.json,
        verbose: ownOptions.verbose,
      }),
  run: async (argv) => {
    const { mergeRevision } = await import("../../catalog/new-revision.js");
    const { kind: _kind, flags: _flags, ...request } = readRequest(argv);
    return tellWritten(argv, await mergeRevision({ ...request, merges: textsOf(argv, "revision") }));
  },
};

function readRequest(argv: Arguments): NewRevisionOptions {
  return {
    managers: textsOf(argv, "manager"),
    ...optional("kind", textOf(argv, "kind")),
    branches: textsOf(argv, "branch"),
    ...optional("version", textOf(argv, "version")),
    ...optional("summary", textOf(argv, "message")),
    ...optional("head", textOf(argv, "head")),
    secondTip: argv["splice"] === true ? "allow" : "refuse",
    labels: textsOf(argv, "branch-label"),
    dependsOn: textsOf(argv, "depends-on"),
    ...optional("revisionId", textOf(argv, "rev-id")),
    ...optional("versionPath", textOf(argv, "version-path")),
    ...optional("fromRepository", textOf(argv, "from-repo")),
    ...diffOf(argv),
    ...optional("configuration", textOf(argv, "config")),
    test: argv["no-test"] === true ? "none" : "written",
    flags: templateFlags(argv),
  };
}

function diffOf(argv: Arguments): { readonly diff?: readonly [string, string] } {
  const [old, fresh] = textsOf(argv, "diff");
  return old === undefined || fresh === undefined ? {} : { diff: [old, fresh] };
}

function tellWritten(argv: Arguments, report: NewRevisionReport): number {
  if (mannerOf(argv).json) printJson(report);
  else for (const file of [...report.files, ...report.tests]) print(file);
  for (const text of report.notes) note(text);
  return 0;
}

function optional<Key extends string>(key: Key, value: string | undefined): { readonly [K in Key]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: string };
}

/** What is not an option of the command itself; a flag without a value has the empty text. */
function templateFlags(argv: Arguments): Record<string, string[]> {
  const own = new Set([...Object.keys(ownOptions), "m", "manager", "help", "h", "$0", "_"]);
  const names = Object.keys(argv).filter((name) => !own.has(name) && !/[A-Z]/.test(name));
  return Object.fromEntries(names.map((name) => [name, argv[name] === true ? [""] : textsOf(argv, name)]));
}

const checkCommand: Command = {
  command: "check",
  describe: "Check all revisions, without a repository",
  builder: (yargs) =>
    yargs
      .options({ config: ownOptions.config, json: ownOptions.json, verbose: ownOptions.verbose })
      .example("$0 revision check", "headers, parents, cycles, names, of all files that are found"),
  run: async (argv) => {
    const { checkRevisions } = await import("../../catalog/check-revisions.js");
    const { revisions } = await checkRevisions({ ...readProjectOptions(argv), trees: await treesOf(argv) });
    if (mannerOf(argv).json) printJson({ ok: true, revisions });
    else print(revisions === 1 ? "1 revision is in order" : `${revisions} revisions are in order`);
    return 0;
  },
};

const testCommand: Command = {
  command: "test [revision..]",
  describe: "Try revisions on scratch databases: up, down and up again, with rows in every table",
  builder: (yargs) =>
    yargs
      .positional("revision", {
        type: "string",
        array: true,
        describe: "Climb to these, one after the other (default: head)",
      })
      .options({ config: ownOptions.config, json: ownOptions.json, verbose: ownOptions.verbose })
      .example("$0 revision test", "every revision of the project, one after the other")
      .example("$0 revision test 5d1f0c2ab7e4", "up to this one")
      .epilogue(
        "PostgreSQL is tried where GODWIT_TEST_POSTGRES is the URL of a server's database. Revisions of a Butler's trees are tried on copies of the repositories that GODWIT_TEST_BUTLERS names (folders or labels, with commas between them).",
      ),
  run: async (argv) => {
    const { tryRevisions } = await import("../../testing/index.js");
    const targets = textsOf(argv, "revision");
    const reports = await tryRevisions({
      ...readProjectOptions(argv),
      ...(targets.length === 0 ? {} : { target: targets }),
      emptyTables: "allow",
    });
    if (mannerOf(argv).json) {
      printJson({
        trials: reports.map(({ repository, steps }) => ({
          repository,
          steps: steps.map((step) => ({ ...step, unfilled: Object.fromEntries(step.unfilled) })),
        })),
      });
      return 0;
    }
    for (const { repository, steps } of reports) {
      print(
        `${repository}: ${steps.length} ${steps.length === 1 ? "revision is" : "revisions are"} in order`,
      );
      const empty = new Map(steps.flatMap(({ unfilled }) => [...unfilled]));
      for (const [table, reason] of empty) note(`${repository}: table "${table}" stayed empty: ${reason}`);
    }
    return 0;
  },
};

const editCommand: Command = {
  command: "edit <revision>",
  example: "godwit revision edit 5d1f0c2ab7e4",
  describe: "Open the file of a revision in $EDITOR",
  builder: (yargs) =>
    yargs
      .positional("revision", { type: "string", describe: "Id, a unique beginning of one, or a label" })
      .options({ config: ownOptions.config, json: ownOptions.json, verbose: ownOptions.verbose })
      .example("$0 revision edit 5d1f", "by the beginning of its id"),
  run: async (argv) => {
    const { show } = await import("../../api/show.js");
    const { revisions } = await show(textOf(argv, "revision") ?? "", {
      ...readProjectOptions(argv),
      trees: await treesOf(argv),
    });
    const [file] = revisions.flatMap((one) => one.file ?? []);
    const { InputError } = await import("../../errors.js");
    const editor = process.env["VISUAL"] ?? process.env["EDITOR"];
    if (file === undefined) throw new InputError("no-file", "That revision has no file.");
    if (editor === undefined || editor === "") {
      throw new InputError("no-editor", `No editor is set to open ${file}.`, { hint: "Set EDITOR." });
    }
    const { spawnSync } = await import("node:child_process");
    // $EDITOR may hold options, as in `code --wait`; the file's name is none of the shell's business.
    const { status } = spawnSync("sh", ["-c", `${editor} "$1"`, "sh", file], { stdio: "inherit" });
    if (status === 0) return 0;
    throw new InputError(
      "editor-failed",
      `The editor "${editor}" ended with ${status ?? "a signal"}; ${file} may be as it was.`,
      {
        hint: "Set EDITOR to a program that is there.",
      },
    );
  },
};

export const revisionCommand: Command = {
  command: "revision",
  describe: "Write and check revision files",
  builder: (yargs) =>
    yargs.example("$0 revision new app --table t --add-column 'doc text null'", "a column on a table"),
  commands: [newCommand, mergeCommand, checkCommand, testCommand, editCommand],
  run: async () => 0,
};
