/** The configuration of a repository. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { DatabaseAddress } from "../../database/open.js";
import { InputError, RefusedError } from "../../errors.js";
import { databaseAddress } from "./connection.js";
import { datastoresOf } from "./datastores.js";
import type { Datastore } from "./datastores.js";
import { locateConfig } from "./locate.js";
import { isRecord, merged, textAt, valueAt } from "./tree.js";
import type { ConfigTree } from "./tree.js";
import { isRemote, pathOf } from "./paths.js";
import { readConfigFile } from "./yaml.js";
import type { ReadScope } from "./yaml.js";

/** What `butler.yaml` says, as far as migrations need it. */
export interface ButlerConfig {
  /** Absolute path of the configuration file. */
  readonly file: string;
  /** What `<butlerRoot>` stands for. */
  readonly root: string;
  readonly database: DatabaseAddress;
  readonly datastores: readonly Datastore[];
  /** Classes that `registry.managers` names, as written there, by manager. */
  readonly managers: ReadonlyMap<string, string>;
}

/**
 * Reads the configuration of a repository.
 * @param uri folder, `butler.yaml`, `file:` URI, or label of the repository index
 * @throws InputError where there is no such repository, or its configuration cannot be used
 * @throws RefusedError `remote-butler` for a client of a server
 */
export function openConfig(uri: string, scope: ReadScope): ButlerConfig {
  const file = locateConfig(uri, scope);
  const own = readConfigFile(file, scope);
  if (!isRecord(own)) {
    throw new InputError("bad-yaml", `${file} is no configuration: it holds no keys.`, {
      hint: "Name the butler.yaml of a repository.",
    });
  }
  refuseRemote(own, file);
  const config = merged(defaults(scope), own);
  const root = rootOf(own, file, scope);
  return {
    file,
    root,
    database: databaseAddress(config, root, scope),
    datastores: datastoresOf(config),
    managers: managersOf(config),
  };
}

function refuseRemote(config: ConfigTree, file: string): void {
  const cls = textAt(config, "cls");
  if (cls === undefined || !cls.endsWith("RemoteButler")) return;
  throw new RefusedError("remote-butler", `${file} belongs to a client of a Butler server.`, {
    hint: "Migrate the repository where its database is, with the server's own butler.yaml.",
  });
}

/** A local root becomes an absolute path; a relative one starts from the current folder, as in Butler, or else from the file's. */
function rootOf(config: ConfigTree, file: string, { environment, folder }: ReadScope): string {
  const root = textAt(config, "root");
  if (root === undefined) return path.dirname(file);
  if (isRemote(root)) return root;
  const place = pathOf(root, environment);
  const candidates = [path.resolve(folder, place), path.resolve(path.dirname(file), place)];
  return candidates.find((one) => existsSync(one)) ?? path.resolve(path.dirname(file), place);
}

/** What `DAF_BUTLER_CONFIG_PATH` adds beneath the repository's own configuration; its first folder counts most. */
function defaults(scope: ReadScope): ConfigTree {
  const folders = (scope.environment["DAF_BUTLER_CONFIG_PATH"] ?? "").split(":").filter((one) => one !== "");
  let tree: ConfigTree = {};
  for (const folder of folders.toReversed()) {
    for (const name of ["registry", "datastore"]) {
      const file = path.resolve(scope.folder, pathOf(folder, scope.environment), `${name}.yaml`);
      const content = existsSync(file) ? readConfigFile(file, scope) : undefined;
      if (isRecord(content)) tree = merged(tree, { [name]: valueAt(content, name) ?? content });
    }
  }
  return tree;
}

function managersOf(config: ConfigTree): Map<string, string> {
  const managers = valueAt(config, "registry", "managers");
  const found = new Map<string, string>();
  if (!isRecord(managers)) return found;
  for (const manager of Object.keys(managers)) {
    const cls = textAt(managers, manager) ?? textAt(managers, manager, "cls");
    if (cls !== undefined) found.set(manager, cls);
  }
  return found;
}
