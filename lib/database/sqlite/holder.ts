import { readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import type { LockHolder } from "../lock.js";

const unknown: LockHolder = { pid: null, host: null, user: null, since: null, doing: null };

/** Who holds a lock on a file, where the system tells (Linux: `/proc/locks`). */
export async function findHolder(path: string): Promise<LockHolder> {
  try {
    const { ino } = await stat(path, { bigint: true });
    const lines = (await readFile("/proc/locks", "utf8")).split("\n");
    for (const line of lines) {
      const match = /^\d+: \S+\s+\S+\s+WRITE\s+(\d+)\s+\S+:(\d+) /.exec(line);
      if (match === null || match[2] !== ino.toString() || match[1] === String(process.pid)) continue;
      const pid = Number(match[1]);
      return { ...unknown, pid, user: await userOf(pid) };
    }
  } catch {
    // The system does not tell.
  }
  return unknown;
}

async function userOf(pid: number): Promise<string | null> {
  try {
    const { uid } = await stat(`/proc/${pid}`);
    return uid === userInfo().uid ? userInfo().username : `uid ${uid}`;
  } catch {
    return null;
  }
}
