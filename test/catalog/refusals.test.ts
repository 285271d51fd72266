/** What nobody can scaffold, or what nobody should: refused before a file is written, saying why. */
import { expect } from "chai";
import { describeTemplates, mergeRevision, newRevision } from "../../lib/catalog/new-revision.js";
import type { NewRevisionOptions } from "../../lib/catalog/new-revision.js";
import { literalCode } from "../../lib/catalog/scaffold/code.js";
import { describe as described } from "../../lib/catalog/scaffold/tree.js";
import { compareVersions } from "../../lib/catalog/scaffold/version.js";
import { openCatalog } from "../../lib/catalog/open.js";
import { folderWith, rejection, revisionText } from "./files.js";

const files = {
  "package.json": '{ "type": "module" }',
  "godwit.config.json":
    '{ "revisions": ["./revisions"], "templates": "./templates", "repo": "sqlite:///x.db" }',
  "revisions/app/aaaaaaaaaaaa_a.ts": revisionText({ id: "aaaaaaaaaaaa", summary: "One", labels: ["start"] }),
  "revisions/app/aaaabbbbbbbb_b.ts": revisionText({
    id: "aaaabbbbbbbb",
    parent: "aaaaaaaaaaaa",
    summary: "Two",
  }),
  "revisions/keep/cccccccccccc_c.ts": revisionText({ id: "cccccccccccc", manager: "keep", summary: "Root" }),
  "revisions/keep/dddddddddddd_d.ts": revisionText({
    id: "dddddddddddd",
    manager: "keep",
    parent: "cccccccccccc",
    branch: "Old",
    version: "1.0.0",
    summary: "Old",
  }),
  "revisions/keep/eeeeeeeeeeee_e.ts": revisionText({
    id: "eeeeeeeeeeee",
    manager: "keep",
    parent: "cccccccccccc",
    branch: "New",
    version: "1.0.0",
    summary: "New",
  }),
  "revisions/keep/ffffffffffff_f.ts": revisionText({
    id: "ffffffffffff",
    manager: "keep",
    parent: "eeeeeeeeeeee",
    branch: "New",
    version: "2.0.0",
    summary: "Newer",
  }),
  "revisions/keep/switch_old_to_new.ts": `import { defineSwitch } from "godwit";
export default defineSwitch({ manager: "keep", from: "dddddddddddd", to: "ffffffffffff", summary: "Go over", async up() {} });
`,
};

async function refused(options: Partial<NewRevisionOptions>, more: Readonly<Record<string, string>> = {}) {
  const folder = await folderWith({ ...files, ...more });
  const { code, message } = await rejection(newRevision({ folder, managers: ["app"], ...options }));
  return `${code}: ${message.replaceAll(folder, "@")}`;
}

const table = { table: ["t"], "add-column": ["n bigint null"] };

