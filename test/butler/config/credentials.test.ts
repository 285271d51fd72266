/** Looking up user and password of a database. */
import { expect } from "chai";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { findCredentials } from "../../../lib/butler/config/credentials.js";
import type { Connection, FoundCredentials } from "../../../lib/butler/config/credentials.js";
import { GodwitError } from "../../../lib/errors.js";
import { temporaryFolder } from "../../support/folders.js";

const connection: Connection = {
  dialect: "postgresql",
  host: "db1.example.org",
  port: "5432",
  database: "butler_main",
  user: null,
};

type Entry = Readonly<Record<string, string>>;

function found(entries: readonly Entry[], given: Partial<Connection> = {}): FoundCredentials | null {
  const environment = { LSST_DB_AUTH_CREDENTIALS: JSON.stringify(entries), HOME: "/nowhere" };
  return findCredentials({ ...connection, ...given }, environment);
}

function failure(work: () => unknown): GodwitError {
  try {
    work();
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("did not fail");
}

describe("An entry of the list of credentials", () => {
  const cases: readonly {
    readonly url: string;
    readonly given?: Partial<Connection>;
    readonly matches: boolean;
  }[] = [
    { url: "postgresql://db1.example.org", matches: true },
    { url: "postgresql://db1.example.org/", matches: true },
    { url: "postgresql://*", matches: true },
    { url: "postgresql://*.example.org/butler_*", matches: true },
    { url: "postgresql://db?.example.org/butler_mai[mno]", matches: true },
    { url: "postgresql://db?.example.org/butler_mai[!n]", matches: false },
    { url: "postgresql://db1.example.org/butler", matches: false },
    { url: "postgresql://example.org", matches: false },
    { url: "postgres://db1.example.org", matches: false },
    { url: "sqlite://db1.example.org", matches: false },
    { url: "postgresql://db1.example.org:5432", matches: true },
    { url: "postgresql://db1.example.org:5433", matches: false },
    { url: "postgresql://db1.example.org:5432", given: { port: null }, matches: false },
    { url: "postgresql://db1.example.org", given: { port: null }, matches: true },
    { url: "postgresql://me@db1.example.org", matches: false },
    { url: "postgresql://me@db1.example.org", given: { user: "me" }, matches: true },
    { url: "postgresql://me@db1.example.org", given: { user: "mea" }, matches: false },
    { url: "postgresql://m*@db1.example.org", given: { user: "me" }, matches: false },
    { url: "postgresql://[::1]:5432/butler_*", given: { host: "[::1]" }, matches: true },
    { url: "postgresql://[::1]", given: { host: "[::2]" }, matches: false },
  ];
  for (const { url, given = {}, matches } of cases) {
    it(`${url} ${matches ? "matches" : "does not match"} ${JSON.stringify({ ...connection, ...given })}`, () => {
      expect(found([{ url, password: "p" }], given) !== null).to.equal(matches);
    });
  }

  it("counts in order, keeps the user of the connection, and may have none itself", () => {
    const entries = [
      { url: "postgresql://other", username: "no", password: "no" },
      { url: "postgresql://*", username: "first", password: "1" },
      { url: "postgresql://*", username: "second", password: "2" },
    ];
    expect(found(entries)).to.deep.equal({ user: "first", password: "1" });
    expect(found(entries, { user: "me" })).to.deep.equal({ user: "me", password: "1" });
    expect(found([{ url: "postgresql://*", password: "1" }])).to.deep.equal({ user: null, password: "1" });
    expect(found([])).to.equal(null);
  });

  for (const entries of [
    [{ username: "me", password: "sesame" }],
    [{ url: "postgresql+psycopg2://h", password: "sesame" }],
    [{ url: "//h/d", password: "sesame" }],
    [{ url: "postgresql:///d", password: "sesame" }],
  ] as const) {
    it(`is refused where its url is ${JSON.stringify("url" in entries[0] ? entries[0].url : null)}`, () => {
      const error = failure(() => found(entries));
      expect([error.exitCode, error.message.includes("sesame")]).to.deep.equal([2, false]);
    });
  }
});

describe("The list of credentials", () => {
  const list = (password: string): string => JSON.stringify([{ url: "postgresql://*", password }]);

  async function home(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await temporaryFolder();
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text, { mode: 0o600 });
    }
    return folder;
  }

  it("stands in the environment, else in the file that the environment names, else in the user's home", async () => {
    const HOME = await home({ auth: list("file"), ".lsst/db-auth.yaml": list("home") });
    const own = { HOME, LSST_DB_AUTH: "~/auth", LSST_DB_AUTH_CREDENTIALS: list("variable") };
    expect(findCredentials(connection, own)?.password).to.equal("variable");
    expect(findCredentials(connection, { HOME, LSST_DB_AUTH: "~/auth" })?.password).to.equal("file");
    expect(findCredentials(connection, { HOME, LSST_DB_AUTH: "~/none" })?.password).to.equal("home");
    expect(findCredentials(connection, { HOME })?.password).to.equal("home");
    expect(findCredentials(connection, { HOME: path.join(HOME, "nobody") })).to.equal(null);
  });

  it("is refused where others may read it, where it is no file, and where it is no list", async () => {
    const HOME = await home({
      open: list("sesame"),
      broken: "- {url: sesame",
      map: "url: sesame",
      "folder/x": "",
    });
    for (const mode of [0o640, 0o604, 0o610]) {
      await chmod(path.join(HOME, "open"), mode);
      const error = failure(() => findCredentials(connection, { HOME, LSST_DB_AUTH: "~/open" }));
      expect([error.code, error.hint]).to.deep.equal([
        "credentials-permissions",
        `chmod 600 ${path.join(HOME, "open")}`,
      ]);
    }
    for (const name of ["broken", "map", "folder"]) {
      const error = failure(() => findCredentials(connection, { HOME, LSST_DB_AUTH: `~/${name}` }));
      expect([error.exitCode, error.message.includes("sesame")], name).to.deep.equal([2, false]);
    }
  });

  it("may hold passwords that look like numbers", () => {
    for (const password of ["12345678901234567890", "0123456789"]) {
      const text = `[{url: "postgresql://*", password: "${password}"}]`;
      expect(findCredentials(connection, { LSST_DB_AUTH_CREDENTIALS: text })?.password).to.equal(password);
    }
    const text = '[{url: "postgresql://*", password: 12345678901234567890}]';
    expect(findCredentials(connection, { LSST_DB_AUTH_CREDENTIALS: text })?.password).to.equal(
      "12345678901234567890",
    );
  });
});
