/** What a repository may be called, and what its configuration may say. */
import { expect } from "chai";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { openConfig } from "../../../lib/butler/config/open.js";
import type { ButlerConfig } from "../../../lib/butler/config/open.js";
import { GodwitError } from "../../../lib/errors.js";
import { temporaryFolder } from "../../support/folders.js";

type Files = Readonly<Record<string, string>>;

/** A folder with some files, by their path in it. */
async function folderWith(files: Files): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text.replaceAll("@FOLDER@", folder));
  }
  return folder;
}

interface Opened extends ButlerConfig {
  readonly folder: string;
}

async function opened(
  files: Files,
  uri = ".",
  environment: Readonly<Record<string, string>> = {},
): Promise<Opened> {
  const folder = await folderWith(files);
  const variables = Object.entries(environment).map(
    ([name, value]) => [name, value.replaceAll("@FOLDER@", folder)] as const,
  );
  const scope = { folder, environment: { HOME: folder, ...Object.fromEntries(variables) } };
  return { folder, ...openConfig(uri.replaceAll("@FOLDER@", folder), scope) };
}

async function failure(work: Promise<unknown>): Promise<GodwitError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("did not fail");
}

const sqlite = "registry:\n  db: sqlite:///<butlerRoot>/gen3.sqlite3\n";

describe("The name of a Butler repository", () => {
  const named: readonly { readonly what: string; readonly at: string; readonly uri: string }[] = [
    { what: "a folder", at: "repo/butler.yaml", uri: "repo" },
    { what: "a folder with a slash at its end", at: "repo/butler.yaml", uri: "@FOLDER@/repo/" },
    { what: "a file", at: "repo/other name.yaml", uri: "repo/other name.yaml" },
    { what: "a file named .yml", at: "repo/b.yml", uri: "./repo/b.yml" },
    { what: "a folder named like a file", at: "repo.yaml/butler.yaml", uri: "repo.yaml" },
    { what: "a folder with a per cent sign", at: "re%20po/butler.yaml", uri: "re%20po" },
    { what: "a folder with signs of a URI", at: "why? $& a@b:c/butler.yaml", uri: "why? $& a@b:c" },
    { what: "a folder in the user's home", at: "repo/butler.yaml", uri: "~/repo" },
    { what: "a URI of a folder", at: "repo/butler.yaml", uri: "file://@FOLDER@/repo/" },
    { what: "a URI of a file", at: "repo/x.yaml", uri: "file://@FOLDER@/repo/x.yaml" },
    { what: "a URI with a host", at: "repo/butler.yaml", uri: "file://localhost@FOLDER@/repo" },
    { what: "a URI without slashes before", at: "repo/butler.yaml", uri: "file:@FOLDER@/repo" },
    { what: "a relative URI", at: "repo/butler.yaml", uri: "file:repo" },
    { what: "a URI with escapes", at: "a b#ü%/butler.yaml", uri: "file://@FOLDER@/a%20b%23%C3%BC%25" },
  ];
  for (const { what, at, uri } of named) {
    it(`is ${what}`, async () => {
      const { folder, file, root, database } = await opened({ [at]: sqlite }, uri);
      expect(file).to.equal(path.join(folder, at));
      expect(root).to.equal(path.join(folder, path.dirname(at)));
      expect(database).to.deep.equal({ dialect: "sqlite", path: path.join(root, "gen3.sqlite3") });
    });
  }

  it("is a file of JSON, indented by tabs", async () => {
    const text = JSON.stringify({ registry: { db: "sqlite:///<butlerRoot>/x.sqlite3" } }, null, "\t");
    const { root, database } = await opened({ "repo/butler.json": text }, "repo/butler.json");
    expect(database).to.deep.equal({ dialect: "sqlite", path: path.join(root, "x.sqlite3") });
  });

  it("is refused where the repository is a client of a server", async () => {
    const remote = { "butler.yaml": "cls: lsst.daf.butler.remote_butler.RemoteButler\n" };
    expect((await failure(opened(remote))).exitCode).to.equal(4);
  });

  it("is refused where it is on another computer, without showing a password", async () => {
    const { exitCode, message } = await failure(opened({}, "s3://key:open/sesame@bucket/repo"));
    expect([exitCode, message.includes("sesame")]).to.deep.equal([2, false]);
  });
});

