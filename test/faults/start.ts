/** Repositories as a case finds them, made once and copied for each point. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { downgrade, upgrade } from "../../lib/index.js";
import type { RunOptions, RunReport } from "../../lib/index.js";
import { optionsOf } from "../conformance/steps.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { describeFixture } from "../support/normalize/describe.js";
import type { Description } from "../support/normalize/description.js";
import { createPostgresDatabase, createPostgresTemplate, postgresServer } from "../support/postgres.js";
import type { FaultCase, Move } from "./cases.js";
import { checkOf } from "./checked.js";
import type { Checked } from "./checked.js";

/** A case with what it looks like before and after, where nothing goes wrong. */
export interface PreparedCase {
  readonly of: FaultCase;
  /** A fresh copy of the repository as the move finds it. */
  copy(): Promise<Fixture>;
  readonly start: Description;
  readonly end: Description;
  /** What `check` says before and after. */
  readonly startCheck: Checked;
  readonly endCheck: Checked;
  /** `butler.yaml` before and after; the name of the database stands for itself. */
  readonly startFile: string;
  readonly endFile: string;
}

/** Runs a move, as the command line would. */
export function runMove(repository: string, move: Move, options: RunOptions = {}): Promise<RunReport> {
  const all: RunOptions = {
    dataLoss: "allow",
    namespace: "daf_butler",
    lockTimeoutMs: 20_000,
    ...options,
    options: move.options,
  };
  return move.direction === "up"
    ? upgrade(repository, move.target, all)
    : downgrade(repository, move.target, all);
}

let templates = 0;

/** Brings a case's fixture to its start, and runs the move once without a fault. */
export async function prepareCase(found: FaultCase): Promise<PreparedCase> {
  const of = await withFiles(found);
  const first = await copyFixture(of.fixture, of.dialect);
  for (const move of of.before) await runMove(first.folder, move);
  const start = await describeFixture(first);
  const startCheck = await checkOf(first);
  const startFile = await configurationOf(first);
  const copy = await copierOf(first);
  const last = await copy();
  const { current } = await runMove(last.folder, of.move);
  if (current.problems.length > 0) {
    const problems = current.problems.map(({ message }) => message).join("; ");
    throw new Error(`the move leaves an inconsistent state without any fault: ${problems}`);
  }
  const described = await describeFixture(last);
  const endCheck = await checkOf(last);
  const endFile = await configurationOf(last);
  const end: Description = {
    ...described,
    meta: {
      repo: of.fixture,
      migration: of.revision,
      namespace: null,
      ok: true,
      steps: [],
      generated: of.generated,
    },
  };
  return { of, copy, start, end, startCheck, endCheck, startFile, endFile };
}

/** The case with the files that its options name, which stay as long as the process. */
async function withFiles(of: FaultCase): Promise<FaultCase> {
  const before: Move[] = [];
  for (const move of of.before) before.push({ ...move, options: await optionsOf(move) });
  return { ...of, before, move: { ...of.move, options: await optionsOf(of.move) } };
}

/** The text of `butler.yaml` with a placeholder for the database. */
export async function configurationOf({ folder, databaseUrl, dialect }: Fixture): Promise<string> {
  const text = await readFile(path.join(folder, "butler.yaml"), "utf8");
  return dialect === "sqlite" ? text : text.replaceAll(nameOf(databaseUrl), "@DB@");
}

function nameOf(databaseUrl: string): string {
  return databaseUrl.slice(databaseUrl.lastIndexOf("/"));
}

async function copierOf(first: Fixture): Promise<() => Promise<Fixture>> {
  const configuration = await configurationOf(first);
  if (first.dialect === "sqlite") {
    const bytes = await readFile(path.join(first.folder, "gen3.sqlite3"));
    return async () => {
      const folder = await newFolder(configuration);
      await writeFile(path.join(folder, "gen3.sqlite3"), bytes);
      return { ...first, folder, databaseUrl: `sqlite:///${path.join(folder, "gen3.sqlite3")}` };
    };
  }
  templates += 1;
  const template = `start_${templates}`;
  await copyDatabase(nameOf(first.databaseUrl).slice(1), template);
  return async () => {
    const { url, database } = await createPostgresDatabase(template);
    const folder = await newFolder(configuration.replaceAll("@DB@", `/${database}`));
    return { ...first, folder, databaseUrl: url };
  };
}

async function newFolder(configuration: string): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "butler.yaml"), configuration);
  return folder;
}

async function copyDatabase(from: string, to: string): Promise<void> {
  await postgresServer();
  await createPostgresTemplate(to, async () => undefined, from);
}
