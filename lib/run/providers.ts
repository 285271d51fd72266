import { createRequire } from "node:module";
import { isAbsolute, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { InputError, messageOf } from "../errors.js";
import { valueAt } from "../known.js";

/** Values by the name that revisions need, in the order in which they are asked. */
export type Providers = ReadonlyMap<string, readonly unknown[]>;

/** Providers by name: values, `module#export`, or lists of these; and where relative paths and packages are looked for. */
export interface GivenProviders {
  readonly providers?: Readonly<Record<string, unknown>>;
  readonly folder?: string;
}

/**
 * Resolves providers: a text is `module#export` (a package, or a path or `file:` URI of a file), anything else is the provider itself.
 *
 * @param configured those of the configuration; its folder is where their relative paths start
 * @param given those of the caller, which replace configured ones of the same name; relative paths start from the caller's folder
 * @throws InputError `provider-module`, `provider-export`
 */
export async function resolveProviders(
  configured: Required<GivenProviders>,
  given: GivenProviders,
): Promise<Providers> {
  const providers = new Map<string, readonly unknown[]>();
  const { providers: own = {}, folder = process.cwd() } = given;
  for (const [name, value] of Object.entries(configured.providers))
    if (!Object.hasOwn(own, name)) providers.set(name, await loadAll(name, value, [configured.folder]));
  for (const [name, value] of Object.entries(own))
    providers.set(name, await loadAll(name, value, [resolve(folder), configured.folder]));
  return providers;
}

/** @param folders relative paths start from the first one; packages are looked for from each */
async function loadAll(name: string, value: unknown, folders: readonly string[]): Promise<unknown[]> {
  const list: unknown[] = [];
  for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
    list.push(typeof one === "string" ? await loadProvider(name, one, folders) : one);
  }
  return list;
}

async function loadProvider(name: string, text: string, folders: readonly string[]): Promise<unknown> {
  const { module, exported } = partsOf(text);
  if (module === "") {
    throw new InputError("provider-module", `Provider "${name}" is given as "${text}".`, {
      hint: `It takes module#export: --provider ${name}=./cameras.js#${name}`,
    });
  }
  const namespace = await importModule(name, module, folders);
  if (!Object.hasOwn(namespace, exported)) {
    const offered = Object.keys(namespace).join(", ");
    throw new InputError(
      "provider-export",
      `Provider "${name}": module "${module}" exports no "${exported}".`,
      {
        hint: offered === "" ? "It exports nothing." : `It exports ${offered}.`,
      },
    );
  }
  return namespace[exported];
}

/** Names of folders may hold a `#` as well. */
function partsOf(text: string): { readonly module: string; readonly exported: string } {
  const at = text.lastIndexOf("#");
  if (at === -1 || /[/\\]/.test(text.slice(at))) return { module: text, exported: "default" };
  return { module: text.slice(0, at), exported: text.slice(at + 1) || "default" };
}

async function importModule(
  name: string,
  module: string,
  folders: readonly string[],
): Promise<Record<string, unknown>> {
  try {
    const { importFile } = await import("../catalog/load.js");
    return await importFile(await findModule(module, folders));
  } catch (error) {
    const [reason] = messageOf(error).split("\n", 1);
    throw new InputError(
      "provider-module",
      `Provider "${name}": module "${module}" could not be loaded: ${reason}`,
      {
        hint: `Relative paths begin with ./ or ../ and are seen from ${folders[0]}; give --provider ${name}=module#export.`,
        cause: error,
      },
    );
  }
}

/** The file that is meant. Packages are found as an import finds them, whatever module system they are written for. */
async function findModule(module: string, folders: readonly string[]): Promise<string> {
  if (module.startsWith("file:")) return fileURLToPath(module);
  if (module.startsWith(".") || isAbsolute(module)) return resolve(valueAt(folders, 0), module);
  const { createJiti } = await import("jiti");
  let fault: unknown;
  for (const folder of folders) {
    const from = pathToFileURL(`${folder}/`).href;
    for (const find of [
      () => fileURLToPath(createJiti(from).esmResolve(module)),
      () => createRequire(from).resolve(module),
    ]) {
      try {
        return find();
      } catch (error) {
        fault ??= error;
      }
    }
  }
  throw fault;
}
