/** Finds the configuration file that a user means. */
import { statSync } from "node:fs";
import path from "node:path";
import { InputError } from "../../errors.js";
import { readRepositoryIndex } from "./repository-index.js";
import type { RepositoryIndex } from "./repository-index.js";
import { isRemote, pathOf, withoutPassword } from "./paths.js";
import type { ReadScope } from "./yaml.js";

/**
 * The configuration file of a repository: a label of the index, a folder, a file, or a `file:` URI of either.
 * @returns an absolute path
 * @throws InputError `no-repository`, `remote-repository`
 */
export function locateConfig(uri: string, scope: ReadScope): string {
  const index = readRepositoryIndex(scope);
  const target = (index.kind === "read" ? index.uris.get(uri) : undefined) ?? uri;
  if (isRemote(target)) {
    throw new InputError("remote-repository", `${withoutPassword(target)} is not a file of this computer.`, {
      hint: "Copy its butler.yaml here, with `root` set to the repository's URI, and name that file.",
    });
  }
  const place = path.resolve(scope.folder, pathOf(target, scope.environment));
  const file = isFolder(place) || !/\.(ya?ml|json)$/i.test(place) ? path.join(place, "butler.yaml") : place;
  if (isFile(file)) return file;
  throw isFile(place) ? noConfiguration(place) : missing(uri, target, file, index);
}

function noConfiguration(place: string): InputError {
  return new InputError("no-repository", `${place} is no butler.yaml.`, {
    hint: `Name the folder of a Butler, or its butler.yaml; a database by itself is named sqlite:///${place}.`,
  });
}

function missing(uri: string, target: string, file: string, index: RepositoryIndex): InputError {
  const label = uri === target ? "" : ` (label "${uri}" of the repository index)`;
  return new InputError(
    "no-repository",
    `There is no repository "${withoutPassword(target)}"${label}: ${withoutPassword(file)} does not exist.`,
    { hint: hintAbout(index) },
  );
}

function hintAbout(index: RepositoryIndex): string {
  if (index.kind === "failed") return `Labels are not known, as ${index.reason}.`;
  const labels = [...index.uris.keys()].toSorted();
  return labels.length === 0
    ? "The repository index is empty."
    : `The labels of the repository index are ${labels.join(", ")}.`;
}

function isFolder(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isFile(place: string): boolean {
  try {
    return statSync(place, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // A parent is a file: nothing can be there.
    return false;
  }
}
