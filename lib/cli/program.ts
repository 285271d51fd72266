import yargs from "./yargs.js";
import type { Argv } from "yargs";
import { GodwitError, InputError } from "../errors.js";
import { commands } from "./commands/index.js";
import type { Command } from "./commands/index.js";
import type { Arguments } from "./settings.js";
import { printExactly, tolerateClosedPipe } from "./render/table.js";
import { version } from "../version.js";
import { valueAt } from "../known.js";

/** What a program call asks for before any command is known: how errors are printed. */
interface Manner {
  readonly json: boolean;
  readonly verbose: boolean;
}

/** How a usage error leaves yargs. */
class UsageError extends Error {}

/**
 * Runs the program.
 * @param args as typed, without node and the program's path
 * @returns the exit code
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  const manner = mannerOf(args);
  tolerateClosedPipe();
  try {
    return await parse(args);
  } catch (error) {
    const shown = error instanceof UsageError ? usage(error.message, args) : error;
    const { printError } = await import("./render/errors.js");
    printError(shown, manner);
    return shown instanceof GodwitError ? shown.exitCode : 1;
  }
}

function mannerOf(args: readonly string[]): Manner {
  const flags = new Set(args);
  return { json: flags.has("--json"), verbose: flags.has("--verbose") };
}

async function parse(args: readonly string[]): Promise<number> {
  let running: Promise<number> = Promise.resolve(0);
  // yargs waits for no promise here.
  const names = await namesAskedFor(args);
  const parser = yargs(withoutSeparator(args))
    .scriptName("godwit")
    .usage("$0 <command>\n\nMigrates data repositories: a database plus the files that it describes.")
    // Targets and values are texts: 0012, 4e2 and -1 stay as they were typed.
    .parserConfiguration({
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "greedy-arrays": false,
      "boolean-negation": false,
      "duplicate-arguments-array": true,
    })
    .strict()
    .recommendCommands()
    .example("$0 current --repo /repo/main", "where a repository stands, and what is pending")
    .example("$0 upgrade head --repo /repo/main", "bring it to the newest versions")
    .demandCommand(1, "Name a command; `godwit --help` lists them.")
    .help()
    .alias("help", "h")
    .version(version)
    .completion(
      "completion",
      "Print a script that completes commands, options and names in bash or zsh",
      (
        _current: string,
        _argv: unknown,
        defaults: (done: (error: Error | null, words: string[] | undefined) => void) => void,
        done: (words: string[]) => void,
      ) => defaults((_error, words = []) => done([...words, ...names])),
    )
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      if (error !== undefined && !isYargsError(error)) throw error;
      throw new UsageError(message ?? error?.message ?? "wrong use");
    });
  // The command is not waited for within yargs, which would lay out a help page beforehand.
  const run = (command: Command, argv: Arguments): void => {
    running = command.run(argv);
  };
  withoutSpareHelp(parser);
  const epilogue = await epilogueFor(args);
  for (const command of commands) register(parser, command, run, epilogue);
  if (args[0] === "completion" && args.length === 1 && !isZsh(process.env)) {
    // Targets hold an @, which bash takes for the beginning of a host otherwise.
    printExactly("COMP_WORDBREAKS=${COMP_WORDBREAKS//@}");
  }
  await parser.parse();
  return running;
}

/** yargs lays out the help page after every command, in case one asks for it later: a tenth of the time of a short one. */
function withoutSpareHelp(parser: Argv): void {
  const inner = parser as unknown as {
    getInternalMethods(): { getUsageInstance(): { cacheHelpMessage: () => void } };
  };
  inner.getInternalMethods().getUsageInstance().cacheHelpMessage = () => undefined;
}

/** As yargs finds out for which shell its script is. */
function isZsh({ SHELL, ZSH_NAME }: NodeJS.ProcessEnv): boolean {
  return SHELL?.includes("zsh") === true || ZSH_NAME?.includes("zsh") === true;
}

