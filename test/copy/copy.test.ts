import { expect } from "chai";
import { readFileSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { copy, current, discardCopy, GodwitError, rehearse, upgrade } from "../../lib/index.js";
import type { CopyOptions } from "../../lib/index.js";
import { openDatabase } from "../../lib/database/open.js";
import { sql } from "../../lib/database/sql.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { adminStatement } from "../support/postgres.js";
import { removeAfterwards } from "../support/cleanup.js";
import { runGodwit } from "../support/program.js";

/** Where a copy of a fixture goes, so that nothing else is there. */
async function newPlace(
  fixture: Fixture,
): Promise<{ folder: string; options: CopyOptions; copied: Fixture }> {
  const folder = path.join(await temporaryFolder(), "copy of a'b");
  if (fixture.dialect === "sqlite") {
    const databaseUrl = `sqlite:///${path.join(folder, "gen3.sqlite3")}`;
    return { folder, options: {}, copied: { ...fixture, folder, databaseUrl } };
  }
  return { folder, options: { schema: 'Copy "b' }, copied: { ...fixture, folder, namespace: 'Copy "b' } };
}

async function refusal(work: Promise<unknown>): Promise<GodwitError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

/** All files below a folder with their content, but for the database and the configuration. */
async function filesBelow(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile() && !/^(gen3\.sqlite3|butler\.yaml)/.test(entry.name));
  const entries = files.map(async (entry) => {
    const file = path.join(entry.parentPath, entry.name);
    return [path.relative(folder, file), await readFile(file, "utf8")] as const;
  });
  return Object.fromEntries((await Promise.all(entries)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function requireSameDatabase(original: Fixture, copied: Fixture): Promise<void> {
  expect(
    compare(await describeFixture(original), await describeFixture(copied), { detail: "strict" }),
  ).to.deep.equal([]);
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`Copies of repositories, ${dialect}`, () => {
    it("hold the same tables, rows and files, and are migrated without touching the original", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const before = await describeFixture(fixture);
      const { folder, options, copied } = await newPlace(fixture);
      const report = await copy(fixture.folder, folder, options);
      await requireSameDatabase(fixture, copied);
      expect(await filesBelow(folder)).to.deep.equal(await filesBelow(fixture.folder));
      expect(report.files.linked).to.be.greaterThan(0);
      expect(report.tables.length).to.equal(Object.keys(before.schema.tables).length);
      expect((await readdir(folder)).filter((name) => name.includes("godwit"))).to.deep.equal([]);

      const files = await filesBelow(fixture.folder);
      await upgrade(folder, "head");
      expect((await current(folder)).managers.flatMap(({ pending }) => pending)).to.deep.equal([]);
      expect(compare(before, await describeFixture(fixture))).to.deep.equal([]);
      expect(await filesBelow(fixture.folder)).to.deep.equal(files);
      expect((await current(fixture.folder)).managers.flatMap(({ pending }) => pending)).not.to.deep.equal(
        [],
      );
    });

    it("have files of their own where that is asked for, and no link to the configuration ever", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const { folder, options } = await newPlace(fixture);
      const report = await copy(fixture.folder, folder, { ...options, files: "copy" });
      expect(report.files.linked).to.equal(0);
      expect(report.files.copied).to.be.greaterThan(0);
      const { nlink } = await stat(path.join(folder, "butler.yaml"));
      expect(nlink).to.equal(1);
    });

    it("that were interrupted are nobody's repository, and the same call finishes them", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const { folder, options, copied } = await newPlace(fixture);
      for (const kind of ["table", "files"] as const) {
        const stop = new Error("stopped by the test");
        const onCopy = (event: { readonly kind: string }): void => {
          if (event.kind === kind) throw stop;
        };
        const failure = await copy(fixture.folder, folder, { ...options, onCopy }).catch(
          (error: unknown) => error,
        );
        expect(failure, kind).to.equal(stop);
        expect((await refusal(current(folder))).code, kind).to.equal("no-repository");
      }
      await copy(fixture.folder, folder, options);
      await requireSameDatabase(fixture, copied);
      expect(await filesBelow(folder)).to.deep.equal(await filesBelow(fixture.folder));
      expect((await current(folder)).problems).to.deep.equal([]);
    });

    it("that were interrupted can be removed, the original's files staying as they are", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const files = await filesBelow(fixture.folder);
      const { folder, options } = await newPlace(fixture);
      const onCopy = (event: { readonly kind: string }): void => {
        if (event.kind === "files") throw new Error("stopped by the test");
      };
      await copy(fixture.folder, folder, { ...options, onCopy }).catch(() => undefined);
      await discardCopy(folder, fixture.folder);
      expect(await readdir(path.dirname(folder))).to.deep.equal([]);
      expect(await filesBelow(fixture.folder)).to.deep.equal(files);
      await copy(fixture.folder, folder, options);
    });

    it("that are whole stay, though their process was gone before it could take the mark away", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const { folder, options } = await newPlace(fixture);
      let mark = "";
      const onCopy = (event: { readonly kind: string }): void => {
        if (event.kind === "files") mark = readFileSync(path.join(folder, ".godwit-copy.json"), "utf8");
      };
      await copy(fixture.folder, folder, { ...options, onCopy });
      await upgrade(folder, "datasets@head");
      const before = await readFile(path.join(folder, "butler.yaml"), "utf8");
      for (const again of [
        async () => void (await copy(fixture.folder, folder, options)),
        async () =>
          void expect((await refusal(discardCopy(folder, fixture.folder))).code).to.equal("no-copy"),
      ]) {
        await writeFile(path.join(folder, ".godwit-copy.json"), mark);
        await again();
        expect(await readdir(folder)).not.to.include(".godwit-copy.json");
        expect(await readFile(path.join(folder, "butler.yaml"), "utf8")).to.equal(before);
        expect((await upgrade(folder, "datasets@head")).steps).to.deep.equal([]);
      }
    });

    it("are never made over something else", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const { folder, options } = await newPlace(fixture);
      await mkdir(folder, { recursive: true });
      await writeFile(path.join(folder, "notes.txt"), "mine");
      expect((await refusal(copy(fixture.folder, folder, options))).code).to.equal("not-empty");
      const inside = path.join(fixture.folder, "copy");
      expect((await refusal(copy(fixture.folder, inside, options))).code).to.equal("copy-target");
      expect((await refusal(discardCopy(folder))).code).to.equal("no-copy");
      expect(await readdir(folder)).to.deep.equal(["notes.txt"]);
    });

    it("take nothing along from outside of the repository", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const { folder, options } = await newPlace(fixture);
      const database = await openDatabase(
        dialect === "sqlite"
          ? { dialect, path: path.join(fixture.folder, "gen3.sqlite3") }
          : { dialect, url: fixture.databaseUrl },
      );
      await database.transaction({ mode: "write" }, (session) =>
        session.execute(
          sql`UPDATE ${sql.table("file_datastore_records")} SET path = '../../../../etc/hostname'`,
        ),
      );
      await database.close();
      const error = await refusal(copy(fixture.folder, folder, options));
      expect(error.code).to.equal("path-outside");
      expect((await refusal(current(folder))).code).to.equal("no-repository");
    });

    it("are made from the command line, whatever pg_dump is on the PATH", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const { folder } = await newPlace(fixture);
      const tools = await temporaryFolder();
      await writeFile(
        path.join(tools, "pg_dump"),
        "#!/bin/sh\necho 'pg_dump: error: server version mismatch' >&2\nexit 1\n",
      );
      await chmod(path.join(tools, "pg_dump"), 0o755);
      const schema = dialect === "postgres" ? ["--schema", "other"] : [];
      const result = await runGodwit(["copy", fixture.folder, folder, "--json", ...schema], {
        env: { PATH: `${tools}:${process.env["PATH"]}` },
      });
      expect(result.status, result.stderr).to.equal(0);
      const { tables, files } = JSON.parse(result.stdout) as {
        tables: { rows: number }[];
        files: { linked: number };
      };
      expect(tables.reduce((sum, { rows }) => sum + rows, 0)).to.be.greaterThan(100);
      expect(files.linked).to.be.greaterThan(0);
    });
  });
}

