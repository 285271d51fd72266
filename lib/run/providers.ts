import { createRequire } from "node:module";
import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError } from "../errors.js";

/** Values by the name that revisions need, in the order in which they are asked. */
export type Providers = ReadonlyMap<string, readonly unknown[]>;

/**
 * Resolves providers: a text is `module#export` (a package, or a file path as seen from `folder`), anything else is the provider itself.
 *
 * @throws InputError `provider-module`, `provider-export`
 */
export async function resolveProviders(
  given: Readonly<Record<string, unknown>>,
  folder: string,
): Promise<Providers> {
  const providers = new Map<string, readonly unknown[]>();
  for (const [name, value] of Object.entries(given)) {
    const list: unknown[] = [];
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      list.push(typeof one === "string" ? await loadProvider(name, one, folder) : one);
    }
    providers.set(name, list);
  }
  return providers;
}

async function loadProvider(name: string, text: string, folder: string): Promise<unknown> {
  const [module = "", exported = "default"] = text.split("#");
  const namespace = await importModule(name, module, folder);
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

async function importModule(name: string, module: string, folder: string): Promise<Record<string, unknown>> {
  const isPath = module.startsWith(".") || isAbsolute(module);
  try {
    const { importFile } = await import("../catalog/load.js");
    const file = isPath
      ? resolve(folder, module)
      : createRequire(pathToFileURL(`${folder}/`)).resolve(module);
    return await importFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      "provider-module",
      `Provider "${name}": module "${module}" could not be loaded: ${reason}`,
      {
        hint: `Relative paths are seen from ${folder}; give --provider ${name}=module#export.`,
        cause: error,
      },
    );
  }
}
