/** The revision that `revision new --diff` derives from a repository and what the Python tool made of it changes the schema as that tool did. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { initProject } from "../../lib/catalog/init.js";
import { newRevision } from "../../lib/catalog/new-revision.js";
import { diffRepositories } from "../../lib/catalog/scaffold/diff/diff.js";
import { downgrade, upgrade } from "../../lib/index.js";
import { rejection } from "../catalog/files.js";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { goldenMeta, readGolden } from "../support/normalize/golden.js";
import { makeDescribed } from "../support/normalize/make.js";

const own = { ignorePrefixes: ["revision_", "godwit_", "alembic_version"], scope: "schema" } as const;

/** Goldens whose schema changes by what a definition alone says: no rows are moved between tables or computed. */
const pure = [
  "int-c0-name--dimensions-6.0.1",
  "uuid-c1-synth--config-1-downgrade",
  "uuid-c1-synth--dimensions-6.0.2-nullfilter",
  "uuid-c2-synth--config-3",
  "uuid-c4-synth--config-5",
  "uuid-c6-synth--config-7",
  "uuid-c7-synth--datastores-0.2.1",
  "obscore-c7--config-7-downgrade",
];

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`A revision derived from two real repositories, ${dialect}`, () => {
    for (const golden of pure) {
      it(`makes the schema of ${golden}`, async () => {
        const { repo } = await goldenMeta(dialect, golden);
        const [old, fresh] = [await copyFixture(repo, dialect), await copyFixture(repo, dialect)];
        const before = await describeFixture(old);
        const description = await readGolden(dialect, golden);
        if (description === undefined) throw new Error(`there is no golden ${golden}`);
        await makeDescribed(fresh, description);
        if (golden.includes("6.0.2")) await fillFilters(old.databaseUrl);
        const folder = await temporaryFolder();
        await initProject({ folder, managers: ["app"] });
        const { files } = await newRevision({ folder, managers: ["app"], diff: [old.folder, fresh.folder] });
        const [file = ""] = files;
        const text = await readFile(file, "utf8");
        await writeFile(file, text.replace(/^ *unanswered\([^;]*;\n/gm, "").replace(", unanswered", ""));
        // Values may be lost here: what the Python tool drops has some in one of the repositories.
        await upgrade(old.folder, "app@head", { folder, dataLoss: "allow" });
        expect(compare(description, await describeFixture(old), own)).to.deep.equal([]);
        if (golden.includes("6.0.2")) return;
        await downgrade(old.folder, "app@-1", { folder, dataLoss: "allow" });
        expect(compare(before, await describeFixture(old), own)).to.deep.equal([]);
      });
    }

    it("records the version of its manager and the configuration that the new repository has", async () => {
      const [old, fresh] = [await copyFixture("current", dialect), await copyFixture("current", dialect)];
      const folder = await temporaryFolder();
      const add = { kind: "dimension-config", version: "9", branches: ["daf_butler"] };
      await newRevision({
        folder,
        managers: ["dimensions-config"],
        ...add,
        flags: { dimension: ["target"], key: ["name string(32)"] },
      });
      await upgrade(fresh.folder, "head", { revisions: [path.join(folder, "revisions")] });
      const project = await temporaryFolder();
      await initProject({ folder: project });
      await newRevision({
        folder: project,
        managers: ["dimensions-config"],
        diff: [old.folder, fresh.folder],
      });
      const before = await describeFixture(old);
      await upgrade(old.folder, "head", { folder: project });
      const attributes = { ...own, scope: "everything", ignorePrefixes: [...own.ignorePrefixes] } as const;
      expect(compare(await describeFixture(fresh), await describeFixture(old), attributes)).to.deep.equal([]);
      await downgrade(old.folder, "-1", { folder: project });
      expect(compare(before, await describeFixture(old), attributes)).to.deep.equal([]);
    });

    it("asks about what other managers record, and takes no switch for a revision", async () => {
      const [old, fresh] = [
        await copyFixture("uuid-c6-synth", dialect),
        await copyFixture("uuid-c7-synth", dialect),
      ];
      const { up } = await diffRepositories(old.folder, fresh.folder, { manager: "app" });
      expect(up.join("\n"))
        .to.match(/unanswered\(.*dimensions-config goes from daf_butler 6 to daf_butler 7/)
        .and.match(/unanswered\(.*datasets goes from .*1\.0\.0 to .*2\.0\.0/);
      const folder = await temporaryFolder();
      await initProject({ folder });
      const names = await copyFixture("uuid-c3-name", dialect);
      const error = await rejection(
        newRevision({ folder, managers: ["collections"], diff: [names.folder, fresh.folder] }),
      );
      expect(error).to.have.property("code", "class-changes");
    });

    it("pairs dynamic tables that two repositories number differently, and changes them as one family", async () => {
      const [old, fresh] = [await copyFixture("current", dialect), await copyFixture("current", dialect)];
      await renumber(fresh.databaseUrl);
      const { up, notes } = await diffRepositories(old.folder, fresh.folder, { manager: "app" });
      expect(notes).to.deep.equal([]);
      expect(up.filter((line) => line.includes("dataset_tags")).join("\n")).to.equal(
        'for await (const name of context.tables("dataset_tags_*")) {',
      );
      expect(up.join("\n")).to.contain('table.addColumn("doc", type.text(), { nullable: true })');
    });

    it("tells of a dynamic table of which its repository records nothing", async () => {
      const [old, fresh] = [await copyFixture("current", dialect), await copyFixture("current", dialect)];
      const { runStatements } = await import("../support/rows.js");
      await runStatements(fresh.databaseUrl, [
        "CREATE TABLE dataset_tags_00000077 (a INTEGER PRIMARY KEY)",
        "ALTER TABLE dataset_type ADD COLUMN note TEXT",
      ]);
      const { up, down, notes } = await diffRepositories(old.folder, fresh.folder, { manager: "app" });
      expect([...up, ...down].join()).not.to.contain("00000077");
      expect(notes.join()).to.contain(`${fresh.folder} records nothing of dataset_tags_00000077: left out.`);
    });
  });
}

/** A repository of newer code that numbers its tables of datasets otherwise, and keeps a text in each. */
async function renumber(url: string): Promise<void> {
  const { rowsOf, runStatements } = await import("../support/rows.js");
  const tables = await rowsOf(url, "SELECT DISTINCT tag_association_table AS name FROM dataset_type");
  const names = tables.map(({ name }) => String(name));
  await runStatements(
    url,
    names.flatMap((name, at) => {
      const other = `dataset_tags_${String(names.length - at + 50).padStart(8, "0")}`;
      return [
        `ALTER TABLE ${name} RENAME TO ${other}`,
        `ALTER TABLE ${other} ADD COLUMN doc TEXT`,
        `UPDATE dataset_type SET tag_association_table = '${other}' WHERE tag_association_table = '${name}'`,
      ];
    }),
  );
}

/** The author of a revision that demands values has to see to the rows that have none. */
async function fillFilters(url: string): Promise<void> {
  const { runStatements } = await import("../support/rows.js");
  await runStatements(url, ["UPDATE visit SET physical_filter = 'HSC-G' WHERE physical_filter IS NULL"]);
}