describe("A revision that is not written", () => {
  for (const [options, says] of [
    [{ managers: [] }, /^missing-manager: Say for which manager/],
    [{ managers: ["app", "keep"], revisionId: "111111111111" }, /^bad-flag: One --rev-id/],
    [
      { managers: ["app", "keep", "x"], branches: ["A", "B"] },
      /^bad-flag: Several managers need one --branch each/,
    ],
    [{ managers: ["keep"], flags: table }, /^missing-branch: Say with --branch which class of "keep"/],
    [
      { managers: ["keep"], branches: ["New"], version: "2.0.0", flags: table },
      /^version-exists: Version 2\.0\.0 of New/,
    ],
    [
      { managers: ["keep"], branches: ["New"], version: "two", flags: table },
      /^bad-version: "two" is not a version/,
    ],
    [{ labels: ["start"], flags: table }, /^duplicate-label: The label "start" is taken: aaaaaaaaaaaa \(@/],
    [{ labels: ["no label"], flags: table }, /^bad-label: "no label" cannot be a label/],
    [{ head: "aaaa", flags: table }, /^ambiguous-prefix: .*aaaaaaaaaaaa.*aaaabbbbbbbb/],
    [{ head: "nowhere", flags: table }, /^unknown-revision: /],
    [{ flags: { ...table, table: ["t", "u"] } }, /^flag-twice: --table can be given only once/],
    [{ flags: { "add-column": ["n bigint null"] } }, /^missing-flag: Say with --table/],
    [{ flags: { ...table, nonsense: ["x"] } }, /^unknown-flag: .*nonsense/],
    [{ kind: "nonsense" }, /^unknown-kind: There is no template for revisions of kind "nonsense"/],
    [
      { kind: "class-switch", managers: ["keep"], flags: { from: ["eeeeeeeeeeee"], to: ["ffffffffffff"] } },
      /^same-branch: eeeeeeeeeeee and ffffffffffff belong to one line/,
    ],
    [
      { kind: "class-switch", managers: ["keep"], flags: { from: ["Old"], to: ["New"] } },
      /^duplicate-switch: There is a switch from dddddddddddd to ffffffffffff already: @.*switch_old_to_new\.ts/,
    ],
    [{ kind: "merge" }, /^nothing-to-merge: There are no two tips to merge/],
  ] as const) {
    it(`is refused: ${says.source}`, async () => {
      expect(await refused(options)).to.match(says);
    });
  }

  it("is no merge of what is no tip", async () => {
    const folder = await folderWith(files);
    const error = await rejection(
      mergeRevision({ folder, managers: ["app"], merges: ["aaaaaaaaaaaa", "aaaabbbbbbbb"] }),
    );
    expect(error.message).to.match(/^aaaaaaaaaaaa \(.*\) is no tip of a branch that has several\.$/);
  });
});

describe("A template of a project's own", () => {
  const head = (more: string): string => `---\ndescription: Mine\n${more}---\n`;
  for (const [what, text, says] of [
    ["no head", "export {};\n", /mine\.ts\.eta:1: A template begins with a head/],
    ["a head that is not YAML", "---\na: [1\n---\n", /mine\.ts\.eta:\d+: /],
    ["flags that are no object", head("flags: 3\n"), /"flags" must be an object/],
    ["a flag without a form", head("flags:\n  x:\n"), /mine\.ts\.eta:\d: The form of --x must be one of/],
    ["a form that there is not", head("flags:\n  x: { form: toString }\n"), /The form of --x must be one of/],
    ["code that fails", `${head("")}\n<%= it.nothing.at.all %>\n`, /mine\.ts\.eta:\d+: .*/],
    ["code that is none", `${head("")}\nfirst\n<% if ( { %>\n`, /mine\.ts\.eta:\d+: /],
  ] as const) {
    it(`is refused with file and line where it has ${what}`, async () => {
      expect(await refused({ kind: "mine" }, { "templates/mine.ts.eta": text })).to.match(says);
    });
  }

  it("needs no description, and is listed with the others", async () => {
    const folder = await folderWith({
      ...files,
      "templates/mine.ts.eta": "---\nflags:\n  x: { form: text, description: 3 }\n---\n// nothing\n",
    });
    const mine = (await describeTemplates({ folder })).find(({ kind }) => kind === "mine");
    expect(mine).to.deep.equal({
      kind: "mine",
      description: "",
      flags: { x: { description: "", form: "text", many: false, required: false } },
    });
  });

  it("is told, where a formatter fails afterwards, and leaves the file", async () => {
    const folder = await folderWith({
      ...files,
      "godwit.config.json":
        '{ "revisions": ["./revisions"], "repo": "sqlite:///x.db", "hooks": { "afterWriting": ["no-such-formatter {file}", "false {file}"] } }',
    });
    const { notes, files: written } = await newRevision({
      folder,
      managers: ["app"],
      flags: table,
      test: "none",
    });
    expect(notes).to.have.length(2);
    expect(notes[0]).to.match(/^hooks\.afterWriting: "no-such-formatter \{file\}" failed on .*ENOENT/);
    expect(written).to.have.length(1);
  });
});

describe("A header that only a complete parser understands", () => {
  async function read(text: string) {
    const folder = await folderWith({ ...files, "revisions/app/111111111111_x.ts": text });
    const { catalog } = await openCatalog({ folder, trees: "own" });
    return catalog.revisions.find(({ id }) => id === "111111111111");
  }

  const fields = `id: "111111111111", parent: "aaaabbbbbbbb", manager: "app"`;
  for (const [how, text] of [
    [
      "by a namespace",
      `import * as g from "godwit";\nexport default g.defineRevision({ ${fields}, summary: "x" });\n`,
    ],
    [
      "under another name",
      `import { defineRevision as d } from "godwit";\nexport default d({ ${fields}, summary: "x" });\n`,
    ],
    [
      "by a name in quotes",
      `import { "defineRevision" as d } from "godwit";\nexport default d({ ${fields}, summary: "x" });\n`,
    ],
    [
      "with a type of its own",
      `import { defineRevision } from "godwit";\nexport default defineRevision({ ${fields}, summary: "x" as const });\n`,
    ],
    [
      "with a comma after it",
      `import { defineRevision } from "godwit";\nexport default defineRevision({ ${fields}, summary: "x" },);\n`,
    ],
    [
      "in a template",
      `import { defineRevision } from "godwit";\nexport default defineRevision({ ${fields}, summary: \`x\` });\n`,
    ],
  ] as const) {
    it(`is found where it is made ${how}`, async () => {
      expect(await read(text)).to.deep.include({ summary: "x", parents: ["aaaabbbbbbbb"] });
    });
  }

  for (const [what, value] of [
    ["a sum", `"a" + "b"`],
    ["a name", "summary"],
    ["a template that computes", "`${1}`"],
    ["a list that is spread", "[...[]]"],
    ["the opposite of a text", '-"x"'],
  ] as const) {
    it(`is refused where a field is ${what}`, async () => {
      const text = `import { defineRevision } from "godwit";\nexport default defineRevision({ ${fields}, summary: ${value} });\n`;
      expect((await rejection(read(text))).code).to.equal("header-not-literal");
    });
  }
});

describe("Parts of what is scaffolded", () => {
  it("are written as code, whatever they are", () => {
    expect(literalCode(5n)).to.equal("5n");
    expect(literalCode({})).to.equal("{}");
    expect(literalCode({ a: [null, true] })).to.equal("{ a: [null, true] }");
  });

  it("come in the order of their numbers, missing ones being none", () => {
    expect(compareVersions("1.10", "1.9.1")).to.equal(1);
    expect(compareVersions("1.0", "1.0.1")).to.equal(-1);
    expect(compareVersions("2.0.0", "2")).to.equal(0);
  });

  it("are named without a file where they have none", () => {
    const source = { file: null, line: 1 };
    expect(described({ id: "aaaaaaaaaaaa", source } as Parameters<typeof described>[0])).to.equal(
      "aaaaaaaaaaaa",
    );
  });
});
