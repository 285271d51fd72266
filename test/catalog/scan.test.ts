import { expect } from "chai";
import { openCatalog } from "../../lib/catalog/open.js";
import type { Catalog } from "../../lib/catalog/catalog.js";
import { InputError } from "../../lib/errors.js";
import { folderWith, rejection, revisionText } from "./files.js";

async function catalogIn(folder: string): Promise<Catalog> {
  const { catalog } = await openCatalog({ folder, revisions: ["./revisions"], trees: "own" });
  return catalog;
}

describe("Scanning revision files", () => {
  it("reads headers without running the files", async () => {
    const folder = await folderWith({
      "revisions/app/aaaaaaaaaaaa_first.ts": `
        throw new Error("This file must not run");
        import { defineRevision as define } from "godwit";
        export default define({
          id: "aaaaaaaaaaaa" as const, "parent": null, manager: \`app\`, summary: 'It\\'s first', labels: ["app"],
          compatibility: { backward: "full", forward: "none" },
          options: { count: { type: "integer", description: "How many", default: "-1" } },
          async up(context) { await context.schema.drop(\`t\${1 / 2}\`); },
        } satisfies object);`,
      "revisions/app/bbbbbbbbbbbb_second.js": revisionText({
        id: "bbbbbbbbbbbb",
        parent: ["aaaaaaaaaaaa"],
        branch: "Class",
        version: "1.0.0",
        dependsOn: ["x"],
      }),
    });
    const catalog = await catalogIn(folder);
    expect(catalog.revisions).to.deep.equal([
      {
        id: "aaaaaaaaaaaa",
        parents: [],
        dependsOn: [],
        labels: ["app"],
        replaces: [],
        extends: [],
        manager: "app",
        branch: null,
        version: null,
        summary: "It's first",
        placeholder: null,
        source: { file: `${folder}/revisions/app/aaaaaaaaaaaa_first.ts`, line: 4 },
      },
      {
        id: "bbbbbbbbbbbb",
        parents: ["aaaaaaaaaaaa"],
        dependsOn: ["x"],
        labels: [],
        replaces: [],
        extends: [],
        manager: "app",
        branch: "Class",
        version: "1.0.0",
        summary: "A revision",
        placeholder: null,
        source: { file: `${folder}/revisions/app/bbbbbbbbbbbb_second.js`, line: 3 },
      },
    ]);
    expect(catalog.header("aaaaaaaaaaaa")).to.deep.equal({
      compatibility: { backward: "full", forward: "none" },
      options: { count: { type: "integer", description: "How many", default: "-1" } },
      reversible: false,
    });
  });

  it("leaves out declarations, tests, source maps, shared code and hidden folders", async () => {
    const text = revisionText({ id: "aaaaaaaaaaaa" });
    const folder = await folderWith({
      "revisions/app/aaaaaaaaaaaa_first.ts": text,
      "revisions/app/aaaaaaaaaaaa_first.d.ts": "export default undefined;",
      "revisions/app/aaaaaaaaaaaa_first.test.ts": text,
      "revisions/app/aaaaaaaaaaaa_first.js.map": "{}",
      "revisions/app/shared.ts": "export const up = async () => {};\n// not a call of defineRevision\n",
      "revisions/.cache/aaaaaaaaaaaa_first.ts": text,
      "revisions/notes.md": "",
    });
    expect((await catalogIn(folder)).revisions.map(({ id }) => id)).to.deep.equal(["aaaaaaaaaaaa"]);
  });

  it("takes a place that is named twice once", async () => {
    const folder = await folderWith({
      "revisions/app/aaaaaaaaaaaa_first.ts": revisionText({ id: "aaaaaaaaaaaa" }),
    });
    const places = ["./revisions", `${folder}/revisions`];
    const { catalog } = await openCatalog({ folder, revisions: places, trees: "own" });
    expect(catalog.revisions).to.have.length(1);
  });

  it("finds the revisions of a package, whatever its exports are", async () => {
    const folder = await folderWith({
      "node_modules/@obs/sky/package.json": JSON.stringify({
        exports: {},
        godwit: { revisions: "./dist/revisions" },
      }),
      "node_modules/@obs/sky/dist/revisions/app/aaaaaaaaaaaa_first.js": revisionText({ id: "aaaaaaaaaaaa" }),
    });
    const { catalog } = await openCatalog({ folder, revisions: ["@obs/sky"], trees: "own" });
    expect(catalog.revisions.map(({ id }) => id)).to.deep.equal(["aaaaaaaaaaaa"]);
  });

  it("keeps files that extend a revision apart from the tree, and requires what they extend", async () => {
    const folder = await folderWith({
      "revisions/app/aaaaaaaaaaaa_first.ts": revisionText({ id: "aaaaaaaaaaaa" }),
      "more/app/bbbbbbbbbbbb_more.ts": revisionText({ id: "bbbbbbbbbbbb", extends: "aaaaaaaaaaaa" }),
    });
    const { catalog } = await openCatalog({ folder, revisions: ["./revisions", "./more"], trees: "own" });
    expect(catalog.revisions.map(({ id }) => id)).to.deep.equal(["aaaaaaaaaaaa"]);
    expect((await catalog.extensionsOf("aaaaaaaaaaaa")).map(({ id }) => id)).to.deep.equal(["bbbbbbbbbbbb"]);
    const error = await rejection(openCatalog({ folder, revisions: ["./more"], trees: "own" }));
    expect(error).to.include({ code: "unknown-extends" });
    expect(error.message).to.contain("bbbbbbbbbbbb_more.ts:3");
  });

  const good = { id: "aaaaaaaaaaaa" };
  const faults: readonly {
    readonly what: string;
    readonly file?: string;
    readonly text: string;
    readonly code: string;
    readonly line: number;
    readonly says: string;
  }[] = [
    {
      what: "a syntax error",
      text: `import { defineRevision } from "godwit";\nexport default defineRevision({\n  id: ,\n});\n`,
      code: "revision-syntax",
      line: 3,
      says: "Unexpected token",
    },
    {
      what: "a file that ends in the middle",
      text: `import { defineRevision } from "godwit";\nexport default defineRevision({\n  id: "aaaaaaaaaaaa",`,
      code: "revision-syntax",
      line: 3,
      says: "Syntax error",
    },
    {
      what: "a computed id",
      text: revisionText({}, `  id: ["a", "b"].join(""),\n`),
      code: "header-not-literal",
      line: 7,
      says: `"id"`,
    },
    {
      what: "a template with something in it",
      text: revisionText({}, "  id: `${process.pid}`,\n"),
      code: "header-not-literal",
      line: 7,
      says: `"id"`,
    },
    {
      what: "a list with something spread into it",
      text: revisionText(good, "  labels: [...others],\n"),
      code: "header-not-literal",
      line: 8,
      says: `"labels"`,
    },
    {
      what: "an object spread into the header",
      text: revisionText(good, "  ...others,\n"),
      code: "header-not-literal",
      line: 8,
      says: "...others",
    },
    {
      what: "a header that is a variable",
      text: `import { defineRevision } from "godwit";\nconst header = {};\nexport default defineRevision(header);\n`,
      code: "header-not-literal",
      line: 3,
      says: "one object",
    },
    {
      what: "a missing field",
      text: revisionText({}),
      code: "header-missing-field",
      line: 3,
      says: `"id"`,
    },
    {
      what: "a field of the wrong type",
      text: revisionText({ ...good, version: 2 }),
      code: "header-field",
      line: 8,
      says: `"version" must be a text`,
    },
    {
      what: "a compatibility that there is not",
      text: revisionText({ ...good, compatibility: { backward: "full", forward: "some" } }),
      code: "header-field",
      line: 8,
      says: `"full", "read", "none"`,
    },
    {
      what: "an option of an unknown type",
      text: revisionText({ ...good, options: { n: { type: "float", description: "x" } } }),
      code: "header-field",
      line: 8,
      says: "options",
    },
    {
      what: "an unknown field",
      text: revisionText({ ...good, depends: ["x"] }),
      code: "header-unknown-field",
      line: 8,
      says: `"depends"`,
    },
    {
      what: "a field that stands there twice",
      text: revisionText(good, `  id: "bbbbbbbbbbbb",\n`),
      code: "header-field-twice",
      line: 8,
      says: `"id"`,
    },
    {
      what: "another manager than the folder's",
      text: revisionText({ ...good, manager: "other" }),
      code: "manager-folder",
      line: 5,
      says: `"other"`,
    },
    {
      what: "a name of a revision without a revision",
      text: "export const up = 1;\n",
      code: "no-revision",
      line: 1,
      says: "exports none",
    },
    {
      what: "a revision outside of any manager's folder",
      file: "revisions/aaaaaaaaaaaa_first.ts",
      text: revisionText(good),
      code: "revision-outside-manager",
      line: 1,
      says: "folder of its manager",
    },
  ];
  for (const { what, file = "revisions/app/aaaaaaaaaaaa_first.ts", text, code, line, says } of faults) {
    it(`tells file and line of ${what}`, async () => {
      const folder = await folderWith({ "revisions/app/shared.ts": "", [file]: text });
      const error = await rejection(catalogIn(folder));
      expect(error).to.be.instanceOf(InputError);
      expect(error.message).to.contain(`${folder}/${file}:${line}: `).and.to.contain(says);
      expect(error.code).to.equal(code);
    });
  }

  it("tells both files of an id that stands in two", async () => {
    const folder = await folderWith({
      "revisions/app/aaaaaaaaaaaa_first.ts": revisionText(good),
      "revisions/app/aaaaaaaaaaaa_again.ts": revisionText(good),
    });
    const error = await rejection(catalogIn(folder));
    expect(error.code).to.equal("duplicate-revision");
    expect(error.message).to.contain("aaaaaaaaaaaa_first.ts:3").and.to.contain("aaaaaaaaaaaa_again.ts:3");
  });

  for (const place of ["./nowhere", "nowhere"]) {
    it(`refuses the place ${place}, which is not there`, async () => {
      const folder = await folderWith({});
      const error = await rejection(openCatalog({ folder, revisions: [place], trees: "own" }));
      expect(error).to.be.instanceOf(InputError);
      expect(error.message).to.contain("nowhere");
    });
  }
});
