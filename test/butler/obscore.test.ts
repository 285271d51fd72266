import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { downgrade, GodwitError, upgrade } from "../../lib/index.js";
import { archivedFile } from "../support/archive.js";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { runStatements } from "../support/rows.js";

const configured = "4fe28ef5030f";

async function configurationFile(change: (text: string) => string = (text) => text): Promise<string> {
  const text = (await archivedFile("expected", "obscore_embargo.yaml")).toString("utf8");
  const file = path.join(await temporaryFolder(), "obscore.yaml");
  await writeFile(file, change(text));
  return file;
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`The ObsCore table, ${dialect}`, () => {
    it("D11: is as Butler makes it, in a repository that is named by its folder", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      await upgrade(fixture.folder, configured, { options: { obscore_config: await configurationFile() } });
      const made = await describeFixture(await copyFixture("obscore-c7", dialect));
      const found = await describeFixture(fixture);
      const tables = ({ schema }: typeof made): typeof made => ({
        schema: { ...schema, tables: { obscore: schema.tables["obscore"]! }, sequences: {} },
      });
      expect(compare(tables(made), tables(found), { scope: "schema" })).to.deep.equal([]);
    });

    it("goes with its configuration, and can be made again", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      const options = { options: { obscore_config: await configurationFile() } };
      await upgrade(fixture.folder, configured, options);
      await runStatements(fixture.databaseUrl, [
        "INSERT INTO obscore (registry_dataset_id) SELECT id FROM dataset LIMIT 1",
      ]);
      const error: unknown = await downgrade(fixture.folder, "2daeabfb5019").catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.have.property("code", "data-loss");
      await downgrade(fixture.folder, "2daeabfb5019", { dataLoss: "allow" });
      expect((await describeFixture(fixture)).schema.tables).not.to.have.property("obscore");
      await upgrade(fixture.folder, configured, options);
    });

    for (const [what, change, code] of [
      ["another namespace", (text: string) => text.replace("embargo", "own"), "bad-obscore"],
      ["another version", (text: string) => text.replace("version: 1", "version: 2"), "bad-obscore"],
      [
        "a column of an unknown type",
        (text: string) => text.replace("type: int", "type: moment"),
        "bad-obscore",
      ],
      [
        "an index on an unknown column",
        (text: string) => text.replace("lsst_visit]", "elsewhere]"),
        "unknown-column",
      ],
      [
        "a plugin that is not known",
        (text: string) => `${text}spatial_plugins: {x: {cls: a.B}}\n`,
        "unknown-plugin",
      ],
      ["no YAML", (text: string) => `${text}: [`, "bad-yaml"],
    ] as const) {
      it(`is refused for a configuration with ${what}, and nothing is left behind`, async () => {
        const fixture = await copyFixture("uuid-c7-synth", dialect);
        await upgrade(fixture.folder, "obscore@head");
        const before = await describeFixture(fixture);
        const file = await configurationFile(change);
        const error: unknown = await upgrade(fixture.folder, configured, {
          options: { obscore_config: file },
        }).catch((thrown: unknown) => thrown);
        expect(error).to.be.instanceOf(GodwitError).with.property("code", code);
        expect(
          compare(before, await describeFixture(fixture), { ignorePrefixes: ["godwit_"] }),
        ).to.deep.equal([]);
      });
    }
  });
}
