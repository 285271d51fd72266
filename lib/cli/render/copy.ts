/** Tells about copies. */
import type { CopyReport } from "../../api/copy.js";
import type { CopyEvent } from "../../copy/copy.js";
import type { Manner } from "../settings.js";
import { note, print } from "./table.js";

const quietMs = 3000;

/** A listener that prints a line every few seconds, or, if asked, each table. */
export function copyListener({ verbose }: Manner): (event: CopyEvent) => void {
  let last = performance.now();
  return (event) => {
    const now = performance.now();
    if (!verbose && now - last < quietMs) return;
    last = now;
    if (event.kind === "table") note(`  ${event.what} table ${event.table}`);
    else note(`  ${event.done} files, ${megabytes(event.bytes)}`);
  };
}

/** Prints what was copied. */
export function printCopy({ uri, tables, files, notes, durationMs }: CopyReport): void {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0n);
  print(`Copied to ${withoutPassword(uri)} in ${(durationMs / 1000).toFixed(1)} s`);
  print(`${tables.length} tables with ${rows} rows, compared with the original`);
  const ways = (["linked", "reflinked", "copied", "present", "shared", "missing"] as const).filter(
    (way) => files[way] > 0,
  );
  if (ways.length > 0) {
    print(`files: ${ways.map((way) => `${files[way]} ${way}`).join(", ")}; ${megabytes(files.bytes)}`);
  }
  for (const text of notes) note(`note: ${text}`);
}

/** A URI as it may be shown. */
export function withoutPassword(uri: string): string {
  return uri.replace(/\/\/([^/@:]*):[^/@]*@/, "//$1@");
}

/** `12.3 MB` */
export function megabytes(bytes: bigint): string {
  return `${(Number(bytes) / 1e6).toFixed(1)} MB`;
}