describe("Places that cannot be", () => {
  it("are refused by name, and nothing is changed", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const place = await temporaryFolder();
    await writeFile(path.join(place, "file"), "");
    const inFile = path.join(place, "file", "below", "copy");
    const nowhere = path.join(place, "nowhere");
    expect((await refusal(copy(folder, inFile))).exitCode).to.be.oneOf([2, 4]);
    expect((await refusal(rehearse(folder, "head", { place: nowhere }))).code).to.equal("bad-place");
    expect((await refusal(upgrade(folder, "head", { backup: path.join(nowhere, "b") }))).code).to.equal(
      "bad-place",
    );
    expect((await refusal(copy(folder, path.join(place, "copy"), { schema: "x" }))).code).to.equal(
      "copy-target",
    );
    expect(await readdir(place)).to.deep.equal(["file"]);
    expect((await current(folder)).managers.flatMap(({ pending }) => pending)).to.have.length(4);
  });

  it("stops where it is asked to, and goes on", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const destination = path.join(await temporaryFolder(), "copy");
    const stop = new AbortController();
    const onCopy = (): void => stop.abort();
    const error = await refusal(copy(folder, destination, { signal: stop.signal, onCopy }));
    expect(error.exitCode).to.equal(130);
    await copy(folder, destination);
    expect((await current(destination)).problems).to.deep.equal([]);
  });
});

describe("Copies in PostgreSQL", () => {
  it("go into a database of their own, which is made, with the schema kept", async () => {
    const fixture = await copyFixture("ns-c0-name", "postgres");
    const folder = path.join(await temporaryFolder(), "copy");
    const url = new URL(fixture.databaseUrl);
    const name = `${url.pathname.slice(1)}_copy`;
    removeAfterwards(async () => void (await adminStatement(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)));
    const database = `postgresql://${url.host}/${name}`;
    await copy(fixture.folder, folder, { database });
    url.pathname = `/${name}`;
    await requireSameDatabase(fixture, { ...fixture, folder, databaseUrl: url.href });
    expect((await current(folder)).repository.namespace).to.equal("main_repo");
  });

  it("need a schema or a database of their own", async () => {
    const fixture = await copyFixture("ns-c0-name", "postgres");
    const folder = path.join(await temporaryFolder(), "copy");
    expect((await refusal(copy(fixture.folder, folder))).code).to.equal("copy-target");
    expect((await refusal(copy(fixture.folder, folder, { schema: "main_repo" }))).code).to.equal(
      "copy-target",
    );
  });

  it("are refused where something would be missing from them", async () => {
    const fixture = await copyFixture("uuid-c6-synth", "postgres");
    const database = await openDatabase({ dialect: "postgres", url: fixture.databaseUrl });
    await database.session((session) => session.execute(sql`CREATE VIEW v AS SELECT 1 AS one`));
    await database.close();
    const folder = path.join(await temporaryFolder(), "copy");
    const error = await refusal(copy(fixture.folder, folder, { schema: "other" }));
    expect(error.code).to.equal("uncopied-objects");
    expect(error.message).to.include("view v");
  });
});
