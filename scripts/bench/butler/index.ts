/**
 * Times migrations of a large Butler repository beside set SQL written by hand, in one run:
 * `npm run -s bench:butler -- [DATASETS]` (default 1000000). Prints the ratio of each to what it may be at most, and the
 * memory that the process had at its peak.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { DialectName, Session } from "../../../lib/database/database.js";
import { openRepository } from "../../../lib/repository/open.js";
import { runEnds, testBegins, testEnds } from "../../../test/support/cleanup.js";
import { copyFixture } from "../../../test/support/fixtures.js";
import type { Fixture } from "../../../test/support/fixtures.js";
import { collectionsToIntegers, copyOf, datasetsToUuids } from "./by-hand.js";
import { makeRepository } from "./make-repository.js";

const upgrading = fileURLToPath(new URL("upgrade.js", import.meta.url));

interface Case {
  readonly title: string;
  readonly fixture: string;
  readonly dialects: readonly DialectName[];
  readonly target: string;
  readonly byHand: (session: Session) => Promise<void>;
  readonly atMost: number;
}

const cases: readonly Case[] = [
  {
    title: "integers to UUIDs",
    fixture: "int-c0-name",
    dialects: ["sqlite", "postgres"],
    target: "datasets-ByDimensionsDatasetRecordStorageManagerUUID@1.0.0",
    byHand: datasetsToUuids,
    atMost: 1.4,
  },
  {
    title: "collection names to integers",
    fixture: "int-c0-name",
    dialects: ["sqlite", "postgres"],
    target: "collections-SynthIntKeyCollectionManager@head",
    byHand: collectionsToIntegers,
    atMost: 1.3,
  },
  {
    title: "ingest dates to nanoseconds, beside one copy",
    fixture: "uuid-c3-name",
    dialects: ["sqlite"],
    target: "4e2d7a28475b",
    byHand: (session) => copyOf(session, "dataset"),
    atMost: 1.2,
  },
];

async function prepared(name: string, dialect: DialectName, datasets: number): Promise<Fixture> {
  const fixture = await copyFixture(name, dialect);
  await makeRepository(fixture.databaseUrl, datasets);
  return fixture;
}

/** Seconds of the work alone, in one transaction. */
async function secondsByHand({ databaseUrl }: Fixture, work: Case["byHand"]): Promise<number> {
  const repository = await openRepository(databaseUrl);
  try {
    const start = performance.now();
    await repository.database.transaction({ mode: "write" }, work);
    return (performance.now() - start) / 1000;
  } finally {
    await repository.close();
  }
}

interface Measured {
  readonly seconds: number;
  readonly megabytes: number;
}

/** An upgrade in a process of its own, so that its memory is its own. */
function upgraded({ folder }: Fixture, target: string): Measured {
  const { status, stdout, stderr } = spawnSync(process.execPath, [upgrading, folder, target], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Measured;
}

/** Runs something, and removes what it made. */
async function round<T>(work: () => Promise<T>): Promise<T> {
  testBegins();
  try {
    return await work();
  } finally {
    await testEnds();
  }
}

async function compare(one: Case, dialect: DialectName, datasets: number): Promise<void> {
  const hand = await round(async () =>
    secondsByHand(await prepared(one.fixture, dialect, datasets), one.byHand),
  );
  const own = await round(async () => upgraded(await prepared(one.fixture, dialect, datasets), one.target));
  const ratio = (own.seconds / hand).toFixed(2);
  console.log(
    `${one.title}, ${dialect}: ${own.seconds.toFixed(1)} s, by hand ${hand.toFixed(1)} s: ${ratio} (at most ${one.atMost}); ${own.megabytes.toFixed(0)} MB`,
  );
}

/** Longer instrument names on SQLite are an edit of the stored schema, whatever the number of rows. */
async function instrumentNames(datasets: number): Promise<void> {
  const seconds: number[] = [];
  for (const count of [datasets / 10, datasets]) {
    const { seconds: one } = await round(async () =>
      upgraded(await prepared("uuid-c4-synth", "sqlite", count), "2a8a32e1bec3"),
    );
    seconds.push(one);
  }
  const [few = 1, many = 1] = seconds;
  console.log(
    `longer instrument names, sqlite: ${few.toFixed(2)} s at ${datasets / 10}, ${many.toFixed(2)} s at ${datasets}: ${(many / few).toFixed(2)} (at most 1.5)`,
  );
}

const datasets = Number(process.argv[2] ?? "1000000");
console.log(`${datasets} datasets`);
for (const one of cases) for (const dialect of one.dialects) await compare(one, dialect, datasets);
await instrumentNames(datasets);
await runEnds();
