import { expect } from "chai";
import type { DialectName } from "../../lib/database/database.js";
import { downgrade, script, upgrade } from "../../lib/index.js";
import type { RunOptions } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import type { Description, Meta } from "../support/normalize/description.js";
import { sendScript } from "../support/scripts.js";
import { migrationsOf, nameOf, optionsOf } from "./steps.js";
import type { GoldenMigration } from "./steps.js";

/** What is another one in every run: times, how long something took, who did it, and the number of the run. */
const excepted = new Set(["applied_at", "duration_ms", "run", "started", "ended", "username"]);

/** Everything that is recorded is compared too, but for these. */
function comparable(description: Description): Description {
  const rows = Object.entries(description.rows ?? {}).map(([table, content]) => {
    if (!/^(revision_|godwit_)/.test(table)) return [table, content] as const;
    const masked = content.rows.map((row) =>
      row.map((cell, at) => (excepted.has(content.columns[at] ?? "") ? "any" : cell)),
    );
    return [table, { ...content, rows: masked }] as const;
  });
  return { ...description, rows: Object.fromEntries(rows) };
}

/** Of what is known about a golden only which values are made up: nothing else may differ. */
function generatedOnly({ repo, migration, namespace, ok, generated = [] }: Meta): Meta {
  return { repo, migration, namespace, ok, steps: [], generated };
}

/**
 * Each move of a revision once is enough, whatever the repository: that the steps are right on all of them is tested elsewhere. Goldens
 * of many moves come first, and make those of one of them needless.
 */
async function eachMoveOnce(dialect: DialectName): Promise<GoldenMigration[]> {
  const all = (await migrationsOf(dialect)).filter(({ meta }) => meta.ok);
  const seen = new Set<string>();
  return all
    .toSorted((a, b) => rank(b) - rank(a))
    .filter(({ meta: { steps } }) => {
      const moves = steps.filter(([command]) => command !== "stamp").map((step) => JSON.stringify(step));
      const isNew = moves.some((move) => !seen.has(move));
      for (const move of moves) seen.add(move);
      return isNew;
    });
}

/** Among goldens of as many moves, those in a schema of their own are the harder ones. */
function rank({ golden, meta }: GoldenMigration): number {
  return 2 * meta.steps.length + Number(golden.startsWith("ns-"));
}

for (const dialect of ["sqlite", "postgres"] as const) {
  const goldens = await eachMoveOnce(dialect);
  describe(`Scripts of migrations of real repositories, ${dialect}`, () => {
    for (const { golden, meta } of goldens) {
      it(`${golden}: the same end as by running the steps, records included`, async () => {
        const [run, scripted] = [
          await copyFixture(meta.repo, dialect),
          await copyFixture(meta.repo, dialect),
        ];
        for (const [command, revision, given] of meta.steps) {
          if (command === "stamp") continue;
          const asked = (given ?? {}) as Parameters<typeof optionsOf>[0] & { readonly namespace?: string };
          const options: RunOptions = {
            options: await optionsOf(asked),
            dataLoss: "allow",
            ...(asked.namespace === undefined ? {} : { namespace: asked.namespace }),
          };
          const target = nameOf(revision);
          const before = await describeFixture(scripted);
          const text = await script(
            scripted.folder,
            command === "upgrade" ? "up" : "down",
            [target],
            options,
          );
          expect(compare(before, await describeFixture(scripted), { detail: "strict" })).to.deep.equal([]);
          // What was read while the script was written would be read, and shown, by every client again.
          expect(text).not.to.match(/^(DECLARE|FETCH|CLOSE)\b/m);
          await sendScript(scripted.databaseUrl, text);
          await (command === "upgrade" ? upgrade : downgrade)(run.folder, target, options);
        }
        // Ids that are made up are others in every run; what refers to them has to follow.
        const expected = { ...comparable(await describeFixture(run)), meta: generatedOnly(meta) };
        const actual = comparable(await describeFixture(scripted));
        expect(compare(expected, actual, { detail: "strict" })).to.deep.equal([]);
      });
    }
  });
}
