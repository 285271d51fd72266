import { existsSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { databases } from "./databases.js";
import { copyFixture, fixtureNames } from "./fixtures.js";
import { createPostgresDatabase } from "./postgres.js";
import { runGodwit } from "./program.js";

describe("Support for tests", () => {
  let previous: { folder: string; database: string };

  it("copies a SQLite repository with the files of its datastore", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    expect(existsSync(path.join(folder, "gen3.sqlite3"))).to.equal(true);
    expect(existsSync(path.join(folder, "HSC"))).to.equal(true);
  });

  it("copies a PostgreSQL repository into a database of its own", async () => {
    const first = await copyFixture("ns-c0-name", "postgres");
    const second = await copyFixture("ns-c0-name", "postgres");
    expect(first.databaseUrl).not.to.equal(second.databaseUrl);
    expect(first.namespace).to.equal("main_repo");
  });

  it("gives each test databases of its own", async () => {
    const server = await createPostgresDatabase();
    const client = await server.connect();
    const { rows } = await client.query("SHOW server_encoding");
    expect(rows).to.deep.equal([{ server_encoding: "UTF8" }]);
    const urls = await Promise.all(databases.map(async (kind) => (await kind.create()).url));
    expect(urls.map((url) => url.split(":")[0])).to.deep.equal(["sqlite", "postgresql"]);
    previous = { folder: path.dirname(urls[0]!.replace("sqlite:///", "")), database: server.database };
  });

  it("removes what a test has made once it is over", async () => {
    expect(existsSync(previous.folder)).to.equal(false);
    const client = await (await createPostgresDatabase()).connect();
    const { rows } = await client.query("SELECT datname FROM pg_database WHERE datname = $1", [
      previous.database,
    ]);
    expect(rows).to.deep.equal([]);
  });

  it("knows all fixtures", async () => {
    expect(await fixtureNames("sqlite")).to.have.length(15);
    expect(await fixtureNames("postgres")).to.have.length(17);
  });

  it("runs the compiled program", async () => {
    expect((await runGodwit(["--help"])).status).to.equal(0);
  });
});
