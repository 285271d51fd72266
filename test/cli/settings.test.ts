/** What is asked for on the command line, as the library is called with it. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { findRepository, readJobs, readRunOptions, readSeconds } from "../../lib/cli/settings.js";
import { InputError } from "../../lib/errors.js";
import { temporaryFolder } from "../support/folders.js";

describe("Options of a run", () => {
  it("are careful where nothing is said", () => {
    expect(readRunOptions({})).to.deep.equal({
      options: {},
      providers: {},
      dataLoss: "refuse",
      verify: "none",
      atomic: "step",
      lockTimeoutMs: 60_000,
    });
  });

  it("are all passed on", () => {
    const asked = {
      namespace: "daf_butler",
      config: "/project/godwit.config.json",
      plain: true,
      options: ["a=1", "b=x=y"],
      provider: ["ids=./one.js#f", "ids=./two.js#g", "days=pkg#h"],
      "allow-data-loss": true,
      verify: true,
      atomic: true,
      "lock-timeout": "1.5",
      jobs: "32",
      backup: "/copies/before.sqlite3",
    };
    expect(readRunOptions(asked)).to.deep.equal({
      namespace: "daf_butler",
      configuration: "/project/godwit.config.json",
      butlerDatabase: "plain",
      options: { a: "1", b: "x=y" },
      providers: { ids: ["./one.js#f", "./two.js#g"], days: ["pkg#h"] },
      dataLoss: "allow",
      verify: "every-step",
      atomic: "plan",
      lockTimeoutMs: 1500,
      jobs: 32,
      backup: "/copies/before.sqlite3",
    });
  });

  for (const [asked, says] of [
    [{ options: "noname" }, '--options takes name=value, not "noname"'],
    [{ options: "=1" }, '--options takes name=value, not "=1"'],
    [{ provider: "ids" }, '--provider takes name=module#export, not "ids"'],
    [{ jobs: "33" }, '--jobs takes a number from 1 to 32, not "33"'],
    [{ jobs: "0" }, '--jobs takes a number from 1 to 32, not "0"'],
    [{ "lock-timeout": "soon" }, '--lock-timeout takes a number of seconds, not "soon"'],
  ] as const) {
    it(`are refused where they are not understood: ${JSON.stringify(asked)}`, () => {
      expect(() => readRunOptions(asked))
        .to.throw(InputError, says)
        .with.property("code", "bad-option");
    });
  }

  it("count the last one where one is given twice", () => {
    expect(readSeconds({ "lock-timeout": ["1", "2"] }, "lock-timeout")).to.equal(2);
    expect(readJobs({ jobs: ["1", "8"] })).to.deep.equal({ jobs: 8 });
  });
});

describe("The repository that is meant", () => {
  async function configured(
    repo: string,
  ): Promise<{ readonly folder: string; readonly found: string | null }> {
    const folder = await temporaryFolder();
    const config = path.join(folder, "godwit.config.json");
    await mkdir(path.join(folder, "revisions"));
    await writeFile(config, JSON.stringify({ revisions: ["./revisions"], repo }));
    return { folder, found: await findRepository({ config }) };
  }

  it("is the one that is named, whatever is configured", async () => {
    expect(await findRepository({ repo: "/repo" })).to.equal("/repo");
  });

  it("is looked for from the folder of the configuration, where that names a path", async () => {
    for (const [repo, relative] of [
      ["./data", "data"],
      ["..", ".."],
      ["data/main", "data/main"],
    ] as const) {
      const { folder, found } = await configured(repo);
      expect(found).to.equal(path.resolve(folder, relative));
    }
    const { folder, found } = await configured("sqlite:///data.sqlite3");
    expect(found).to.equal(`sqlite:///${path.join(folder, "data.sqlite3")}`);
  });

  it("is taken as it is written, where that is a label, a place of its own, or a server's", async () => {
    for (const repo of [
      "main",
      "/repo",
      "sqlite:////data.sqlite3",
      "postgresql://host/db",
      "~/repo",
      "$HOME/repo",
    ])
      expect((await configured(repo)).found).to.equal(repo);
  });
});
