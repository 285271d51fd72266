/** What the real Butler sends to a migrated repository, sent again: see `test/fixtures/butler-statements`. */
import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Amplifiers } from "../../lib/butler/public.js";
import { check, openRepository, upgrade } from "../../lib/index.js";
import type { RunOptions, Sql, SqlValue } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";

const root = new URL("../../../", import.meta.url);
const example = (name: string): string => fileURLToPath(new URL(`examples/${name}`, root));

interface Recorded {
  readonly sql: string;
  readonly parameters: readonly (string | number | null)[];
}

/** Integers are sent as such; question marks stand for parameters nowhere but where these belong. */
function statementOf({ sql: text, parameters }: Recorded): Sql {
  const pieces = text.split("?");
  expect(pieces, text).to.have.length(parameters.length + 1);
  return {
    parts: pieces.flatMap((piece, at) => {
      const value = parameters[at];
      const part = { kind: "text", text: piece } as const;
      if (value === undefined) return [part];
      const sent: SqlValue = typeof value === "number" ? BigInt(value) : value;
      return [part, { kind: "value", value: sent } as const];
    }),
  };
}

/** Sends the statements, and returns how many rows each read or changed, by its text. */
async function replay(fixture: Fixture, name: string): Promise<Map<string, number>> {
  const file = new URL(`test/fixtures/butler-statements/${name}.json`, root);
  const recorded = JSON.parse(await readFile(file, "utf8")) as Recorded[];
  const repository = await openRepository(fixture.folder);
  const counts = new Map<string, number>();
  try {
    await repository.database.session(async (session) => {
      for (const one of recorded) {
        const statement = statementOf(one);
        const reads = /^(SELECT|WITH)/.test(one.sql);
        const count = reads ? (await session.query(statement)).length : await session.execute(statement);
        counts.set(one.sql, (counts.get(one.sql) ?? 0) + count);
      }
    });
  } finally {
    await repository.close();
  }
  return counts;
}

/** How many rows the statements that begin so read or changed. */
function countOf(counts: ReadonlyMap<string, number>, beginning: RegExp): number {
  return [...counts].filter(([text]) => beginning.test(text)).reduce((sum, [, count]) => sum + count, 0);
}

async function migrated(name: string, target: string, options: RunOptions = {}): Promise<Fixture> {
  const fixture = await copyFixture("current", "sqlite");
  await upgrade(fixture.folder, target, { revisions: [example(name)], ...options });
  return fixture;
}

describe("Statements of the real Butler on migrated repositories", function () {
  this.timeout(120_000);

  it("make, chain and remove collections that have one more column (S4.3)", async () => {
    const fixture = await migrated("collection-column", "collections@head");
    const counts = await replay(fixture, "collections");
    expect(countOf(counts, /^INSERT INTO collection /)).to.equal(3);
    expect(countOf(counts, /^DELETE FROM collection /)).to.equal(3);
  });

  it("associate datasets and register a dataset type where tables have one more index (S2.6)", async () => {
    const fixture = await migrated("datasets-indexes", "datasets@head");
    const counts = await replay(fixture, "datasets");
    expect(countOf(counts, /^INSERT INTO dataset_tags_/)).to.be.above(0);
    expect(countOf(counts, /^INSERT INTO dataset_type /)).to.equal(1);
    // The table of the new type was made by Butler, which knows nothing of the index.
    const { drift } = await check(fixture.folder, { revisions: [example("datasets-indexes")] });
    const missing = drift.filter((one) => one.class === "drift");
    expect(missing.length).to.equal(1);
    expect(missing[0]?.object).to.include("_idx_collection_id_instrument_");
  });

  it("register a dataset type with an added dimension, insert and find a dataset (S3.6)", async () => {
    const four: Amplifiers = (_instrument, detectors) =>
      detectors.flatMap(({ id }) =>
        ["C00", "C01", "C02", "C03"].map((name, at) => ({ detector: id, id: at, name })),
      );
    const fixture = await migrated("amplifier", "dimensions-config@head", {
      providers: { amplifiers: four },
    });
    const counts = await replay(fixture, "amplifier");
    expect(countOf(counts, /^SELECT amplifier\./)).to.be.above(0);
    expect(countOf(counts, /^INSERT INTO dataset \(/)).to.equal(1);
    expect(countOf(counts, /^INSERT INTO dataset_tags_/)).to.equal(1);
  });
});