describe("The repository index", () => {
  const files = { "repo/butler.yaml": sqlite, "main/butler.yaml": sqlite };
  const labels: readonly { readonly what: string; readonly index: Files; readonly environment: Files }[] = [
    {
      what: "a YAML file",
      index: { "index.yaml": "main: file://@FOLDER@/repo\n" },
      environment: { DAF_BUTLER_REPOSITORY_INDEX: "@FOLDER@/index.yaml" },
    },
    {
      what: "a JSON file named by a URI with escapes",
      index: { "an index.json": '{\n\t"main": "@FOLDER@/repo/butler.yaml"\n}' },
      environment: { DAF_BUTLER_REPOSITORY_INDEX: "file://@FOLDER@/an%20index.json" },
    },
    {
      what: "the environment itself",
      index: {},
      environment: { DAF_BUTLER_REPOSITORIES: "main: repo" },
    },
    {
      what: "variables of the environment",
      index: { "index.yaml": "main: $PLACE/repo\n" },
      environment: { DAF_BUTLER_REPOSITORY_INDEX: "~/index.yaml", PLACE: "@FOLDER@" },
    },
  ];
  for (const { what, index, environment } of labels) {
    it(`comes from ${what}, and before a folder of the same name`, async () => {
      const { root, folder } = await opened({ ...files, ...index }, "main", environment);
      expect(root).to.equal(path.join(folder, "repo"));
    });
  }

  for (const [what, environment] of [
    ["cannot be read", { DAF_BUTLER_REPOSITORY_INDEX: "nowhere.yaml" }],
    ["is no map", { DAF_BUTLER_REPOSITORIES: "[a, b]" }],
    ["is no YAML", { DAF_BUTLER_REPOSITORIES: "{{" }],
    ["is given twice", { DAF_BUTLER_REPOSITORIES: "main: repo", DAF_BUTLER_REPOSITORY_INDEX: "x.yaml" }],
  ] as const) {
    it(`that ${what} is in nobody's way, but told where nothing is found`, async () => {
      const { root, folder } = await opened(files, "main", environment);
      expect(root).to.equal(path.join(folder, "main"));
      const error = await failure(opened(files, "nosuch", environment));
      expect([error.code, error.exitCode]).to.deep.equal(["no-repository", 2]);
      expect(error.hint).to.match(/DAF_BUTLER_REPOSITOR|nowhere\.yaml/);
    });
  }

  it("tells its labels where one is not known, and what a label stands for where that is not there", async () => {
    const environment = { DAF_BUTLER_REPOSITORIES: "{main: repo, other: gone}" };
    expect((await failure(opened(files, "mian", environment))).hint).to.include("main, other");
    const { message } = await failure(opened(files, "other", environment));
    expect(message).to.include("other").and.include("gone");
  });
});

