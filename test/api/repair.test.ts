import { expect } from "chai";
import { check, planRepair, repair, repairScript } from "../../lib/index.js";
import type { CheckReport } from "../../lib/index.js";
import { butlerConventions } from "../../lib/butler/conventions.js";
import type { DialectName, Session } from "../../lib/database/database.js";
import { sql } from "../../lib/database/sql.js";
import { type } from "../../lib/database/schema/types.js";
import { openRepository } from "../../lib/repository/open.js";
import { unexplainedFresh } from "../conformance/differences.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { copyGolden } from "../support/left-behind.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { sendScript } from "../support/scripts.js";
import { readFresh } from "../support/normalize/golden.js";

const own = { ignorePrefixes: ["revision_", "godwit_"] };

/** What the Python tool leaves behind, and in which repositories. */
const debts: readonly {
  readonly title: string;
  readonly reason: string;
  readonly dialects: readonly DialectName[];
  readonly goldens: readonly string[];
}[] = [
  {
    title: "D4: names of collections that are not unique",
    reason: "collection-name-not-unique",
    dialects: ["postgres"],
    goldens: ["uuid-c3-name--name-to-int", "ns-c0-name--name-to-int"],
  },
  {
    title: "D5: length checks of instruments that were not widened",
    reason: "instrument-length-check",
    dialects: ["sqlite"],
    goldens: ["uuid-c4-synth--config-5"],
  },
  {
    title: "D6: visits without their observing day",
    reason: "visit-day-obs",
    dialects: ["sqlite", "postgres"],
    goldens: ["uuid-c5-synth--config-6"],
  },
  {
    title: "D7: filters without a band",
    reason: "implied-dimension-nullable",
    dialects: ["sqlite", "postgres"],
    goldens: ["uuid-c1-synth--config-2-and-6.0.2"],
  },
];

/** All at once, after the whole way. */
const whole: readonly string[] = [
  "int-c0-name--full",
  "uuid-c0-name--full-uuid",
  "ns-c0-name--full-uuid601-int",
];

function reasons({ drift }: CheckReport): string[] {
  return [...new Set(drift.filter((one) => one.class !== "variation").map((one) => one.reason ?? "drift"))];
}

async function requireFresh(fixture: Fixture, golden: string): Promise<void> {
  const fresh = await readFresh(fixture.dialect, golden);
  if (fresh === undefined) return;
  const differences = compare(fresh, await describeFixture(fixture), { ...own, scope: "schema" });
  expect(unexplainedFresh(fixture.dialect, golden, differences)).to.deep.equal([]);
}

