import { expect } from "chai";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  compareFormats,
  current,
  format,
  listFormats,
  repositories,
  setNamespace,
  upgrade,
} from "../../lib/index.js";
import type { GodwitError } from "../../lib/errors.js";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { copyGolden } from "../support/left-behind.js";
import { runGodwit } from "../support/program.js";

async function refusal(work: Promise<unknown>): Promise<GodwitError> {
  return work.then(
    () => {
      throw new Error("was not refused");
    },
    (error: unknown) => error as GodwitError,
  );
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`Formats, ${dialect}`, () => {
    it("are reached by the name of a release", async () => {
      const { folder } = await copyFixture("uuid-c5-synth", dialect);
      const report = await upgrade(folder, "defaults@27.0.0");
      expect(report.current.repository.defaults).to.equal("27.0.0");
      await upgrade(folder, "defaults@latest");
      expect((await current(folder)).repository.defaults).to.equal("30.0.8");
      expect((await upgrade(folder, "defaults@latest")).steps).to.deep.equal([]);
    });

    it("that are behind cannot be reached by going up, and those that can are named", async () => {
      const { folder } = await copyFixture("uuid-c7-ds021", dialect);
      const error = await refusal(upgrade(folder, "defaults@27.0.0"));
      expect(error.code).to.equal("defaults-out-of-reach");
      expect(error.exitCode).to.equal(4);
      expect(error.message).to.include("datastores is beyond");
      expect(error.hint).to.equal("The defaults of these releases can be reached: 30.0.0, 30.0.8.");
    });

    it("are out of reach for dimensions of one's own; the way to all else is told", async () => {
      const { folder } = await copyFixture("uuid-c7-synth", dialect);
      await setNamespace(folder, "my_space", "replace");
      const error = await refusal(upgrade(folder, "defaults@latest"));
      expect(error.code).to.equal("defaults-out-of-reach");
      expect(error.message).to.include("dimensions-config is my_space 7");
      expect(error.hint).to.match(/All of it but dimensions-config: godwit upgrade a81dddabd837$/);
      expect((await listFormats(folder)).filter(({ steps }) => steps !== null)).to.deep.equal([]);
      await upgrade(folder, "a81dddabd837");
    });

    it("are listed with the way to each", async () => {
      const { folder } = await copyFixture("uuid-c5-synth", dialect);
      const formats = await listFormats(folder);
      const steps = Object.fromEntries(formats.map((one) => [one.names.at(-1) ?? "", one.steps]));
      expect(steps).to.include({ "22.0.0": null, "26.0.0": null, w_2024_07: 0, w_2024_10: 1, "27.0.0": 2 });
      expect(steps).to.include({ "29.0.0": 3, "30.0.0": 4, "30.0.8": 5 });
    });

    it("are compared place by place", async () => {
      const one = await copyFixture("uuid-c6-synth", dialect);
      const other = await copyFixture("uuid-c7-synth", dialect);
      const difference = await compareFormats(one.folder, other.folder);
      expect(difference.same).to.equal(false);
      expect(difference.managers).to.deep.equal([
        {
          manager: "datasets",
          values: [
            "ByDimensionsDatasetRecordStorageManagerUUID 1.0.0",
            "ByDimensionsDatasetRecordStorageManagerUUID 2.0.0",
          ],
        },
        { manager: "dimensions-config", values: ["daf_butler 6", "daf_butler 7"] },
      ]);
      expect(difference.dimensions.map((place) => place.path)).to.deep.equal([
        "version",
        "elements.exposure.metadata.can_see_sky",
      ]);
    });

    it("D8: do not depend on documentation in the dimension configuration", async () => {
      // The Python tool writes other documentation on the way from configuration 1 to 2 than releases do.
      const migrated = await copyGolden("uuid-c1-synth--config-2-and-6.0.2", dialect);
      const created = await copyFixture("uuid-c2-synth", dialect);
      expect((await format(migrated.folder)).digest).to.equal((await format(created.folder)).digest);
    });
  });
}

describe("The list of repositories", () => {
  async function writeIndex(): Promise<string> {
    const sqlite = await copyFixture("uuid-c7-ds021", "sqlite");
    const postgres = await copyFixture("ns-c0-name", "postgres");
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, "empty"));
    const file = path.join(folder, "index.yaml");
    const lines = [
      `embargo: ${postgres.folder}`,
      `main: ${sqlite.folder}`,
      `gone: ${path.join(folder, "nowhere")}`,
      `"sqlite:///odd\\n'label'": ${sqlite.folder}`,
      "half: {made: up}",
    ];
    await writeFile(file, `${lines.join("\n")}\n`);
    return file;
  }

  it("has every label, and goes on where one cannot be read", async () => {
    const environment = { DAF_BUTLER_REPOSITORY_INDEX: await writeIndex() };
    const list = await repositories({ environment });
    expect(list.map(({ label, dialect, namespace }) => [label, dialect, namespace])).to.deep.equal([
      ["embargo", "postgres", "main_repo"],
      ["gone", null, null],
      ["half", null, null],
      ["main", "sqlite", null],
      ["sqlite:///odd\n'label'", "sqlite", null],
    ]);
    expect(list[1]?.error?.code).to.equal("no-repository");
    expect(list[2]?.error?.code).to.equal("bad-index");
    expect(list[3]?.defaults).to.equal("30.0.0");
    expect(list[3]?.pending).to.deep.equal(["aa7a2f893cba"]);
  });

  it("is printed for people, and ends with 3 where one cannot be read", async () => {
    const env = { DAF_BUTLER_REPOSITORY_INDEX: await writeIndex() };
    const { status, stdout, stderr } = await runGodwit(["repositories"], { env });
    expect(status).to.equal(3);
    expect(stdout).to.match(/main +sqlite +[0-9a-f]{12} +30\.0\.0 +1 /);
    expect(stdout).to.match(/^sqlite:\/\/\/odd\\x0a'label' +sqlite /m);
    expect(stderr).to.include("gone: There is no repository");
  });

  it("needs an index", async () => {
    const error = await refusal(repositories({ environment: {} }));
    expect(error.code).to.equal("no-index");
    expect(error.exitCode).to.equal(2);
  });
});