/** The names that fit a word that a shell asks for; what cannot be looked up is not completed, as a shell has no use for an error. */
async function namesAskedFor(args: readonly string[]): Promise<string[]> {
  if (args[0] !== "--get-yargs-completions") return [];
  try {
    const { namesFor } = await import("./completion.js");
    return await namesFor(args, valueAt(args, args.length - 1));
  } catch {
    return [];
  }
}

/** The end of the help page that is asked for, which yargs cannot wait for. */
async function epilogueFor(args: readonly string[]): Promise<string | null> {
  if (!args.includes("--help") && !args.includes("-h")) return null;
  const [first, second] = args;
  const command = commands.find(({ command: form }) => nameOf(form) === first);
  const below = command?.commands?.find(({ command: form }) => nameOf(form) === second);
  const epilogue = (below ?? command)?.helpEpilogue;
  return epilogue === undefined ? null : epilogue(args);
}

function nameOf(form: Command["command"]): string {
  return valueAt(String(form).split(" "), 0);
}

/** Makes a command known, and those below it. */
function register(
  parser: Argv,
  command: Command,
  run: (command: Command, argv: Arguments) => void,
  epilogue: string | null,
): void {
  const { command: form, describe, builder, commands: below = [], helpEpilogue } = command;
  parser.command({
    command: form,
    describe,
    builder: (own: Argv) => {
      const built = typeof builder === "function" ? (builder(own) as Argv) : own;
      for (const one of below) register(built, one, run, epilogue);
      if (helpEpilogue !== undefined && epilogue !== null) built.epilogue(epilogue);
      return below.length === 0 ? built : built.demandCommand(1, `Name a command of \`${String(form)}\`.`);
    },
    handler: (argv) => {
      if (below.length === 0) run(command, argv);
    },
  });
}

/** yargs takes `-1` for a target without `--`, does not count as positional what follows it, and no target looks like an option. */
function withoutSeparator(args: readonly string[]): string[] {
  const position = args.indexOf("--");
  return position < 0 ? [...args] : [...args.slice(0, position), ...args.slice(position + 1)];
}

function isYargsError(error: Error): boolean {
  return error.name === "YError";
}

/** What a command cannot do without is named as its help page names it. */
function tooFew(args: readonly string[]): InputError {
  const words = args.filter((one) => !one.startsWith("-"));
  const first = commands.find(({ command: form }) => nameOf(form) === words[0]);
  const second = first?.commands?.find(({ command: form }) => nameOf(form) === words[1]);
  const command = second ?? first;
  const typed = [first, second].flatMap((one) => (one === undefined ? [] : nameOf(one.command))).join(" ");
  const needed = /<([^>.]+)/.exec(String(command?.command))?.[1] ?? "argument";
  const example = command?.example === undefined ? "" : `For example: ${command.example}. `;
  return new InputError("usage", `\`godwit ${typed}\` needs ${article(needed)} ${needed}.`, {
    hint: `${example}\`godwit ${typed} --help\` shows more.`,
  });
}

function article(noun: string): "a" | "an" {
  return /^[aeiou]/.test(noun) ? "an" : "a";
}

const seeHelp = "`godwit --help`, and `godwit <command> --help`, show what there is.";

/** yargs offers what is spelled alike without saying instead of what. */
function usage(message: string, args: readonly string[]): InputError {
  if (message.startsWith("Not enough non-option arguments")) return tooFew(args);
  if (!message.startsWith("Did you mean ")) return new InputError("usage", message.trim(), { hint: seeHelp });
  const typed = args.filter((one) => !one.startsWith("-")).slice(0, 2);
  const word = commands.some(({ command: form }) => nameOf(form) === typed[0]) ? typed[1] : typed[0];
  return new InputError("usage", `There is no command "${word ?? ""}".`, { hint: `${message} ${seeHelp}` });
}
