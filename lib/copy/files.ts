/** Brings files into a copy: as hard links, reflinks or copies. No file that exists is ever written. */
import { constants } from "node:fs";
import { copyFile, link, lstat, mkdir, realpath, rename, rm, stat, symlink } from "node:fs/promises";
import path from "node:path";
import { messageOf, StepError } from "../errors.js";

/** How files are brought into a copy; `auto` is the first of these that works: link, reflink, copy. */
export type FileManner = "auto" | "link" | "reflink" | "copy" | "none";

/** What became of a file. */
export type FileOutcome = "linked" | "reflinked" | "copied" | "present" | "missing";

/** A file of the original, and its place in the copy: absolute paths. */
export interface FilePlace {
  readonly from: string;
  readonly to: string;
  /** The size that the database records, or null. */
  readonly size: bigint | null;
}

/**
 * Brings one file into the copy, and compares the sizes.
 * @throws StepError `copy-differs` where the copy's file has another size than the original's
 */
export async function placeFile(file: FilePlace, manner: Exclude<FileManner, "none">): Promise<FileOutcome> {
  const original = await stat(file.from, { bigint: true }).catch(() => null);
  if (original?.isFile() !== true) return "missing";
  const outcome = await place(file, manner);
  const copied = await stat(file.to, { bigint: true });
  if (copied.size === original.size) return outcome;
  throw new StepError(
    "copy-differs",
    `${file.to} has ${copied.size} bytes, ${file.from} has ${original.size}.`,
    { hint: "Remove the file, and run the same command again." },
  );
}

async function place(file: FilePlace, manner: Exclude<FileManner, "none">): Promise<FileOutcome> {
  if ((await lstat(file.to).catch(() => null)) !== null) return "present";
  await mkdir(path.dirname(file.to), { recursive: true });
  // A link of the repository leads to a file that is somebody else's: so does that of the copy.
  if ((await lstat(file.from)).isSymbolicLink()) {
    await symlink(await realpath(file.from), file.to);
    return "linked";
  }
  const ways = manner === "auto" ? (["link", "reflink", "copy"] as const) : ([manner] as const);
  for (const [index, way] of ways.entries()) {
    try {
      return await bring(file, way);
    } catch (error) {
      if (index === ways.length - 1 || !isUnsupported(error)) throw cannotPlace(file, way, error);
    }
  }
  return "missing";
}

async function bring({ from, to }: FilePlace, way: "link" | "reflink" | "copy"): Promise<FileOutcome> {
  if (way === "link") {
    await link(from, to);
    return "linked";
  }
  // A name of its own until it is whole: what has the right name is never half a file.
  const part = `${to}.godwit-part`;
  await rm(part, { force: true });
  await copyFile(
    from,
    part,
    constants.COPYFILE_EXCL | (way === "reflink" ? constants.COPYFILE_FICLONE_FORCE : 0),
  );
  await rename(part, to);
  return way === "reflink" ? "reflinked" : "copied";
}

/** The two places are on different file systems, or theirs cannot do it. */
function isUnsupported(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return ["EXDEV", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL", "EPERM", "EMLINK", "ENOTTY"].includes(
    code ?? "",
  );
}

function cannotPlace({ from, to }: FilePlace, way: string, error: unknown): StepError {
  const reason = messageOf(error);
  return new StepError("file-copy", `${from} could not be brought to ${to} (${way}): ${reason}.`, {
    hint: way === "copy" ? "Check space and rights, then run the same command again." : "Try --files copy.",
    cause: error,
  });
}
