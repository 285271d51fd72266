import { expect } from "chai";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { describeFixture } from "../support/normalize/describe.js";
import { runGodwit } from "../support/program.js";
import type { ProgramResult } from "../support/program.js";
import { canaryPassword } from "../support/server.js";

/** The password as it may be written: as it is, or as in a URL. */
const forms = [canaryPassword, encodeURIComponent(canaryPassword)];

type Environment = Readonly<Record<string, string>>;

/** Takes the password out of the configuration, and leaves the user. */
async function withoutPassword({ folder }: Fixture): Promise<void> {
  const file = path.join(folder, "butler.yaml");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/(postgresql:\/\/[^:@]*):[^@]*@/, "$1@"));
}

async function credentialsFile(mode: number): Promise<string> {
  const file = path.join(await temporaryFolder(), "db-auth.yaml");
  await writeFile(file, `- url: postgresql://127.0.0.1/*\n  password: ${JSON.stringify(canaryPassword)}\n`);
  await chmod(file, mode);
  return file;
}

/** Every file below a folder, as text. */
async function textBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "latin1")))).join("\n");
}

function requireAbsent(text: string, where: string): void {
  for (const form of forms) expect(text.includes(form), `the password is in ${where}`).to.equal(false);
}

/** Runs one command after the other; `runGodwit` itself looks for the password in what is printed. */
async function runAll(fixture: Fixture, env: Environment): Promise<readonly ProgramResult[]> {
  const place = await temporaryFolder();
  await mkdir(path.join(place, "backups"));
  const repo = ["--repo", fixture.folder];
  const results: ProgramResult[] = [];
  for (const args of [
    ["current", "--json", ...repo],
    ["plan", "--verbose", ...repo],
    ["copy", fixture.folder, path.join(place, "copy"), "--schema", "copy", "--verbose"],
    ["rehearse", "datasets@head", "--verbose", ...repo],
    ["upgrade", "datasets@head", "--verbose", "--backup", path.join(place, "backups"), ...repo],
    ["history", "--applied", "--json", ...repo],
    ["check", "--json", ...repo],
    ["upgrade", "nosuch", "--verbose", ...repo],
    ["downgrade", "-1", "--verbose", "--yes", ...repo],
  ]) {
    results.push(await runGodwit(args, { env }));
  }
  await chmod(path.join(place, "copy", "butler.yaml"), 0o600);
  await writeFile(path.join(place, "copy", "butler.yaml"), "");
  requireAbsent(await textBelow(place), "the copy or the backup");
  requireAbsent(JSON.stringify(await describeFixture(fixture)), "the database");
  return results;
}

const expectedStatus = [0, 0, 0, 0, 0, 0, 3, 2, 0];

describe("A password", () => {
  const ways: readonly {
    readonly title: string;
    readonly prepare: (fixture: Fixture) => Promise<Environment>;
  }[] = [
    { title: "in the configuration", prepare: async () => ({}) },
    {
      title: "in PGPASSWORD",
      prepare: async (fixture) => {
        await withoutPassword(fixture);
        return { PGPASSWORD: canaryPassword };
      },
    },
    {
      title: "in db-auth.yaml",
      prepare: async (fixture) => {
        await withoutPassword(fixture);
        return { LSST_DB_AUTH: await credentialsFile(0o600) };
      },
    },
    {
      title: "in a connection service",
      prepare: async (fixture) => {
        await withoutPassword(fixture);
        const file = path.join(await temporaryFolder(), "services");
        await writeFile(file, `[observatory]\npassword=${canaryPassword}\n`);
        return { PGSERVICEFILE: file, PGSERVICE: "observatory" };
      },
    },
  ];
  for (const { title, prepare } of ways) {
    it(`${title} gets nowhere else, whatever is run`, async function () {
      this.timeout(180_000);
      const fixture = await copyFixture("uuid-c6-synth", "postgres");
      const results = await runAll(fixture, await prepare(fixture));
      expect(results.map(({ status }) => status)).to.deep.equal(
        expectedStatus,
        results.map(({ stderr }) => stderr).join("\n"),
      );
    });
  }

  it("of a plain database's URL is not shown by any error", async () => {
    const url = (host: string): string =>
      `postgresql://someone:${encodeURIComponent(canaryPassword)}@${host}/nowhere`;
    for (const repo of [url("127.0.0.1:1"), url("nosuch.invalid"), url("127.0.0.1:99999"), url("[::1")]) {
      for (const command of ["current", "upgrade", "rehearse"]) {
        const { status, stderr } = await runGodwit([command, "--verbose"], { env: { GODWIT_REPO: repo } });
        expect(status, stderr).to.equal(2);
      }
    }
  });

  it("in a file that others may read is refused", async () => {
    const fixture = await copyFixture("uuid-c6-synth", "postgres");
    await withoutPassword(fixture);
    const file = await credentialsFile(0o644);
    const { status, stderr } = await runGodwit(["current", "--repo", fixture.folder], {
      env: { LSST_DB_AUTH: file },
    });
    expect(status).to.equal(2);
    expect(stderr).to.include(`chmod 600 ${file}`);
  });
});