describe("The configuration of a repository", () => {
  it("has its database in the folder, where it does not say", async () => {
    const { folder, database } = await opened({ "butler.yaml": "datastore: {}\n" });
    expect(database).to.deep.equal({ dialect: "sqlite", path: path.join(folder, "gen3.sqlite3") });
  });

  for (const [what, db, file] of [
    ["a relative path starts from the current folder", "sqlite:///data/x.db", "@FOLDER@/data/x.db"],
    ["an absolute path has four slashes", "sqlite:////data/x.db", "/data/x.db"],
    ["a driver may be named", "sqlite+pysqlite:////data/x.db", "/data/x.db"],
    ["a name is taken as it is", "sqlite:///<butlerRoot>/a%20b #1.db", "@FOLDER@/repo/a%20b #1.db"],
    ["options may follow", "sqlite:///<butlerRoot>/x.db?timeout=5", "@FOLDER@/repo/x.db"],
  ] as const) {
    it(`names a SQLite file: ${what}`, async () => {
      const text = JSON.stringify({ registry: { db } });
      const { folder, database } = await opened({ "repo/butler.yaml": text }, "repo");
      expect(database).to.deep.equal({ dialect: "sqlite", path: file.replace("@FOLDER@", folder) });
    });
  }

  it("gives <butlerRoot> another meaning with root, which may be a URI", async () => {
    for (const root of ["@FOLDER@/the data", "file://@FOLDER@/the%20data/", "@FOLDER@/x/../the data"]) {
      const text = `root: ${root}\n${sqlite}`;
      const { folder, database } = await opened({ "repo/butler.yaml": text }, "repo");
      expect(database).to.have.property("path", path.join(folder, "the data", "gen3.sqlite3"));
    }
  });

  it("keeps a root that is elsewhere as it is, and cannot have a SQLite file there", async () => {
    const postgres = "registry: {db: 'postgresql://h/d'}\n";
    const { root } = await opened({ "butler.yaml": `root: s3://bucket/repo\n${postgres}` });
    expect(root).to.equal("s3://bucket/repo");
    const error = await failure(opened({ "butler.yaml": `root: s3://bucket/repo\n${sqlite}` }));
    expect([error.exitCode, error.message.includes("s3://bucket/repo")]).to.deep.equal([2, true]);
  });

  it("may include other files in place, one, some, or by name, relative to itself", async () => {
    const { managers, datastores, database } = await opened(
      {
        "repo/butler.yaml": "registry: !include conf/registry.yaml\ndatastore: !include conf/chain.yaml\n",
        "repo/conf/registry.yaml": "db: !include db.yaml\nmanagers: !include {datasets: datasets.yaml}\n",
        "repo/conf/db.yaml": "postgresql://h/d\n",
        "repo/conf/datasets.yaml": "{cls: a.b.Class, schema_version: 1.0.0}\n",
        "repo/conf/chain.yaml": "cls: x.ChainedDatastore\ndatastores: !include [one.yaml, two.yaml]\n",
        "repo/conf/one.yaml": "{cls: x.FileDatastore, root: <butlerRoot>/one}\n",
        "repo/conf/two.yaml": "{cls: x.InMemoryDatastore}\n",
      },
      "repo",
    );
    expect([...managers]).to.deep.equal([["datasets", "a.b.Class"]]);
    expect(datastores.map(({ name }) => name)).to.deep.equal(["FileDatastore@<butlerRoot>/one"]);
    expect(database).to.have.property("url", "postgresql://h/d");
  });

  it("may lay other files beneath at any level: the later over the earlier, its own words over all", async () => {
    const { database } = await opened(
      {
        "repo/butler.yaml":
          "includeConfigs: [first.yaml, '$CONF/second.yaml']\nregistry: {includeConfigs: r.yaml, port: 3}\n",
        "first.yaml": "registry: {db: 'postgresql:///', host: first, port: 1, database: first}\n",
        "repo/first.yaml": "registry: {host: wrong}\n",
        "conf/second.yaml": "registry: {port: 2, database: second}\n",
        "repo/r.yaml": "{username: me, port: 4}\n",
      },
      "repo",
      { CONF: "@FOLDER@/conf" },
    );
    expect(database).to.deep.equal({
      dialect: "postgres",
      url: "postgresql://first:3/second",
      namespace: null,
      user: "me",
    });
  });

  it("lies over the defaults of DAF_BUTLER_CONFIG_PATH, whose first folder counts most", async () => {
    const { database, managers } = await opened(
      {
        "repo/butler.yaml": "registry: {db: 'postgresql://h/d', managers: {datasets: a.Own}}\n",
        "one/registry.yaml": "registry: {namespace: one, managers: {datasets: a.One}}\n",
        "two/registry.yaml": "registry: {namespace: two, managers: {datasets: a.Two, opaque: a.Opaque}}\n",
      },
      "repo",
      { DAF_BUTLER_CONFIG_PATH: "@FOLDER@/one:@FOLDER@/two:@FOLDER@/nowhere" },
    );
    expect(database).to.have.property("namespace", "one");
    expect(Object.fromEntries(managers)).to.deep.equal({ datasets: "a.Own", opaque: "a.Opaque" });
  });

  it("fills in what the connection URL lacks, and nothing else", async () => {
    const registry = { username: "me", password: "p@ss", host: "h2", port: 5433, database: "d2" };
    const text = (db: string): Files => ({
      "butler.yaml": JSON.stringify({ registry: { ...registry, db } }),
    });
    expect((await opened(text("postgresql://"))).database).to.deep.include({
      url: "postgresql://h2:5433/d2",
      user: "me",
      password: "p@ss",
    });
    expect(
      (await opened(text("postgresql+psycopg2://u:s%40cret@[::1]:1/d?sslmode=require"))).database,
    ).to.deep.include({ url: "postgresql://[::1]:1/d?sslmode=require", user: "u", password: "s@cret" });
  });

  for (const db of [
    "oracle://h/d",
    "postgresql",
    "sqlite://",
    "sqlite:///:memory:",
    "sqlite:///x?uri=true",
  ]) {
    it(`is refused where the database is ${db}`, async () => {
      const error = await failure(opened({ "butler.yaml": JSON.stringify({ registry: { db } }) }));
      expect([error.exitCode, error.hint]).to.satisfy(([code, hint]: unknown[]) => code === 2 && hint !== "");
    });
  }

  it("is refused where registry.db is no text, instead of taking the default", async () => {
    for (const db of ["{a: b}", "[x]", "true"]) {
      const error = await failure(opened({ "butler.yaml": `registry: {db: ${db}}\n` }));
      expect(error.exitCode).to.equal(2);
    }
  });

  it("names the datastores as the database does", async () => {
    const chain = {
      cls: "lsst.daf.butler.datastores.chainedDatastore.ChainedDatastore",
      datastores: [
        { cls: "lsst.daf.butler.datastores.fileDatastore.FileDatastore", root: "<butlerRoot>/a" },
        {
          cls: "lsst.daf.butler.datastores.fileDatastore.FileDatastore",
          root: "s3://b/c",
          name: "own name",
          records: { table: "other_records" },
        },
        { cls: "lsst.daf.butler.datastores.inMemoryDatastore.InMemoryDatastore" },
      ],
    };
    const { datastores } = await opened({ "butler.yaml": JSON.stringify({ datastore: chain }) });
    expect(datastores.map(({ name, recordTable }) => [name, recordTable])).to.deep.equal([
      ["FileDatastore@<butlerRoot>/a", "file_datastore_records"],
      ["own name", "other_records"],
    ]);
  });
});
