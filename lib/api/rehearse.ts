import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openDatabase } from "../database/open.js";
import type { Database } from "../database/database.js";
import type { DatabaseAddress } from "../database/open.js";
import { bytesOnDisk, heldLocks } from "../database/usage.js";
import type { HeldLock } from "../database/usage.js";
import { requireExistingFolder } from "../copy/folders.js";
import { StepError } from "../errors.js";
import { openRepository } from "../repository/open.js";
import { check } from "./check.js";
import type { CheckReport } from "./check.js";
import { copy, openOptionsOf } from "./copy.js";
import type { CopyOptions, CopyReport } from "./copy.js";
import type { RunOptions } from "./options.js";
import { plan } from "./plan.js";
import type { PlannedTable } from "./results.js";
import { show } from "./show.js";
import { upgrade } from "./upgrade.js";
import { given } from "../given.js";

/** How an upgrade is rehearsed. */
export interface RehearseOptions extends RunOptions, CopyOptions {
  /** Folder for the copy (default: that of the system for temporary files). */
  readonly place?: string;
}

/** What a step came to. */
export interface RehearsedStep {
  readonly revision: string;
  readonly direction: "up" | "down" | "switch";
  readonly manager: string;
  readonly summary: string;
  readonly durationMs: number;
  readonly tables: readonly PlannedTable[];
  /** Locks that were held just before the commit. */
  readonly locks: readonly HeldLock[];
  /** Bytes on the disk just before the commit beyond those at the beginning. */
  readonly extraBytes: number;
}

/** What a rehearsal found out. */
export interface RehearsalReport {
  readonly copy: Pick<CopyReport, "tables" | "durationMs">;
  readonly steps: readonly RehearsedStep[];
  /** What `check` says of the upgraded copy. */
  readonly check: CheckReport;
  /** What the real run is likely to take. */
  readonly needs: { readonly durationMs: number; readonly extraBytes: number };
}

/**
 * Upgrades a copy of the database that is removed afterwards, and tells what each step took. The original is only read; files of
 * datastores are not copied, as no migration touches them.
 *
 * @param uri folder or `butler.yaml` of a Butler, label of the repository index, or database URL
 * @throws StepError where a step fails: the real run would fail likewise
 * @example const { needs } = await rehearse("/repo/main");
 */
export async function rehearse(
  uri: string,
  targets: string | readonly string[] = "head",
  options: RehearseOptions = {},
): Promise<RehearsalReport> {
  await requireExistingFolder(options.place ?? tmpdir());
  const folder = await mkdtemp(path.join(options.place ?? tmpdir(), "godwit-rehearsal-"));
  let copied: CopyReport | null = null;
  try {
    copied = await copyForRehearsal(uri, folder, options);
    return await rehearseOn(copied, targets, options);
  } catch (error) {
    throw inRehearsal(error);
  } finally {
    if (copied !== null) await removeCopy(copied, options);
    await rm(folder, { recursive: true, force: true });
  }
}

/** A repository that may be changed at will, and is removed again. */
export interface TemporaryCopy {
  readonly uri: string;
  remove(): Promise<void>;
}

/**
 * Copies a repository into a temporary place, without the files of its datastores.
 * @param uri folder or `butler.yaml` of a Butler, label of the repository index, or database URL
 */
