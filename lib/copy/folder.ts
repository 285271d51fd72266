/** Copies a repository that lives in a folder: the database first, then the files that it records, the configuration last. */
import { existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { copyDatabase, examineCopy, placeIsTaken } from "../database/copy.js";
import type { TableDigest } from "../database/copy.js";
import { openDatabase } from "../database/open.js";
import type { DatabaseAddress } from "../database/open.js";
import { InputError, RefusedError } from "../errors.js";
import type { Belongings, RecordedFile, Repository } from "../repository/repository.js";
import { noFiles, refusePostgresOptions, stoppedCopy, tableOptions, tablesOnly } from "./copy.js";
import type { Copied, CopySettings } from "./copy.js";
import { placeFile } from "./files.js";
import type { FileManner, FileOutcome } from "./files.js";
import { isWhole, removeMarker, requireFolder, writeMarker } from "./marker.js";
import type { Marker } from "./marker.js";
import { makeFolder } from "./folders.js";
import { requireSpace } from "./space.js";
import { openTarget, targetAddress } from "./target.js";
import type { Target } from "./target.js";

/** A repository that lives in a folder. */
export class FolderCopy {
  readonly #source: Repository;
  readonly #belongings: Belongings;
  readonly #folder: string;
  readonly #settings: CopySettings;
  readonly #notes: string[] = [];
  #marker: Marker | null = null;
  #configuration = "";

  constructor(source: Repository, belongings: Belongings, folder: string, settings: CopySettings) {
    this.#source = source;
    this.#belongings = belongings;
    this.#folder = folder;
    this.#settings = settings;
  }

  async run(): Promise<Copied> {
    this.#requireElsewhere();
    this.#marker = await requireFolder(this.#folder, this.#belongings.folder);
    const address = this.#address();
    const place = { folder: this.#folder, database: address, databaseFile: this.#belongings.databaseFile };
    // Asked first, so that what cannot be done is found before anything is made.
    const configuration = this.#belongings.configuration(place);
    if (this.#marker !== null && isWhole(this.#folder, this.#marker)) return this.#finished();
    const found = await examineCopy(this.#source.database, address);
    if (this.#marker === null && found === "taken") throw placeIsTaken(describeAddress(address));
    this.#requireSamePlace(address);
    this.#configuration = configuration.name;
    await makeFolder(this.#folder);
    const tables =
      address.dialect === "sqlite"
        ? await this.#copyFile(address.path)
        : await this.#copySchema(address, found);
    const files = await this.#copyFiles(address);
    for (const shared of this.#belongings.sharedPlaces) {
      this.#notes.push(
        `The datastore at ${shared} has a place of its own: original and copy share its files.`,
      );
    }
    await writeWhole(path.join(this.#folder, configuration.name), configuration.text, configuration.mode);
    await removeMarker(this.#folder);
    const made = this.#marker?.made ?? { database: false, namespace: false };
    return { uri: this.#folder, tables, files, notes: this.#notes, made };
  }

  /** Only the mark is left to be taken away; the copy may have been in use since. */
  async #finished(): Promise<Copied> {
    await removeMarker(this.#folder);
    return {
      ...tablesOnly(this.#folder, []),
      notes: ["The copy was finished before, and was left as it is."],
    };
  }

  #requireElsewhere(): void {
    const { folder } = this.#belongings;
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(folder)) {
      throw new RefusedError(
        "remote-repository",
        `The files of the repository are at ${folder}, not on this computer.`,
        {
          hint: "Only repositories in a folder of this computer are copied.",
        },
      );
    }
    const relative = path.relative(folder, this.#folder);
    if (/^\.\.(\/|$)/.test(relative)) return;
    throw new InputError("copy-target", `${this.#folder} lies inside of the repository ${folder}.`, {
      hint: "Name a folder outside of it.",
    });
  }

  #address(): DatabaseAddress {
    const { address, database } = this.#source;
    if (address.dialect === "sqlite") {
      refusePostgresOptions(this.#settings);
      const file = this.#belongings.databaseFile ?? path.basename(address.path);
      return { dialect: "sqlite", path: path.join(this.#folder, file) };
    }
    return targetAddress(address, database.namespace ?? "public", this.#settings);
  }

  /** What an earlier run of the command made elsewhere would be forgotten. */
  #requireSamePlace(address: DatabaseAddress): void {
    if (this.#marker === null) return;
    const { database, namespace } = placeOf(address);
    if (this.#marker.database === database && this.#marker.namespace === namespace) return;
    throw new RefusedError(
      "other-copy",
      `${this.#folder} holds an unfinished copy whose database is ${this.#marker.namespace ?? ""} in ${this.#marker.database}.`,
      {
        hint: `Name the same schema and database again, or remove it: godwit copy --discard ${this.#folder}`,
      },
    );
  }

  async #mark(change: Partial<Marker>): Promise<void> {
    const first: Marker = {
      source: this.#belongings.folder,
      started: new Date().toISOString(),
      made: { database: false, namespace: false },
      database: "",
      namespace: null,
      configuration: this.#configuration,
      stage: "copying",
    };
    this.#marker = { ...(this.#marker ?? first), ...change };
    await writeMarker(this.#folder, this.#marker);
  }

  async #copyFile(file: string): Promise<readonly TableDigest[]> {
    if (this.#marker?.stage === "files" && existsSync(file)) return this.#keepDatabase();
    await requireSpace(this.#source, this.#folder, 0n);
    await this.#mark(placeOf({ dialect: "sqlite", path: file }));
    await rm(file, { force: true });
    await makeFolder(path.dirname(file));
    const target = { dialect: "sqlite", path: file } as const;
    const tables = await copyDatabase(this.#source.database, target, tableOptions(this.#settings));
    await this.#mark({ stage: "files" });
    return tables;
  }

  async #copySchema(
    address: DatabaseAddress & { readonly dialect: "postgres" },
    found: "free" | "taken",
  ): Promise<readonly TableDigest[]> {
    if (this.#marker !== null && found === "taken") return this.#keepDatabase();
    const before = this.#marker?.made;
    await this.#mark(placeOf(address));
    const target: Target = await openTarget(address, this.#source.database);
    try {
      await this.#mark({
        made: {
          database: target.made.database || before?.database === true,
          namespace: target.made.namespace || before?.namespace === true,
        },
      });
      const into = { dialect: "postgres", database: target.database } as const;
      const tables = await copyDatabase(this.#source.database, into, tableOptions(this.#settings));
      await this.#mark({ stage: "files" });
      return tables;
    } finally {
      await target.database.close();
    }
  }

  #keepDatabase(): readonly TableDigest[] {
    this.#notes.push(
      `The database is as the original was when the copy was begun (${this.#marker?.started}).`,
    );
    return [];
  }

  /** The copy's own records tell which files belong to it: the original may have changed since. */
  async #copyFiles(address: DatabaseAddress): Promise<Copied["files"]> {
    const { files: manner, signal } = this.#settings;
    if (manner === "none") {
      this.#notes.push("The files of datastores were left out.");
      return noFiles;
    }
    const counts = { ...noFiles };
    const database = await openDatabase(address);
    try {
      await database.transaction({ mode: "read" }, async (session) => {
        for await (const batch of this.#belongings.files(session)) {
          const files = withoutRepetition(batch);
          for (let start = 0; start < files.length; start += filesAtOnce) {
            if (signal?.aborted === true) throw stoppedCopy();
            const some = files.slice(start, start + filesAtOnce);
            const outcomes = await Promise.all(some.map((file) => this.#bring(file, manner)));
            for (const [index, outcome] of outcomes.entries()) {
              counts[outcome] += 1;
              if (outcome !== "missing") counts.bytes += some[index]?.size ?? 0n;
            }
          }
          this.#settings.onEvent({ kind: "files", done: total(counts), bytes: counts.bytes });
        }
      });
    } finally {
      await database.close();
    }
    if (counts.missing > 0) {
      this.#notes.push(
        `${counts.missing} files that the database records are not there in the original either.`,
      );
    }
    return counts;
  }

  async #bring(file: RecordedFile, manner: Exclude<FileManner, "none">): Promise<FileOutcome | "shared"> {
    if (file.place === null) return "shared";
    return placeFile(
      {
        from: path.join(this.#belongings.folder, file.place),
        to: path.join(this.#folder, file.place),
        size: file.size,
      },
      manner,
    );
  }
}

function placeOf(address: DatabaseAddress): Pick<Marker, "database" | "namespace"> {
  if (address.dialect === "sqlite") return { database: path.basename(address.path), namespace: null };
  return { database: new URL(address.url).pathname.slice(1), namespace: address.namespace ?? null };
}

function describeAddress(address: DatabaseAddress): string {
  if (address.dialect === "sqlite") return address.path;
  return `Schema "${address.namespace ?? ""}" of database ${placeOf(address).database}`;
}

const filesAtOnce = 32;

/** Several datasets may lie in one file. */
function withoutRepetition(files: readonly RecordedFile[]): RecordedFile[] {
  return [...new Map(files.map((file) => [file.place ?? file.recorded, file])).values()];
}

function total(counts: Copied["files"]): number {
  return counts.linked + counts.reflinked + counts.copied + counts.present + counts.shared;
}

/** The file is there as a whole or not at all. */
async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  const handle = await open(`${file}.new`, "w", mode);
  try {
    await handle.chmod(mode);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}
