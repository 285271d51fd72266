/** Looks at a SQLite file and the place where it lies. */
import { constants } from "node:fs";
import { access, open, realpath, stat, statfs } from "node:fs/promises";
import path from "node:path";
import type { Database } from "../database.js";
import { describeHolder } from "../lock.js";
import type { Examination, Obstacle, Undertaking } from "../preflight.js";
import { findHolder } from "./holder.js";

/** File systems over a network, on which locks of files are not to be relied on, by the number that the system gives them. */
const networks: ReadonlyMap<bigint, string> = new Map([
  [0x6969n, "NFS"],
  [0xff534d42n, "CIFS"],
  [0xfe534d42n, "SMB"],
]);

export async function examineSqlite(
  database: Database,
  file: string,
  undertaking: Undertaking,
): Promise<Examination> {
  const place = await realpath(file);
  const space = await examineSpace(database, place, undertaking);
  return {
    obstacles: [...(await readOnly(place)), ...space.obstacles],
    warnings: [...(await users(place)), ...(await network(place)), ...space.warnings],
  };
}

/** SQLite keeps a journal beside the file while it writes. */
async function readOnly(file: string): Promise<Obstacle[]> {
  const obstacles: Obstacle[] = [];
  for (const place of [file, path.dirname(file)]) {
    if (await isWritable(place)) continue;
    obstacles.push({
      code: "not-writable",
      message: `${place} cannot be written by this user.`,
      hint: "Check the rights on the SQLite file and on its folder, where SQLite keeps its journal.",
    });
  }
  return obstacles;
}

async function isWritable(place: string): Promise<boolean> {
  try {
    await access(place, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Signs of other processes: a journal that stays after the file was read belongs to somebody who writes now. */
async function users(file: string): Promise<string[]> {
  const warnings: string[] = [];
  if (await isJournalInUse(`${file}-journal`)) {
    const who = describeHolder(await findHolder(file));
    warnings.push(`${who} is writing to ${file}; the first step waits for its end.`);
  }
  const wal = await stat(`${file}-wal`).catch(() => null);
  if (wal !== null) {
    warnings.push(`${file} has a write-ahead log: another process has it open, or ended without closing it.`);
  }
  return warnings;
}

/** A journal that begins with a zero holds nothing: its process was gone before it wrote any page. */
async function isJournalInUse(journal: string): Promise<boolean> {
  const handle = await open(journal, "r").catch(() => null);
  if (handle === null) return false;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, 0);
    return bytesRead === 1 && buffer[0] !== 0;
  } finally {
    await handle.close();
  }
}

async function network(file: string): Promise<string[]> {
  const { type } = await statfs(file, { bigint: true });
  const name = networks.get(BigInt.asUintN(32, type));
  if (name === undefined) return [];
  return [
    `${file} lies on a network file system (${name}), on which two processes may both believe that they hold its lock.`,
  ];
}

/** A table that is written anew is there twice until the commit, and its old pages stand in the journal. */
async function examineSpace(database: Database, file: string, { tables }: Undertaking): Promise<Examination> {
  const rewritten = [...tables].filter(([, cost]) => cost === "rewrite").map(([name]) => name);
  const { bavail, bsize } = await statfs(file, { bigint: true });
  const free = bavail * bsize;
  const whole = (await stat(file, { bigint: true })).size;
  let needed = 0n;
  let isKnown = true;
  await database.transaction({ mode: "read" }, async (session) => {
    for (const name of rewritten) {
      const { bytes } = await session.tableSize(name);
      isKnown &&= bytes !== null;
      needed += BigInt(bytes ?? 0) * 2n;
    }
  });
  if (isKnown && needed > free) {
    const message = `The disk of ${file} has ${free} bytes free; tables that are written anew need about ${needed}.`;
    return {
      obstacles: [{ code: "no-space", message, hint: "Make room, then run the same command again." }],
      warnings: [],
    };
  }
  if (isKnown || free >= whole * 2n) return { obstacles: [], warnings: [] };
  return {
    obstacles: [],
    warnings: [
      `The disk of ${file} has ${free} bytes free; at worst the run needs ${whole * 2n}. A full disk is rolled back.`,
    ],
  };
}
