import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import sqlite3 from "sqlite3";
import { GodwitError, upgrade } from "../../lib/index.js";
import type { RunEvent, RunOptions } from "../../lib/index.js";
import { requireAll, requireAllNow } from "../../lib/run/gather.js";
import { RefusedError } from "../../lib/errors.js";
import { rejection } from "../catalog/files.js";
import { removeAfterwards } from "../support/cleanup.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { adminStatement } from "../support/postgres.js";
import { programFile } from "../support/program.js";
import { Client } from "pg";

async function failure(work: Promise<unknown>): Promise<GodwitError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("did not fail");
}

/** Runs an upgrade that is refused, and requires that nothing has changed. */
async function refused(fixture: Fixture, target: string, options: RunOptions = {}): Promise<GodwitError> {
  const before = await describeFixture(fixture);
  const error = await failure(upgrade(fixture.folder, target, options));
  expect(compare(before, await describeFixture(fixture))).to.deep.equal([]);
  return error;
}

async function connect({ databaseUrl }: Fixture): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl });
  client.on("error", () => undefined);
  await client.connect();
  removeAfterwards(() => client.end());
  return client;
}

/** Makes the repository be opened by a user who may only read and write rows. */
async function connectAsReader(fixture: Fixture): Promise<void> {
  const role = `reader_${path.basename(fixture.folder).replaceAll(/\W/g, "").toLowerCase()}`;
  await adminStatement(`CREATE ROLE ${role} LOGIN PASSWORD 'canary reader'`);
  const client = await connect(fixture);
  await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`);
  const database = new URL(fixture.databaseUrl).pathname.slice(1);
  removeAfterwards(async () => {
    await client.query(`DROP OWNED BY ${role}`);
    await adminStatement(`REVOKE ALL ON DATABASE ${database} FROM ${role}`);
    await adminStatement(`DROP ROLE ${role}`);
  });
  const file = path.join(fixture.folder, "butler.yaml");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/postgresql:\/\/[^@]*@/, `postgresql://${role}:canary%20reader@`));
}

describe("Before a run changes anything", () => {
  it("options that are missing and options that nobody takes are told together", async () => {
    const fixture = await copyFixture("uuid-c1-synth", "sqlite");
    const error = await refused(fixture, "bf6308af80aa", { options: { nosuch: "1" } });
    expect(error.exitCode).to.equal(2);
    expect(error.message).to.include("has_simulated").and.include("nosuch");
  });

  it("faults of one kind keep their code, and several are told with all hints", async () => {
    const fault = (code: string) => () => {
      throw new RefusedError(code, `about ${code}`, { hint: `mend ${code}` });
    };
    const one = await failure(requireAll([fault("a"), () => undefined]));
    expect([one.code, one.message]).to.deep.equal(["a", "about a"]);
    const two = await failure(requireAll([fault("a"), fault("b")]));
    expect([two.code, two.message, two.hint, two.exitCode]).to.deep.equal([
      "preflight",
      "about a\nabout b",
      "mend a\nmend b",
      4,
    ]);
  });

  it("a defect is no fault among others: it is thrown as it is, before anything else is told", async () => {
    const defect = new TypeError("camera is undefined");
    const broken = (): void => {
      throw defect;
    };
    expect(await rejection(requireAll([broken]))).to.equal(defect);
    expect(() => requireAllNow([broken])).to.throw(defect);
    const quiet = (): void => {
      throw new RefusedError("a", "about a");
    };
    expect((await failure(requireAll([quiet, quiet]))).hint).to.equal("");
  });

  it("a write-ahead log of another process is told", async () => {
    const fixture = await copyFixture("uuid-c6-synth", "sqlite");
    const other = new sqlite3.Database(path.join(fixture.folder, "gen3.sqlite3"));
    await new Promise((resolve) => {
      other.exec("PRAGMA journal_mode = WAL; CREATE TABLE other (id INTEGER)", resolve);
    });
    const warnings: string[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.kind === "warning") warnings.push(event.message);
    };
    await upgrade(fixture.folder, "datasets@head", { onEvent });
    other.close();
    expect(warnings.join("\n")).to.include("write-ahead log");
  });

  it("a schema that is not what its versions say is told, and is no hindrance", async () => {
    const fixture = await copyFixture("uuid-c6-synth", "sqlite");
    const database = new sqlite3.Database(path.join(fixture.folder, "gen3.sqlite3"));
    await new Promise((resolve) => {
      database.exec("ALTER TABLE instrument ADD COLUMN nobodys TEXT", resolve);
    });
    database.close();
    const warnings: string[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.kind === "warning") warnings.push(event.message);
    };
    expect((await upgrade(fixture.folder, "datasets@head", { onEvent })).steps).to.have.length(1);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/^The schema is not what its versions say: instrument: column "nobodys"/);
  });

  it("a butler.yaml that cannot be written is told where a step changes a class", async function () {
    const fixture = await copyFixture("int-c0-name", "sqlite");
    await chmod(fixture.folder, 0o777);
    await chmod(path.join(fixture.folder, "gen3.sqlite3"), 0o666);
    await chmod(path.join(fixture.folder, "butler.yaml"), 0o444);
    // Root may write everything.
    const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const args = [programFile, "upgrade", "8c57494cabcc", "--repo", fixture.folder];
    const run = spawnSync(process.execPath, args, { ...account, cwd: fixture.folder, encoding: "utf8" });
    if (run.error !== undefined || /Cannot find module|EACCES/.test(run.stderr)) this.skip();
    expect(run.status, run.stderr).to.equal(0);
    expect(run.stderr).to.include("butler.yaml cannot be written: once collections has another class");
  });

  it("all rights that a user lacks are told at once, with what an administrator has to type", async () => {
    const fixture = await copyFixture("uuid-c6-synth", "postgres");
    await connectAsReader(fixture);
    const error = await refused(fixture, "datasets@head");
    expect(error.exitCode).to.equal(4);
    expect(error.code).to.equal("no-privilege");
    expect(error.message).to.include('make tables in schema "public"').and.include('"public"."dataset"');
    expect(error.hint).to.match(/GRANT CREATE ON SCHEMA "public" TO reader_/);
    expect(`${error.message}${error.hint}`).not.to.include("canary");
  });

  it("a database that can only be read is told", async () => {
    const fixture = await copyFixture("uuid-c6-synth", "postgres");
    const database = new URL(fixture.databaseUrl).pathname.slice(1);
    await adminStatement(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    expect((await refused(fixture, "datasets@head")).code).to.equal("read-only");
  });

  it("sessions that use the tables are told, and waited for no longer than asked", async () => {
    const fixture = await copyFixture("uuid-c6-synth", "postgres");
    const other = await connect(fixture);
    await other.query("BEGIN; LOCK TABLE dataset IN ACCESS SHARE MODE");
    const warnings: string[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.kind === "warning") warnings.push(event.message);
    };
    const error = await failure(upgrade(fixture.folder, "datasets@head", { onEvent, lockTimeoutMs: 500 }));
    expect(error.code).to.equal("lock-timeout");
    expect(warnings.join("\n")).to.match(
      /Session \d+ \(postgres, .*idle in transaction.*\) holds locks on dataset/,
    );
    await other.query("ROLLBACK");
    await upgrade(fixture.folder, "datasets@head");
  });
});
