import { writeFile } from "node:fs/promises";
import { expect } from "chai";
import { catalogOf } from "../../lib/catalog/make.js";
import { openCatalog } from "../../lib/catalog/open.js";
import type { Catalog } from "../../lib/catalog/catalog.js";
import { defineRevision, defineSwitch, InputError } from "../../lib/index.js";
import { folderWith, rejection, revisionText } from "./files.js";

const name = "revisions/app/aaaaaaaaaaaa_first.ts";
const header = { id: "aaaaaaaaaaaa" };

async function catalogIn(folder: string): Promise<Catalog> {
  const { catalog } = await openCatalog({ folder, revisions: ["./revisions"], trees: "own" });
  return catalog;
}

describe("Loading the code of a revision", () => {
  it("resolves godwit to the running package, from TypeScript anywhere on the disk", async () => {
    const folder = await folderWith({
      [name]: `import { up } from "./shared.js";\n${revisionText(header, "  up,\n")}`,
      "revisions/app/shared.ts": `import { InputError, type RevisionContext } from "godwit";
        export async function up(context: RevisionContext): Promise<void> { throw new InputError("mine", "said"); }`,
    });
    const revision = await (await catalogIn(folder)).load("aaaaaaaaaaaa");
    expect(revision.summary).to.equal("A revision");
    const error = await rejection(revision.up?.({} as never) ?? Promise.resolve());
    expect(error).to.be.instanceOf(InputError);
  });

  it("names file and line when the file throws as it is imported", async () => {
    const folder = await folderWith({ [name]: `${revisionText(header)}\nthrow new Error("not today");\n` });
    const catalog = await catalogIn(folder);
    const error = await rejection(catalog.load("aaaaaaaaaaaa"));
    expect(error).to.be.instanceOf(InputError);
    expect(error.message).to.contain(`${folder}/${name}:10: `).and.to.contain("not today");
  });

  it("refuses a header that is another one when the file runs", async () => {
    const text = `${revisionText(header)}\n`.replace(
      "export default defineRevision",
      `const defineRevision = (d: object) => ({ ...d, summary: "Another" });\nexport default defineRevision`,
    );
    const folder = await folderWith({ [name]: text.replace(/^import.*$/m, "") });
    const error = await rejection((await catalogIn(folder)).load("aaaaaaaaaaaa"));
    expect(error.code).to.equal("revision-header");
    expect(error.message).to.contain(name);
  });

  it("takes revisions that live nowhere on disk", async () => {
    const one = defineRevision({ id: "one", parent: null, manager: "app", summary: "One", async up() {} });
    const two = defineRevision({ id: "two", parent: "one", manager: "app", summary: "Two" });
    const edge = defineSwitch({
      manager: "app",
      from: "one",
      to: "two",
      summary: "Over",
      async up() {},
      async down() {},
    });
    const catalog = catalogOf([one, two, edge]);
    expect(catalog.revisions.map(({ id, parents }) => [id, parents])).to.deep.equal([
      ["one", []],
      ["two", ["one"]],
    ]);
    expect(catalog.switches).to.have.length(1);
    expect(catalog.switches[0]).to.include({ from: "one", to: "two", reversible: true });
    expect(await catalog.load("one")).to.equal(one);
    expect(await catalog.loadSwitch("app", "one", "two")).to.equal(edge);
    expect(await catalog.checksum("one")).to.equal(null);
  });

  it("checks the headers of revisions that live nowhere on disk", () => {
    const wrong = { id: "one", parent: 3, manager: "app", summary: "One" } as never;
    expect(() => catalogOf([wrong])).to.throw(InputError, `"parent" must be`);
  });
});

describe("The checksum of a revision", () => {
  const shared = "revisions/app/shared.ts";
  const body = (inside: string): string =>
    `import { value } from "./shared.js";\n${revisionText(header, `  async up() {\n${inside}\n  },\n`)}`;

  async function checksums(
    before: Record<string, string>,
    after: Record<string, string>,
  ): Promise<unknown[]> {
    const folder = await folderWith({ [shared]: "export const value = 1;", ...before });
    const first = await (await catalogIn(folder)).checksum("aaaaaaaaaaaa");
    for (const [file, text] of Object.entries(after)) await writeFile(`${folder}/${file}`, text);
    return [first, await (await catalogIn(folder)).checksum("aaaaaaaaaaaa")];
  }

  const same: readonly (readonly [string, string, string])[] = [
    ["a comment", "f(1);", "// why\nf(/* one */ 1);"],
    ["white space", "if (a) {\n f(1, 2); }", "if(a){f(1,2);}"],
    ["quotes and trailing commas", "f('a', [1, 2]);", 'f(\n"a",\n[1, 2,],\n);'],
  ];
  for (const [what, before, after] of same) {
    it(`stays the same while only ${what} changes`, async () => {
      const [first, second] = await checksums({ [name]: body(before) }, { [name]: body(after) });
      expect(first)
        .to.match(/^[0-9a-f]{64}$/)
        .and.to.equal(second);
    });
  }

  const different: readonly (readonly [string, string, string])[] = [
    ["a number", "f(1);", "f(2);"],
    ["white space in a text", "f('a b');", "f('a  b');"],
    ["white space in a template", "f(`a b ${1}`);", "f(`a\nb ${1}`);"],
    ["what looks like a comment in a text", "f('a // b');", "f('a // c');"],
    ["a regular expression", "f(/a b/);", "f(/a  b/);"],
  ];
  for (const [what, before, after] of different) {
    it(`changes with ${what}`, async () => {
      const [first, second] = await checksums({ [name]: body(before) }, { [name]: body(after) });
      expect(first).not.to.equal(second);
    });
  }

  it("changes with a file that is imported", async () => {
    const [first, second] = await checksums({ [name]: body("") }, { [shared]: "export const value = 2;" });
    expect(first).not.to.equal(second);
  });
});
