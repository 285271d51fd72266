/** Configurations that are written in ways that nobody expects. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { databaseAddress } from "../../../lib/butler/config/connection.js";
import { findCredentials } from "../../../lib/butler/config/credentials.js";
import { editManagers } from "../../../lib/butler/config/edit.js";
import { parseYaml, readConfigFile } from "../../../lib/butler/config/yaml.js";
import { InputError } from "../../../lib/errors.js";
import { failure } from "../../graph/trees/failure.js";
import { temporaryFolder } from "../../support/folders.js";

const cls = "a.b.Obs";

function edited(text: string, manager: string, classPath: string | null): string {
  const result = editManagers(text, { manager, classPath }, "butler.yaml");
  return result.kind === "edited" ? result.text : `by hand: ${result.reason}`;
}

describe("An entry of a manager that goes", () => {
  const block = "registry:\n  managers:\n    datasets: a.b.C\n";
  for (const [what, text, expected] of [
    ["on a line of its own", `${block}    obscore: ${cls} # c\n    x: y\n`, `${block}    x: y\n`],
    ["at the end, without a line break", `${block}    obscore: ${cls}`, block],
    ["first in braces", `registry: {managers: {obscore: ${cls}, x: y}}\n`, "registry: {managers: {x: y}}\n"],
    ["last in braces", `registry: {managers: {x: y, obscore: ${cls}}}\n`, "registry: {managers: {x: y}}\n"],
  ] as const) {
    it(`is taken out where it stands ${what}`, () => {
      expect(edited(text, "obscore", null)).to.equal(expected);
    });
  }

  for (const [what, text] of [
    ["alone", `registry:\n  managers:\n    obscore: ${cls}\n`],
    ["as a folded text", `${block}    obscore: >-\n      ${cls}\n`],
    ["beside a comment in braces", `registry: {managers: {x: y, # about obscore\n obscore: ${cls}}}\n`],
    ["after a map in braces", `registry: {managers: {x: {cls: y}, obscore: ${cls}}}\n`],
    ["with a configuration", `${block}    obscore:\n      cls: ${cls}\n`],
    ["behind a question mark", `${block}    ? obscore\n    : ${cls}\n`],
  ] as const) {
    it(`is left to a person where it stands ${what}`, () => {
      expect(edited(text, "obscore", null)).to.equal("by hand: the entry has no line of its own");
    });
  }
});

describe("An entry of a manager that comes or changes", () => {
  it("takes the place of an alias", () => {
    const text = "x: &ds a.b.C\nregistry:\n  managers:\n    datasets: *ds\n";
    expect(edited(text, "datasets", "a.b.D")).to.equal(text.replace("*ds", "a.b.D"));
  });

  it("goes before the first, as that one is written", () => {
    expect(edited('{"registry": {"managers": {"x": "y"}}}', "obscore", cls)).to.equal(
      `{"registry": {"managers": {"obscore": "${cls}", "x": "y"}}}`,
    );
    expect(edited("registry:\r\n  managers:\r\n    x: y\r\n", "obscore", cls)).to.equal(
      `registry:\r\n  managers:\r\n    obscore: ${cls}\r\n    x: y\r\n`,
    );
  });

  for (const [text, reason] of [
    [
      "registry:\n  managers:\n    ? x\n    : y\n",
      "its map `managers` has keys of a form that is not known here",
    ],
    ["registry: 3\n", "it has no map `registry` of its own"],
    ["- registry\n", "it has no map `registry` of its own"],
    [
      "registry:\n  managers: !include [a.yaml, b.yaml]\n",
      "`managers` comes from the included files a.yaml, b.yaml",
    ],
    ["registry:\n  managers: !include {x: a.yaml}\n", "`managers` comes from the included file a.yaml"],
  ] as const) {
    it(`is left to a person: ${reason}`, () => {
      expect(edited(text, "obscore", cls)).to.equal(`by hand: ${reason}`);
    });
  }
});

describe("A configuration file", () => {
  const read = async (files: Readonly<Record<string, string>>, environment = {}): Promise<unknown> => {
    const folder = await temporaryFolder();
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    await mkdir(path.join(folder, "folder"));
    return readConfigFile(path.join(folder, "butler.yaml"), { environment, folder });
  };

  it("includes lists and maps of files, and lays what it says itself over what includeConfigs names", async () => {
    expect(
      await read({
        "butler.yaml":
          "list: !include [a.yaml, b.yaml]\nmap: !include {x: a.yaml}\nincludeConfigs: [c.yaml]\nown: 1\n",
        "a.yaml": "1",
        "b.yaml": "2",
        "c.yaml": "own: 0\nmore: 3\n",
      }),
    ).to.deep.equal({ list: [1, 2], map: { x: 1 }, own: 1, more: 3 });
  });

  for (const [what, text, code, says] of [
    ["a tag that is not known", "a:\n  b: !strange x\n", "bad-yaml", /butler\.yaml:2: This is not YAML/],
    ["no YAML", "a: [1\n", "bad-yaml", /butler\.yaml:\d+: This is not YAML/],
    ["a file that is not there", "x: !include gone.yaml\n", "unreadable-file", /there is no such file/],
    ["a folder", "x: !include folder\n", "unreadable-file", /it is a folder/],
    [
      "another computer's file",
      "x: !include https://me:pw@host/a.yaml\n",
      "unreadable-file",
      /not a file of this/,
    ],
    ["what lies nowhere", "includeConfigs: gone.yaml\n", "unreadable-file", /neither of: .*gone\.yaml, /],
    [
      "what is not where it should be",
      "includeConfigs: /gone.yaml\n",
      "unreadable-file",
      /not there: \/gone/,
    ],
    ["no map to lay beneath", "includeConfigs: list.yaml\n", "bad-yaml", /is no map of keys/],
  ] as const) {
    it(`is refused where it holds or includes ${what}`, async () => {
      const error = await read({ "butler.yaml": text, "list.yaml": "[1]" }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(InputError).with.property("code", code);
      expect((error as InputError).message)
        .to.match(says)
        .and.not.include("pw");
    });
  }

  it("tells the line of a mistake, the first where the parser names none", () => {
    expect(failure(() => parseYaml("a: 1\n  b: 2\n", "here")).message).to.match(/^here:\d: This is not YAML/);
  });
});

describe("The database of a configuration", () => {
  const scope = { environment: {}, folder: "/" };
  const address = (db: string, more = {}): unknown =>
    databaseAddress({ registry: { db, ...more } }, "/repo", scope);

  it("takes host, port and name from keys of their own where the URL has none", () => {
    expect(address("postgresql://", { host: "h", port: "5", database: "d%", username: "me" })).to.deep.equal({
      dialect: "postgres",
      url: "postgresql://h:5/d%25",
      namespace: null,
      user: "me",
    });
    expect(address("postgresql:///d")).to.include({ url: "postgresql:///d" });
    expect(address("postgresql://me:p%40@h/d?sslmode=require")).to.include({
      url: "postgresql://h/d?sslmode=require",
      user: "me",
      password: "p@",
    });
  });

  for (const [db, says] of [
    ["sqlite://host/file", /is written sqlite:\/\/\/relative/],
    ["sqlite:///:memory:", /in memory/],
    ["sqlite://", /in memory/],
    ["sqlite:///f?uri=true", /parameter uri/],
    ["postgresql://m%ze@h/d", /two hexadecimal digits/],
    ["mysql://h/d", /names a mysql database/],
  ] as const) {
    it(`cannot be ${db}`, () => {
      expect(failure(() => void address(db)).message).to.match(says);
    });
  }
});

describe("Credentials in a variable", () => {
  const connection = { dialect: "postgresql", host: "h", port: null, database: "d", user: null } as const;
  const find = (text: string): unknown =>
    findCredentials(connection, { LSST_DB_AUTH_CREDENTIALS: text, HOME: "/nowhere" });

  it("may leave out user and password", () => {
    expect(find("- url: postgresql://h/d\n")).to.deep.equal({ user: null, password: null });
    expect(find("- url: postgresql://other/d\n")).to.equal(null);
  });

  for (const [text, says] of [
    ["a: 1\n", /it is no list/],
    ["- postgresql://h/d\n", /entry 1 has no url/],
    ["- url: postgresql://h/d\n  password: secret\n bad", /it is not YAML/],
    ["- url: //h/d\n", /no dialect/],
    ["- url: postgresql+psycopg2://h/d\n", /names a driver/],
    ["- url: postgresql:///d\n", /no host/],
  ] as const) {
    it(`are refused without showing them: ${says.source}`, () => {
      expect(failure(() => void find(text)).message)
        .to.match(says)
        .and.not.include("secret");
    });
  }
});
