/** Brings `butler.yaml` along with the database. */
import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Stats } from "node:fs";
import path from "node:path";
import type { OutsideEdit } from "../../repository/repository.js";
import { classNameOf, importClassPath } from "../classes.js";
import { editManagers } from "./edit.js";
import type { EditResult, ManagerEdit } from "./edit.js";

/**
 * The edits without which the file would not fit the database.
 * @param configured classes as the configuration names them, by manager
 * @param stored classes as the database stores them, by manager
 */
export function neededEdits(
  configured: ReadonlyMap<string, string>,
  stored: ReadonlyMap<string, string>,
): ManagerEdit[] {
  const edits: ManagerEdit[] = [];
  for (const [manager, classPath] of stored) {
    const now = configured.get(manager);
    // A manager that the file does not name has the default class of the release.
    if (now === undefined && !isNeverDefault(manager, classPath)) continue;
    if (now !== undefined && classNameOf(now) === classNameOf(classPath)) continue;
    edits.push({ manager, classPath: importClassPath(classPath) });
  }
  if (configured.has("obscore") && !stored.has("obscore"))
    edits.push({ manager: "obscore", classPath: null });
  return edits;
}

/** ObsCore is optional, and no release ever referred to collections by name unless it was told to. */
function isNeverDefault(manager: string, classPath: string): boolean {
  return manager === "obscore" || classNameOf(classPath) === "NameKeyCollectionManager";
}

/** Says what an edit would come to, without making it. */
export function foreseeEdit(file: string, edit: ManagerEdit): OutsideEdit {
  const result = attempt(file, edit);
  return outcome(file, edit, result, null);
}

/** Makes the edits, with one backup copy of the file. */
export function makeEdits(file: string, edits: readonly ManagerEdit[]): OutsideEdit[] {
  let backup: string | null = null;
  return edits.map((edit) => {
    const result = attempt(file, edit);
    if (result.kind === "by-hand") return outcome(file, edit, result, null);
    backup ??= backUp(file);
    replaceFile(file, result.text);
    return outcome(file, edit, result, backup);
  });
}

/** Whether this user may replace the file. */
export function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    accessSync(path.dirname(realpathSync(file)), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function attempt(file: string, edit: ManagerEdit): EditResult {
  if (!isWritable(file)) return { kind: "by-hand", reason: "it cannot be written" };
  const bytes = readFileSync(file);
  const text = bytes.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(bytes)) return { kind: "by-hand", reason: "it is not UTF-8" };
  return editManagers(text, edit, file);
}

function outcome(file: string, edit: ManagerEdit, result: EditResult, backup: string | null): OutsideEdit {
  const change =
    edit.classPath === null
      ? `remove registry.managers.${edit.manager}`
      : `set registry.managers.${edit.manager} to ${edit.classPath}`;
  if (result.kind === "edited") return { file, description: change, outcome: "done", backup };
  return { file, description: `${change} by hand, as ${result.reason}`, outcome: "by-hand", backup: null };
}

/** A backup has its name only when it is whole; another run may make one at the same time. */
function backUp(file: string): string {
  const temporary = `${file}.backup-new-${process.pid}`;
  try {
    writeWhole(temporary, readFileSync(file), statSync(file));
    for (let number = 1; ; number += 1) {
      const backup = `${file}.backup-${number}`;
      if (namedAnew(temporary, backup)) return backup;
    }
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Gives a file a further name; false where that is taken. */
function namedAnew(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (existsSync(name)) return false;
    // The file system has no hard links.
    copyFileSync(file, name, constants.COPYFILE_EXCL);
    return true;
  }
}

/** At any instant the file is either the old one or the new one, of the same owner and with the same permissions. */
function replaceFile(file: string, text: string): void {
  const target = realpathSync(file);
  const temporary = `${target}.new-${process.pid}`;
  try {
    writeWhole(temporary, text, statSync(target));
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Writes a file that belongs to whom another one belongs to, and is on the disk when this returns. */
function writeWhole(file: string, content: string | Buffer, { mode, uid, gid }: Stats): void {
  const handle = openSync(file, "w", 0o600);
  try {
    writeFileSync(handle, content);
    giveTo(handle, uid, gid);
    fchmodSync(handle, mode & 0o7777);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Only root may give a file away; anybody else keeps it. */
function giveTo(handle: number, uid: number, gid: number): void {
  try {
    fchownSync(handle, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}
