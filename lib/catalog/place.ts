/** Where revision files are looked for. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.js";

/** A folder that holds a folder for each manager. */
export interface Place {
  /** Absolute path. */
  readonly folder: string;
  /** Whether the folder may be missing: only that of the default configuration may. */
  readonly presence: "required" | "optional";
}

/** The revisions that come with this package: the trees of the Butler's managers. */
export const shippedPlace: Place = {
  folder: fileURLToPath(new URL("../../revisions", import.meta.url)),
  presence: "optional",
};

/**
 * Finds the folder that a text of the configuration means: a folder (with `./`, `../`, `/`, or one that exists below `base`), or a
 * package whose package.json says where its revisions are: `"godwit": { "revisions": "./revisions" }`.
 *
 * @param base absolute path of the folder that relative paths start from
 * @throws InputError `revisions-folder`, `revisions-package`
 */
export function resolvePlace(text: string, base: string): Place {
  const folder = path.resolve(base, text);
  const isFolder = /^\.{0,2}[/\\]|^\.{1,2}$/.test(text) || path.isAbsolute(text) || existsSync(folder);
  if (!isFolder) return { folder: packageFolder(text, base), presence: "required" };
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError("revisions-folder", `There is no folder ${folder} to find revisions in.`, {
      hint: "Correct `revisions` in the configuration, or create the folder.",
    });
  }
  return { folder, presence: "required" };
}

function packageFolder(name: string, base: string): string {
  const description = findPackage(name, base);
  if (description === null) {
    throw new InputError(
      "revisions-package",
      `"${name}" is neither a folder in ${base} nor a package installed there.`,
      { hint: `Correct \`revisions\` in the configuration, or install the package: npm install ${name}` },
    );
  }
  const declared = declaredRevisions(description);
  if (declared === null) {
    throw new InputError("revisions-package", `${description} does not say where its revisions are.`, {
      hint: 'Its package.json needs "godwit": { "revisions": "./revisions" }.',
    });
  }
  return path.resolve(path.dirname(description), declared);
}

/** Looks through the folders that Node would look through: `exports` of a package need not name its package.json. */
function findPackage(name: string, base: string): string | null {
  const folders = createRequire(path.join(base, "_")).resolve.paths(name) ?? [];
  const found = folders
    .map((folder) => path.join(folder, name, "package.json"))
    .find((file) => existsSync(file));
  return found ?? null;
}

function declaredRevisions(file: string): string | null {
  try {
    const description = JSON.parse(readFileSync(file, "utf8")) as { godwit?: { revisions?: unknown } };
    const revisions = description.godwit?.revisions;
    return typeof revisions === "string" ? revisions : null;
  } catch (error) {
    throw new InputError("revisions-package", `${file} could not be read: ${String(error)}`, {
      hint: "Install the package again.",
      cause: error,
    });
  }
}
