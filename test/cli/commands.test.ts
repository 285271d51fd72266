/** Commands as they are typed, with their less common options: what they do, what they print, and what they end with. */
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { folderWith, revisionText } from "../catalog/files.js";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { copyGolden } from "../support/left-behind.js";
import { plainProject } from "../support/plain-project.js";
import { runHere } from "../support/printed.js";
import { runStatements } from "../support/rows.js";

/** A project, and the options by which a command run elsewhere finds it. */
async function project(ids: readonly string[], bodies = {}): Promise<readonly [string, ...string[]]> {
  const folder = await plainProject(ids, bodies);
  await writeFile(path.join(folder, "data.sqlite3"), "");
  return [folder, "--config", path.join(folder, "godwit.config.json")];
}

async function documentOf(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { out, err } = await runHere(...args, "--json");
  expect(out, err).to.match(/^\{/);
  return JSON.parse(out) as Record<string, unknown>;
}

describe("godwit upgrade and downgrade", () => {
  it("show a plan, or print a script, and change nothing", async () => {
    const [, ...config] = await project(["aaaaaaaaaaaa", "bbbbbbbbbbbb"]);
    const plan = await runHere("upgrade", "--plan", ...config);
    expect([plan.status, plan.err]).to.deep.equal([0, ""]);
    expect(plan.out).to.match(/^1\. upgrade app \(aaaaaaaaaaaa\)\n {3}Make aaaaaaaaaaaa\n/);
    expect(plan.out).to.include("2. upgrade app");
    const { steps } = await documentOf("upgrade", "--plan", ...config);
    expect(steps).to.have.length(2);
    const script = await runHere("upgrade", "--sql", ...config);
    expect(script.status, script.err).to.equal(0);
    expect(script.out)
      .to.match(/CREATE TABLE "?t_aaaaaaaaaaaa"?/)
      .and.include("COMMIT");
    const { out } = await runHere("current", ...config);
    expect(out).to.match(/app\s+-\s+-\s+-\s+aaaaaaaaaaaa, bbbbbbbbbbbb/);
  });

  it("print a script for a database that is not at hand", async () => {
    const [folder, ...config] = await project(["aaaaaaaaaaaa"]);
    for (const [dialect, says] of [
      ["sqlite", /CREATE TABLE "?t_aaaaaaaaaaaa/],
      ["postgresql", /CREATE TABLE "public"\."?t_aaaaaaaaaaaa/],
    ] as const) {
      const { status, out, err } = await runHere(
        "upgrade",
        "base:head",
        "--sql",
        "--dialect",
        dialect,
        ...config,
      );
      expect(status, err).to.equal(0);
      expect(out).to.match(says);
    }
    const url = `sqlite:///${path.join(folder, "data.sqlite3")}`;
    const other = await runHere("upgrade", "--sql", "--dialect", "postgresql", "--repo", url, ...config);
    expect([other.status, other.err]).to.satisfy(
      ([status, text]: [number, string]) => status === 2 && text.includes("is on sqlite, not on postgres"),
    );
  });

  it("print a script for a range, where the repository stands at its beginning", async () => {
    const [, ...config] = await project(["aaaaaaaaaaaa", "bbbbbbbbbbbb"]);
    for (const range of ["base:aaaaaaaaaaaa", ":aaaaaaaaaaaa", "current:aaaaaaaaaaaa"]) {
      const { status, out, err } = await runHere("upgrade", range, "--sql", ...config);
      expect(status, err).to.equal(0);
      expect(out).to.include("t_aaaaaaaaaaaa").and.not.include("t_bbbbbbbbbbbb");
    }
    const elsewhere = await runHere("upgrade", "aaaaaaaaaaaa:", "--sql", ...config);
    expect(elsewhere.status, elsewhere.out).to.not.equal(0);
    const offline = ["--sql", "--dialect", "sqlite", ...config];
    expect((await runHere("upgrade", ":", ...offline)).out).to.include("t_bbbbbbbbbbbb");
    expect((await runHere("upgrade", "bbbbbbbbbbbb:bbbbbbbbbbbb", ...offline)).out).to.match(/^-- /);
    expect((await runHere("upgrade", "head", ...offline)).err).to.include("Give a range");
    await runHere("upgrade", ...config);
    expect((await runHere("upgrade", "--sql", ...config)).out).to.match(/^-- /);
    const down = await runHere("downgrade", "--sql", ...config, "--", "-1");
    expect(down.out, down.err).to.match(/DROP TABLE "?t_bbbbbbbbbbbb/);
    expect((await runHere("upgrade", "a:b", "head", "--sql", ...config)).status).to.equal(2);
  });

  it("know the defaults of releases, of which a plain database has none", async () => {
    const [, ...config] = await project(["aaaaaaaaaaaa"]);
    expect((await runHere("upgrade", "defaults@29.0.0", ...config)).err).to.include("is a plain database");
    const { folder } = await copyFixture("current", "sqlite");
    const unknown = await runHere("upgrade", "defaults@1.0.0", "--repo", folder);
    expect(unknown.err).to.include('no defaults "1.0.0"').and.include("Known are ");
    const several = await runHere("upgrade", "defaults@29.0.0", "head", "--repo", folder);
    expect(several.err).to.include("says where every manager goes");
  });

  it("tell what they did step by step, and go back, too", async () => {
    const [, ...config] = await project(["aaaaaaaaaaaa", "bbbbbbbbbbbb"]);
    const up = await runHere("upgrade", "--verbose", ...config);
    expect(up.out).to.equal("Applied 2 steps: aaaaaaaaaaaa, bbbbbbbbbbbb\n");
    expect(up.err)
      .to.include("up app aaaaaaaaaaaa: Make aaaaaaaaaaaa")
      .and.match(/done in \d+ ms/);
    const down = await runHere("downgrade", "--", "-1");
    expect(down.status, "without a repository").to.equal(2);
    expect((await runHere("downgrade", ...config, "--plan", "--", "-1")).out).to.include("1. downgrade app");
    expect((await runHere("plan", "--down", ...config)).out).to.include("1. downgrade app");
    expect((await runHere("plan", ...config, "--", "base")).out).to.include("2. downgrade app");
    expect((await runHere("downgrade", ...config, "--", "-1")).out).to.equal("Undone 1 step: bbbbbbbbbbbb\n");
    expect(await documentOf("upgrade", ...config))
      .to.have.property("steps")
      .that.has.length(1);
  });

  it("ask about what gets lost even where it is allowed, unless the answer was given", async () => {
    const [folder, ...config] = await project([]);
    await writeFile(
      path.join(folder, "revisions", "app", "aaaaaaaaaaaa_make.ts"),
      `import { defineRevision } from "godwit";
export default defineRevision({
  id: "aaaaaaaaaaaa",
  parent: null,
  manager: "app",
  summary: "Forget",
  compatibility: { backward: "full", forward: "full" },
  async up() {},
  async down({ losesData }) {
    losesData("rows of everything", 3n);
  },
});
`,
    );
    await runHere("upgrade", ...config);
    const refused = await runHere("downgrade", ...config, "--", "base");
    expect(refused.status, refused.err).to.equal(4);
    expect(refused.err).to.include("rows of everything (3)").and.include("--allow-data-loss");
    const asked = await runHere("downgrade", "--allow-data-loss", ...config, "--", "base");
    expect(asked.out).to.include("LOSES DATA: rows of everything (3)");
    expect(asked.err).to.include("--yes");
    expect(asked.status).to.equal(4);
    const done = await runHere("downgrade", "--allow-data-loss", "--yes", ...config, "--", "base");
    expect(done.out, done.err).to.equal("Undone 1 step: aaaaaaaaaaaa\n");
  });

  it("bring a copy to the newest versions, and leave the original", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const copy = path.join(await temporaryFolder(), "copy");
    const { status, out, err } = await runHere("upgrade", "head", "--into", copy, "--repo", folder);
    expect(status, err).to.equal(0);
    expect(out)
      .to.match(/Applied \d steps: /)
      .and.include(copy);
    expect((await runHere("current", "--repo", copy)).out).not.to.match(
      /\d+ revisions, to|[0-9a-f]{12}, [0-9a-f]{12}$/m,
    );
    expect((await runHere("plan", "--repo", folder)).out).to.include("1. upgrade");
    expect((await runHere("plan", "--repo", copy)).out).not.to.include("1. upgrade");
  });
});

describe("godwit copy", () => {
  it("names what it needs, takes the original by --repo, and removes a copy that was not finished", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const place = path.join(await temporaryFolder(), "copy");
    for (const args of [
      ["copy", folder],
      ["copy", folder, place, "more"],
      ["copy", "--repo", folder, folder, place],
    ]) {
      const { status, err } = await runHere(...args);
      expect(status, args.join(" ")).to.equal(2);
      expect(err).to.match(/^error: (Name the original|Unknown argument)/);
    }
    const copied = await documentOf("copy", "--repo", folder, place);
    expect(copied).to.have.property("tables").that.is.an("array").that.is.not.empty;
    const whole = await runHere("copy", "--discard", place);
    expect([whole.status, whole.out]).to.satisfy(([status]: [number]) => status !== 0);
  });
});

describe("godwit format", () => {
  it("tells the repository's, those of releases, and how two differ", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const { folder: other } = await copyFixture("uuid-c7-synth", "sqlite");
    const { folder: integers } = await copyFixture("int-c2-name", "sqlite");
    expect((await runHere("format", "--repo", folder)).out).to.match(
      /^[0-9a-f]{12}.*\nschema \S+\n\nMANAGER/,
    );
    const list = await runHere("format", "--list", "--repo", other);
    expect(list.out)
      .to.match(/^DEFAULTS OF/)
      .and.match(/\bUUID \d/)
      .and.match(/no way|here/);
    const differing = await runHere("format", "--diff", "--repo", folder, other);
    expect(differing.status).to.equal(3);
    expect(differing.out).to.match(/^[0-9a-f]{12} {2}[0-9a-f]{12}\n/);
    expect((await runHere("format", "--diff", folder, folder)).out).to.match(/^[0-9a-f]{12} both\n/);
    expect((await runHere("format", "--diff", integers, other)).out).to.match(
      /^datasets\s+\S+ 1\.0\.0\s+\S+UUID 2\.0\.0$/m,
    );
    expect((await runHere("format", "--diff", folder, other, integers)).status).to.equal(2);
    expect((await runHere("format", other)).status).to.equal(2);
  });
});

describe("godwit history", () => {
  it("shows what ran here, and what is recorded of revisions that are gone", async () => {
    const [folder, ...config] = await project(["aaaaaaaaaaaa", "bbbbbbbbbbbb"]);
    await runHere("upgrade", ...config);
    const { out } = await runHere("history", "--applied", ...config);
    expect(out)
      .to.match(/aaaaaaaaaaaa {2}Make/)
      .and.match(/ ms/)
      .and.include("done");
    const picture = await runHere("history", "--graph", "dot", ...config);
    expect(picture.out)
      .to.match(/^digraph/)
      .and.include("aaaaaaaaaaaa");
    const gone = path.join(folder, "revisions", "app", "bbbbbbbbbbbb_make.ts");
    await rm(gone);
    const { err } = await runHere("history", "-i", ...config);
    expect(err).to.include("app: bbbbbbbbbbbb is recorded as applied, but no revision file has it.");
  });
});

describe("godwit show", () => {
  it("shows code where there is a file", async () => {
    const [, ...config] = await project(["aaaaaaaaaaaa"]);
    const { out } = await runHere("show", "aaaaaaaaaaaa", "--code", ...config);
    expect(out).to.include("export default defineRevision").and.include("execution: ");
    expect((await runHere("show", "aaaaaaaaaaaa", ...config)).out).not.to.include("defineRevision");
  });
});

describe("godwit repair", () => {
  it("ends with 4 where something is in the way, and with 3 where a person has to settle the rest", async () => {
    const { folder, databaseUrl } = await copyFixture("uuid-c7-synth", "sqlite");
    await runStatements(databaseUrl, ["CREATE TABLE visit_note (id INTEGER)"]);
    const left = await runHere("repair", "--yes", "--repo", folder);
    expect(left.status).to.equal(3);
    expect(left.err).to.match(/left: visit_note: .*expected nothing/);
    const announced = await runHere("repair", "--plan", "--repo", folder);
    expect(announced.out).to.match(/by hand: visit_note: /);
    await runStatements(databaseUrl, ["DROP TABLE visit_note"]);
    expect((await runHere("repair", "--yes", "--repo", folder)).status).to.equal(0);
  });

  it("shows what gets lost, and waits for a yes", async () => {
    const { folder } = await copyGolden("uuid-c1-synth--config-2-and-6.0.2", "sqlite");
    const { status, out } = await runHere("repair", "--allow-data-loss", "--repo", folder);
    expect(status).to.equal(0);
    expect(out).to.include("Mended 1 thing: physical_filter");
  });
});

describe("godwit repositories", () => {
  async function indexed(content: object): ReturnType<typeof runHere> {
    const index = path.join(await temporaryFolder(), "index.json");
    await writeFile(index, JSON.stringify(content));
    const before = process.env["DAF_BUTLER_REPOSITORY_INDEX"];
    process.env["DAF_BUTLER_REPOSITORY_INDEX"] = index;
    try {
      return await runHere("repositories");
    } finally {
      if (before === undefined) delete process.env["DAF_BUTLER_REPOSITORY_INDEX"];
      else process.env["DAF_BUTLER_REPOSITORY_INDEX"] = before;
    }
  }

  it("tells of each where it stands, and what is wrong with it", async () => {
    const { folder: old } = await copyFixture("uuid-c6-synth", "sqlite");
    const { folder: wrong, databaseUrl } = await copyFixture("current", "sqlite");
    await runStatements(databaseUrl, [
      "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
      "INSERT INTO alembic_version VALUES ('4e2d7a28475b')",
    ]);
    const { status, out, err } = await indexed({ old, wrong, "no\nwhere": "/nowhere" });
    expect(status).to.equal(3);
    expect(out).to.match(/^old\s+sqlite\s.*\s\d\s+\//m);
    expect(out).to.match(/^wrong\s+sqlite\s.*up to date, inconsistent\s/m);
    expect(out).to.match(/^no\\x0awhere\s+-\s.*cannot be read\s+\/nowhere$/m);
    expect(err)
      .to.match(/^no\\x0awhere: /m)
      .and.match(/^wrong: alembic_version lacks/m);
  });

  it("ends with 0 where all can be read, and where there is none", async () => {
    const { folder } = await copyFixture("current", "sqlite");
    expect(await indexed({ main: folder })).to.include({ status: 0, err: "" });
    expect(await indexed({})).to.include({ status: 0, out: "The repository index is empty.\n" });
  });
});

describe("godwit butler", () => {
  it("tells the namespace, the days that changed, and the definitions of tables", async () => {
    const { folder } = await copyFixture("uuid-c7-synth", "sqlite");
    const repo = ["--repo", folder];
    expect((await runHere("butler", "set-namespace", ...repo)).out).to.match(/^\S+\n$/);
    const days = await runHere("butler", "update-day-obs", "HSC", ...repo);
    expect(days.out, days.err).to.match(
      /^\d+ exposures and \d+ visits of HSC have another day now; \d+ days were added\.\n$/,
    );
    expect(await documentOf("butler", "update-day-obs", "HSC", ...repo)).to.include({ instrument: "HSC" });
    const schema = await runHere("butler", "dump-schema", "instrument", ...repo);
    expect(schema.out).to.match(/^table=instrument\n {2}column=class_name /);
  });
});

describe("godwit revision", () => {
  it("helps with the flags of the kind that is asked for", async () => {
    const one = await runHere("revision", "new", "--kind", "class-switch", "--help");
    expect(one.out).to.include("class-switch: ").and.not.include("static-table: ");
    expect((await runHere("revision", "new", "--kind=merge", "--help")).out).not.to.include("static-table: ");
    expect((await runHere("revision", "new", "--kind", "nonsense", "--help")).out).to.include(
      "static-table: ",
    );
    expect((await runHere("revision", "new", "--help")).out).to.include("class-switch: ");
  });

  it("writes a second tip where that is asked for, and merges them", async () => {
    const folder = await folderWith({
      "package.json": '{ "type": "module" }',
      "godwit.config.json": '{ "revisions": ["./revisions"], "repo": "sqlite:///data.sqlite3" }',
      "data.sqlite3": "",
      "revisions/app/aaaaaaaaaaaa_a.ts": revisionText({ id: "aaaaaaaaaaaa", summary: "One" }),
      "revisions/app/bbbbbbbbbbbb_b.ts": revisionText({
        id: "bbbbbbbbbbbb",
        parent: "aaaaaaaaaaaa",
        summary: "Two",
      }),
    });
    const config = ["--config", path.join(folder, "godwit.config.json")];
    const second = [
      "revision",
      "new",
      "app",
      "--head",
      "aaaaaaaaaaaa",
      "--kind",
      "static-table",
      "--table",
      "t",
    ];
    const column = ["--add-column", "n bigint", "--no-test"];
    const refused = await runHere(...second, ...column, ...config);
    expect(refused.status).to.equal(4);
    expect(refused.err).to.include("bbbbbbbbbbbb_b.ts");
    const { out } = await runHere(...second, ...column, "--splice", ...config);
    expect(out).to.match(/\.ts\n$/);
    expect((await runHere("revision", "merge", "app", ...config)).out).to.match(/\.ts\n/);
    expect((await runHere("revision", "check", ...config)).out).to.equal("4 revisions are in order\n");
  });
});
