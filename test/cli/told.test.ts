/** What commands print for people, and with --json for programs, and what they end with. */
import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { printError } from "../../lib/cli/render/errors.js";
import { folderWith, revisionText } from "../catalog/files.js";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { copyGolden } from "../support/left-behind.js";
import { printed, runIn } from "../support/printed.js";
import { runGodwit } from "../support/program.js";
import { runStatements } from "../support/rows.js";

interface Told {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function told(cwd: string, ...args: readonly string[]): Promise<Told> {
  const { status, out, err } = await runIn(cwd, ...args);
  return { status, stdout: out, stderr: err };
}

/** What a command prints with --json. */
async function document(cwd: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await told(cwd, ...args, "--json");
  expect(stdout, stderr).to.match(/^\{/);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function project(): Promise<string> {
  return folderWith({
    "package.json": '{ "type": "module" }',
    "godwit.config.json": '{ "revisions": ["./revisions"], "repo": "sqlite:///data.sqlite3" }',
    "data.sqlite3": "",
    "revisions/app/aaaaaaaaaaaa_make.ts": revisionText(
      {
        id: "aaaaaaaaaaaa",
        summary: "Make everything",
        options: { size: { type: "integer", description: "how large" } },
        needs: { cameras: "the cameras" },
        asks: { filters: "the filters" },
        irreversible: "what was there is gone",
        execution: { transactional: false, live: true },
      },
      "  async up() {},\n",
    ),
    "revisions/app/bbbbbbbbbbbb_plan.ts": revisionText({
      id: "bbbbbbbbbbbb",
      parent: "aaaaaaaaaaaa",
      placeholder: "made by hand",
    }),
    "revisions/app/cccccccccccc_more.ts": revisionText(
      { id: "cccccccccccc", extends: "aaaaaaaaaaaa", summary: "Make more" },
      "  async up() {},\n",
    ),
  });
}

describe("godwit show", () => {
  it("tells all that a file declares, what extends it, and its code", async () => {
    const folder = await project();
    const { status, stdout } = await told(folder, "show", "aaaa", "--code");
    expect(status).to.equal(0);
    for (const line of [
      "Make everything",
      "option size: how large",
      "provider cameras: the cameras",
      "provider filters (optional): the filters",
      "cannot be undone: what was there is gone",
      "also: Make more (cccccccccccc, ",
      "several transactions",
      "others may go on working",
      "async up() {}",
    ])
      expect(stdout).to.include(line);
    expect((await told(folder, "show", "bbbb")).stdout)
      .to.include("no code: made by hand")
      .and.not.include("async");
    const { revisions } = await document(folder, "show", "bbbb");
    expect(revisions).to.have.length(1);
  });
});

describe("godwit format", () => {
  it("compares two repositories, of which --repo may be one", async () => {
    const { folder: one } = await copyFixture("current", "sqlite");
    const { folder: same } = await copyFixture("current", "sqlite");
    const { folder: old } = await copyFixture("uuid-c6-synth", "sqlite");
    const equal = await told(one, "format", "--diff", one, same);
    expect([equal.status, equal.stdout]).to.satisfy(
      ([status, text]: [number, string]) => status === 0 && /^\S+ both\n$/.test(text),
    );
    const other = await told(one, "format", "--repo", one, "--diff", old);
    expect(other.status).to.equal(3);
    expect(other.stdout)
      .to.match(/FIRST +SECOND/)
      .and.include("dimensions: ");
    expect((await document(one, "format", "--diff", one, same))["same"]).to.equal(true);
    expect(await told(one, "format", "--diff", one, same, old)).to.include({ status: 2 });
    expect((await told(one, "format", old)).stderr).to.include("after --diff");
  });

  it("shows the formats of releases, and how far they are", async () => {
    const { folder } = await copyFixture("current", "sqlite");
    const { stdout } = await told(folder, "format", "--list", "--repo", folder);
    expect(stdout)
      .to.match(/DEFAULTS OF/)
      .and.match(/ here\n/)
      .and.match(/integer \d/);
    const { formats } = await document(folder, "format", "--list", "--repo", folder);
    expect(formats).to.be.an("array").that.is.not.empty;
    const report = await told(folder, "format", "--repo", folder);
    expect(report.stdout)
      .to.include("the defaults of")
      .and.match(/MANAGER +CLASS +VERSION/);
  });
});

describe("godwit check", () => {
  it("tells what it was asked to compare with, and what it looked at", async () => {
    const { folder } = await copyFixture("current", "sqlite");
    const { folder: other } = await copyFixture("current", "sqlite");
    const deep = await told(folder, "check", "--repo", folder, "--deep", "--verbose");
    expect(deep.stdout).to.match(/\n143 files of datastore .* are not there\.\n {2}HSC\/raw/);
    expect(deep.stderr).to.include("looking at");
    expect((await told(folder, "check", "--repo", folder, "--against", other)).stdout).to.equal(
      `The schema is the same as that of ${other}.\n`,
    );
    const junit = await told(folder, "check", "--repo", folder, "--format", "junit");
    expect(junit.stdout)
      .to.include('failures="0"')
      .and.include('<testcase classname="godwit.check" name="check"/>');
  });

  it("takes no options that do not fit together", async () => {
    const { folder } = await copyFixture("current", "sqlite");
    for (const args of [
      ["--format", "yaml"],
      ["--format", "text", "--json"],
      ["--deep", "--against", folder],
    ])
      expect(await told(folder, "check", "--repo", folder, ...args), args.join(" ")).to.include({
        status: 2,
      });
  });

  it("tells rows that are wrong, with examples, and several pending revisions", async () => {
    const { folder, databaseUrl } = await copyFixture("uuid-c6-synth", "sqlite");
    await runStatements(databaseUrl, ["INSERT INTO run (collection_id) VALUES (4711)"]);
    const { status, stdout } = await told(folder, "check", "--repo", folder, "--deep");
    expect(status).to.equal(3);
    expect(stdout).to.match(/^\d revisions are pending: godwit plan/);
    expect(stdout).to.match(/1 row of "run" .*"collection".*\n {2}.*4711/);
  });
});

describe("godwit repair", () => {
  const golden = "uuid-c1-synth--config-2-and-6.0.2";

  it("shows what it would do, as a plan and as a script", async () => {
    const { folder } = await copyGolden(golden, "sqlite");
    const plan = await told(folder, "repair", "--repo", folder, "--plan");
    expect([plan.status, plan.stderr]).to.deep.equal([0, ""]);
    expect(plan.stdout).to.include("physical_filter");
    const { mends } = await document(folder, "repair", "--repo", folder, "--plan");
    expect(mends).to.be.an("array").that.is.not.empty;
    expect((await told(folder, "repair", "--repo", folder, "--sql")).stdout)
      .to.match(/^-- /)
      .and.include("BEGIN");
    expect((await told(folder, "check", "--repo", folder)).stdout).to.include("godwit repair mends it");
  });

  it("mends, and has nothing to do the second time", async () => {
    const { folder } = await copyGolden(golden, "sqlite");
    const first = await told(folder, "repair", "--repo", folder, "--yes");
    expect(first.status, first.stderr).to.equal(0);
    expect(first.stdout).to.include("physical_filter");
    const { mended } = await document(folder, "repair", "--repo", folder);
    expect(mended).to.deep.equal([]);
  });
});

describe("godwit stamp and current", () => {
  it("forget only what they are told to forget", async () => {
    const folder = await project();
    const refused = await told(folder, "stamp", "aaaaaaaaaaaa", "--purge");
    expect([refused.status, refused.stderr]).to.satisfy(
      ([status, text]: [number, string]) => status === 4 && text.includes("Add --yes"),
    );
    const { current } = await document(folder, "stamp", "aaaaaaaaaaaa", "--purge", "--yes");
    expect(JSON.stringify(current)).to.include("aaaaaaaaaaaa");
    expect((await told(folder, "stamp", "base")).stdout).to.match(/app/);
  });

  it("end with 3 where what is recorded disagrees, if they are asked to look", async () => {
    const { folder, databaseUrl } = await copyFixture("current", "sqlite");
    await runStatements(databaseUrl, [
      "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
      "INSERT INTO alembic_version VALUES ('4e2d7a28475b')",
    ]);
    const lax = await told(folder, "current", "--repo", folder);
    expect(lax.status).to.equal(0);
    expect(lax.stderr).to.include("alembic_version lacks the row").and.include("hint:");
    expect(await told(folder, "current", "--repo", folder, "--check")).to.include({ status: 3 });
  });
});

describe("godwit init", () => {
  it("writes a configuration in either form, and names its files", async () => {
    const folder = await temporaryFolder();
    const { files } = await document(folder, "init", "one", "--typescript", "--repo", "sqlite:///app.db");
    expect(files).to.satisfy((names: string[]) => names.some((name) => name.endsWith("godwit.config.ts")));
    const { stdout, stderr } = await told(folder, "init", "two");
    expect(stdout).to.include("godwit.config.json");
    expect(stderr).to.include("set `repo` in the configuration");
  });
});

describe("godwit butler", () => {
  it("shows and sets the namespace", async () => {
    const { folder } = await copyFixture("current", "sqlite");
    const shown = await told(folder, "butler", "set-namespace", "--repo", folder);
    expect([shown.status, shown.stdout]).to.deep.equal([0, "daf_butler\n"]);
    expect(await told(folder, "butler", "set-namespace", "--update", "--repo", folder)).to.include({
      status: 2,
    });
    const refused = await told(folder, "butler", "set-namespace", "my space", "--repo", folder);
    expect(refused.status).to.equal(2);
    const { namespace } = await document(
      folder,
      "butler",
      "set-namespace",
      "mine",
      "--update",
      "--repo",
      folder,
    );
    expect(namespace).to.equal("mine");
  });

  it("is for Butlers alone", async () => {
    const folder = await project();
    for (const args of [["set-namespace"], ["update-day-obs", "LSSTCam"], ["rewrite-sqlite-registry"]]) {
      const { status, stderr } = await told(folder, "butler", ...args);
      expect(status, args.join(" ")).to.equal(2);
      expect(stderr, args.join(" ")).to.match(/is a plain database|Butler/);
    }
  });
});

describe("An error", () => {
  /** A project of which the first revision does this on the way up. */
  async function projectWhere(work: string): Promise<string> {
    const folder = await project();
    const file = path.join(folder, "revisions/app/aaaaaaaaaaaa_make.ts");
    await writeFile(file, revisionText({ id: "aaaaaaaaaaaa" }, `  async up({ mode }) { ${work} },\n`));
    return folder;
  }

  it("is told with its causes where that is asked for, and as a document to programs", async () => {
    const folder = await projectWhere('if (mode === "run") throw new Error("no luck");');
    const plain = await told(folder, "upgrade", "aaaaaaaaaaaa");
    expect(plain.status).to.equal(1);
    expect(plain.stderr).to.include("no luck").and.not.include("    at ");
    const verbose = await told(folder, "upgrade", "aaaaaaaaaaaa", "--verbose");
    expect(verbose.stderr).to.include("Caused by: Error: no luck").and.include("    at ");
    const { error } = await document(folder, "upgrade", "aaaaaaaaaaaa");
    expect(error).to.include({ code: "step-failed" });
  });

  it("that nobody meant is told as a defect", () => {
    const odd = new TypeError("odd");
    const { err } = printed(() => printError(odd, { json: false, verbose: false }));
    expect(err).to.equal(
      "error: odd\nhint: This is a defect of godwit; --verbose shows where. Please report it.\n",
    );
    const { out } = printed(() => printError(odd, { json: true, verbose: false }));
    expect(JSON.parse(out)).to.deep.equal({
      schema: 1,
      error: { code: "defect", message: "odd", hint: null, done: [] },
    });
  });

  it("is coloured for terminals alone, whatever a CI system sets", async () => {
    const { stderr } = await runGodwit(["current", "--repo", "/nowhere"], {
      env: { CI: "true", TERM: "xterm-256color" },
    });
    expect(stderr).to.match(/^error: /);
  });
});