export async function temporaryCopy(uri: string, options: RehearseOptions = {}): Promise<TemporaryCopy> {
  const folder = await mkdtemp(path.join(options.place ?? tmpdir(), "godwit-copy-"));
  try {
    const copied = await copyForRehearsal(uri, folder, options);
    return {
      uri: copied.uri,
      remove: async () => {
        await removeCopy(copied, options);
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function copyForRehearsal(uri: string, folder: string, options: RehearseOptions): Promise<CopyReport> {
  const open = openOptionsOf(options);
  const repository = await openRepository(uri, { ...open, butlerDatabase: "plain" });
  const { address, belongings } = repository;
  await repository.close();
  const name = `godwit_rehearsal_${randomBytes(4).toString("hex")}`;
  const { destination, schema } =
    belongings === null
      ? { destination: options.database ?? plainPlace(address, folder, name), schema: undefined }
      : {
          destination: path.join(folder, "copy"),
          schema: ownSchema(address, options) ? name : options.schema,
        };
  return copy(uri, destination, { ...options, ...given({ schema }), files: "none" });
}

/** A schema that is made for the rehearsal, unless another place is named. */
function ownSchema(address: DatabaseAddress, { database, schema }: CopyOptions): boolean {
  return address.dialect === "postgres" && database === undefined && schema === undefined;
}

/** Beside the original: another file, another database of the same server. */
function plainPlace(address: DatabaseAddress, folder: string, name: string): string {
  if (address.dialect === "sqlite") return `sqlite:///${path.join(folder, `${name}.sqlite3`)}`;
  const url = new URL(address.url);
  url.pathname = `/${name}`;
  return url.href;
}

async function rehearseOn(
  copied: CopyReport,
  targets: string | readonly string[],
  options: RehearseOptions,
): Promise<RehearsalReport> {
  const repository = await openRepository(copied.uri, openOptionsOf(options));
  const { address } = repository;
  await repository.close();
  const observer = await openDatabase(address);
  try {
    const observed = new Observer({ uri: copied.uri, options, database: observer, address });
    const { steps } = await upgrade(copied.uri, targets, {
      ...options,
      onPause: (point) => observed.look(point),
    });
    const report = await check(copied.uri, options);
    const rehearsed = steps.map((step): RehearsedStep => ({
      ...step,
      ...nothingSeen,
      ...observed.steps.get(step.revision),
      durationMs: Math.max(0, Math.round(step.durationMs - (observed.lookedMs.get(step.revision) ?? 0))),
    }));
    const needs = {
      durationMs: rehearsed.reduce((sum, { durationMs }) => sum + durationMs, 0),
      extraBytes: Math.max(0, ...rehearsed.map(({ extraBytes }) => extraBytes)),
    };
    return { copy: copied, steps: rehearsed, check: report, needs };
  } finally {
    await observer.close();
  }
}

type Seen = Pick<RehearsedStep, "summary" | "tables" | "locks" | "extraBytes">;

const nothingSeen: Seen = { summary: "", tables: [], locks: [], extraBytes: 0 };

interface Observed {
  readonly uri: string;
  readonly options: RehearseOptions;
  /** A connection beside that of the run. */
  readonly database: Database;
  readonly address: DatabaseAddress;
}

/** Looks at each step from outside: what it is going to do when it begins, and what it takes just before its commit. */
class Observer {
  readonly steps = new Map<string, Seen>();
  /** How long the run was kept waiting at each step. */
  readonly lookedMs = new Map<string, number>();
  readonly #of: Observed;
  #before: bigint | null = null;

  constructor(of: Observed) {
    this.#of = of;
  }

  async look(point: string): Promise<void> {
    const began = performance.now();
    const [, when, revision = ""] = /^step:(begin|commit) (.*)$/.exec(point) ?? [];
    if (when === "begin") await this.#foresee(revision);
    if (when === "commit") await this.#measure(revision);
    this.lookedMs.set(revision, (this.lookedMs.get(revision) ?? 0) + performance.now() - began);
  }

  /** A plan of this step alone knows more than that of all steps, which ends where rows decide. */
  async #foresee(revision: string): Promise<void> {
    const { uri, options, database, address } = this.#of;
    this.#before ??= await bytesOnDisk(database, address);
    const declared = (await show(revision, options)).revisions.flatMap((one) =>
      Object.keys(one.options ?? {}),
    );
    const given = Object.entries(options.options ?? {}).filter(([name]) => declared.includes(name));
    const { steps } = await plan(uri, "up", revision, { ...options, options: Object.fromEntries(given) });
    const { summary = "", tables = [] } = steps.find((one) => one.revision === revision) ?? {};
    this.steps.set(revision, { ...nothingSeen, summary, tables });
  }

  async #measure(revision: string): Promise<void> {
    const { database, address } = this.#of;
    const extra = (await bytesOnDisk(database, address)) - (this.#before ?? 0n);
    const locks = await heldLocks(database);
    const seen = this.steps.get(revision) ?? nothingSeen;
    this.steps.set(revision, { ...seen, locks, extraBytes: Math.max(0, Number(extra)) });
  }
}

async function removeCopy({ uri, made }: CopyReport, options: RehearseOptions): Promise<void> {
  if (!made.namespace && !made.database) return;
  const repository = await openRepository(uri, openOptionsOf(options));
  const { address } = repository;
  await repository.close();
  if (address.dialect !== "postgres") return;
  const { removeTarget } = await import("../copy/target.js");
  await removeTarget(address, made);
}

function inRehearsal(error: unknown): unknown {
  if (!(error instanceof StepError)) return error;
  return new StepError(error.code, `In the rehearsal: ${error.message}`, {
    hint: `The repository itself was not touched.${error.hint === undefined ? "" : `\n${error.hint}`}`,
    cause: error,
  });
}
