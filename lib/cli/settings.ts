/** What is typed, read once: nothing below reads arguments or the environment. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { Argv } from "yargs";
import type { ProjectOptions, RunOptions } from "../api/options.js";
import { InputError } from "../errors.js";
import { given } from "../given.js";

const seeHelp = "`godwit <command> --help` shows what options take.";

export type Arguments = Readonly<Record<string, unknown>>;

/** Options of every command that looks at revisions or a repository. */
export function projectOptions(yargs: Argv): Argv {
  return yargs
    .option("repo", {
      type: "string",
      describe: "The repository: a Butler's folder, butler.yaml or label, or a database URL",
    })
    .option("config", {
      type: "string",
      describe: "Configuration file (default: godwit.config.ts|js|json, found upwards)",
    })
    .option("namespace", {
      type: "string",
      describe: "Namespace of a Butler's dimension configuration, where none is stored",
    })
    .option("plain", {
      type: "boolean",
      describe: "Treat a Butler's database, given by its URL, as a plain one",
    })
    .option("json", { type: "boolean", describe: "Print one JSON document" })
    .option("verbose", { type: "boolean", describe: "Tell statements, times and the cause of errors" });
}

/** Options of every command that runs or plans revisions. */
export function runOptions(yargs: Argv): Argv {
  return projectOptions(yargs)
    .option("options", {
      type: "string",
      array: true,
      describe: "An option of a revision, as name=value; may be repeated",
    })
    .option("provider", {
      type: "string",
      array: true,
      describe: "Content from downstream, as name=module#export; may be repeated",
    })
    .option("allow-data-loss", { type: "boolean", describe: "Also run steps that lose information" });
}

/** Options of the commands that move a repository. */
export function moveOptions(yargs: Argv): Argv {
  return runOptions(yargs)
    .option("plan", { type: "boolean", describe: "Show what would be done, and stop" })
    .option("verify", { type: "boolean", describe: "Check schema and rows before, and after every step" })
    .option("sql", { type: "boolean", describe: "Print a script that does the same, and stop" })
    .option("dialect", {
      choices: ["sqlite", "postgresql"],
      describe: "With --sql and a range A:B: for a plain database that is not at hand",
    })
    .option("atomic", { type: "boolean", describe: "Put the whole plan into one transaction" })
    .option("jobs", {
      type: "string",
      requiresArg: true,
      describe: "Connections that work side by side where PostgreSQL can use several (default 1)",
    })
    .option("lock-timeout", { type: "string", describe: "Seconds to wait for another runner (default 60)" })
    .option("backup", {
      type: "string",
      requiresArg: true,
      describe: "Write the database into this file or folder before the first change",
    })
    .option("yes", { alias: "y", type: "boolean", describe: "Do not ask" })
    .conflicts("sql", "json");
}

/** How output looks. */
export interface Manner {
  readonly json: boolean;
  readonly verbose: boolean;
}

export function mannerOf(argv: Arguments): Manner {
  return { json: argv["json"] === true, verbose: argv["verbose"] === true };
}

/** A text option, or undefined; given twice, the last one counts. */
export function textOf(argv: Arguments, name: string): string | undefined {
  return textsOf(argv, name).at(-1);
}

/** All values of a text option or positional. */
export function textsOf(argv: Arguments, name: string): string[] {
  const value = argv[name];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one) => typeof one === "string");
}

/** The project's options. */
export function readProjectOptions(argv: Arguments): ProjectOptions {
  const configuration = textOf(argv, "config");
  const namespace = textOf(argv, "namespace");
  return {
    ...given({ configuration, namespace }),
    ...(argv["plain"] === true ? { butlerDatabase: "plain" } : {}),
  };
}

/** The options of a run. @throws InputError `bad-option` for what is not name=value */
export function readRunOptions(argv: Arguments): RunOptions {
  const providers = pairs(argv, "provider", "name=module#export");
  const backup = textOf(argv, "backup");
  return {
    ...readProjectOptions(argv),
    options: Object.fromEntries(pairs(argv, "options", "name=value")),
    providers: groupByName(providers),
    dataLoss: argv["allow-data-loss"] === true ? "allow" : "refuse",
    verify: argv["verify"] === true ? "every-step" : "none",
    atomic: argv["atomic"] === true ? "plan" : "step",
    lockTimeoutMs: readSeconds(argv, "lock-timeout") * 1000,
    ...readJobs(argv),
    ...given({ backup }),
  };
}

