/** Content from downstream: a package that is packed and installed, providers, and revisions that live nowhere on disk. */
import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  check,
  defineRevision,
  defineSwitch,
  downgrade,
  openRepository,
  plan,
  sql,
  type,
  upgrade,
} from "../../lib/index.js";
import type { RevisionContext, Row, Sql } from "../../lib/index.js";
import { databases } from "../support/databases.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { runGodwit } from "../support/program.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const source = path.join(root, "test", "fixtures", "downstream");
const amplifier = path.join(root, "examples", "amplifier");

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  expect(status, `${command} ${args.join(" ")}\n${stdout}\n${stderr}`).to.equal(0);
  return stdout;
}

/** A project of a user with the package installed, as `npm install` does it. */
async function installed(configuration: object): Promise<string> {
  const folder = await temporaryFolder();
  run("npm", ["pack", "--silent", "--pack-destination", folder], source);
  const [tarball = ""] = (await readdir(folder)).filter((file) => file.endsWith(".tgz"));
  await writeFile(path.join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", `./${tarball}`], folder);
  await writeFile(path.join(folder, "godwit.config.json"), JSON.stringify(configuration));
  return folder;
}

async function rowsOf(fixture: Fixture, query: Sql): Promise<Row[]> {
  const repository = await openRepository(fixture.folder);
  try {
    return await repository.database.transaction({ mode: "read" }, (session) => session.query(query));
  } finally {
    await repository.close();
  }
}

async function indexesOfDataset(fixture: Fixture): Promise<string[]> {
  const repository = await openRepository(fixture.folder);
  try {
    return await repository.database.transaction({ mode: "read" }, async (session) => {
      const { indexes } = await session.schema(repository.conventions).table("dataset");
      return indexes.map(({ name }) => name);
    });
  } finally {
    await repository.close();
  }
}

const settings = {
  revisions: ["obs-example", amplifier],
  providers: { amplifiers: "obs-example/providers#amplifiers" },
};

describe("A package from downstream", function () {
  this.timeout(180_000);
  let folder = "";

  // Installed once: temporary folders of a hook stay until the end.
  before(async () => {
    folder = await installed(settings);
  });

  it("is typed as its author sees it", async () => {
    const project = await temporaryFolder();
    await writeFile(
      path.join(project, "tsconfig.json"),
      JSON.stringify({
        extends: path.join(root, "tsconfig.json"),
        compilerOptions: {
          noEmit: true,
          rootDir: "/",
          typeRoots: [path.join(root, "node_modules", "@types")],
          paths: {
            godwit: [path.join(root, "lib", "index.ts")],
            "godwit/butler": [path.join(root, "lib", "butler", "public.ts")],
          },
        },
        include: [path.join(source, "**", "*.ts")],
        exclude: [],
      }),
    );
    run(
      process.execPath,
      [path.join(root, "node_modules", "typescript", "bin", "tsc"), "-p", project],
      project,
    );
  });

  for (const { title, dialect } of databases) {
    it(`adds to a revision of godwit, in its transaction, and takes it back with it, ${title} (S5.5)`, async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const up = await runGodwit(["upgrade", "--yes", "--repo", fixture.folder, "datasets@head"], {
        cwd: folder,
      });
      expect(up.status, up.stderr).to.equal(0);
      expect(await indexesOfDataset(fixture)).to.include("obs_example_ingest_date");
      const { drift } = await check(fixture.folder, { folder });
      expect(drift.filter((one) => one.class === "drift")).to.deep.equal([]);
      const down = await runGodwit(
        [
          "downgrade",
          "--yes",
          "--repo",
          fixture.folder,
          "datasets-ByDimensionsDatasetRecordStorageManagerUUID@1.0.0",
        ],
        { cwd: folder },
      );
      expect(down.status, down.stderr).to.equal(0);
      expect(await indexesOfDataset(fixture)).not.to.include("obs_example_ingest_date");
    });

    it(`has a tree of its own in the same repository, ${title} (S5.5)`, async () => {
      const fixture = await copyFixture("current", dialect);
      const up = await runGodwit(["upgrade", "--yes", "--repo", fixture.folder, "obs-example@head"], {
        cwd: folder,
      });
      expect(up.status, up.stderr).to.equal(0);
      expect(
        await rowsOf(fixture, sql`SELECT instrument, night, note, weather FROM obs_example_night`),
      ).to.deep.equal([]);
      const current = await runGodwit(["current", "--json", "--repo", fixture.folder], { cwd: folder });
      const { managers } = JSON.parse(current.stdout) as {
        managers: { manager: string; revisions: string[] }[];
      };
      expect(managers.find(({ manager }) => manager === "obs-example")?.revisions).to.deep.equal([
        "0b5e00000020",
      ]);
      // Butler does not record such a tree, which is neither a contradiction nor drift, and keeps no other step from running.
      const { problems, drift } = await check(fixture.folder, { folder });
      expect(problems).to.deep.equal([]);
      expect(
        drift.map(({ table, object, class: group, reason }) => [table, object, group, reason]),
      ).to.deep.include(["obs_example_night", "table", "variation", "downstream"]);
      expect(drift.filter((one) => one.class === "drift")).to.deep.equal([]);
      await downgrade(fixture.folder, "obs-example@-1", { folder });
      await upgrade(fixture.folder, "head", { folder, providers: { amplifiers: () => [] } });
    });

    it(`answers what revisions ask, named in the configuration, ${title} (S5.5, S6.2)`, async () => {
      const fixture = await copyFixture("current", dialect);
      const { status, stderr } = await runGodwit(
        ["upgrade", "--yes", "--repo", fixture.folder, "dimensions-config@head"],
        { cwd: folder },
      );
      expect(status, stderr).to.equal(0);
      expect(await rowsOf(fixture, sql`SELECT DISTINCT id, name FROM amplifier ORDER BY id`)).to.deep.equal([
        { id: 0n, name: "left" },
        { id: 1n, name: "right" },
      ]);
    });

    it(`replaces how ids of datasets are made, named on the command line, ${title} (S1.4)`, async () => {
      const [own, other] = [
        await copyFixture("int-c0-synth", dialect),
        await copyFixture("int-c0-synth", dialect),
      ];
      const target = "2101fbf51ad3";
      const given = await runGodwit(
        [
          "upgrade",
          "--yes",
          "--repo",
          own.folder,
          target,
          "--provider",
          "datasetIds=obs-example/providers#datasetIds",
        ],
        { cwd: folder },
      );
      expect(given.status, given.stderr).to.equal(0);
      await upgrade(other.folder, target);
      const raws = async (fixture: Fixture): Promise<string[]> =>
        (
          await rowsOf(
            fixture,
            sql`SELECT d.id FROM dataset d JOIN dataset_type t ON t.id = d.dataset_type_id WHERE t.name = 'raw'`,
          )
        ).map(({ id }) => String(id).replaceAll("-", ""));
      const [ids, usual] = [await raws(own), await raws(other)];
      expect(ids.length).to.be.above(10);
      // The thirteenth digit of a UUID is its version.
      expect(new Set(ids.map((id) => id[12]))).to.deep.equal(new Set(["8"]));
      expect(new Set(usual.map((id) => id[12]))).to.deep.equal(new Set(["5"]));
    });
  }

  it("is shown by plan and history with its own revisions", async () => {
    const fixture = await copyFixture("current", "sqlite");
    const history = await runGodwit(["history", "--repo", fixture.folder], { cwd: folder });
    expect(history.stdout).to.include("0b5e00000020").and.include("Note the weather");
  });

  const faults: readonly (readonly [string, string, RegExp])[] = [
    ["a module that is not there", "obs-nosuch#amplifiers", /amplifiers.*obs-nosuch/s],
    ["an export that is not there", "obs-example/providers#nosuch", /exports no "nosuch".*amplifiers/s],
    ["a path of the package that it does not export", "obs-example/secret#x", /obs-example\/secret/],
  ];
  for (const [what, provider, message] of faults) {
    it(`is refused as a provider with ${what}; nothing is changed`, async () => {
      const fixture = await copyFixture("current", "sqlite");
      const { status, stderr } = await runGodwit(
        [
          "upgrade",
          "--yes",
          "--repo",
          fixture.folder,
          "dimensions-config@head",
          "--provider",
          `amplifiers=${provider}`,
        ],
        { cwd: folder },
      );
      expect(status).to.equal(2);
      expect(stderr).to.match(message);
    });
  }

  it("may leave timers behind, and the program ends all the same", async () => {
    const fixture = await copyFixture("current", "sqlite");
    const place = await temporaryFolder();
    await writeFile(
      path.join(place, "lingering.ts"),
      "setInterval(() => {}, 1000);\nexport const amplifiers = () => [];\n",
    );
    const { status, stderr } = await runGodwit(
      [
        "upgrade",
        "--yes",
        "--repo",
        fixture.folder,
        "dimensions-config@head",
        "--config",
        path.join(folder, "godwit.config.json"),
        // Seen from the folder in which the program is called.
        "--provider",
        "amplifiers=./lingering.ts#amplifiers",
      ],
      { cwd: place },
    );
    expect(status, stderr).to.equal(0);
  });

  it("that defines what another one defines is an error that names both files (S5.5)", async () => {
    const fixture = await copyFixture("current", "sqlite");
    const own = path.join(folder, "mine", "obs-example");
    await mkdir(own, { recursive: true });
    const file = path.join(own, "0b5e00000020_other.ts");
    await writeFile(
      file,
      'import { defineRevision } from "godwit";\nexport default defineRevision({\n  id: "0b5e00000020",\n  parent: "0b5e00000010",\n  manager: "obs-example",\n  summary: "Another",\n});\n',
    );
    const configuration = path.join(folder, "both.config.json");
    await writeFile(configuration, JSON.stringify({ revisions: ["obs-example", "./mine"] }));
    const { status, stderr } = await runGodwit(
      ["plan", "--config", configuration, "--repo", fixture.folder],
      { cwd: folder },
    );
    expect(status).to.equal(2);
    expect(stderr)
      .to.include(file)
      .and.include(path.join("obs-example", "revisions", "obs-example", "0b5e00000020_weather.ts"));
  });

  it("that extends a revision which there is not is an error that names its file", async () => {
    const fixture = await copyFixture("current", "sqlite");
    const place = await temporaryFolder();
    await mkdir(path.join(place, "datasets"));
    const file = path.join(place, "datasets", "0b5e0000000f_more.ts");
    await writeFile(
      file,
      'import { defineRevision } from "godwit";\nexport default defineRevision({\n  id: "0b5e0000000f",\n  parent: null,\n  manager: "datasets",\n  extends: "ffffffffffff",\n  summary: "More",\n});\n',
    );
    const error: unknown = await plan(fixture.folder, "up", "head", { revisions: [place] }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.have.property("code", "unknown-extends");
    expect((error as Error).message)
      .to.include(file)
      .and.include("ffffffffffff");
  });
});

const beginning = defineRevision({
  id: "aaaaaaaaaaa0",
  parent: null,
  manager: "notes",
  summary: "The beginning",
  async up() {},
  async down() {},
});

const first = defineRevision({
  id: "aaaaaaaaaaa1",
  parent: "aaaaaaaaaaa0",
  manager: "notes",
  branch: "Plain",
  version: "1",
  summary: "Keep notes",
  async up({ schema }) {
    await schema.create("notes", (table) => {
      table.column("id", type.bigint());
      table.primaryKey(["id"]);
    });
  },
  async down({ schema }) {
    await schema.drop("notes");
  },
});

const second = defineRevision({
  id: "aaaaaaaaaaa2",
  parent: "aaaaaaaaaaa0",
  manager: "notes",
  branch: "Rich",
  version: "1",
  summary: "Keep rich notes",
  placeholder: "Reached from Plain 1.",
});

const edge = defineSwitch({
  manager: "notes",
  from: "aaaaaaaaaaa1",
  to: "aaaaaaaaaaa2",
  summary: "Make notes rich",
  async up({ schema }) {
    await schema.alter("notes", (table) => {
      table.addColumn("html", type.text(), { nullable: true });
    });
  },
  async down({ schema }) {
    await schema.alter("notes", (table) => {
      table.dropColumn("html");
    });
  },
});

for (const kind of databases) {
  describe(`Revisions that live nowhere on disk, ${kind.title}`, () => {
    it("are run by a program: forth, over a switch, and back (S5.5, S5.6)", async () => {
      const { url } = await kind.create();
      const revisions = [beginning, first, second, edge];
      await upgrade(url, "aaaaaaaaaaa1", { revisions });
      const there = await upgrade(url, "aaaaaaaaaaa2", { revisions });
      expect(there.steps).to.have.length(1);
      await downgrade(url, "aaaaaaaaaaa1", { revisions });
      await downgrade(url, "base", { revisions });
    });

    it("are taken back after what extends them, and only where that can be taken back too (S5.5)", async () => {
      const column = (name: string) => ({
        async up({ schema }: RevisionContext) {
          await schema.alter("notes", (table) => table.addColumn(name, type.text(), { nullable: true }));
        },
        async down({ schema }: RevisionContext) {
          await schema.alter("notes", (table) => table.dropColumn(name));
        },
      });
      const extending = { parent: null, manager: "notes", extends: "aaaaaaaaaaa1" };
      const more = defineRevision({
        id: "aaaaaaaaaaa3",
        ...extending,
        summary: "Keep authors",
        ...column("author"),
      });
      const most = defineRevision({
        id: "aaaaaaaaaaa4",
        ...extending,
        summary: "Keep places",
        up: async () => {},
      });
      const { url } = await kind.create();
      await upgrade(url, "aaaaaaaaaaa1", { revisions: [beginning, first, more] });
      const refused: unknown = await downgrade(url, "base", {
        revisions: [beginning, first, more, most],
      }).catch((error: unknown) => error);
      expect(refused).to.have.property("code", "irreversible");
      expect((refused as Error).message).to.include("Keep places");
      const { steps } = await plan(url, "down", "base", { revisions: [beginning, first, more] });
      expect(steps.flatMap(({ notes }) => notes)).to.deep.equal(["also: Keep authors"]);
      await downgrade(url, "base", { revisions: [beginning, first, more] });
    });

    it("are refused where two define the same edge (S5.5)", async () => {
      const { url } = await kind.create();
      const error: unknown = await plan(url, "up", "head", {
        revisions: [beginning, first, second, edge, edge],
      }).catch((thrown: unknown) => thrown);
      expect(error).to.have.property("code", "duplicate-switch");
    });
  });
}
