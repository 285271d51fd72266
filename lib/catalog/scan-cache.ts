/**
 * What was read of the files of a place, kept in the user's cache folder. It only saves time: an entry counts only for a file of the
 * same size and times, and a cache that is lost, damaged or written by another version is as good as none.
 */
import type { Environment } from "../environment.js";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Stats } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { version } from "../version.js";
import type { Header } from "./header.js";
import { packHeader, unpackHeader } from "./packed-header.js";
import type { PackedHeader } from "./packed-header.js";

/** Changes whenever the same file would be read differently. */
const scannerVersion = `${version} 1`;

/** A file that was changed just now may change again without its times telling so. */
const settledAfterMs = 2000;

/** Size, time of the last change of the content, and of the file's properties; then what was read. */
type CacheEntry = readonly [size: number, mtimeMs: number, ctimeMs: number, header: PackedHeader | null];

interface CacheContent {
  readonly scanner: string;
  readonly folder: string;
  /** By the path as seen from the folder. */
  readonly entries: readonly (readonly [file: string, entry: CacheEntry])[];
}

/** The cache of one place. */
export class ScanCache {
  readonly #file: string;
  readonly #folder: string;
  readonly #entries: ReadonlyMap<string, CacheEntry>;
  readonly #used = new Map<string, CacheEntry>();
  readonly #now = Date.now();
  #changed = false;

  constructor(file: string, folder: string) {
    this.#file = file;
    this.#folder = folder;
    this.#entries = readEntries(file, folder);
  }

  /** Whether anything is known of a file: only then its times matter. */
  has(file: string): boolean {
    return this.#entries.has(this.#nameOf(file));
  }

  /** What was read of a file before; undefined where that is not known. */
  get(file: string, stats: Stats): Header | null | undefined {
    const name = this.#nameOf(file);
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    const [size, mtimeMs, ctimeMs, header] = entry;
    if (size !== stats.size || mtimeMs !== stats.mtimeMs || ctimeMs !== stats.ctimeMs) return undefined;
    this.#used.set(name, entry);
    return header === null ? null : unpackHeader(file, header);
  }

  set(file: string, stats: Stats, header: Header | null): void {
    if (stats.mtimeMs > this.#now - settledAfterMs) return;
    const packed = header === null ? null : packHeader(header);
    this.#used.set(this.#nameOf(file), [stats.size, stats.mtimeMs, stats.ctimeMs, packed]);
    this.#changed = true;
  }

  /** Writes what was used. A folder that cannot be written only costs time. */
  save(): void {
    if (!this.#changed) return;
    const content: CacheContent = {
      scanner: scannerVersion,
      folder: this.#folder,
      entries: [...this.#used],
    };
    const body = Buffer.from(JSON.stringify(content));
    const temporary = `${this.#file}.${process.pid}`;
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(temporary, Buffer.concat([Buffer.from(`${digest(body)}\n`), body]), { mode: 0o600 });
      renameSync(temporary, this.#file);
    } catch {
      removeQuietly(temporary);
    }
  }

  #nameOf(file: string): string {
    return file.slice(this.#folder.length + 1);
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Where nothing could be written there is nothing to remove.
  }
}

/**
 * Opens the cache of a place.
 * @param folder absolute path of the place
 * @returns null where the user has no cache folder
 */
export function openScanCache(folder: string, environment: Environment): ScanCache | null {
  const base = cacheFolder(environment);
  if (base === null) return null;
  return new ScanCache(path.join(base, "godwit", `scan-${digest(folder).slice(0, 24)}.json`), folder);
}

function cacheFolder(environment: Environment): string | null {
  const { XDG_CACHE_HOME: configured, LOCALAPPDATA: local } = environment;
  if (configured !== undefined && path.isAbsolute(configured)) return configured;
  if (process.platform === "win32") return local ?? null;
  const home = environment["HOME"] ?? homedir();
  if (!path.isAbsolute(home)) return null;
  return path.join(home, process.platform === "darwin" ? "Library/Caches" : ".cache");
}

function readEntries(file: string, folder: string): ReadonlyMap<string, CacheEntry> {
  try {
    const bytes = readFileSync(file);
    const end = bytes.indexOf("\n");
    const body = bytes.subarray(end + 1);
    if (bytes.toString("latin1", 0, end) !== digest(body)) return new Map();
    const content = JSON.parse(body.toString()) as CacheContent;
    if (content.scanner !== scannerVersion || content.folder !== folder) return new Map();
    return new Map(content.entries);
  } catch {
    return new Map();
  }
}

function digest(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}
