/** What the real Butler sends to a migrated repository, sent again: see `test/fixtures/butler-statements`. */
import { expect } from "chai";
import { fileURLToPath } from "node:url";
import type { Amplifiers } from "../../lib/butler/public.js";
import { check, openRepository, upgrade } from "../../lib/index.js";
import type { Row, RunOptions } from "../../lib/index.js";
import { readStatements, statementOf } from "../support/butler-statements.js";
import { databases } from "../support/databases.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { rowsOf } from "../support/rows.js";

const example = (name: string): string =>
  fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));

/** What a statement read, or how many rows it changed. */
interface Answer {
  readonly text: string;
  readonly rows: readonly Row[];
  readonly changed: number;
}

/** Sends the statements as Butler does: on PostgreSQL it locks tables, which takes a transaction; SQLite keeps its foreign keys. */
async function replay(fixture: Fixture, name: string): Promise<Answer[]> {
  const recorded = await readStatements(fixture.dialect, name);
  const repository = await openRepository(fixture.folder);
  const answers: Answer[] = [];
  const work = async (session: Parameters<Parameters<typeof repository.database.session>[0]>[0]) => {
    for (const one of recorded) {
      const reads = /^(SELECT|WITH)/.test(one.sql);
      const rows = reads ? await session.query(statementOf(one)) : [];
      const changed = reads ? 0 : await session.execute(statementOf(one));
      answers.push({ text: one.sql.replaceAll("public.", ""), rows, changed });
    }
  };
  try {
    if (fixture.dialect === "sqlite") await repository.database.session(work);
    else await repository.database.transaction({ mode: "write" }, work);
  } finally {
    await repository.close();
  }
  return answers;
}

/** How many rows the statements that begin so read or changed. */
function countOf(answers: readonly Answer[], beginning: RegExp): number {
  return answers
    .filter(({ text }) => beginning.test(text))
    .reduce((sum, { rows, changed }) => sum + rows.length + changed, 0);
}

for (const { title, dialect } of databases) {
  const migrated = async (
    fixtureName: string,
    target: string,
    options: RunOptions = {},
  ): Promise<Fixture> => {
    const fixture = await copyFixture(fixtureName, dialect);
    await upgrade(fixture.folder, target, options);
    return fixture;
  };

  describe(`Statements of the real Butler on migrated repositories, ${title}`, function () {
    this.timeout(120_000);

    it("find every dataset where integers became UUIDs (S1.8)", async () => {
      const fixture = await migrated("int-c0-synth", "2101fbf51ad3", { namespace: "daf_butler" });
      const answers = await replay(fixture, "opened");
      const plain = (value: unknown): string => String(value).replaceAll("-", "");
      const found = new Set(
        answers.flatMap(({ rows }) => rows.flatMap((row) => Object.values(row).map(plain))),
      );
      // Butler itself never finds what belongs to a visit without a filter, as it looks for the filter's band.
      const datasets = await rowsOf(
        fixture.databaseUrl,
        `SELECT id FROM dataset WHERE id NOT IN (SELECT g.dataset_id FROM dataset_tags_00000003 g
         JOIN visit v ON v.instrument = g.instrument AND v.id = g.visit WHERE v.physical_filter IS NULL)`,
      );
      const ids = datasets.map(({ id }) => plain(id));
      expect(ids.length).to.be.above(50);
      expect(ids.filter((id) => !found.has(id))).to.deep.equal([]);
    });

    it("make, chain and remove collections that have one more column (S4.3)", async () => {
      const revisions = [example("collection-column")];
      const fixture = await migrated("current", "collections@head", { revisions });
      const answers = await replay(fixture, "collections");
      expect(countOf(answers, /^INSERT INTO collection /)).to.equal(3);
      expect(countOf(answers, /^DELETE FROM collection /)).to.equal(3);
    });

    it("associate datasets and register a dataset type where tables have one more index (S2.6)", async () => {
      const revisions = [example("datasets-indexes")];
      const fixture = await migrated("current", "datasets@head", { revisions });
      const answers = await replay(fixture, "datasets");
      expect(countOf(answers, /^INSERT INTO dataset_tags_/)).to.equal(2);
      expect(countOf(answers, /^INSERT INTO dataset_type /)).to.equal(1);
      expect(countOf(answers, /^DELETE FROM dataset_tags_/)).to.equal(2);
      // The table of the new type was made by Butler, which knows nothing of the index.
      const { drift } = await check(fixture.folder, { revisions });
      const missing = drift.filter((one) => one.class === "drift");
      expect(missing.length).to.equal(1);
      expect(missing[0]?.object).to.include("_idx_collection_id_instrument_");
    });

    it("register a dataset type with an added dimension, insert and find a dataset (S3.6)", async () => {
      const amplifiers: Amplifiers = (_instrument, detectors) =>
        detectors.flatMap(({ id }) =>
          ["C00", "C01", "C02", "C03"].map((name, at) => ({ detector: id, id: at, name })),
        );
      const fixture = await migrated("current", "dimensions-config@head", {
        revisions: [example("amplifier")],
        providers: { amplifiers },
      });
      const answers = await replay(fixture, "amplifier");
      expect(countOf(answers, /^SELECT amplifier\./)).to.be.above(0);
      expect(countOf(answers, /^INSERT INTO dataset \(/)).to.equal(1);
      expect(countOf(answers, /^INSERT INTO dataset_tags_/)).to.equal(1);
      expect(countOf(answers, /^SELECT godwit_gain_tags\./)).to.equal(1);
    });
  });
}
