import { chmod } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { InputError } from "../../lib/errors.js";
import { readConfiguration } from "../../lib/configuration/read.js";
import { folderWith, rejection } from "../catalog/files.js";
import { runGodwit } from "../support/program.js";

describe("The configuration", () => {
  const forms: readonly (readonly [string, string])[] = [
    ["godwit.config.json", `{ "repo": "/repo", "revisions": ["./mine"] }`],
    ["godwit.config.js", `export default { repo: "/repo", revisions: ["./mine"] };`],
    [
      "godwit.config.ts",
      `import { defineConfiguration } from "godwit";
       const repo: string = "/repo";
       export default defineConfiguration({ repo, revisions: ["./mine"] });`,
    ],
  ];
  for (const [name, text] of forms) {
    it(`is found upwards as ${name}`, async () => {
      const folder = await folderWith({ [name]: text, "a/b/x": "" });
      expect(await readConfiguration({ folder: path.join(folder, "a/b") })).to.deep.equal({
        repo: "/repo",
        revisions: ["./mine"],
        folder,
        file: path.join(folder, name),
      });
    });
  }

  it("is never taken from a repository, or from a folder below one", async () => {
    const folder = await folderWith({
      "godwit.config.json": `{ "repo": "outside" }`,
      "repo/butler.yaml": "",
      "repo/godwit.config.json": `{ "repo": "inside" }`,
      "repo/below/godwit.config.json": `{ "repo": "below" }`,
    });
    for (const start of ["repo", "repo/below"]) {
      expect(await readConfiguration({ folder: path.join(folder, start) })).to.include({ repo: "outside" });
    }
  });

  it("is passed over where everybody may write the file, and taken where it is named", async () => {
    const folder = await folderWith({
      "godwit.config.json": `{ "repo": "outer" }`,
      "a/godwit.config.json": `{ "repo": "inner" }`,
    });
    await chmod(path.join(folder, "a/godwit.config.json"), 0o666);
    expect(await readConfiguration({ folder: path.join(folder, "a") })).to.include({ repo: "outer" });
    const named = await readConfiguration({ folder, configuration: "a/godwit.config.json" });
    expect(named).to.include({ repo: "inner", folder: path.join(folder, "a") });
  });

  const faults: readonly (readonly [string, string, string])[] = [
    ["an unknown field", `{ "revision": [] }`, `"revision"`],
    ["a field of the wrong type", `{ "revisions": "./a" }`, `"revisions" must be a list of texts`],
    ["an unknown hook", `{ "hooks": { "before": [] } }`, `"hooks.before"`],
    ["no object", `[]`, "must be an object"],
    ["no JSON", `{`, "could not be read"],
  ];
  for (const [what, text, says] of faults) {
    it(`is refused with ${what}, naming the file`, async () => {
      const folder = await folderWith({ "godwit.config.json": text });
      const error = await rejection(readConfiguration({ folder }));
      expect(error).to.be.instanceOf(InputError);
      expect(error.message).to.contain(path.join(folder, "godwit.config.json")).and.to.contain(says);
    });
  }

  it("is refused with a syntax error in the file, naming the line", async () => {
    const folder = await folderWith({ "godwit.config.ts": "export default {\n  repo: ,\n};\n" });
    const error = await rejection(readConfiguration({ folder }));
    expect(error.message).to.contain("godwit.config.ts:2");
  });

  it("must be there where it is named", async () => {
    const folder = await folderWith({});
    expect(await rejection(readConfiguration({ folder, configuration: "x.json" }))).to.include({
      code: "configuration-missing",
    });
  });
});

describe("The repository that a configuration names", () => {
  it("is seen from the configuration's folder, wherever the caller is", async () => {
    const folder = await folderWith({
      "godwit.config.json": `{ "repo": "data/repo" }`,
      "data/repo/butler.yaml": "registry: {}\n",
      "a/b/x": "",
    });
    const { stderr } = await runGodwit(["current"], { cwd: path.join(folder, "a/b") });
    expect(stderr).to.include(path.join(folder, "data/repo/gen3.sqlite3"));
  });
});
