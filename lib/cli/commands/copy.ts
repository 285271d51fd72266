import type { CopyOptions, CopyReport } from "../../api/copy.js";
import type { FileManner } from "../../copy/files.js";
import { InputError } from "../../errors.js";
import { copyListener, printCopy, withoutPassword } from "../render/copy.js";
import { printJson, print } from "../render/table.js";
import { mannerOf, projectOptions, readProjectOptions, readSeconds, textOf, textsOf } from "../settings.js";
import type { Arguments } from "../settings.js";
import { withSignals } from "../signals.js";
import type { Command } from "./index.js";
import type { Argv } from "yargs";
import { given } from "../../given.js";

export const copyCommand: Command = {
  command: "copy [source] [destination]",
  describe: "Make a new repository out of one",
  builder: (yargs) =>
    copyOptions(projectOptions(yargs))
      .positional("source", { type: "string", describe: "The original (or --repo)" })
      .positional("destination", {
        type: "string",
        describe: "A folder that does not exist yet; a URL for a plain database",
      })
      .option("discard", {
        type: "string",
        requiresArg: true,
        describe: "Remove the unfinished copy in this folder, and stop",
      })
      .option("lock-timeout", {
        type: "string",
        describe: "Seconds to wait for a writer of the SQLite file (default 60)",
      })
      .example(
        "$0 copy /repo/main /scratch/main",
        "a Butler on SQLite; its files become hard links where possible",
      )
      .example(
        "$0 copy /repo/main /scratch/main --schema main_copy",
        "a Butler on PostgreSQL, into another schema",
      )
      .example("$0 copy --discard /scratch/main", "remove what an interrupted copy left"),
  run: async (argv) => {
    const discarded = textOf(argv, "discard");
    if (discarded !== undefined) return discard(argv, discarded);
    const { source, destination } = placesOf(argv);
    const report = await copyFromCommandLine(argv, source, destination);
    if (mannerOf(argv).json) printJson(documentOf(report));
    else printCopy(report);
    return 0;
  },
};

/** Options of every command that makes a copy. */
export function copyOptions(yargs: Argv): Argv {
  return yargs
    .option("schema", { type: "string", requiresArg: true, describe: "PostgreSQL: the schema of the copy" })
    .option("database", {
      type: "string",
      requiresArg: true,
      describe: "PostgreSQL: URL of the copy's database",
    })
    .option("files", {
      choices: ["auto", "link", "reflink", "copy", "none"] as const,
      describe: "How files get there (default auto: the first of link, reflink, copy that works)",
    });
}

/** Reads the options of a copy. */
export function readCopyOptions(argv: Arguments): CopyOptions {
  const schema = textOf(argv, "schema");
  const database = textOf(argv, "database");
  const files = textOf(argv, "files") as FileManner | undefined;
  return {
    ...readProjectOptions(argv),
    lockTimeoutMs: readSeconds(argv, "lock-timeout") * 1000,
    ...given({ schema, database, files }),
  };
}

/** Copies, and tells how it goes on. */
export async function copyFromCommandLine(
  argv: Arguments,
  source: string,
  destination: string,
): Promise<CopyReport> {
  const { copy } = await import("../../api/copy.js");
  const onCopy = copyListener(mannerOf(argv));
  return withSignals((signal) => copy(source, destination, { ...readCopyOptions(argv), onCopy, signal }));
}

/** With `--repo`, only the destination is named. */
function placesOf(argv: Arguments): { readonly source: string; readonly destination: string } {
  const repository = textOf(argv, "repo");
  const names = [...textsOf(argv, "source"), ...textsOf(argv, "destination")];
  const [source, destination] = repository === undefined ? names : [repository, ...names];
  if (
    source !== undefined &&
    destination !== undefined &&
    names.length + (repository === undefined ? 0 : 1) === 2
  ) {
    return { source, destination };
  }
  throw new InputError(
    "usage",
    "Name the original and the place of the copy: godwit copy SOURCE DESTINATION.",
  );
}

async function discard(argv: Arguments, folder: string): Promise<number> {
  const { discardCopy } = await import("../../api/copy.js");
  await discardCopy(folder, textOf(argv, "repo") ?? null, readProjectOptions(argv));
  if (!mannerOf(argv).json) print(`Removed ${folder}`);
  else printJson({ discarded: folder });
  return 0;
}

/** As `--json` prints it. */
export function documentOf(report: CopyReport): object {
  const { uri, tables, files, notes, durationMs } = report;
  return {
    copy: withoutPassword(uri),
    tables: tables.map(({ table, rows, digest }) => ({ name: table, rows: Number(rows), digest })),
    files: { ...files, bytes: Number(files.bytes) },
    notes,
    durationMs,
  };
}
