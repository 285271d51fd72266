import { readFileSync } from "node:fs";
import { InputError } from "../errors.js";
import { checkHeader } from "./check-header.js";
import { faultAt } from "./fault.js";
import { listCandidates, namesRevision } from "./files.js";
import type { CandidateFile } from "./files.js";
import type { Header } from "./header.js";
import type { Place } from "./place.js";
import type { RawHeader } from "./raw-header.js";

/**
 * Reads the headers of all revision files of some places, without running a file.
 *
 * A file is a revision if its default export is made by `defineRevision` or `defineSwitch`; any other module (shared code) is left
 * out, unless its name says that it is a revision.
 *
 * @returns headers in the order of the places, then by path
 * @throws InputError about the first file that is at fault, with file and line
 */
export async function scanRevisions(places: readonly Place[]): Promise<Header[]> {
  const headers: Header[] = [];
  const seen = new Set<string>();
  for (const candidate of places.flatMap(listCandidates)) {
    if (seen.has(candidate.file)) continue;
    seen.add(candidate.file);
    const raw = await readRawHeader(candidate.file);
    if (raw === null) refuseRevisionName(candidate);
    else headers.push(inItsFolder(checkHeader(candidate.file, raw), raw, candidate));
  }
  return headers;
}

async function readRawHeader(file: string): Promise<RawHeader | null> {
  const text = readText(file);
  if (!/\bdefine(Revision|Switch)\b/.test(text) && !namesRevision(file)) return null;
  const { parseHeader } = await import("./parse-header.js");
  return parseHeader(file, text);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new InputError("revision-unreadable", `${file} could not be read: ${String(error)}`, {
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
