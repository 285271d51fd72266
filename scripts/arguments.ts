/** Arguments of the scripts: a usage text for `--help`, and for what is not understood. */
import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import { messageOf } from "../lib/errors.js";

/**
 * Reads the arguments of a script; ends it with its usage where that is asked for (0), or where they are not understood (2).
 * @param usage how the script is called
 * @param config as for `parseArgs` of Node; `help` is added
 */
export function readArguments<Config extends ParseArgsConfig>(
  usage: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  if (process.argv.slice(2).includes("--help")) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    refuse(usage, messageOf(error));
  }
}

/** Ends the script, saying what is wrong, and how it is called. */
export function refuse(usage: string, reason: string): never {
  console.error(`${reason}\n\n${usage}`);
  process.exit(2);
}

/** A number from 1 on; ends the script where the text is none. @param name what the number is, for the message */
export function countFrom(usage: string, name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  refuse(usage, `${name} must be a number from 1 on, and is "${text}".`);
}
