import { readFile } from "node:fs/promises";
import path from "node:path";
import { InputError, messageOf } from "../errors.js";
import { checkConfiguration } from "./check.js";
import type { Configuration } from "./configuration.js";
import { findConfiguration, namedConfiguration } from "./find.js";

/** Where a configuration is looked for. */
export interface ConfigurationSearch {
  /** Folder that the search starts from, and that a relative `configuration` is seen from (default: the current folder). */
  readonly folder?: string;
  /** Path of the file; without it one is looked for upwards. */
  readonly configuration?: string;
}

/**
 * Finds and reads the configuration.
 * @returns null where there is none
 * @throws InputError `configuration-missing`, `configuration`, `module-syntax`, `module-load` with file and field
 */
export async function readConfiguration(search: ConfigurationSearch = {}): Promise<Configuration | null> {
  const start = path.resolve(search.folder ?? process.cwd());
  const file =
    search.configuration === undefined
      ? findConfiguration(start)
      : namedConfiguration(search.configuration, start);
  if (file === null) return null;
  const content = file.endsWith(".json") ? await readJson(file) : await runModule(file);
  return { ...checkConfiguration(file, content), file, folder: path.dirname(file) };
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as unknown;
  } catch (error) {
    const reason = messageOf(error);
    throw new InputError("configuration", `${file} could not be read: ${reason}`, {
      hint: "Correct the file, or name another one with --config.",
      cause: error,
    });
  }
}

async function runModule(file: string): Promise<unknown> {
  const { importFile } = await import("../catalog/load.js");
  const { default: content } = await importFile(file);
  return content;
}
