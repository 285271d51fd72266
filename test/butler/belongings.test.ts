/** What goes along when a Butler repository is copied. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { belongingsOf } from "../../lib/butler/belongings.js";
import type { ButlerConfig } from "../../lib/butler/config/open.js";
import type { Database } from "../../lib/database/database.js";
import { openDatabase } from "../../lib/database/open.js";
import { openRepository } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { runStatements } from "../support/rows.js";

interface Setting {
  readonly config: ButlerConfig;
  readonly database: Database;
}

async function setting(
  paths: readonly (readonly [file: string, size: string])[],
  more: Partial<ButlerConfig> = {},
  text = "registry:\n  db: sqlite:///<butlerRoot>/x.sqlite3\n",
): Promise<Setting> {
  const root = await temporaryFolder();
  const file = path.join(root, "x.sqlite3");
  await writeFile(path.join(root, "butler.yaml"), text);
  await writeFile(file, "");
  await mkdir(path.join(root, "data"));
  await writeFile(path.join(root, "data", "a.zip"), "");
  await runStatements(`sqlite:///${file}`, [
    "CREATE TABLE records (dataset_id BIGINT, component TEXT, path TEXT, file_size BIGINT, PRIMARY KEY (dataset_id, component))",
    ...paths.map(([one, size], at) => `INSERT INTO records VALUES (${at}, 'c', '${one}', ${size})`),
  ]);
  const database = await openDatabase({ dialect: "sqlite", path: file });
  const config = {
    root,
    file: path.join(root, "butler.yaml"),
    database: { dialect: "sqlite", path: file },
    datastores: [{ root: "<butlerRoot>/data", recordTable: "records" }],
    ...more,
  } as unknown as ButlerConfig;
  return { config, database };
}

async function filesOf({ config, database }: Setting): Promise<unknown[]> {
  const found: unknown[] = [];
  try {
    await database.transaction({ mode: "read" }, async (session) => {
      for await (const batch of belongingsOf(config).files(session)) found.push(...batch);
    });
  } finally {
    await database.close();
  }
  return found;
}

describe("Files of datastores", () => {
  it("have a place in the copy where they lie below the root, sizes where they are recorded", async () => {
    const made = await setting([
      ["a.zip#unzip=b", "5"],
      ["gone.fits", "NULL"],
      ["/elsewhere/c.fits", "1"],
      ["s3://bucket/d.fits", "1"],
    ]);
    expect(await filesOf(made)).to.deep.equal([
      { recorded: "a.zip#unzip=b", place: "data/a.zip", size: 5n },
      { recorded: "gone.fits", place: "data/gone.fits", size: null },
      { recorded: "/elsewhere/c.fits", place: null, size: 1n },
      { recorded: "s3://bucket/d.fits", place: null, size: 1n },
    ]);
  });

  it("stay where a datastore has a place of its own, and are none where it has no records", async () => {
    const shared = [{ root: "/shared", recordTable: "records" }] as unknown as ButlerConfig["datastores"];
    const made = await setting([["a.fits", "5"]], { datastores: shared });
    expect(belongingsOf(made.config).sharedPlaces).to.deep.equal(["/shared"]);
    expect(await filesOf(made)).to.deep.equal([{ recorded: "a.fits", place: null, size: 5n }]);
    const none = [{ root: "<butlerRoot>", recordTable: "nowhere" }] as unknown as ButlerConfig["datastores"];
    expect(await filesOf(await setting([], { datastores: none }))).to.deep.equal([]);
  });

  it("are never taken from outside of the repository", async () => {
    const made = await setting([["../../secret", "1"]]);
    const error: unknown = await filesOf(made).catch((thrown: unknown) => thrown);
    expect(error).to.have.property("code", "path-outside");
  });
});

describe("The configuration of a copy", () => {
  it("names the copy's database and folder, and leaves the rest as it was written", async () => {
    const { config, database } = await setting(
      [],
      {},
      "root: /old # here\nregistry:\n  db: sqlite:////old.sqlite3\n",
    );
    await database.close();
    const { text, name } = belongingsOf(config).configuration({
      folder: "/new",
      database: { dialect: "sqlite", path: "/new/x.sqlite3" },
      databaseFile: "x.sqlite3",
    });
    expect([name, text]).to.deep.equal([
      "butler.yaml",
      'root: "/new" # here\nregistry:\n  db: "sqlite:///<butlerRoot>/x.sqlite3"\n',
    ]);
  });

  it("stays as it is where the database lies where it lay", async () => {
    const { config, database } = await setting([]);
    await database.close();
    const { text } = belongingsOf(config).configuration({
      folder: "/new",
      database: { dialect: "sqlite", path: "/new/x.sqlite3" },
      databaseFile: "x.sqlite3",
    });
    expect(text).to.equal("registry:\n  db: sqlite:///<butlerRoot>/x.sqlite3\n");
  });

  for (const [written, url, expected] of [
    ["postgresql://h/d", "postgresql://h/copy", "postgresql://h/copy"],
    ["postgresql://me@h/d", "postgresql://h/copy", "postgresql://me@h/copy"],
    ["postgresql://me:pw@h/d", "postgresql://you:secret@h/copy", "postgresql://you:secret@h/copy"],
    ["postgresql://me@h/d", "postgresql://you:secret@h/copy", "postgresql://you@h/copy"],
  ] as const) {
    it(`names in ${written} who opens ${url}`, async () => {
      const { config, database } = await setting([], {}, `registry:\n  db: ${written}\n`);
      await database.close();
      const copied = (namespace: string): string =>
        belongingsOf({
          ...config,
          database: { dialect: "postgres", url: written, namespace: "s" },
        }).configuration({
          folder: "/new",
          database: { dialect: "postgres", url, namespace },
          databaseFile: null,
        }).text;
      expect(parse(copied("t"))).to.deep.equal({ registry: { db: expected, namespace: "t" } });
    });
  }

  it("keeps the database's file at its place below the root", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const repository = await openRepository(folder);
    expect(repository.belongings?.databaseFile).to.equal("gen3.sqlite3");
    await repository.close();
    const { config, database } = await setting([], {
      database: { dialect: "sqlite", path: "/elsewhere/y.sqlite3" },
    });
    await database.close();
    expect(belongingsOf(config).databaseFile).to.equal("y.sqlite3");
  });
});
