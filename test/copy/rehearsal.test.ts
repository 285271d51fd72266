import { expect } from "chai";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { current, GodwitError, plan, rehearse, upgrade, upgradeInto } from "../../lib/index.js";
import type { RunEvent } from "../../lib/index.js";
import { mayMount, onSmallDisk } from "../faults/small-disk.js";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { describePostgres } from "../support/normalize/postgres.js";
import { describeSqlite } from "../support/normalize/sqlite.js";
import { adminStatement, createPostgresDatabase } from "../support/postgres.js";

async function failure(work: Promise<unknown>): Promise<GodwitError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("did not fail");
}

/** Runs a script as `psql` does: statements end with a semicolon at the end of a line, rows stand between `COPY` and `\.`. */
async function restore(client: Client, file: string): Promise<void> {
  let statement: string[] = [];
  let rows: string[] | null = null;
  let target = "";
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (rows !== null) {
      if (line !== "\\.") rows.push(`${line}\n`);
      else {
        await pipeline(Readable.from(rows), client.query(copyFrom(target)));
        rows = null;
      }
    } else if (/^COPY .* FROM stdin;$/.test(line)) {
      rows = [];
      target = line;
    } else {
      statement.push(line);
      if (!line.endsWith(";")) continue;
      await client.query(statement.join("\n"));
      statement = [];
    }
  }
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`Rehearsals, ${dialect}`, () => {
    it("tell what the upgrade takes, leave nothing behind, and do not touch the repository", async () => {
      const fixture = await copyFixture("uuid-c4-synth", dialect);
      const before = await describeFixture(fixture);
      const place = await temporaryFolder();
      const report = await rehearse(fixture.folder, "head", { place });
      const planned = await plan(fixture.folder, "up", "head");
      expect(report.steps.map(({ revision }) => revision)).to.deep.equal(
        planned.steps.map(({ revision }) => revision),
      );
      const step = report.steps.find(({ revision }) => revision === "4e2d7a28475b");
      expect(step?.tables.map(({ name }) => name)).to.deep.equal(["dataset"]);
      expect(step?.locks.map(({ table, mode }) => `${table} ${mode}`)).to.include(
        dialect === "sqlite" ? "null RESERVED" : "dataset AccessExclusiveLock",
      );
      expect(report.check.problems).to.deep.equal([]);
      expect(report.check.pending).to.deep.equal([]);
      expect(report.needs.durationMs).to.be.greaterThan(0);
      expect(await readdir(place)).to.deep.equal([]);
      expect(compare(before, await describeFixture(fixture))).to.deep.equal([]);
      if (dialect === "sqlite") return;
      const database = new URL(fixture.databaseUrl).pathname.slice(1);
      const left = await adminStatement(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = '${database}'`,
      );
      expect(left).to.deep.equal([{ n: 0 }]);
    });

    it("that fail say that the repository was not touched, and leave nothing behind", async () => {
      const fixture = await copyFixture("uuid-c1-synth", dialect);
      const place = await temporaryFolder();
      const error = await failure(rehearse(fixture.folder, "035dcf13ef18", { place }));
      expect(error.message).to.include("physical_filter");
      expect(await readdir(place)).to.deep.equal([]);
      expect(Object.keys((await describeFixture(fixture)).schema.tables)).not.to.include("godwit_log");
    });
  });

  describe(`Upgrades of copies and backups, ${dialect}`, () => {
    it("--into upgrades a copy, and leaves the original as it is", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const before = await describeFixture(fixture);
      const folder = path.join(await temporaryFolder(), "new");
      const { run } = await upgradeInto(
        fixture.folder,
        folder,
        "head",
        dialect === "sqlite" ? {} : { schema: "new" },
      );
      expect(run.steps).to.have.length(4);
      expect((await current(folder)).managers.flatMap(({ pending }) => pending)).to.deep.equal([]);
      expect(compare(before, await describeFixture(fixture))).to.deep.equal([]);
    });

    it("--backup on a disk that is full says so, leaves nothing there, and nothing is changed", async function () {
      if (!mayMount()) this.skip();
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const place = await temporaryFolder();
      await onSmallDisk(place, 10);
      const error = await failure(upgrade(fixture.folder, "head", { backup: place }));
      expect(error.code).to.equal("backup-failed");
      expect(error.message).to.include(place);
      expect(await readdir(place)).to.deep.equal([]);
      expect((await current(fixture.folder)).managers.flatMap(({ pending }) => pending)).to.have.length(4);
    });

    it("--backup keeps the database as it was, only where something is done, and never over another file", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const before = await describeFixture(fixture);
      const place = path.join(await temporaryFolder(), "backups");
      await mkdir(place);
      const files: string[] = [];
      const onEvent = (event: RunEvent): void => {
        if (event.kind === "backup") files.push(event.file);
      };
      await upgrade(fixture.folder, "head", { backup: place, onEvent });
      await upgrade(fixture.folder, "head", { backup: place, onEvent });
      expect(files).to.have.length(1);
      const [file = ""] = files;
      expect(await readdir(place)).to.deep.equal([path.basename(file)]);
      if (dialect === "sqlite") {
        expect(compare(before, await describeSqlite(file), { detail: "strict" })).to.deep.equal([]);
      } else {
        expect((await stat(file)).mode & 0o077).to.equal(0);
        const fresh = await createPostgresDatabase();
        await restore(await fresh.connect(), file);
        expect(
          compare(before, await describePostgres(fresh.url, "public"), { detail: "strict" }),
        ).to.deep.equal([]);
      }
      const content = await readFile(file);
      const other = await copyFixture("uuid-c6-synth", dialect);
      expect((await failure(upgrade(other.folder, "head", { backup: file }))).code).to.equal("not-empty");
      expect(await readFile(file)).to.deep.equal(content);
      expect(Object.keys((await describeFixture(other)).schema.tables)).not.to.include("godwit_log");
    });
  });
}
