/** The revision that `revision new --diff` derives from a repository and its migrated copy changes the schema as the migration did. */
import { readFile, writeFile } from "node:fs/promises";
import { expect } from "chai";
import { initProject } from "../../lib/catalog/init.js";
import { newRevision } from "../../lib/catalog/new-revision.js";
import { upgrade } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { goldenMeta } from "../support/normalize/golden.js";
import { runSteps } from "./steps.js";

const own = { ignorePrefixes: ["revision_", "godwit_", "alembic_version"], scope: "schema" } as const;

/** Goldens whose schema changes by what a definition alone says: no rows are moved between tables or computed. */
const pure = [
  "int-c0-name--dimensions-6.0.1",
  "uuid-c1-synth--dimensions-6.0.2-nullfilter",
  "uuid-c2-synth--config-3",
  "uuid-c4-synth--config-5",
  "uuid-c6-synth--config-7",
  "uuid-c7-synth--datastores-0.2.1",
  "uuid-c7-synth--obscore-config",
];

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`A revision derived from two real repositories, ${dialect}`, () => {
    for (const golden of pure) {
      it(`makes the schema of ${golden}`, async () => {
        const meta = await goldenMeta("postgres", golden);
        const [old, fresh] = [await copyFixture(meta.repo, dialect), await copyFixture(meta.repo, dialect)];
        await runSteps(fresh, meta);
        if (golden.includes("6.0.2")) await fillFilters(old.databaseUrl);
        const folder = await temporaryFolder();
        await initProject({ folder, managers: ["app"] });
        const { files } = await newRevision({ folder, managers: ["app"], diff: [old.folder, fresh.folder] });
        const [file = ""] = files;
        const text = await readFile(file, "utf8");
        await writeFile(file, text.replace(/^ *unanswered\([^;]*;\n/gm, "").replace(", unanswered", ""));
        await upgrade(old.folder, "app@head", { folder });
        const differences = compare(await describeFixture(fresh), await describeFixture(old), own);
        expect(differences).to.deep.equal([]);
      });
    }
  });
}

/** The author of a revision that demands values has to see to the rows that have none. */
async function fillFilters(url: string): Promise<void> {
  const { runStatements } = await import("../support/rows.js");
  await runStatements(url, ["UPDATE visit SET physical_filter = 'HSC-G' WHERE physical_filter IS NULL"]);
}
