/** What the Python tool was asked for, said to godwit. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { DialectName } from "../../lib/database/database.js";
import { downgrade, upgrade } from "../../lib/index.js";
import type { RunOptions } from "../../lib/index.js";
import { archivedFile } from "../support/archive.js";
import type { Fixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { goldenMeta, goldenNames } from "../support/normalize/golden.js";
import type { Meta } from "../support/normalize/description.js";
import type { Json } from "../support/normalize/json.js";

interface StepOptions {
  readonly options?: Readonly<Record<string, string>>;
  readonly namespace?: string;
}

/** Commands that only the Python tool needs: godwit adopts what the repository records. */
const preparations = new Set(["stamp"]);

/** Commands that are no migrations; they have tests of their own. */
export function isMigration({ steps }: Meta): boolean {
  return steps.every(([command]) => ["stamp", "upgrade", "downgrade"].includes(command));
}

export interface GoldenMigration {
  readonly golden: string;
  readonly meta: Meta;
}

/** The goldens of migrations. */
export async function migrationsOf(dialect: DialectName): Promise<GoldenMigration[]> {
  const names = await goldenNames(dialect);
  const all = await Promise.all(
    names.map(async (golden) => ({ golden, meta: await goldenMeta(dialect, golden) })),
  );
  return all.filter(({ meta }) => isMigration(meta));
}

/** Runs the steps of a golden on a copy of its repository. */
export async function runSteps(fixture: Fixture, meta: Meta, options: RunOptions = {}): Promise<void> {
  for (const [command, revision, given] of meta.steps) {
    if (preparations.has(command)) continue;
    const asked = (given ?? {}) as unknown as StepOptions;
    const run = command === "upgrade" ? upgrade : downgrade;
    await run(fixture.folder, nameOf(revision), {
      ...options,
      options: await optionsOf(asked),
      ...(asked.namespace === undefined ? {} : { namespace: asked.namespace }),
    });
  }
}

/** The options of a step. godwit merges a dimension configuration that was changed, and has no option to overwrite it. */
export async function optionsOf({ options = {} }: StepOptions): Promise<Record<string, string>> {
  const { allow_dimension_universe_mismatch: _bypass, obscore_config: file, ...rest } = options;
  if (file === undefined) return rest;
  const copy = path.join(await temporaryFolder(), path.basename(file));
  await writeFile(copy, await archivedFile("expected", path.basename(file)));
  return { ...rest, obscore_config: copy };
}

/** The revision that a step names. */
export function nameOf(revision: Json | undefined): string {
  if (typeof revision === "string") return revision;
  throw new Error("a step of a golden names no revision");
}
