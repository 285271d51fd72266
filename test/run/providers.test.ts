/** Where providers come from. */
import { expect } from "chai";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { importFile } from "../../lib/catalog/load.js";
import type { GodwitError } from "../../lib/index.js";
import { resolveProviders } from "../../lib/run/providers.js";
import { temporaryFolder } from "../support/folders.js";

/** A project with a folder below it, and packages of several kinds. */
async function project(): Promise<string> {
  const folder = await temporaryFolder();
  const write = async (file: string, content: string | object): Promise<void> => {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    const text = typeof content === "string" ? content : JSON.stringify(content);
    await writeFile(path.join(folder, file), text);
  };
  await write("own.ts", 'export const one: string = "own";\nexport default "default";\n');
  await write("empty.ts", "export {};\n");
  await write("broken.js", 'throw "no luck";\n');
  await write("below/own.ts", 'export const one = "below";\n');
  await write("a#b/own.ts", 'export const one = "sharp";\n');
  const imported = { "./providers": { import: "./one.js" } };
  await write("node_modules/for-import/package.json", { type: "module", exports: imported });
  await write("node_modules/for-import/one.js", 'export const one = "import";\n');
  const required = { ".": { require: "./one.cjs" } };
  await write("node_modules/@scope/for-require/package.json", { exports: required });
  await write("node_modules/@scope/for-require/one.cjs", 'exports.one = "require";\n');
  return folder;
}

async function fault(work: Promise<unknown>): Promise<GodwitError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error, "nothing was refused").not.to.equal(null);
  return error as GodwitError;
}

describe("Providers", () => {
  let folder = "";

  before(async () => {
    folder = await project();
  });

  const given = (text: string, from = folder) =>
    resolveProviders({ providers: {}, folder }, { providers: { x: text }, folder: from });

  const found: readonly (readonly [string, (folder: string) => string, string])[] = [
    ["a file", () => "./own.ts#one", "own"],
    ["the default export of a file", () => "./own.ts", "default"],
    ["the default export, where none is named behind the sharp", () => "./own.ts#", "default"],
    ["a file in a folder with a sharp", () => "./a#b/own.ts#one", "sharp"],
    ["a URI", (base) => `${pathToFileURL(path.join(base, "own.ts")).href}#one`, "own"],
    ["a package that can only be imported", () => "for-import/providers#one", "import"],
    ["a package that can only be required", () => "@scope/for-require#one", "require"],
  ];
  for (const [what, text, value] of found) {
    it(`come from ${what}`, async () => {
      expect((await given(text(folder))).get("x")).to.deep.equal([value]);
    });
  }

  it("of the caller are seen from the caller's folder, those of a configuration from its own; packages from either", async () => {
    const below = path.join(folder, "below");
    expect((await given("./own.ts#one", below)).get("x")).to.deep.equal(["below"]);
    expect((await given("for-import/providers#one", "/")).get("x")).to.deep.equal(["import"]);
    const configured = { providers: { x: "./own.ts#one", y: ["./own.ts#one", 3] }, folder };
    const both = await resolveProviders(configured, { providers: { x: "./own.ts#one" }, folder: below });
    expect(both.get("x")).to.deep.equal(["below"]);
    expect(both.get("y")).to.deep.equal(["own", 3]);
  });

  const faults: readonly (readonly [string, string, RegExp])[] = [
    ["", "provider-module", /"x" is given as ""/],
    ["#one", "provider-module", /"x" is given as "#one"/],
    ["own.ts#one", "provider-module", /"own\.ts"/],
    ["nosuch#one", "provider-module", /"x".*"nosuch"/],
    ["for-import/other#one", "provider-module", /for-import\/other/],
    ["./own.ts#two", "provider-export", /exports no "two"/],
    ["./empty.ts#two", "provider-export", /exports no "two"/],
    ["./broken.js#two", "provider-module", /could not be loaded: .*no luck/],
  ];
  for (const [text, code, message] of faults) {
    it(`are refused where they are given as "${text}"`, async () => {
      const error = await fault(given(text));
      expect(error.code).to.equal(code);
      expect(error.message).to.match(message);
    });
  }

  it("that a module lacks are answered with those that it has", async () => {
    expect((await fault(given("./own.ts#two"))).hint).to.equal("It exports default, one.");
    expect((await fault(given("./empty.ts#two"))).hint).to.equal("It exports nothing.");
  });

  it("whose module waits for what never comes are an error that names the file", async () => {
    const file = path.join(folder, "waiting.ts");
    await writeFile(file, "await new Promise(() => {});\nexport const one = 1;\n");
    const error = await fault(importFile(file, 50));
    expect(error.code).to.equal("module-load");
    expect(error.message).to.include(file).and.include("not done after 0.05 seconds");
  });
});
