import { expect } from "chai";
import { check, current, defineRevision, upgrade } from "../../lib/index.js";
import { butlerConventions } from "../../lib/butler/conventions.js";
import { sql } from "../../lib/database/sql.js";
import { openRepository } from "../../lib/repository/open.js";
import type { GodwitError } from "../../lib/errors.js";
import { copyFixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";

const compatibility = { backward: "full", forward: "full" } as const;

/** A revision of a tree of one's own that takes away what belongs to the Butler. */
const careless = defineRevision({
  id: "abcabcabcabc",
  parent: null,
  manager: "site",
  summary: "Forget an index",
  compatibility,
  irreversible: "it is only a test",
  async up({ schema }) {
    await schema.alter("dataset", (table) => {
      table.dropIndex({ name: "dataset_fkidx_run_id" });
    });
  },
});

async function refusal(work: Promise<unknown>): Promise<GodwitError> {
  return work.then(
    () => {
      throw new Error("was not refused");
    },
    (error: unknown) => error as GodwitError,
  );
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`upgrade --verify, ${dialect}`, () => {
    it("lets a right migration pass", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const report = await upgrade(fixture.folder, "head", { verify: "every-step" });
      expect(report.steps).to.have.length.above(2);
      expect((await check(fixture.folder)).ok).to.equal(true);
    });

    it("rolls a step back that leaves the repository otherwise than its versions say", async () => {
      const fixture = await copyFixture("current", dialect);
      const before = await describeFixture(fixture);
      const error = await refusal(
        upgrade(fixture.folder, "abcabcabcabc", { verify: "every-step", revisions: [careless] }),
      );
      expect(error.code).to.equal("verification-failed");
      expect(error.message).to.include(
        'dataset: index "dataset_fkidx_run_id": expected (run_id), found nothing',
      );
      const own = { ignorePrefixes: ["revision_", "godwit_"] };
      expect(compare(before, await describeFixture(fixture), own)).to.deep.equal([]);
    });

    it("looks at a revision of sub-steps before it is recorded", async () => {
      const fixture = await copyFixture("current", dialect);
      const inParts = defineRevision({
        ...careless,
        execution: { transactional: false },
        up: (context) => context.substep("drop", async () => careless.up?.(context)),
      });
      const error = await refusal(
        upgrade(fixture.folder, "abcabcabcabc", { verify: "every-step", revisions: [inParts] }),
      );
      expect(error.code).to.equal("verification-failed");
      const { managers } = await current(fixture.folder, { revisions: [careless] });
      expect(managers.flatMap(({ revisions }) => revisions)).to.not.include("abcabcabcabc");
    });

    it("does not begin where rows are wrong already", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const repository = await openRepository(fixture.folder);
      await repository.database.transaction({ mode: "write" }, async (session) => {
        await session
          .schema(butlerConventions)
          .alter("run", (table) =>
            table.dropConstraint({ name: "fkey_run_collection_collection_id_collection_id" }),
          );
        await session.execute(sql`INSERT INTO ${sql.table("run")} (collection_id) VALUES (4711)`);
      });
      await repository.close();
      const error = await refusal(upgrade(fixture.folder, "head", { verify: "every-step" }));
      expect(error.code).to.equal("not-as-it-should-be");
      expect(error.exitCode).to.equal(4);
      expect(error.message).to.include('1 row of "run" have no row of "collection"');
    });
  });
}
