/** The file that marks a folder as a copy that is not finished: without its configuration nobody takes it for a repository. */
import { existsSync, readFileSync } from "node:fs";
import { open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { RefusedError } from "../errors.js";

const name = ".godwit-copy.json";

/** What is known of a copy that is not finished. */
export interface Marker {
  readonly source: string;
  readonly started: string;
  /** PostgreSQL: what was made for the copy, and goes with it. */
  readonly made: { readonly database: boolean; readonly namespace: boolean };
  /** Where the copy's database is, without a password. */
  readonly database: string;
  readonly namespace: string | null;
  /** The file whose presence makes the copy a whole one. */
  readonly configuration: string;
  /**
   * How far it is. From `copying` on what is in PostgreSQL's schema is the copy: it comes there as a whole, in one transaction, and the
   * schema was empty before.
   */
  readonly stage: "copying" | "files";
}

/** The mark of a folder, or null where it has none. */
export function readMarker(folder: string): Marker | null {
  try {
    return JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Marker;
  } catch {
    return null;
  }
}

/** Marks a folder; the mark is on the disk when this returns. */
export async function writeMarker(folder: string, marker: Marker): Promise<void> {
  const file = path.join(folder, name);
  const handle = await open(`${file}.new`, "w");
  try {
    await handle.writeFile(`${JSON.stringify(marker, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

/** Whether a marked copy is whole: its process was gone before it could take the mark away. */
export function isWhole(folder: string, { configuration }: Marker): boolean {
  return existsSync(path.join(folder, configuration));
}

/** Takes the mark away: the copy is finished. */
export async function removeMarker(folder: string): Promise<void> {
  await rm(path.join(folder, name), { force: true });
}

/**
 * Requires that a copy may be made in a folder: it is not there, empty, or holds the unfinished copy of the same repository.
 * @returns the mark of the unfinished copy, or null
 * @throws RefusedError `not-empty`, `other-copy`
 */
export async function requireFolder(folder: string, source: string): Promise<Marker | null> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new RefusedError(
      "not-empty",
      `${folder} is no folder in which a copy could be made: ${error.message}.`,
      {
        hint: "Name a folder that does not exist yet.",
      },
    );
  });
  const marker = readMarker(folder);
  if (marker === null && entries.some((entry) => entry !== `${name}.new`)) {
    throw new RefusedError("not-empty", `${folder} is not empty.`, {
      hint: "Name a folder that does not exist yet; nothing is ever copied over something else.",
    });
  }
  if (marker !== null && marker.source !== source) {
    throw new RefusedError("other-copy", `${folder} holds an unfinished copy of ${marker.source}.`, {
      hint: `Remove it (godwit copy --discard ${folder}), or name another folder.`,
    });
  }
  return marker;
}
