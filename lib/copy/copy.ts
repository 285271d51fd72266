/** Makes a new repository out of one. */
import path from "node:path";
import { copyDatabase, examineCopy, placeIsTaken } from "../database/copy.js";
import type { DatabaseAddress } from "../database/open.js";
import { InputError, InterruptedError } from "../errors.js";
import type { DatabaseCopyOptions, TableDigest } from "../database/copy.js";
import type { OpenOptions } from "../repository/open.js";
import type { Repository } from "../repository/repository.js";
import type { FileManner, FileOutcome } from "./files.js";
import { makeFolder } from "./folders.js";
import { requireSpace } from "./space.js";
import { openTarget, targetAddress } from "./target.js";
import type { TargetRequest } from "./target.js";

/** What a copy tells while it is made. */
export type CopyEvent =
  | { readonly kind: "table"; readonly what: "copied" | "compared"; readonly table: string }
  | { readonly kind: "files"; readonly done: number; readonly bytes: bigint };

export interface CopySettings extends TargetRequest {
  /** How the files of datastores get there (default `auto`); `none` leaves them out. */
  readonly files: FileManner;
  readonly lockTimeoutMs: number;
  readonly onEvent: (event: CopyEvent) => void;
  readonly signal: AbortSignal | undefined;
}

/** What was copied. */
export interface Copied {
  /** The URI by which the copy is opened. That of a plain database may hold a password, and is not to be shown. */
  readonly uri: string;
  /** Rows and digest of each table: the same in both. */
  readonly tables: readonly TableDigest[];
  readonly files: Readonly<Record<FileOutcome, number>> & { readonly shared: number; readonly bytes: bigint };
  /** What somebody should know. */
  readonly notes: readonly string[];
  /** PostgreSQL: what had to be made for the copy. */
  readonly made: { readonly database: boolean; readonly namespace: boolean };
}

/** Copies an open repository. A copy that was interrupted goes on. */
export async function copyRepository(
  source: Repository,
  destination: string,
  settings: CopySettings,
  open: OpenOptions,
): Promise<Copied> {
  const { belongings } = source;
  if (belongings === null) return copyPlain(source, destination, settings, open);
  const { FolderCopy } = await import("./folder.js");
  const folder = path.resolve(open.folder ?? process.cwd(), destination);
  return new FolderCopy(source, belongings, folder, settings).run();
}

const nothingMade: Copied["made"] = { database: false, namespace: false };

/** Before any file is copied. */
export const noFiles: Copied["files"] = {
  linked: 0,
  reflinked: 0,
  copied: 0,
  present: 0,
  missing: 0,
  shared: 0,
  bytes: 0n,
};

/** A copy without files. */
export function tablesOnly(uri: string, tables: readonly TableDigest[]): Copied {
  return { uri, tables, files: noFiles, notes: [], made: nothingMade };
}

/** A plain database: the destination is a database URL. */
async function copyPlain(
  source: Repository,
  destination: string,
  settings: CopySettings,
  open: OpenOptions,
): Promise<Copied> {
  if (source.address.dialect === "sqlite") {
    refusePostgresOptions(settings);
    const file = /^sqlite(?:\+\w+)?:\/\/\/(.+)$/i.exec(destination)?.[1] ?? destination;
    const target = path.resolve(open.folder ?? process.cwd(), file);
    await makeFolder(path.dirname(target));
    await requireSpace(source, path.dirname(target), 0n);
    const tables = await copyDatabase(
      source.database,
      { dialect: "sqlite", path: target },
      tableOptions(settings),
    );
    return tablesOnly(`sqlite:///${target}`, tables);
  }
  if (settings.schema !== undefined) {
    throw new InputError(
      "copy-target",
      "The URL of a plain database cannot name a schema, so that the copy keeps that of the original.",
      {
        hint: "Leave --schema out, and name a database that does not exist yet.",
      },
    );
  }
  const namespace = source.database.namespace ?? "public";
  const address = targetAddress(source.address, namespace, { database: destination });
  if ((await examineCopy(source.database, address)) === "taken")
    throw placeIsTaken("The database of the copy");
  const target = await openTarget(address, source.database);
  try {
    const into = { dialect: "postgres", database: target.database } as const;
    const tables = await copyDatabase(source.database, into, tableOptions(settings));
    return { ...tablesOnly(urlWithAccount(address), tables), made: target.made };
  } finally {
    await target.database.close();
  }
}

/** The URL by which the copy is opened again: credentials may have come from that of the original. */
function urlWithAccount({ url, user, password }: DatabaseAddress & { readonly dialect: "postgres" }): string {
  const whole = new URL(url);
  if (user !== undefined) whole.username = encodeURIComponent(user);
  if (password !== undefined) whole.password = encodeURIComponent(password);
  return whole.href;
}

/** The end of a copy that somebody stopped. */
export function stoppedCopy(): InterruptedError {
  return new InterruptedError("interrupted", "The copy was stopped, as asked; it is not finished.", {
    hint: "Run the same command again to go on; `godwit copy --discard FOLDER` removes what is there.",
  });
}

/** @throws InputError `copy-target` for what only a copy in PostgreSQL can have */
export function refusePostgresOptions({ schema, database }: TargetRequest): void {
  if (schema === undefined && database === undefined) return;
  throw new InputError(
    "copy-target",
    "--schema and --database are for repositories on PostgreSQL; this one is a SQLite file.",
    {
      hint: "Leave them out.",
    },
  );
}

/** How the copy of a database tells about its tables. */
export function tableOptions({ lockTimeoutMs, onEvent, signal }: CopySettings): DatabaseCopyOptions {
  return {
    lockTimeoutMs,
    onTable(what: "copied" | "compared", table: string): void {
      if (signal?.aborted === true) throw stoppedCopy();
      onEvent({ kind: "table", what, table });
    },
  };
}
