/** Writes new files: all of them or none, and never over one that is there. */
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { InputError, messageOf } from "../../errors.js";
import { valueAt } from "../../known.js";

/** A file to be written. */
export interface NewFile {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
}

/**
 * Writes files that must not exist. Each is written under another name beside its place first, so that no half-written file
 * is ever found.
 * @throws InputError `file-exists`, `not-writable` with the file
 */
export async function writeNewFiles(files: readonly NewFile[]): Promise<void> {
  const temporary: string[] = [];
  const made: string[] = [];
  try {
    for (const { file, text } of files) {
      const folder = path.dirname(file);
      const firstMade = await mkdir(folder, { recursive: true });
      if (firstMade !== undefined) made.push(firstMade);
      const hidden = path.join(folder, `.${path.basename(file)}.${process.pid}.new`);
      temporary.push(hidden);
      await writeFile(hidden, text, { flag: "wx" });
    }
    for (const [at, { file }] of files.entries()) {
      // A hard link, unlike a rename, fails where the name is taken.
      await link(valueAt(temporary, at), file);
      made.push(file);
    }
  } catch (error) {
    for (const one of made.toReversed()) await rm(one, { recursive: true, force: true });
    throw writeFault(error);
  } finally {
    for (const hidden of temporary) await rm(hidden, { force: true });
  }
}

function writeFault(error: unknown): InputError {
  const { code, path: file, dest } = error as NodeJS.ErrnoException & { dest?: string };
  if (code === "EEXIST") {
    return new InputError("file-exists", `${dest ?? file} exists already; it was left as it is.`, {
      hint: "Nothing was written. Move the file away, or choose another id (--rev-id) or summary.",
      cause: error,
    });
  }
  const reason = messageOf(error);
  return new InputError("not-writable", `${file ?? "A file"} could not be written: ${reason}`, {
    hint: "Nothing was written. Check the permissions of the folder.",
    cause: error,
  });
}
