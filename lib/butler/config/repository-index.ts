/** The repository index: labels that stand for the URIs of repositories. */
import path from "node:path";
import { InputError } from "../../errors.js";
import { isRemote, pathOf, withoutPassword } from "./paths.js";
import { readConfigFile, readConfigText } from "./yaml.js";
import type { ReadScope } from "./yaml.js";
import { isRecord } from "./tree.js";

/** The labels of the index with their URIs, or why it could not be read. */
export type RepositoryIndex =
  | {
      readonly kind: "read";
      readonly uris: ReadonlyMap<string, string>;
      /** Labels that stand for no text. */
      readonly faulty: readonly string[];
    }
  | { readonly kind: "failed"; readonly reason: string };

/** Reads the index that the environment names: `DAF_BUTLER_REPOSITORIES` holds it, `DAF_BUTLER_REPOSITORY_INDEX` says where it is. */
export function readRepositoryIndex(scope: ReadScope): RepositoryIndex {
  const content = scope.environment["DAF_BUTLER_REPOSITORIES"] ?? "";
  const place = scope.environment["DAF_BUTLER_REPOSITORY_INDEX"] ?? "";
  if (content !== "" && place !== "") {
    return failed("DAF_BUTLER_REPOSITORIES and DAF_BUTLER_REPOSITORY_INDEX are both set");
  }
  if (content === "" && place === "") return failed("no repository index is configured");
  if (isRemote(place)) return failed(`${withoutPassword(place)} is not a file of this computer`);
  try {
    return content === ""
      ? indexOf(readConfigFile(path.resolve(scope.folder, pathOf(place, scope.environment)), scope), place)
      : indexOf(readConfigText(content, "DAF_BUTLER_REPOSITORIES"), "DAF_BUTLER_REPOSITORIES");
  } catch (error) {
    if (error instanceof InputError) return failed(error.message);
    throw error;
  }
}

function indexOf(content: unknown, name: string): RepositoryIndex {
  if (!isRecord(content)) return failed(`${name} is no map of labels`);
  const entries = Object.entries(content);
  return {
    kind: "read",
    uris: new Map(entries.filter(isText)),
    faulty: entries.filter((entry) => !isText(entry)).map(([label]) => label),
  };
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string";
}

function failed(reason: string): RepositoryIndex {
  return { kind: "failed", reason };
}
