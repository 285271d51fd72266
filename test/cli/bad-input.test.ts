import { expect } from "chai";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { runStatements } from "../support/rows.js";
import { runIn } from "../support/printed.js";
import { runGodwit } from "../support/program.js";
import type { ProgramOptions, ProgramResult } from "../support/program.js";

/** In this process where a folder is all that the program needs besides: that takes a fraction of the time. */
async function run(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  const { cwd = process.cwd(), ...more } = options;
  if (Object.keys(more).length > 0) return runGodwit(args, options);
  const { status, out, err } = await runIn(cwd, ...args);
  return { status, signal: null, stdout: out, stderr: err };
}

/** What every refusal has in common: one message, a hint, no stack. */
function requireClear({ status, stdout, stderr }: ProgramResult, exitCode: number, message: RegExp): void {
  expect(status, stderr).to.equal(exitCode);
  expect(stdout).to.equal("");
  expect(stderr).to.match(/^error: /);
  expect(stderr).to.match(message);
  expect(stderr).to.match(/^hint: \S/m);
  expect(stderr).not.to.match(/^\s+at .*:\d+:\d+\)?$/m);
}

const good =
  'import { defineRevision } from "godwit";\nexport default defineRevision({ id: "aaaaaaaaaaaa", parent: null, manager: "app", summary: "Good", async up() {}, async down() {} });\n';

async function project(revision: string): Promise<ProgramOptions> {
  const folder = await temporaryFolder();
  mkdirSync(path.join(folder, "revisions", "app"), { recursive: true });
  writeFileSync(path.join(folder, "revisions", "app", "aaaaaaaaaaaa_first.ts"), revision);
  writeFileSync(path.join(folder, "godwit.config.json"), '{ "repo": "sqlite:///app.db" }\n');
  return { cwd: folder };
}

/** A revision file or a configuration at fault, and what is to be named. */
const faults: readonly {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly named: RegExp;
}[] = [
  {
    what: "a parent that is no revision",
    files: { "revisions/app/aaaaaaaaaaaa_first.ts": good.replace("parent: null", 'parent: "bbbbbbbbbbbb"') },
    named: /first\.ts:2.*bbbbbbbbbbbb/,
  },
  {
    what: "a revision that is its own parent",
    files: { "revisions/app/aaaaaaaaaaaa_first.ts": good.replace("parent: null", 'parent: "aaaaaaaaaaaa"') },
    named: /first\.ts:2/,
  },
  {
    what: "a revision that fails when it is imported",
    files: { "revisions/app/aaaaaaaaaaaa_first.ts": `${good}throw new Error("no luck");\n` },
    named: /first\.ts:3.*no luck/,
  },
  {
    what: "a configuration that is no JSON",
    files: { "godwit.config.json": "{ repo: " },
    named: /godwit\.config\.json/,
  },
  {
    what: "a configuration of another form",
    files: { "godwit.config.json": '{ "repo": 5 }' },
    named: /"repo"/,
  },
];

