import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { initProject } from "../../lib/catalog/init.js";
import { newRevision } from "../../lib/catalog/new-revision.js";
import type { NewRevisionOptions } from "../../lib/catalog/new-revision.js";
import { scratchSqlite, tryRevisions } from "../../lib/testing/index.js";
import { runGodwit } from "../support/program.js";
import { temporaryFolder } from "../support/folders.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const require = createRequire(import.meta.url);
const mocha = require.resolve("mocha/bin/mocha.js");

interface Outcome {
  readonly status: number;
  readonly output: string;
}

/** Runs a test in a project in which godwit is installed; it holds nothing that JavaScript has not. */
async function runTest(
  folder: string,
  file: string,
  environment: Record<string, string> = {},
): Promise<Outcome> {
  const script = file.replace(/\.ts$/, ".mjs");
  await copyFile(file, script);
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      // The tests take the time that they need, whatever mocha is told.
      [mocha, "--no-config", "--timeout", "1", script],
      { cwd: folder, env: { ...process.env, ...environment } },
      (error, stdout, stderr) => resolve({ status: error === null ? 0 : 1, output: `${stdout}${stderr}` }),
    );
  });
}

async function project(): Promise<string> {
  const folder = await temporaryFolder();
  await initProject({ folder, managers: ["app"] });
  await mkdir(path.join(folder, "node_modules"));
  await symlink(root, path.join(folder, "node_modules/godwit"));
  return folder;
}

describe("The test that comes with a revision", function () {
  this.timeout(120_000);

  it("passes as written, and fails where `up` or `down` does nothing", async () => {
    const folder = await project();
    const first = { table: ["t"], "create-table": ["id"], "add-column": ["id bigint", "name text null"] };
    await newRevision({ folder, managers: ["app"], flags: first });
    const flags = { table: ["t"], "add-column": ["doc text null"] };
    const { files, tests } = await newRevision({ folder, managers: ["app"], flags });
    const [test = ""] = tests;
    const [file = ""] = files;
    expect(await runTest(folder, test)).to.have.property("status", 0);
    const text = await readFile(file, "utf8");
    for (const way of ["addColumn", "dropColumn"]) {
      await writeFile(file, text.replace(new RegExp(`^.*table\\.${way}\\(.*\\n`, "m"), ""));
      const { status, output } = await runTest(folder, test);
      expect([way, status]).to.deep.equal([way, 1]);
      expect(output).to.match(/differ after up and down|changes nothing/);
    }
  });

  const written: readonly (readonly [string, Partial<NewRevisionOptions>])[] = [
    [
      "adds columns, keys, checks and indexes",
      {
        flags: {
          table: ["t"],
          "add-column": ["n bigint not null default 0", "at timestamp not null default current_timestamp"],
          "add-index": ["name, n"],
          "add-unique": ["id, n"],
          "add-check": ["positive: n >= 0"],
          "rename-column": ["doc: text"],
        },
      },
    ],
    ["drops a column that has values", { flags: { table: ["t"], "drop-column": ["name text null"] } }],
    ["makes a table", { flags: { table: ["u"], "create-table": ["id"], "add-column": ["id bigint"] } }],
    [
      "changes data",
      {
        kind: "data",
        flags: {
          table: ["t"],
          column: ["name"],
          value: ["name || '!'"],
          "undo-value": ["substr(name, 1, length(name) - 1)"],
        },
      },
    ],
  ];
  for (const [what, options] of written) {
    it(`passes for one that ${what}, and fails where a way is emptied`, async () => {
      for (const emptied of [null, "up", "down"]) {
        const folder = await project();
        const table = ["id bigint", "name text null", "doc text null"];
        const first = { table: ["t"], "create-table": ["id"], "add-column": table };
        await newRevision({ folder, managers: ["app"], flags: first });
        const { files } = await newRevision({ folder, managers: ["app"], ...options });
        const [file = ""] = files;
        const text = await readFile(file, "utf8");
        const body = new RegExp(`(async function ${emptied}\\(.*\\{\\n)[^]*?\\n\\}\\n`);
        await writeFile(file, text.replace(body, "$1}\n"));
        const outcome = await tryRevisions({ folder, repositories: [scratchSqlite] }).then(
          () => "passed",
          (error: Error) => error.message,
        );
        if (emptied === null) expect(outcome).to.equal("passed");
        else
          expect(outcome, emptied).to.match(/differ|changes nothing|no such|There is no|duplicate|already/);
      }
    });
  }

  it("of a Butler's tree tells which repositories it wants", async () => {
    const folder = await project();
    const { tests } = await newRevision({
      folder,
      managers: ["collections"],
      branches: ["SynthIntKeyCollectionManager"],
      version: "2.1.0",
      flags: { table: ["collection"], "add-column": ["note text null"] },
    });
    const [test = ""] = tests;
    const { status, output } = await runTest(folder, test, { GODWIT_TEST_BUTLERS: "" });
    expect(status).to.equal(1);
    expect(output).to.contain("GODWIT_TEST_BUTLERS");
  });

  it("of a Butler's tree passes on copies of repositories, which stay as they are", async () => {
    const { copyFixture } = await import("../support/fixtures.js");
    const { describeFixture } = await import("../support/normalize/describe.js");
    const folder = await project();
    const report = await newRevision({
      folder,
      managers: ["collections"],
      branches: ["SynthIntKeyCollectionManager"],
      version: "2.1.0",
      flags: { table: ["collection"], "add-column": ["note text null"] },
    });
    const fixtures = [
      await copyFixture("uuid-c6-synth", "sqlite"),
      await copyFixture("uuid-c6-synth", "postgres"),
    ];
    const before = await Promise.all(fixtures.map(describeFixture));
    const [test = ""] = report.tests;
    const { status, output } = await runTest(folder, test, {
      GODWIT_TEST_BUTLERS: fixtures.map((fixture) => fixture.folder).join(","),
    });
    expect(status, output).to.equal(0);
    expect(await Promise.all(fixtures.map(describeFixture))).to.deep.equal(before);
    // The recorded version changes by itself: that is no change of the revision.
    const { files } = report;
    const text = await readFile(files[0] ?? "", "utf8");
    await writeFile(
      files[0] ?? "",
      text.replace(/^async function (up|down)\((.*)\{\n[^]*?\n\}\n/gm, "async function $1($2{}\n"),
    );
    const names = fixtures.map((fixture) => fixture.folder).slice(0, 1);
    const emptied = await runTest(folder, test, { GODWIT_TEST_BUTLERS: names.join(",") });
    expect(emptied.output).to.contain("changes nothing");
    const command = await runGodwit(["revision", "test"], {
      cwd: folder,
      env: { GODWIT_TEST_BUTLERS: names.join(",") },
    });
    expect(command.stderr).to.contain("changes nothing");
  });
});
