import type { Environment } from "../environment.js";
import { readFileSync, statSync } from "node:fs";
import { InputError } from "../errors.js";
import { checkHeader } from "./check-header.js";
import { faultAt } from "./fault.js";
import { listCandidates, namesRevision } from "./files.js";
import type { CandidateFile } from "./files.js";
import type { Header } from "./header.js";
import type { Place } from "./place.js";
import type { RawHeader } from "./raw-header.js";
import { readHeader } from "./read-header.js";
import { openScanCache } from "./scan-cache.js";
import type { ScanCache } from "./scan-cache.js";

/** How files are scanned. */
export interface ScanOptions {
  /**
   * `fast` (default): headers in the usual form are read without a parser, and what was read is kept in the user's cache folder.
   * `exact`: every file is parsed completely, so that mistakes in the code are found too.
   */
  readonly reading?: "fast" | "exact";
  /** Environment variables, which tell the user's cache folder (default: `process.env`). */
  readonly environment?: Environment;
}

/** Places with fewer files are read as quickly as a cache. */
const worthCaching = 100;

/**
 * Reads the headers of all revision files of some places, without running a file.
 *
 * A file is a revision if its default export is made by `defineRevision` or `defineSwitch`; any other module (shared code) is left
 * out, unless its name says that it is a revision.
 *
 * @returns headers in the order of the places, then by path
 * @throws InputError about the first file that is at fault, with file and line
 */
export async function scanRevisions(places: readonly Place[], options: ScanOptions = {}): Promise<Header[]> {
  const headers: Header[] = [];
  for (const folder of new Map(places.map((place) => [place.folder, place])).values()) {
    headers.push(...(await scanPlace(folder, options)));
  }
  return headers;
}

async function scanPlace(place: Place, { reading = "fast", environment }: ScanOptions): Promise<Header[]> {
  const candidates = listCandidates(place);
  const isCached = reading === "fast" && candidates.length >= worthCaching;
  const cache = isCached ? openScanCache(place.folder, environment ?? process.env) : null;
  const headers: Header[] = [];
  for (const candidate of candidates) {
    // Waiting for a promise a file would take longer than reading it.
    const known = cache === null ? undefined : knownHeader(candidate, cache);
    const header = known === undefined ? await readCandidate(candidate, cache, reading) : known;
    if (header !== null) headers.push(header);
  }
  cache?.save();
  return headers;
}

function knownHeader(candidate: CandidateFile, cache: ScanCache): Header | null | undefined {
  const row = cache.rowOf(candidate);
  const stats = row === -1 ? undefined : statSync(candidate.file, { throwIfNoEntry: false });
  return stats === undefined ? undefined : cache.get(row, candidate, stats);
}

async function readCandidate(
  candidate: CandidateFile,
  cache: ScanCache | null,
  reading: "fast" | "exact",
): Promise<Header | null> {
  const { file } = candidate;
  // The times are looked at before the content: a file that changes in between is then read again next time.
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() === false) return null;
  const raw = await readRawHeader(file, reading);
  if (raw === null) refuseRevisionName(candidate);
  const header = raw === null ? null : inItsFolder(checkHeader(file, raw), raw, candidate);
  if (stats !== undefined) cache?.set(candidate, stats, header);
  return header;
}

async function readRawHeader(file: string, reading: "fast" | "exact"): Promise<RawHeader | null> {
  const text = readText(file);
  if (reading === "fast") {
    if (!/\bdefine(Revision|Switch)\b/.test(text) && !namesRevision(file)) return null;
    const header = readHeader(text);
    if (header !== null) return header;
  }
  const { parseHeader } = await import("./parse-header.js");
  return parseHeader(file, text);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new InputError("revision-unreadable", `${file} could not be read: ${String(error)}`, {
      hint: "Check the file's permissions.",
      cause: error,
    });
  }
}

function refuseRevisionName({ file }: CandidateFile): void {
  if (!namesRevision(file)) return;
  throw faultAt({ file, line: 1 }, "no-revision", "The file is named like a revision, but exports none.", {
    hint: "It needs: export default defineRevision({ … });",
  });
}

function inItsFolder(header: Header, raw: RawHeader, { file, manager }: CandidateFile): Header {
  const named = header.kind === "revision" ? header.revision.manager : header.edge.manager;
  if (named === manager) return header;
  throw faultAt(
    { file, line: raw.fields["manager"]?.line ?? raw.line },
    "manager-folder",
    `The header says manager "${named}", but the file lies in the folder of "${manager}".`,
    { hint: "A folder holds the revisions of one manager, and is named after it." },
  );
}
