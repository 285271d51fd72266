/** File systems in memory that are nearly full. Only root may mount them. */
import { spawnSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { removeAfterwards } from "../support/cleanup.js";

const pageSize = 4096;

/** Whether this user may mount file systems here. */
export function mayMount(): boolean {
  return (
    process.platform === "linux" &&
    process.getuid?.() === 0 &&
    spawnSync("unshare", ["-m", "true"]).status === 0
  );
}

/**
 * Puts what lies in a folder (files, no folders) on a file system of its own.
 * @param pages how many pages of 4 KiB are free there
 */
export async function onSmallDisk(folder: string, pages: number): Promise<{ enlarge(): void }> {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => ({
      file: path.join(folder, name),
      bytes: await readFile(path.join(folder, name)),
    })),
  );
  const used = files.reduce((sum, { bytes }) => sum + Math.ceil(bytes.length / pageSize), 0);
  const sizeOf = (more: number): string => `size=${(used + more) * pageSize}`;
  mount("-t", "tmpfs", "-o", sizeOf(pages), "tmpfs", folder);
  removeAfterwards(() => void spawnSync("umount", ["-l", folder]));
  for (const { file, bytes } of files) await writeFile(file, bytes);
  return { enlarge: () => mount("-o", `remount,${sizeOf(65_536)}`, folder) };
}

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("mount", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`mount: ${stderr}`);
}
