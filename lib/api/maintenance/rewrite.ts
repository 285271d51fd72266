import { chmod, chown, copyFile, link, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { InputError, RefusedError, StepError } from "../../errors.js";
import type { CommittedStep } from "../../errors.js";
import type { ButlerRepository } from "../../butler/index.js";
import { sql } from "../../database/sql.js";
import type { Session } from "../../database/database.js";
import type { ConfigTree } from "../../butler/config/tree.js";
import { pauseAt } from "../../run/pause.js";
import { check } from "../check.js";
import type { RunOptions } from "../options.js";
import { plan } from "../plan.js";
import { planRepair } from "../repair/plan.js";
import { repair } from "../repair/repair.js";
import { upgrade } from "../upgrade.js";
import { withButler, writingButler } from "./butler.js";
import type { Transaction } from "./butler.js";

export interface RewriteReport {
  readonly steps: readonly CommittedStep[];
  /** What was mended besides. */
  readonly mended: readonly { readonly subject: string; readonly summary: string }[];
  /** Where the files are now that the repository had before. */
  readonly originals: readonly string[];
}

/** The folder, beside the database, in which the copy is made. */
const workName = ".godwit-rewrite";
/** A file in it that is there once the originals are being kept: a run that was stopped then has made them. */
const markName = "keeping-originals";

/**
 * Brings the registry of a SQLite Butler to the newest managers, dimensions as they are, in a copy of its file: what is there is
 * kept, ids of datasets, dates and the trash included. The copy takes the place of the original at the end; the original files are
 * kept as `original_<name>`. Nobody can write meanwhile, and until the end nothing is changed. The same call goes on where one was
 * stopped.
 *
 * @throws InputError `not-sqlite`; RefusedError `not-empty`, `write-ahead-log`, `not-as-it-should-be`, and those of `upgrade`
 */
export async function rewriteSqliteRegistry(uri: string, options: RunOptions = {}): Promise<RewriteReport> {
  const report = await writingButler(uri, options, "rewrite-sqlite-registry", rewrite(options));
  // Opened again, as the database is another file now.
  await withButler(uri, options, async (repository) => {
    for (const edit of await repository.finishOutside()) options.onEvent?.({ kind: "outside-edit", ...edit });
  });
  return report;
}

/** The files of a rewrite. */
interface Places {
  readonly database: string;
  readonly configuration: string;
  readonly originalDatabase: string;
  readonly originalConfiguration: string;
  readonly work: string;
  readonly workDatabase: string;
  readonly mark: string;
}

function rewrite(options: RunOptions) {
  return async (repository: ButlerRepository, transaction: Transaction): Promise<RewriteReport> => {
    const places = placesOf(repository);
    // The lock of this transaction keeps writers away; the copy is made and changed over other connections.
    return transaction(async (session) => {
      await removeUnfinished(places);
      const kept = keptOriginals(places);
      if (kept.length > 0) {
        if (await isModern(repository, options)) return { steps: [], mended: [], originals: kept };
        refuseExisting(kept);
      }
      await refuseWriteAheadLog(session, places);
      await mkdir(places.work);
      try {
        await pauseAt(options.onPause, "rewrite:copy");
        await repository.database.session((other) => other.execute(sql`VACUUM INTO ${places.workDatabase}`));
        await writeConfiguration(repository, places, options);
        const { steps, mended } = await modernize(repository, places, options);
        await swap(places, options);
        return { steps, mended, originals: [places.originalDatabase, places.originalConfiguration] };
      } finally {
        await rm(places.work, { recursive: true, force: true });
      }
    });
  };
}

function placesOf({ address, config, uri }: ButlerRepository): Places {
  if (address.dialect !== "sqlite") {
    throw new InputError("not-sqlite", `${uri} is not on SQLite.`, {
      hint: "`godwit upgrade` brings a repository on PostgreSQL to the newest managers.",
    });
  }
  // A link stays a link: the file that it leads to is replaced.
  const database = realpathSync(address.path);
  const work = path.join(path.dirname(database), workName);
  return {
    database,
    configuration: config.file,
    originalDatabase: beside(database),
    originalConfiguration: beside(config.file),
    work,
    workDatabase: path.join(work, path.basename(database)),
    mark: path.join(work, markName),
  };
}

function beside(file: string): string {
  return path.join(path.dirname(file), `original_${path.basename(file)}`);
}

/** What a run left that was stopped before the copy took its place; the database is still the original one. */
async function removeUnfinished(places: Places): Promise<void> {
  if (existsSync(places.mark) && existsSync(places.workDatabase)) {
    await rm(places.originalDatabase, { force: true });
    await rm(places.originalConfiguration, { force: true });
  }
  await rm(places.work, { recursive: true, force: true });
}

function keptOriginals({ originalDatabase, originalConfiguration }: Places): string[] {
  return [originalDatabase, originalConfiguration].filter((file) => existsSync(file));
}

/** Whether nothing is left to do, as after a run that was stopped at its very end. */
async function isModern(repository: ButlerRepository, options: RunOptions): Promise<boolean> {
  const { file } = repository.config;
  // Options that no step is left for would be refused.
  const asked = { ...options, options: {} };
  const { steps } = await plan(file, "up", targetsOf(repository), asked);
  return steps.length === 0 && (await planRepair(file, asked)).mends.length === 0;
}

function refuseExisting(there: readonly string[]): void {
  throw new RefusedError("not-empty", `${there.join(" and ")} would be overwritten.`, {
    hint: "They are the originals of an earlier rewrite: move them elsewhere first.",
  });
}

/** The log of the old file would be taken for that of the new one. */
async function refuseWriteAheadLog(session: Session, { database }: Places): Promise<void> {
  const [row] = await session.query(sql`SELECT journal_mode AS mode FROM pragma_journal_mode`);
  if (row?.["mode"] !== "wal") return;
  throw new RefusedError("write-ahead-log", `${database} is kept with a write-ahead log.`, {
    hint: "Set PRAGMA journal_mode = DELETE on it first.",
  });
}

/** The configuration of the copy, with all that it includes: the same datastores, another file. */
async function writeConfiguration(
  { config }: ButlerRepository,
  { configuration, work, workDatabase }: Places,
  { folder, environment }: RunOptions,
): Promise<void> {
  const { readConfigFile } = await import("../../butler/config/yaml.js");
  const { merged } = await import("../../butler/config/tree.js");
  const scope = { folder: folder ?? process.cwd(), environment: environment ?? process.env };
  const tree = readConfigFile(configuration, scope) as ConfigTree;
  const own = { root: config.root, registry: { db: `sqlite:///${workDatabase}` } };
  const { mode } = await stat(configuration);
  // JSON is YAML.
  await writeFile(path.join(work, "butler.yaml"), JSON.stringify(merged(tree, own)), { mode });
}

function targetsOf(repository: ButlerRepository): string[] {
  const newest = repository.lineOfDefaults().at(-1)?.managers ?? [];
  return newest.filter(({ manager }) => manager !== "dimensions-config").map(({ revision }) => revision);
}

async function modernize(
  repository: ButlerRepository,
  { work }: Places,
  options: RunOptions,
): Promise<Pick<RewriteReport, "steps" | "mended">> {
  const { steps } = await upgrade(work, targetsOf(repository), options);
  const { mended, refused } = await repair(work, options);
  const { problems, drift, rows } = await check(work, { ...options, rows: "check" });
  const wrong = [
    ...refused.map(({ obstacle }) => obstacle.message),
    ...problems.map(({ message }) => message),
    ...drift
      .filter((one) => one.class !== "variation")
      .map(({ table, object }) => `${table}: ${object} is not as it should be.`),
    // Files are not part of what is rewritten.
    ...(rows ?? []).filter(({ code }) => !fileFindings.has(code)).map(({ message }) => message),
  ];
  if (wrong.length === 0) return { steps, mended };
  throw new RefusedError(
    "not-as-it-should-be",
    `The registry cannot be rewritten as it is:\n${wrong.join("\n")}`,
    {
      hint: "`godwit check --deep` shows what is wrong with the repository; nothing was changed.",
    },
  );
}

const fileFindings = new Set(["missing-file", "file-size", "missing-datastore"]);

/** At any instant there is a whole database under the name that the configuration gives. */
async function swap(places: Places, { onPause }: RunOptions): Promise<void> {
  await likeTheOriginal(places);
  await writeFile(places.mark, "");
  await pauseAt(onPause, "rewrite:keep");
  await copyFile(places.configuration, places.originalConfiguration);
  await link(places.database, places.originalDatabase).catch(() =>
    copyFile(places.database, places.originalDatabase),
  );
  await pauseAt(onPause, "rewrite:swap");
  try {
    await rename(places.workDatabase, places.database);
  } catch (error) {
    await removeUnfinished(places);
    throw new StepError(
      "not-swapped",
      `${places.workDatabase} could not take the place of ${places.database}.`,
      {
        cause: error,
      },
    );
  }
  await pauseAt(onPause, "rewrite:swapped");
}

/** Whoever could use the file can use the one that takes its place. */
async function likeTheOriginal({ database, workDatabase }: Places): Promise<void> {
  const { mode, uid, gid } = await stat(database);
  await chown(workDatabase, uid, gid).catch(() => undefined);
  await chmod(workDatabase, mode);
}
