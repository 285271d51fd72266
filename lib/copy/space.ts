/** Whether the disk has room. */
import { statfs } from "node:fs/promises";
import { RefusedError } from "../errors.js";
import { databaseBytes } from "../database/size.js";
import type { Repository } from "../repository/repository.js";

/**
 * Requires room for a copy of the database and some bytes more.
 * @param folder that exists
 * @throws RefusedError `no-space` with what is needed and what is free
 */
export async function requireSpace(source: Repository, folder: string, more: bigint): Promise<void> {
  const needed = (await databaseBytes(source.database)) + more;
  const free = await freeBytes(folder);
  if (free >= needed) return;
  throw new RefusedError(
    "no-space",
    `The copy needs about ${megabytes(needed)}, and ${folder} has ${megabytes(free)} free.`,
    { hint: "Make room, or name a folder on another disk." },
  );
}

/** What an ordinary user may still write where a folder lies. */
export async function freeBytes(folder: string): Promise<bigint> {
  const { bavail, bsize } = await statfs(folder, { bigint: true });
  return bavail * bsize;
}

/** `12.3 MB` */
export function megabytes(bytes: bigint): string {
  return `${(Number(bytes) / 1e6).toFixed(1)} MB`;
}
