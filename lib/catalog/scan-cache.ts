/**
 * What was read of the files of a place, kept in the user's cache folder. It only saves time: an entry counts only for a file of the
 * same size and times, and a cache that is lost, damaged or written by another version is as good as none.
 */
import type { Environment } from "../environment.js";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Stats } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { crc32 } from "node:zlib";
import { version } from "../version.js";
import type { Header } from "./header.js";
import type { CandidateFile } from "./files.js";
import { addHeader, emptyColumns, headerAt } from "./header-columns.js";
import type { HeaderColumns } from "./header-columns.js";
import { valueAt } from "../known.js";

/** Changes whenever the same file would be read differently. */
const scannerVersion = `${version} 4`;

/** A file that was changed just now may change again without its times telling so. */
const settledAfterMs = 2000;

const lineFeed = 10;

interface CacheContent {
  readonly scanner: string;
  readonly folder: string;
  /** The folder of each file within the place, and its name. */
  readonly managers: string[];
  readonly names: string[];
  /** Three numbers a file: size, time of the last change of the content, and of the file's properties. */
  readonly times: Float64Array;
  readonly headers: HeaderColumns;
}

/** As it is written: numbers as text would take longer to read than all the rest. */
type WrittenContent = Omit<CacheContent, "times"> & { readonly times: string };

/** A file that was read, now or before. */
interface ReadFile {
  readonly candidate: CandidateFile;
  readonly times: Iterable<number>;
  readonly header: Header | null;
}

/** The cache of one place. */
export class ScanCache {
  readonly #file: string;
  readonly #known: CacheContent;
  readonly #now = Date.now();
  /** By file: its row in what is known. Made only where files were added or removed. */
  #rows: ReadonlyMap<string, number> | null = null;
  /** The row that is expected next, as files are asked for in the order in which they were found before. */
  #next = 0;
  /** What is kept: rows that still hold, and files that were read. */
  readonly #kept: (number | ReadFile)[] = [];
  #changed = false;

  constructor(file: string, folder: string) {
    this.#file = file;
    this.#known = readContent(file, folder) ?? emptyContent(folder);
  }

  /** The row of a file, or -1: only where there is one do its times matter. */
  rowOf({ manager, name }: CandidateFile): number {
    const { managers, names } = this.#known;
    const next = this.#next;
    const row =
      names[next] === name && managers[next] === manager
        ? next
        : ((this.#rows ??= rowsByFile(this.#known)).get(`${manager}/${name}`) ?? -1);
    if (row !== -1) this.#next = row + 1;
    return row;
  }

  /** What was read of a file before; undefined where the file is another one since. */
  get(row: number, candidate: CandidateFile, stats: Stats): Header | null | undefined {
    const { times, headers } = this.#known;
    const at = 3 * row;
    if (times[at] !== stats.size || times[at + 1] !== stats.mtimeMs || times[at + 2] !== stats.ctimeMs)
      return undefined;
    this.#kept.push(row);
    return headerAt(headers, row, candidate.file, candidate.manager);
  }

  set(candidate: CandidateFile, stats: Stats, header: Header | null): void {
    if (stats.mtimeMs > this.#now - settledAfterMs) return;
    const { size, mtimeMs, ctimeMs } = stats;
    this.#kept.push({ candidate, times: [size, mtimeMs, ctimeMs], header });
    this.#changed = true;
  }

  /** Writes what was used. A folder that cannot be written only costs time. */
  save(): void {
    if (!this.#changed) return;
    const content = emptyContent(this.#known.folder);
    const all: number[] = [];
    for (const kept of this.#kept) {
      const { candidate, times, header } = typeof kept === "number" ? this.#fileAt(kept) : kept;
      content.managers.push(candidate.manager);
      content.names.push(candidate.name);
      all.push(...times);
      addHeader(content.headers, header);
    }
    const written: WrittenContent = {
      ...content,
      times: Buffer.from(new Float64Array(all).buffer).toString("base64"),
    };
    const body = Buffer.from(JSON.stringify(written));
    const temporary = `${this.#file}.${process.pid}`;
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(temporary, Buffer.concat([Buffer.from(`${digest(body)}\n`), body]), { mode: 0o600 });
      renameSync(temporary, this.#file);
    } catch {
      removeQuietly(temporary);
    }
  }

  #fileAt(row: number): ReadFile {
    const { managers, names, times, headers } = this.#known;
    const candidate = { file: "", manager: managers[row] ?? "", name: names[row] ?? "" };
    const header = headerAt(headers, row, candidate.file, candidate.manager);
    return { candidate, times: times.subarray(3 * row, 3 * row + 3), header };
  }
}

function emptyContent(folder: string): CacheContent {
  return {
    scanner: scannerVersion,
    folder,
    managers: [],
    names: [],
    times: new Float64Array(),
    headers: emptyColumns(),
  };
}

function rowsByFile({ managers, names }: CacheContent): ReadonlyMap<string, number> {
  return new Map(names.map((name, row) => [`${valueAt(managers, row)}/${name}`, row]));
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
  return new ScanCache(path.join(base, "godwit", `scan-${digest(Buffer.from(folder))}.json`), folder);
}

function cacheFolder(environment: Environment): string | null {
  const { XDG_CACHE_HOME: configured, LOCALAPPDATA: local } = environment;
  if (configured !== undefined && path.isAbsolute(configured)) return configured;
  if (process.platform === "win32") return local ?? null;
  const home = environment["HOME"] ?? homedir();
  if (!path.isAbsolute(home)) return null;
  return path.join(home, process.platform === "darwin" ? "Library/Caches" : ".cache");
}

function readContent(file: string, folder: string): CacheContent | null {
  try {
    const bytes = readFileSync(file);
    const end = bytes.indexOf(lineFeed);
    const body = bytes.subarray(end + 1);
    if (bytes.toString("latin1", 0, end) !== digest(body)) return null;
    const content = JSON.parse(body.toString()) as WrittenContent;
    if (content.scanner !== scannerVersion || content.folder !== folder) return null;
    return { ...content, times: numbersIn(content.times) };
  } catch {
    return null;
  }
}

/** Copied, as numbers must begin at a multiple of their size. */
function numbersIn(text: string): Float64Array {
  return new Float64Array(new Uint8Array(Buffer.from(text, "base64")).buffer);
}

/** Tells damage, not intent: whoever may write the cache may write the revisions. Far cheaper to load than a cryptographic digest. */
function digest(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, "0");
}
