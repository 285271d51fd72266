import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "../support/folders.js";

/** A folder with the given files (paths as seen from it, and their texts). */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  await writeFiles(folder, files);
  return folder;
}

export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** The text of a revision file with a header and more fields as text. */
export function revisionText(header: Readonly<Record<string, unknown>>, more = ""): string {
  const fields = Object.entries({ parent: null, manager: "app", summary: "A revision", ...header })
    .map(([name, value]) => `  ${name}: ${JSON.stringify(value)},`)
    .join("\n");
  return `import { defineRevision } from "godwit";\n\nexport default defineRevision({\n${fields}\n${more}});\n`;
}

/** The error that a promise is rejected with. */
export async function rejection(
  promise: Promise<unknown>,
): Promise<Error & { code?: string; hint?: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("It was not rejected.");
}
