import { copyFile, link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";
import { InputError, RefusedError, StepError } from "../../errors.js";
import type { CommittedStep } from "../../errors.js";
import type { ButlerRepository } from "../../butler/index.js";
import { sql } from "../../database/sql.js";
import type { Session } from "../../database/database.js";
import { check } from "../check.js";
import type { RunOptions } from "../options.js";
import { repair } from "../repair.js";
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

/** The folder, beside `butler.yaml`, in which the copy is made. */
const workName = ".godwit-rewrite";

/**
 * Brings the registry of a SQLite Butler to the newest managers, dimensions as they are, in a copy of its file: what is there is
 * kept, ids of datasets, dates and the trash included. The copy takes the place of the original at the end; the original files are
 * kept as `original_<name>`. Nobody can write meanwhile, and until the end nothing is changed.
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
}

function rewrite(options: RunOptions) {
  return async (repository: ButlerRepository, transaction: Transaction): Promise<RewriteReport> => {
    const places = placesOf(repository);
    refuseExisting(places);
    await rm(places.work, { recursive: true, force: true });
    await mkdir(places.work);
    try {
      // The lock of this transaction keeps writers away; the copy is made and changed over other connections.
      return await transaction(async (session) => {
        await refuseWriteAheadLog(session, places);
        await repository.database.session((other) => other.execute(sql`VACUUM INTO ${places.workDatabase}`));
        await writeConfiguration(repository, places);
        const { steps, mended } = await modernize(repository, places, options);
        await swap(places);
        return { steps, mended, originals: [places.originalDatabase, places.originalConfiguration] };
      });
    } finally {
      await rm(places.work, { recursive: true, force: true });
    }
  };
}

function placesOf({ address, config, uri }: ButlerRepository): Places {
  if (address.dialect !== "sqlite") {
    throw new InputError("not-sqlite", `${uri} is not on SQLite.`, {
      hint: "`godwit upgrade` brings a repository on PostgreSQL to the newest managers.",
    });
  }
  const folder = path.dirname(config.file);
  const work = path.join(folder, workName);
  return {
    database: address.path,
    configuration: config.file,
    originalDatabase: beside(address.path),
    originalConfiguration: beside(config.file),
    work,
    workDatabase: path.join(work, path.basename(address.path)),
  };
}

function beside(file: string): string {
  return path.join(path.dirname(file), `original_${path.basename(file)}`);
}

function refuseExisting({ originalDatabase, originalConfiguration }: Places): void {
  const there = [originalDatabase, originalConfiguration].filter((file) => existsSync(file));
  if (there.length === 0) return;
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

/** The configuration of the copy: the same datastores, another file. */
async function writeConfiguration({ config }: ButlerRepository, places: Places): Promise<void> {
  const { withValues } = await import("../../butler/config/relocate.js");
  const text = await readFile(places.configuration, "utf8");
  const values = [
    { keys: ["root"], value: config.root },
    { keys: ["registry", "db"], value: `sqlite:///${places.workDatabase}` },
  ];
  const { mode } = await stat(places.configuration);
  await writeFile(path.join(places.work, "butler.yaml"), withValues(text, values, places.configuration), {
    mode,
  });
}

async function modernize(
  repository: ButlerRepository,
  { work }: Places,
  options: RunOptions,
): Promise<Pick<RewriteReport, "steps" | "mended">> {
  const targets = (repository.lineOfDefaults().at(-1)?.managers ?? []).filter(
    ({ manager }) => manager !== "dimensions-config",
  );
  const { steps } = await upgrade(
    work,
    targets.map(({ revision }) => revision),
    options,
  );
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
async function swap(places: Places): Promise<void> {
  await copyFile(places.configuration, places.originalConfiguration);
  await link(places.database, places.originalDatabase).catch(() =>
    copyFile(places.database, places.originalDatabase),
  );
  try {
    await rename(places.workDatabase, places.database);
  } catch (error) {
    throw new StepError(
      "not-swapped",
      `${places.workDatabase} could not take the place of ${places.database}.`,
      {
        cause: error,
      },
    );
  }
}
