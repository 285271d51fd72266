import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { parsePostgresUrl } from "../../../lib/database/postgres/options.js";
import { InputError } from "../../../lib/errors.js";
import { temporaryFolder } from "../../support/folders.js";

describe("The URL of a PostgreSQL database", () => {
  afterEach(() => {
    delete process.env["PGHOST"];
    delete process.env["PGPORT"];
    delete process.env["PGSERVICE"];
    delete process.env["PGSERVICEFILE"];
  });

  for (const [url, expected] of [
    ["postgresql://h/d", { host: "h", port: 5432, database: "d", user: null, password: null }],
    [
      "postgres+psycopg2://u:p%40%3A@h:1/d%20e",
      { host: "h", port: 1, database: "d e", user: "u", password: "p@:" },
    ],
    ["postgresql://u@[::1]:1/d", { host: "::1", port: 1, user: "u" }],
    ["postgresql://u@/d?host=/run/postgresql", { host: "/run/postgresql", user: "u" }],
    ["postgresql://h/d?options=-c%20search_path%3Ds", { host: "h", sessionOptions: "-c search_path=s" }],
    [
      "postgresql://h?dbname=d&user=u&password=p&port=3",
      { database: "d", user: "u", password: "p", port: 3 },
    ],
    ["postgresql://h/d?sslmode=verify-full", { tls: "verified" }],
  ] as const) {
    it(`${url} is understood`, () => {
      expect(parsePostgresUrl(url)).to.deep.include(expected);
    });
  }

  it("leaves host and port to the environment where it does not name them", () => {
    for (const url of ["postgresql:///d", "postgresql://u:p@/d", "postgresql://u@/d?connect_timeout=3"]) {
      expect(parsePostgresUrl(url)).to.deep.include({ host: "localhost", port: 5432 });
      Object.assign(process.env, { PGHOST: "far", PGPORT: "7" });
      expect(parsePostgresUrl(url)).to.deep.include({ host: "far", port: 7, database: "d" });
      expect(parsePostgresUrl(url.replace("/d", ":8/d"))).to.deep.include({ host: "far", port: 8 });
      expect(parsePostgresUrl("postgresql://h/d").host).to.equal("h");
      delete process.env["PGHOST"];
      delete process.env["PGPORT"];
    }
  });

  it("leaves the rest to a service that it or PGSERVICE names", async () => {
    const file = path.join(await temporaryFolder(), "services");
    const lines = [
      "[other]",
      "host=wrong",
      "# a remark",
      "[far]",
      "host=far",
      "port=7",
      "dbname=d",
      "user=u",
      "password=a;b#c=d",
    ];
    await writeFile(file, lines.join("\r\n"));
    process.env["PGSERVICEFILE"] = file;
    process.env["PGHOST"] = "farther";
    const whole = { host: "far", port: 7, database: "d", user: "u", password: "a;b#c=d" };
    expect(parsePostgresUrl("postgresql:///?service=far")).to.deep.include(whole);
    process.env["PGSERVICE"] = "far";
    expect(parsePostgresUrl("postgresql:///")).to.deep.include(whole);
    expect(parsePostgresUrl("postgresql://v:q@h:1/e")).to.deep.include({
      host: "h",
      port: 1,
      database: "e",
      user: "v",
      password: "q",
    });
    expect(parsePostgresUrl("postgresql:///", { user: "w", password: "r" })).to.deep.include({
      user: "w",
      password: "r",
    });
  });

  it("refuses a service that is nowhere, and a file that is not one, without showing what it says", async () => {
    const folder = await temporaryFolder();
    process.env["PGSERVICEFILE"] = path.join(folder, "services");
    const refused = (): unknown => parsePostgresUrl("postgresql:///d?service=far");
    expect(refused).to.throw(InputError, `The connection service "far" stands in none of ${folder}`);
    await writeFile(path.join(folder, "services"), "[near]\n");
    expect(refused).to.throw(InputError, '"far" stands in none');
    await writeFile(path.join(folder, "services"), "\n[far]\npassword sesame\n");
    expect(refused)
      .to.throw(InputError, "services:3")
      .that.satisfies((error: InputError) => !error.message.includes("sesame"));
    await writeFile(path.join(folder, "services"), "[far]\nport=sesame\n");
    expect(refused)
      .to.throw(InputError, "port")
      .that.satisfies((error: InputError) => !error.message.includes("sesame"));
    process.env["PGSERVICEFILE"] = folder;
    expect(refused).to.throw(InputError, "could not be read");
  });

  for (const url of [
    "postgresql://u:sesame@h/d?port=x",
    "postgresql://u:sesame@h",
    "postgresql:/u:sesame@h/d",
    "postgresql://u:sesame%@h/d",
    "postgresql://u:sesame@h:99999/d",
    "postgresql://u:sesame@h/d?sslmode=no",
  ]) {
    it(`${url} is refused without showing the password`, () => {
      expect(() => parsePostgresUrl(url))
        .to.throw(InputError)
        .that.satisfies(({ message, hint }: InputError) => !message.includes("sesame") && hint !== undefined);
    });
  }
});