async function change(fixture: Fixture, work: (session: Session) => Promise<unknown>): Promise<void> {
  const repository = await openRepository(fixture.folder);
  try {
    await repository.database.transaction({ mode: "write" }, async (session) => {
      await work(session);
    });
  } finally {
    await repository.close();
  }
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`A repair of what the Python tool left, ${dialect}`, () => {
    for (const { title, reason, goldens } of debts.filter((one) => one.dialects.includes(dialect))) {
      for (const golden of goldens) {
        it(`${title} (${golden})`, async () => {
          const fixture = await copyGolden(golden, dialect);
          expect(reasons(await check(fixture.folder))).to.deep.equal([reason]);
          const before = await describeFixture(fixture);
          const plan = await planRepair(fixture.folder);
          expect(plan.byHand).to.deep.equal([]);
          expect(plan.mends.flatMap((mend) => mend.settles.map((one) => one.reason))).to.include(reason);
          expect(compare(before, await describeFixture(fixture))).to.deep.equal([]);

          const report = await repair(fixture.folder);
          expect(report.refused).to.deep.equal([]);
          expect(reasons(report.check)).to.deep.equal([]);
          expect(report.check.problems).to.deep.equal([]);
          await requireFresh(fixture, golden);

          const again = await repair(fixture.folder);
          expect(again.mended).to.deep.equal([]);
        });
      }
    }

    for (const golden of whole) {
      it(`all of it at once (${golden})`, async function () {
        if (dialect === "sqlite" && golden.startsWith("ns-")) this.skip();
        const fixture = await copyGolden(golden, dialect);
        expect(reasons(await check(fixture.folder))).to.have.length.above(1);
        const report = await repair(fixture.folder);
        expect(report.refused).to.deep.equal([]);
        expect(reasons(report.check)).to.deep.equal([]);
        expect(report.check.problems).to.deep.equal([]);
        await requireFresh(fixture, golden);
        const rows = (await check(fixture.folder, { rows: "check" })).rows ?? [];
        // Of the files, the fixtures hold those of one repository only.
        expect(rows.filter((one) => one.code !== "missing-file")).to.deep.equal([]);
      });
    }
  });

  describe(`A repair, ${dialect}`, () => {
    it("D6: adds days that only visits have, and gives visits without a day that of their exposures", async () => {
      const fixture = await copyGolden("uuid-c5-synth--config-6", dialect);
      const visit = sql.table("visit");
      await change(fixture, async (session) => {
        await session.execute(
          sql`UPDATE ${visit} SET day_obs = 20240101 WHERE id = (SELECT min(id) FROM ${visit} WHERE instrument = 'LSSTCam')`,
        );
        await session.execute(sql`UPDATE ${visit} SET day_obs = NULL WHERE instrument = 'HSC'`);
      });
      expect((await repair(fixture.folder)).refused).to.deep.equal([]);
      await change(fixture, async (session) => {
        const isSqlite = dialect === "sqlite";
        const [begin, end] = isSqlite
          ? [sql`timespan_begin`, sql`timespan_end`]
          : [sql`lower(timespan)`, sql`upper(timespan)`];
        const days = await session.query(
          sql`SELECT instrument, ${begin} AS begin, ${end} AS ends FROM ${sql.table("day_obs")} WHERE id = 20240101`,
        );
        // The vector of migrations.md: 43200 s after midnight TAI.
        expect(days).to.deep.equal([
          { instrument: "LSSTCam", begin: 1704110400000000000n, ends: 1704196800000000000n },
        ]);
        const others = await session.query(
          sql`SELECT v.id FROM ${visit} v WHERE v.instrument = 'HSC' AND v.day_obs <> (SELECT min(e.day_obs) FROM ${sql.table("visit_definition")} d JOIN ${sql.table("exposure")} e ON e.instrument = d.instrument AND e.id = d.exposure WHERE d.instrument = v.instrument AND d.visit = v.id)`,
        );
        expect(others).to.deep.equal([]);
      });
    });

    it("makes missing indexes and foreign keys of dynamic tables again, as they were", async () => {
      const fixture = await copyFixture("current", dialect);
      const before = await describeFixture(fixture);
      await change(fixture, (session) =>
        session.schema(butlerConventions).alter("dataset_tags_00000001", (table) => {
          table.dropConstraint({ kind: "foreign-key", columns: ["dataset_id"] });
          table.dropIndex({ columns: ["dataset_id"] });
          table.dropConstraint({
            kind: "unique",
            columns: ["dataset_type_id", "collection_id", "instrument", "detector", "exposure"],
          });
        }),
      );
      expect((await repair(fixture.folder)).mended.map(({ subject }) => subject)).to.deep.equal([
        "dataset_tags_00000001",
      ]);
      expect(compare(before, await describeFixture(fixture), own)).to.deep.equal([]);
    });

    it("makes the index on paths that old repositories lack", async () => {
      const fixture = await copyFixture("int-c0-name", dialect);
      await repair(fixture.folder);
      const { drift } = await check(fixture.folder);
      expect(drift.filter((one) => one.reason === "path-not-indexed")).to.deep.equal([]);
    });

    it("leaves what it cannot mend to its owner, says why, and mends the rest", async () => {
      const fixture = await copyFixture("current", dialect);
      await change(fixture, async (session) => {
        const schema = session.schema(butlerConventions);
        await schema.alter("collection", (table) => table.dropConstraint({ name: "collection_unq_name" }));
        await session.execute(sql`UPDATE collection SET name = 'tagged/empty' WHERE name = 'chain/empty'`);
        await schema.alter("dataset", (table) => table.dropIndex({ name: "dataset_fkidx_run_id" }));
        await schema.alter("exposure", (table) => table.dropColumn("can_see_sky"));
      });
      const report = await repair(fixture.folder);
      expect(report.mended.map(({ subject }) => subject)).to.deep.equal(["dataset"]);
      expect(report.refused.map(({ subject, obstacle }) => [subject, obstacle.code])).to.deep.equal([
        ["collection", "rows-in-the-way"],
      ]);
      expect(report.refused[0]?.obstacle.message).to.include("name=tagged/empty");
      const left = report.check.drift.map((one) => `${one.table}: ${one.object}`);
      expect(left).to.deep.equal([
        'collection: unique "collection_unq_name"',
        'exposure: column "can_see_sky"',
      ]);
      expect(report.byHand.map(({ object, why }) => [object, why])).to.deep.equal([
        ['column "can_see_sky"', "what its values were is not known: take them from a backup or a copy"],
      ]);
    });

    it("names what was dropped or added by hand, and why it is left", async () => {
      const fixture = await copyFixture("current", dialect);
      await change(fixture, async (session) => {
        const schema = session.schema(butlerConventions);
        await schema.drop("visit_detector_region");
        await schema.create("notes", (table) => table.column("id", type.bigint()));
        await schema.alter("exposure", (table) => table.addIndex(["group", "id"], { name: "by_group" }));
      });
      const before = await describeFixture(fixture);
      const { mended, byHand } = await repair(fixture.folder);
      expect(mended).to.deep.equal([]);
      const tooMuch = "no version knows it";
      const ways = "drop it, or have a revision of your own make it";
      const left = byHand.map(({ table, object, why }) => `${table}: ${object}: ${why}`);
      expect(left).to.have.members([
        `exposure: index "by_group": ${tooMuch}: ${ways}`,
        `notes: table: ${tooMuch}, and it may hold data: ${ways}`,
        "visit_detector_region: table: what its rows were is not known: take them from a backup or a copy",
      ]);
      for (const { table, object, why } of byHand)
        expect(await repairScript(fixture.folder)).to.include(`-- Not mended: ${table}: ${object}: ${why}.`);
      expect(compare(before, await describeFixture(fixture), own)).to.deep.equal([]);
    });

    it("brings alembic_version back in step with what the repository records", async () => {
      const fixture = await copyGolden("uuid-c4-synth--config-5", dialect);
      await change(fixture, async (session) => {
        // What `stamp --purge` of the Python tool leaves: one row, here that of another version too.
        await session.execute(sql`DELETE FROM ${sql.table("alembic_version")}`);
        await session.execute(
          sql`INSERT INTO ${sql.table("alembic_version")} (version_num) VALUES ('352c30854bb0')`,
        );
      });
      expect((await check(fixture.folder)).problems).to.have.length.above(1);
      const report = await repair(fixture.folder);
      expect(report.mended.map(({ subject }) => subject)).to.include("alembic_version");
      expect(report.check.problems).to.deep.equal([]);
    });

    it("takes columns back that a broken run left, with a list of the values that would go", async () => {
      const fixture = await copyFixture("current", dialect);
      const before = await describeFixture(fixture);
      await change(fixture, async (session) => {
        const schema = session.schema(butlerConventions);
        const left = { nullable: true } as const;
        await schema.alter("dataset", (table) => table.addColumn("id_uuid", type.uuid(), left));
        await schema.alter("dataset_location_trash", (table) =>
          table.addColumn("dataset_id_uuid", type.uuid(), left),
        );
        await session.execute(
          sql`UPDATE ${sql.table("dataset_location_trash")} SET dataset_id_uuid = dataset_id`,
        );
        await schema.create("migration_id2uuid", (table) => table.column("id", type.bigint()));
      });
      expect(reasons(await check(fixture.folder))).to.have.members(["leftover-column", "leftover-table"]);
      const { mends } = await planRepair(fixture.folder);
      const losses = mends.flatMap((mend) => mend.losesData);
      expect(losses.map(({ count }) => count)).to.deep.equal([2]);
      expect(losses[0]?.rows).to.have.length(2);
      expect(losses[0]?.rows[0]).to.match(
        /^dataset_id=[0-9a-f-]{32,36}, datastore_name=.*, dataset_id_uuid=/,
      );
      const careful = await repair(fixture.folder);
      expect(careful.mended.map(({ subject }) => subject)).to.have.members(["migration_id2uuid", "dataset"]);
      expect(careful.refused.map(({ obstacle }) => obstacle.code)).to.deep.equal(["data-loss"]);
      expect(careful.refused[0]?.obstacle.message).to.include(losses[0]?.rows[1]);
      const bold = await repair(fixture.folder, { dataLoss: "allow" });
      expect(bold.check.ok).to.equal(true);
      expect(compare(before, await describeFixture(fixture), own)).to.deep.equal([]);
    });

    it("makes primary keys as they should be, and stops at nothing that cannot be made", async () => {
      const fixture = await copyFixture("current", dialect);
      await change(fixture, async (session) => {
        const schema = session.schema(butlerConventions);
        await schema.alter("subfilter", (table) => table.dropPrimaryKey());
        await schema.alter("dataset_location_trash", (table) =>
          table.setPrimaryKey(["datastore_name", "dataset_id"]),
        );
        if (dialect === "postgres")
          await session.execute(sql`ALTER TABLE collection_summary_skymap DROP COLUMN skymap CASCADE`);
        else await schema.drop("collection_summary_skymap");
      });
      const report = await repair(fixture.folder);
      expect(report.mended.map(({ subject }) => subject)).to.include.members([
        "dataset_location_trash",
        "subfilter",
      ]);
      for (const { obstacle } of report.refused) expect(obstacle.code).to.equal("no-such-key");
      const left = report.check.drift.map(({ table, object }) => `${table}: ${object}`);
      expect(left.join()).to.include("collection_summary_skymap");
      expect(left.filter((one) => /^(subfilter|dataset_location_trash)/.test(one))).to.deep.equal([]);
    });

    it("removes a leftover only with its rows allowed to go", async () => {
      const fixture = await copyFixture("uuid-c5-synth", dialect);
      await change(fixture, async (session) => {
        const schema = session.schema(butlerConventions);
        await schema.createFrom({
          ...(await schema.table("instrument")),
          name: "_alembic_tmp_instrument",
          ...bare,
        });
        await session.execute(
          sql`INSERT INTO ${sql.table("_alembic_tmp_instrument")} (name, class_name) VALUES ('only here', 'x')`,
        );
      });
      const refused = await repair(fixture.folder);
      expect(refused.refused.map(({ obstacle }) => obstacle.code)).to.deep.equal(["data-loss"]);
      const report = await repair(fixture.folder, { dataLoss: "allow" });
      expect(report.mended.map(({ subject }) => subject)).to.deep.equal(["_alembic_tmp_instrument"]);
      expect(reasons(report.check)).to.deep.equal([]);
    });

    it("removes a copy that holds nothing of its own", async () => {
      const fixture = await copyFixture("uuid-c5-synth", dialect);
      await change(fixture, async (session) => {
        const schema = session.schema(butlerConventions);
        await schema.createFrom({
          ...(await schema.table("instrument")),
          name: "_alembic_tmp_instrument",
          ...bare,
        });
        await session.execute(
          sql`INSERT INTO ${sql.table("_alembic_tmp_instrument")} SELECT * FROM ${sql.table("instrument")}`,
        );
      });
      const report = await repair(fixture.folder);
      expect(report.mended.map(({ subject }) => subject)).to.deep.equal(["_alembic_tmp_instrument"]);
      expect(reasons(report.check)).to.deep.equal([]);
    });
  });
}