function groupByName(providers: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const [name, value] of providers) (groups[name] ??= []).push(value);
  return groups;
}

function pairs(argv: Arguments, name: string, form: string): [string, string][] {
  return textsOf(argv, name).map((text) => {
    const position = text.indexOf("=");
    if (position > 0) return [text.slice(0, position), text.slice(position + 1)];
    throw new InputError("bad-option", `--${name} takes ${form}, not "${text}".`, { hint: seeHelp });
  });
}

const defaultLockTimeout = 60;

/** A number of seconds; 60 where none is given. @throws InputError `bad-option` */
export function readSeconds(argv: Arguments, name: string): number {
  const text = textOf(argv, name);
  if (text === undefined) return defaultLockTimeout;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new InputError("bad-option", `--${name} takes a number of seconds, not "${text}".`, {
    hint: seeHelp,
  });
}

const mostJobs = 32;

/** How much goes side by side, where that is said. @throws InputError `bad-option` */
export function readJobs(argv: Arguments): { readonly jobs?: number } {
  const text = textOf(argv, "jobs");
  if (text === undefined) return {};
  if (/^[1-9]\d?$/.test(text) && Number(text) <= mostJobs) return { jobs: Number(text) };
  throw new InputError("bad-option", `--jobs takes a number from 1 to ${mostJobs}, not "${text}".`, {
    hint: seeHelp,
  });
}

/**
 * The repository that is meant: `--repo`, `GODWIT_REPO`, `repo` of the configuration, or the current folder with its `butler.yaml`.
 * @throws InputError `no-repository` where none of them says
 */
export async function repositoryOf(argv: Arguments): Promise<string> {
  const found = await findRepository(argv);
  if (found !== null) return found;
  throw new InputError("no-repository", "No repository was given.", {
    hint: "Add --repo URI, set GODWIT_REPO, set `repo` in godwit.config.json, or go to a folder that holds butler.yaml.",
  });
}

/** The same, or null where none of them says. */
export async function findRepository(argv: Arguments): Promise<string | null> {
  const [typed, ...others] = [...new Set(textsOf(argv, "repo"))];
  if (typed === "" || others.length > 0) throw badRepository(typed, others);
  const given = typed ?? process.env["GODWIT_REPO"];
  if (given !== undefined && given !== "") return given;
  const { readConfiguration } = await import("../configuration/read.js");
  const configuration = await readConfiguration(readProjectOptions(argv));
  if (configuration?.repo !== undefined) return relativeTo(configuration.folder, configuration.repo);
  return existsSync("butler.yaml") ? process.cwd() : null;
}

/** A variable that is not set leaves nothing behind --repo: another repository must not be taken for it. */
function badRepository(typed: string | undefined, others: readonly string[]): InputError {
  return typed === ""
    ? new InputError("bad-option", "--repo names no repository: what stands behind it is empty.", {
        hint: "A variable may not be set. Leave --repo out to take the configured repository.",
      })
    : new InputError("bad-option", `--repo names several repositories: ${[typed, ...others].join(", ")}.`, {
        hint: "A command works on one.",
      });
}

/** Relative paths in a configuration start from its folder; a word without a slash is a label first. */
function relativeTo(folder: string, uri: string): string {
  const sqlite = /^(sqlite(?:\+\w+)?:\/\/\/)(?!\/)(.+)$/.exec(uri);
  if (sqlite !== null) return `${sqlite[1]}${path.resolve(folder, sqlite[2] ?? "")}`;
  return /^([.]{1,2}$|[^/:~$][^/:]*\/)/.test(uri) ? path.resolve(folder, uri) : uri;
}

const databaseUrl = /^(sqlite|postgres|postgresql)(\+[a-z0-9_]+)?:/i;

/** What kind of repository is meant, without opening it: a Butler unless a database URL is given or configured. */
export async function kindOf(argv: Arguments): Promise<"butler" | "plain"> {
  return databaseUrl.test((await findRepository(argv)) ?? "") ? "plain" : "butler";
}

/** Which trees belong to it: the shipped ones are a Butler's. */
export async function treesOf(argv: Arguments): Promise<"shipped" | "own"> {
  return (await kindOf(argv)) === "plain" ? "own" : "shipped";
}