describe("Bad input", () => {
  for (const { what, files, named } of faults) {
    it(`of ${what}`, async () => {
      const options = await project(good);
      for (const [name, text] of Object.entries(files))
        writeFileSync(path.join(options.cwd ?? "", name), text);
      requireClear(await run(["upgrade"], options), 2, named);
    });
  }

  it("of a repository that is not there", async () => {
    const folder = await temporaryFolder();
    requireClear(await run(["current", "--repo", path.join(folder, "nowhere")]), 2, /nowhere/);
  });

  it("of no repository at all", async () => {
    requireClear(await run(["current"], { cwd: await temporaryFolder() }), 2, /No repository/);
  });

  it("of a butler.yaml that is no YAML", async () => {
    const folder = await temporaryFolder();
    writeFileSync(path.join(folder, "butler.yaml"), "registry: [\n  db: {{{\n");
    requireClear(await run(["current", "--repo", folder]), 2, /butler\.yaml/);
  });

  it("of a butler.yaml that includes itself", async () => {
    const folder = await temporaryFolder();
    writeFileSync(path.join(folder, "butler.yaml"), "registry: !include butler.yaml\n");
    requireClear(await run(["current", "--repo", folder]), 2, /includ/);
  });

  it("of a database that is no Butler", async () => {
    const folder = await temporaryFolder();
    writeFileSync(path.join(folder, "butler.yaml"), "registry:\n  db: sqlite:///<butlerRoot>/gen3.sqlite3\n");
    writeFileSync(path.join(folder, "gen3.sqlite3"), "");
    requireClear(await run(["upgrade", "--repo", folder]), 2, /butler_attributes|no Butler/i);
  });

  it("of a truncated SQLite file", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    truncateSync(path.join(folder, "gen3.sqlite3"), 20_000);
    requireClear(await run(["upgrade", "--repo", folder]), 2, /gen3\.sqlite3/);
  });

  it("of a repository whose dimension configuration is no JSON", async () => {
    const { folder, databaseUrl } = await copyFixture("uuid-c6-synth", "sqlite");
    await runStatements(databaseUrl, [
      "UPDATE butler_attributes SET value = '{' WHERE name = 'config:dimensions.json'",
    ]);
    requireClear(await run(["current", "--repo", folder]), 2, /config:dimensions\.json/);
  });

  it("of a wrong password, which is printed nowhere", async () => {
    const { databaseUrl } = await copyFixture("uuid-c6-synth", "postgres");
    const url = new URL(databaseUrl);
    url.password = "mellon-mellon";
    const result = await run(["current", "--plain", "--repo", url.href]);
    requireClear(result, 2, /password/);
    expect(result.stderr).not.to.include("mellon");
  });

  it("of an unknown target, with near matches, and nothing is touched", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const before = readFileSync(path.join(folder, "gen3.sqlite3"));
    const result = await run(["upgrade", "datasets@heda", "--repo", folder]);
    requireClear(result, 2, /heda/);
    expect(result.stderr).to.match(/hint: .*head/);
    expect(readFileSync(path.join(folder, "gen3.sqlite3")).equals(before)).to.equal(true);
  });

  it("of an ambiguous beginning of an id", async () => {
    const options = await project(good);
    const file = path.join(options.cwd ?? "", "revisions", "app", "aaaaaaaaaaab_second.ts");
    writeFileSync(file, good.replace("aaaaaaaaaaaa", "aaaaaaaaaaab").replace("null", '"aaaaaaaaaaaa"'));
    requireClear(await run(["upgrade", "aaaaaa"], options), 2, /aaaaaaaaaaaa[\s\S]*aaaaaaaaaaab/);
  });

  it("of a revision file with a syntax error, with file and line", async () => {
    requireClear(
      await run(["upgrade"], await project(`${good}\nconst = 3;\n`)),
      2,
      /aaaaaaaaaaaa_first\.ts:4/,
    );
  });

  it("of a header that is not literal, with file and line", async () => {
    const code = good.replace('summary: "Good"', "summary: process.cwd()");
    requireClear(await run(["upgrade"], await project(code)), 2, /aaaaaaaaaaaa_first\.ts:2/);
  });

  it("of a folder that cannot be written", async () => {
    const folder = await temporaryFolder();
    writeFileSync(path.join(folder, "file"), "");
    const result = await run(["init", path.join(folder, "file", "project")], { cwd: folder });
    requireClear(result, 2, /file.project/);
  });

  it("of an unknown command or option", async () => {
    requireClear(await run(["upgrad"]), 2, /"upgrad"[\s\S]*Did you mean upgrade\?/);
    requireClear(await run(["revision", "nw"]), 2, /"nw"[\s\S]*Did you mean new\?/);
    requireClear(await run(["upgrade", "--frobnicate"]), 2, /frobnicate/);
  });

  it("is one document with --json, and the exit code is the same", async () => {
    const { status, stdout } = await run(["upgrade", "nosuch", "--json"], await project(good));
    expect(status).to.equal(2);
    const document = JSON.parse(stdout) as {
      readonly schema: number;
      readonly error: { readonly code: string };
    };
    expect(document.schema).to.equal(1);
    expect(document.error.code).to.equal("unknown-revision");
  });
});

describe("A step that throws", () => {
  it("exits with 1, is rolled back, and leaves a true state", async () => {
    const options = await project(
      good.replace(
        "async up() {}",
        'async up(context) { if (context.mode === "run") throw new Error("no luck"); }',
      ),
    );
    const { status, stderr } = await run(["upgrade"], options);
    expect(status).to.equal(1);
    expect(stderr)
      .to.include("no luck")
      .and.include("aaaaaaaaaaaa")
      .and.match(/^hint: /m);
    const current = JSON.parse((await run(["current", "--json"], options)).stdout) as {
      readonly managers: readonly { readonly revisions: readonly string[] }[];
    };
    expect(current.managers.map(({ revisions }) => revisions)).to.deep.equal([[]]);
  });
});

describe("Targets", () => {
  it("are texts as they were typed", async () => {
    const options = await project(good);
    for (const target of ["0012", "4e2", "1e3", "00"]) {
      const { status, stderr } = await runGodwit(["upgrade", target], options);
      expect(status, target).to.equal(2);
      expect(stderr).to.match(new RegExp(`["']${target}["']`));
    }
    expect((await runGodwit(["upgrade", "+1"], options)).status).to.equal(0);
    expect((await runGodwit(["history", "-r=-1:current"], options)).stdout).to.include("aaaaaaaaaaaa");
    expect((await runGodwit(["downgrade", "-1"], options)).status).to.equal(0);
    expect((await runGodwit(["upgrade", "+1"], options)).status).to.equal(0);
    expect((await runGodwit(["downgrade", "--", "-1"], options)).status).to.equal(0);
    expect((await runGodwit(["upgrade", "+1"], options)).status).to.equal(0);
    const { stdout } = await runGodwit(["downgrade", "--", "-1", "--yes", "--json"], options);
    expect(JSON.parse(stdout)).to.have.nested.property("steps[0].revision", "aaaaaaaaaaaa");
  });

  for (const [words, needed, example] of [
    [["downgrade"], "a target", "godwit downgrade -1"],
    [["show"], "a revision", "godwit show 4e2d7a28475b"],
    [["revision", "new"], "a manager", "godwit revision new app"],
    [["butler", "update-day-obs"], "an instrument", "godwit butler update-day-obs LSSTCam"],
  ] as const) {
    it(`names what \`godwit ${words.join(" ")}\` needs, with an example`, async () => {
      const result = await runGodwit([...words]);
      requireClear(result, 2, new RegExp(`^error: \`godwit ${words.join(" ")}\` needs ${needed}\\.$`, "m"));
      expect(result.stderr).to.contain(`hint: For example: ${example}`);
    });
  }
});
