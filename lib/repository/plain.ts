import { stat, unlink } from "node:fs/promises";
import { InputError } from "../errors.js";
import type { Database } from "../database/database.js";
import type { DatabaseAddress } from "../database/open.js";
import type { Conventions } from "../database/schema/conventions.js";
import { plainConventions } from "../database/schema/plain-conventions.js";
import type {
  OutsideEdit,
  RecordedManager,
  Repository,
  RepositoryFormat,
  TableFamily,
} from "./repository.js";

/** A database by itself: its managers are the folders of its revisions, and what is applied stands in the version tables alone. */
export class PlainRepository implements Repository {
  readonly kind = "plain";
  readonly uri: string;
  readonly conventions: Conventions = plainConventions;
  readonly unrecordedTrees = "started";
  readonly belongings = null;

  readonly #guard: "writable" | "butler-database";

  constructor(
    readonly database: Database,
    readonly address: DatabaseAddress,
    guard: "writable" | "butler-database",
    /** Path of a file that was made by opening, or null. */
    private readonly made: string | null = null,
  ) {
    this.uri = database.displayUrl;
    this.#guard = guard;
  }

  /** @throws InputError `butler-database` where the database belongs to a Butler */
  requireWritable(): void {
    if (this.#guard === "writable") return;
    throw new InputError("butler-database", `${this.uri} is the database of a Butler repository.`, {
      hint: "Give the Butler's folder (the one with butler.yaml) as --repo, so that butler.yaml stays true; --plain overrides.",
    });
  }

  async recordedManagers(): Promise<RecordedManager[]> {
    return [];
  }

  async recordVersion(): Promise<void> {
    // The version tables are all there is.
  }

  records(): boolean {
    return false;
  }

  async tableFamilies(): Promise<TableFamily[]> {
    return [];
  }

  async dimensionNames(): Promise<null> {
    return null;
  }

  async format(): Promise<RepositoryFormat | null> {
    return null;
  }

  readOnlyOutside(): null {
    return null;
  }

  foreseeClass(): null {
    return null;
  }

  async foreseeOutside(): Promise<readonly []> {
    return [];
  }

  lineOfDefaults(): readonly [] {
    return [];
  }

  async verification(): Promise<null> {
    return null;
  }

  async finishOutside(): Promise<OutsideEdit[]> {
    return [];
  }

  async close(): Promise<void> {
    await this.database.close();
    if (this.made !== null && (await stat(this.made)).size === 0) await unlink(this.made);
  }
}
