/** Copies a database with all that lies in the repository's schema, and compares the copy with the original before it counts. */
import { RefusedError, StepError } from "../errors.js";
import { existsSync } from "node:fs";
import type { Database } from "./database.js";
import type { DatabaseAddress } from "./open.js";

/** Where the copy goes. */
export type CopyTarget =
  /** A file that must not exist yet. */
  | { readonly dialect: "sqlite"; readonly path: string }
  /** An open database whose schema (namespace) is empty. */
  | { readonly dialect: "postgres"; readonly database: Database };

/** What a table holds: equal for equal rows, whatever their order. */
export interface TableDigest {
  readonly table: string;
  readonly rows: bigint;
  readonly digest: string;
}

export interface DatabaseCopyOptions {
  /** How long to wait for others to let go of a SQLite file, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** Told each table when it is copied and when it is compared. */
  readonly onTable?: (what: "copied" | "compared", table: string) => void;
}

/**
 * Copies the content of a database as it is at one moment.
 * @returns what was found equal in both, a row a table
 * @throws RefusedError `not-empty`, `uncopied-objects`, `other-dialect`; StepError `copy-differs`
 */
export async function copyDatabase(
  source: Database,
  target: CopyTarget,
  options: DatabaseCopyOptions,
): Promise<TableDigest[]> {
  if (source.dialect !== target.dialect) {
    throw new RefusedError(
      "other-dialect",
      `${source.displayUrl} cannot be copied into a database of another kind.`,
      { hint: "A copy of a SQLite file is a SQLite file, a copy of a PostgreSQL database is one." },
    );
  }
  if (target.dialect === "sqlite") {
    const { copySqlite } = await import("./sqlite/copy.js");
    return copySqlite(source, target.path, options);
  }
  const { copyPostgres } = await import("./postgres/copy.js");
  return copyPostgres(source, target.database, options);
}

/**
 * Looks before anything is made whether the original can be copied, and whether the place of the copy is free.
 * @param target address of the copy; it need not be there
 * @returns whether something is at the place already
 * @throws RefusedError `uncopied-objects`
 */
export async function examineCopy(source: Database, target: DatabaseAddress): Promise<"free" | "taken"> {
  if (target.dialect === "sqlite") return existsSync(target.path) ? "taken" : "free";
  const { isTaken, requireCopyableDatabase } = await import("./postgres/copy.js");
  await requireCopyableDatabase(source);
  return (await isTaken(target)) ? "taken" : "free";
}

/** The refusal to copy over something. */
export function placeIsTaken(place: string): RefusedError {
  return new RefusedError("not-empty", `${place} holds something already.`, {
    hint: "Name another place (--schema, --database, another file); nothing is ever copied over something else.",
  });
}

/**
 * Compares what two databases hold.
 * @throws StepError `copy-differs` naming the first table that is not the same
 */
export function requireEqualDigests(original: readonly TableDigest[], copy: readonly TableDigest[]): void {
  const copied = new Map(copy.map((one) => [one.table, one]));
  for (const { table, rows, digest } of original) {
    const found = copied.get(table);
    if (found?.rows === rows && found.digest === digest) continue;
    const what =
      found === undefined
        ? "is missing"
        : `has ${found.rows} rows with digest ${found.digest}, not ${rows} with ${digest}`;
    throw copyDiffers(`table "${table}" ${what}`);
  }
  if (copy.length !== original.length) {
    throw copyDiffers(`it has ${copy.length} tables, the original ${original.length}`);
  }
}

/** The error about a copy that is not what it was made of. */
export function copyDiffers(what: string): StepError {
  return new StepError("copy-differs", `The copy is not the same as the original: ${what}.`, {
    hint: "The copy was not finished. Check the disk, then copy again.",
  });
}
