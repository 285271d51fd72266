/** The search for a configuration file. A configuration is code, so one that others could have put there is never run. */
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { InputError } from "../errors.js";

/** The names, in the order in which they are looked for in a folder. */
export const configurationNames = ["godwit.config.ts", "godwit.config.js", "godwit.config.json"] as const;

/** Names a Butler repository's configuration has: content of a repository is never run. */
const repositoryMark = "butler.yaml";

/**
 * Looks for a configuration from a folder upwards. Folders that hold a `butler.yaml`, and what lies below them, are skipped, and so
 * are files that everybody may write, or that belong to another user.
 *
 * @param start absolute path of a folder
 * @returns absolute path, or null where there is none
 */
export function findConfiguration(start: string): string | null {
  const folders = foldersUpwards(start);
  const lastRepository = folders.findLastIndex((folder) => existsSync(path.join(folder, repositoryMark)));
  const candidates = folders
    .slice(lastRepository + 1)
    .flatMap((folder) => configurationNames.map((name) => path.join(folder, name)));
  return candidates.find((file) => existsSync(file) && isTrusted(file)) ?? null;
}

/**
 * The configuration that was named explicitly.
 * @throws InputError `configuration-missing`
 */
export function namedConfiguration(name: string, folder: string): string {
  const file = path.resolve(folder, name);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
  throw new InputError("configuration-missing", `There is no configuration file ${file}.`, {
    hint: "Correct --config, or leave it out to have the file looked for upwards from the current folder.",
  });
}

function foldersUpwards(start: string): string[] {
  const folders = [path.resolve(start)];
  for (let folder = path.resolve(start); folder !== path.dirname(folder);) {
    folder = path.dirname(folder);
    folders.push(folder);
  }
  return folders;
}

function isTrusted(file: string): boolean {
  const { uid, mode } = statSync(file);
  const everybodyWrites = (mode & 0o002) !== 0;
  const own = process.getuid === undefined || uid === process.getuid();
  return own && (!everybodyWrites || process.platform === "win32");
}