/** A copy has no constraints with names, which would clash. */
const bare = {
  primaryKey: null,
  checks: [],
  indexes: [],
  uniques: [],
  foreignKeys: [],
  attachments: [],
} as const;

describe("A repair that is interrupted", () => {
  it("keeps what it has mended, and goes on when it is called again", async () => {
    const fixture = await copyGolden("uuid-c4-synth--config-5", "sqlite");
    const controller = new AbortController();
    const first = await repair(fixture.folder, {
      signal: controller.signal,
      onEvent: ({ kind }) => {
        if (kind === "report") controller.abort();
      },
    });
    expect(first.mended).to.have.length(1);
    expect(reasons(first.check)).to.deep.equal(["instrument-length-check"]);
    const second = await repair(fixture.folder);
    expect(second.mended).to.have.length.above(10);
    expect(reasons(second.check)).to.deep.equal([]);
  });
});

describe("A repair of a run of the Python tool that was killed", () => {
  it("gives the copy the name of the table that it was to replace", async () => {
    const fixture = await copyFixture("current", "sqlite");
    const before = await describeFixture(fixture);
    await change(fixture, async (session) => {
      const schema = session.schema(butlerConventions);
      const subfilter = await schema.table("subfilter");
      await schema.createFrom({ ...subfilter, name: "_alembic_tmp_subfilter" });
      await session.execute(sql`INSERT INTO _alembic_tmp_subfilter SELECT * FROM subfilter`);
      await schema.drop("subfilter");
    });
    const report = await repair(fixture.folder);
    expect(report.mended.map(({ subject }) => subject)).to.deep.equal(["_alembic_tmp_subfilter"]);
    expect(report.check.ok).to.equal(true);
    expect(compare(before, await describeFixture(fixture), own)).to.deep.equal([]);
  });

  it("makes a missing sequence go on after the ids that are there", async () => {
    const fixture = await copyFixture("current", "postgres");
    await change(fixture, (session) => session.schema(butlerConventions).dropSequence("dataset_type_seq_id"));
    await repair(fixture.folder);
    await change(fixture, async (session) => {
      const [next] = await session.query(sql`SELECT nextval('dataset_type_seq_id') AS n`);
      const [last] = await session.query(sql`SELECT max(id) AS n FROM dataset_type`);
      expect(next?.["n"]).to.equal(BigInt(String(last?.["n"])) + 1n);
    });
  });
});

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`A repair as a script, ${dialect}`, () => {
    for (const { title, dialects, goldens } of debts.filter((one) => one.dialects.includes(dialect))) {
      const [golden = ""] = goldens;
      it(`leads to the same end as the repair of ${title} (${golden})`, async () => {
        expect(dialects).to.include(dialect);
        const [repaired, scripted] = [await copyGolden(golden, dialect), await copyGolden(golden, dialect)];
        const before = await describeFixture(scripted);
        const text = await repairScript(scripted.folder);
        expect(compare(before, await describeFixture(scripted), { detail: "strict" })).to.deep.equal([]);
        await repair(repaired.folder);
        await sendScript(scripted.databaseUrl, text);
        const differences = compare(await describeFixture(repaired), await describeFixture(scripted), {
          detail: "strict",
        });
        expect(differences).to.deep.equal([]);
        expect(await repairScript(scripted.folder)).to.match(/^-- Nothing to repair in the database\.$/m);
      });
    }
  });
}
