/** Folders that a copy or a backup needs. */
import { mkdir, stat } from "node:fs/promises";
import { InputError, messageOf } from "../errors.js";

/**
 * Makes a folder, and those above it.
 * @throws InputError `bad-place` where it cannot be made
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw badPlace(folder, error);
  }
}

/** @throws InputError `bad-place` where there is no such folder */
export async function requireExistingFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === true) return;
  throw new InputError("bad-place", `There is no folder ${folder}.`, {
    hint: "Make it, or name another one.",
  });
}

function badPlace(folder: string, error: unknown): InputError {
  const reason = messageOf(error);
  return new InputError("bad-place", `The folder ${folder} cannot be made: ${reason}.`, {
    hint: "Check the path and the rights on the folders above it.",
    cause: error,
  });
}
