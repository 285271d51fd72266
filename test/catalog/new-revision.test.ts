import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { initProject } from "../../lib/catalog/init.js";
import { newRevision } from "../../lib/catalog/new-revision.js";
import type { NewRevisionOptions } from "../../lib/catalog/new-revision.js";
import { openCatalog } from "../../lib/catalog/open.js";
import type { Table } from "../../lib/database/schema/table.js";
import { plainConventions } from "../../lib/database/schema/plain-conventions.js";
import { GodwitError, openRepository, sql, upgrade, downgrade } from "../../lib/index.js";
import { databases } from "../support/databases.js";
import { temporaryFolder } from "../support/folders.js";
import { folderWith, rejection, writeFiles } from "./files.js";

async function project(): Promise<string> {
  const folder = await temporaryFolder();
  await initProject({ folder });
  return folder;
}

function scaffold(folder: string, options: Partial<NewRevisionOptions> = {}): Promise<readonly string[]> {
  return newRevision({ folder, managers: ["app"], ...options }).then(({ files }) => files);
}

async function revisionsIn(folder: string): Promise<readonly { id: string; parents: readonly string[] }[]> {
  const { catalog } = await openCatalog({ folder, trees: "own" });
  return catalog.revisions;
}

describe("godwit init", () => {
  for (const form of ["json", "ts"] as const) {
    it(`makes a ${form} configuration that is found, an empty place for revisions, and roots`, async () => {
      const folder = await temporaryFolder();
      const { files } = await initProject({ folder, form, repo: "sqlite:///x.db", managers: ["app"] });
      const { catalog, configuration } = await openCatalog({ folder, trees: "own" });
      expect(configuration).to.include({ repo: "sqlite:///x.db", file: files[0] });
      expect(catalog.revisions.map(({ manager, parents }) => [manager, parents])).to.deep.equal([
        ["app", []],
      ]);
    });
  }

  it("leaves a configuration that is there as it is", async () => {
    const folder = await folderWith({ "godwit.config.js": "export default {};" });
    expect((await rejection(initProject({ folder }))).code).to.equal("configuration-exists");
    expect(await readdir(folder)).to.deep.equal(["godwit.config.js"]);
  });

  it("makes no project inside of a repository", async () => {
    const folder = await folderWith({ "butler.yaml": "" });
    expect((await rejection(initProject({ folder }))).code).to.equal("inside-repository");
  });
});

describe("A new revision", () => {
  it("comes after the tip of its tree, and has a random id", async () => {
    const folder = await project();
    await scaffold(folder, { summary: "First" });
    const [file = ""] = await scaffold(folder, { summary: "Say «what» it does" });
    const revisions = await revisionsIn(folder);
    const second = revisions.find(({ id }) => file.includes(id));
    expect(path.basename(file)).to.match(/^[0-9a-f]{12}_say_what_it_does\.ts$/);
    expect(second?.parents).to.have.length(1);
    expect(revisions.find(({ id }) => id === second?.parents[0])?.parents).to.deep.equal([]);
  });

  it("is refused where it would make a second tip, naming the file of the first, unless that is asked for", async () => {
    const folder = await project();
    await scaffold(folder, { revisionId: "aaaaaaaaaaaa" });
    const [second = ""] = await scaffold(folder, { revisionId: "bbbbbbbbbbbb" });
    const error = await rejection(scaffold(folder, { head: "aaaa" }));
    expect(error).to.be.instanceOf(GodwitError).and.to.include({ exitCode: 4 });
    expect(error.message).to.contain(second);
    await scaffold(folder, { head: "aaaa", secondTip: "allow", revisionId: "cccccccccccc" });
    const third = (await revisionsIn(folder)).find(({ id }) => id === "cccccccccccc");
    expect(third?.parents).to.deep.equal(["aaaaaaaaaaaa"]);
    expect((await rejection(scaffold(folder))).code).to.equal("multiple-heads");
  });

  it("takes labels, dependencies, an id and a place of its own", async () => {
    const folder = await project();
    await scaffold(folder, { revisionId: "aaaaaaaaaaaa", labels: ["start"] });
    const { files, notes } = await newRevision({
      folder,
      managers: ["other"],
      revisionId: "bbbbbbbbbbbb",
      dependsOn: ["start"],
      versionPath: "elsewhere",
    });
    expect(files).to.deep.equal([
      path.join(folder, "elsewhere/other/bbbbbbbbbbbb_a_static_table_revision.ts"),
    ]);
    expect(notes.join()).to.contain("elsewhere").and.to.contain("godwit.config.json");
    expect(await readFile(files[0] ?? "", "utf8")).to.contain(`dependsOn: ["start"]`);
  });

  it("comes after, and depends on, whatever target stands for one revision", async () => {
    const folder = await project();
    await scaffold(folder, { revisionId: "aaaaaaaaaaaa" });
    await scaffold(folder, { revisionId: "bbbbbbbbbbbb", head: "app@head" });
    const [other = ""] = await scaffold(folder, { managers: ["other"], dependsOn: ["app@head"] });
    expect(await readFile(other, "utf8")).to.contain(`dependsOn: ["bbbbbbbbbbbb"]`);
    const second = (await revisionsIn(folder)).find(({ id }) => id === "bbbbbbbbbbbb");
    expect(second?.parents).to.deep.equal(["aaaaaaaaaaaa"]);
  });

  it("is not added to trees that are broken", async () => {
    const folder = await project();
    const [file = ""] = await scaffold(folder, { revisionId: "aaaaaaaaaaaa" });
    await writeFiles(folder, {
      [path.relative(folder, file)]: (await readFile(file, "utf8")).replace(
        "parent: null",
        `parent: "nosuch"`,
      ),
    });
    const error = await rejection(scaffold(folder, { managers: ["other"] }));
    expect(error.code).to.equal("missing-parent");
    expect(error.message).to.contain("nosuch").and.to.contain(`${file}:`);
  });

  it("follows the Butler's rule for ids, parents and labels in a Butler's tree", async () => {
    const shipped = await openCatalog({ revisions: [], trees: "shipped" });
    if (shipped.catalog.revisions.length === 0) return;
    const folder = await project();
    const options = { managers: ["collections"], branches: ["NameKeyCollectionManager"], version: "2.1.0" };
    const [file = ""] = await scaffold(folder, options);
    expect(await readFile(file, "utf8")).to.contain(`parent: "93341d68b814"`);
    const again = await rejection(scaffold(folder, options));
    expect(again.message).to.contain(file);
    expect((await rejection(scaffold(folder, { ...options, version: "2.0.5" }))).code).to.equal(
      "version-order",
    );
    const [other = ""] = await scaffold(folder, { ...options, branches: ["NewManager"], version: "1.0.0" });
    expect(await readFile(other, "utf8"))
      .to.contain(`parent: "8d2e9de2f21f"`)
      .and.to.contain(`labels: ["collections-NewManager"]`);
  });

  const asked = { version: "1.0" };
  const faults: readonly (readonly [string, Partial<NewRevisionOptions>, string])[] = [
    ["a class with its module", { ...asked, branches: ["lsst.daf.Manager"] }, "bad-class"],
    ["a malformed version", { branches: ["One"], version: "1.x" }, "bad-version"],
    ["a class without a version", { branches: ["One"] }, "missing-version"],
    [
      "a class of an unknown manager",
      { ...asked, managers: ["nosuch"], branches: ["One"] },
      "unknown-manager",
    ],
    ["a manager that is no name of a folder", { managers: ["../app"] }, "bad-name"],
    ["an unknown kind", { kind: "static" }, "unknown-kind"],
    ["a kind that is a path", { kind: "../static-table" }, "unknown-kind"],
    ["a flag that the kind has not", { flags: { columns: ["a"] } }, "unknown-flag"],
    ["a change without a table", { flags: { "add-column": ["a text"] } }, "missing-flag"],
    [
      "an action that no key has",
      { flags: { table: ["t"], "add-foreign-key": ["a -> u(id) on delete explode"] } },
      "bad-flag",
    ],
    ["a column without a type", { flags: { table: ["t"], "add-column": ["a"] } }, "bad-column"],
    ["a type of one database", { flags: { table: ["t"], "add-column": ["a int8range"] } }, "bad-column"],
    [
      "a column that rows cannot have",
      { flags: { table: ["t"], "add-column": ["a text not null"] } },
      "bad-column",
    ],
    ["a hidden column's name", { flags: { table: ["t"], "add-column": ["ctid text"] } }, "bad-name"],
    ["a table of the database", { flags: { table: ["sqlite_x"] } }, "bad-name"],
    ["a name that PostgreSQL would cut", { flags: { table: ["t".repeat(64)] } }, "bad-name"],
    ["an unknown head", { head: "ffff" }, "unknown-revision"],
    ["an unknown dependency", { dependsOn: ["ffff"] }, "unknown-revision"],
    ["an id that is taken", { revisionId: "aaaaaaaaaaaa" }, "duplicate-revision"],
    ["an id with a sign of targets", { revisionId: "a+1" }, "bad-id"],
    ["a label that is taken", { labels: ["start"] }, "duplicate-label"],
    ["a label that is another tree", { managers: ["other"], labels: ["app"] }, "duplicate-label"],
    ["a head of another tree", { managers: ["other"], head: "app@head" }, "unknown-revision"],
    ["a second root", { kind: "root" }, "second-root"],
  ];
  for (const [what, options, code] of faults) {
    it(`is refused with ${what}, and nothing is written`, async () => {
      const folder = await project();
      await scaffold(folder, { revisionId: "aaaaaaaaaaaa", labels: ["start"] });
      const before = await readdir(folder, { recursive: true });
      const error = await rejection(scaffold(folder, options));
      expect(error.code).to.equal(code);
      expect(await readdir(folder, { recursive: true })).to.deep.equal(before);
    });
  }

  it("D13: a version that is there already is refused, and its file stays as it is", async () => {
    const folder = await project();
    const options = { managers: ["datastores"], branches: ["MonolithicDatastoreRegistryBridgeManager"] };
    for (const version of ["0.2.1", "0.2.0"]) {
      const error = await rejection(scaffold(folder, { ...options, version }));
      expect(error.message, version).to.contain(version);
    }
    const [file = ""] = await scaffold(folder, { ...options, version: "0.3.0" });
    const text = await readFile(file, "utf8");
    const error = await rejection(scaffold(folder, { ...options, version: "0.3.0" }));
    expect(error.message).to.contain("0.3.0");
    expect(await readFile(file, "utf8")).to.equal(text);
  });

  it("leaves a file that is in its place as it is", async () => {
    const folder = await project();
    const name = "revisions/app/shared_t_add_a.ts";
    await writeFiles(folder, { [name]: "// mine\n", "revisions/app/x.ts": "" });
    await scaffold(folder, { kind: "root" });
    const flags = { table: ["t"], "add-column": ["a text"] };
    const error = await rejection(scaffold(folder, { branches: ["One", "Two"], version: "1.0", flags }));
    expect(error.message).to.contain(name);
    expect(await readFile(path.join(folder, name), "utf8")).to.equal("// mine\n");
    expect(await readdir(path.join(folder, "revisions/app"))).to.have.length(3);
  });

  it("says so where the folder cannot be written", async () => {
    const folder = await project();
    const error = await rejection(scaffold(folder, { versionPath: "godwit.config.json" }));
    expect(error.code).to.equal("not-writable");
    expect(error.message).to.contain(path.join(folder, "godwit.config.json"));
  });

  it("is made by a template of the project's own, and hooks run on the files", async () => {
    const folder = await folderWith({
      "godwit.config.json": JSON.stringify({
        hooks: { afterWriting: ["chmod 600 {file}", "no-such-program {file}"] },
      }),
      "templates/view.ts.eta": `---
description: Views
flags:
  view: { form: text, required: true, description: Name }
---
<%= it.head({ forward: "full" }) %>
<%= it.function("up", true) %> {
  // <%= it.flags.view %>.
}
`,
    });
    const { files, notes } = await newRevision({
      folder,
      managers: ["app"],
      kind: "view",
      flags: { view: ["v"] },
    });
    expect(await readFile(files[0] ?? "", "utf8")).to.contain("// v.");
    expect(notes.join()).to.contain("no-such-program");
    expect((await rejection(scaffold(folder, { kind: "view" }))).code).to.equal("missing-flag");
  });

  const templates: readonly (readonly [string, string, number])[] = [
    ["text", "---\ndescription: x\n---\nfine\n<% if ( { %>\n", 5],
    ["text that fails", "---\ndescription: x\n---\nfine\n\n<%= it.no.thing %>\n", 6],
    ["tag that is not closed", "---\ndescription: x\n---\nfine\n<%= it.x\n", 5],
    [
      "flag",
      "---\ndescription: x\nflags:\n  a: { form: text, description: A }\n  b: { form: txt }\n---\n",
      5,
    ],
    ["head", "---\ndescription: x\nflags: [a\n  b: c\n---\n", 3],
  ];
  for (const [what, text, line] of templates) {
    it(`tells file and line of an error in a template's ${what}`, async () => {
      const folder = await folderWith({ "templates/mine.ts.eta": text });
      const error = await rejection(scaffold(folder, { kind: "mine" }));
      expect(error.message).to.contain(path.join(folder, `templates/mine.ts.eta:${line}`));
    });
  }
});

for (const kind of databases) {
  describe(`A scaffolded revision of a static table, ${kind.title}`, () => {
    async function tables(url: string): Promise<Table[]> {
      const repository = await openRepository(url);
      try {
        return await repository.database.session(async (session) => {
          const schema = session.schema(plainConventions);
          return Promise.all(["t", "u"].map((name) => schema.table(name)));
        });
      } finally {
        await repository.close();
      }
    }

    async function prepared(): Promise<{ folder: string; url: string }> {
      const folder = await project();
      const { url } = await kind.create();
      const repository = await openRepository(url);
      for (const text of [
        "CREATE TABLE u (id BIGINT PRIMARY KEY)",
        "CREATE TABLE t (id BIGINT PRIMARY KEY, a BIGINT, old VARCHAR(8))",
        "CREATE INDEX t_a_idx ON t (a)",
        "INSERT INTO u VALUES (0), (1)",
        "INSERT INTO t VALUES (1, 9007199254740993, NULL), (2, NULL, NULL)",
      ]) {
        await repository.database.session((session) => session.execute(sql.raw(text)));
      }
      await repository.close();
      return { folder, url };
    }

    const cases: readonly (readonly [string, Readonly<Record<string, readonly string[]>>])[] = [
      [
        "columns",
        { "add-column": ["doc text", "stars bigint not null default 5", `"a "" b" string(4) default 'x'`] },
      ],
      [
        "columns of further types",
        {
          "add-column": [
            "p numeric(10,2) default 1.5",
            "q native(NUMERIC(4,1), numeric(4,1)) null",
            "w date null",
            "f double precision not null default -1.5e3",
          ],
        },
      ],
      [
        "a foreign key with actions",
        {
          "add-column": ["u bigint"],
          "add-foreign-key": ["u -> u(id) on delete cascade on update set null"],
        },
      ],
      ["a dropped column", { "drop-column": ["old string(8)"] }],
      ["a new name", { "rename-column": ["a: b"] }],
      ["an index", { "add-index": ["a, old", "mine: old"], "drop-index": ["a"] }],
      ["keys", { "add-unique": ["a"], "add-check": ["positive: id > 0"] }],
      [
        "a foreign key of a new column",
        { "add-column": ["u bigint default 1"], "add-foreign-key": ["u -> u(id)"] },
      ],
      [
        "a foreign key with an index",
        { "add-column": ["u bigint"], "add-foreign-key": ["u -> u(id)"], "add-index": ["u"] },
      ],
    ];
    for (const [what, flags] of cases) {
      it(`changes ${what}, and goes back to the same table`, async () => {
        const { folder, url } = await prepared();
        await newRevision({ folder, managers: ["app"], kind: "root" });
        await newRevision({ folder, managers: ["app"], flags: { table: ["t"], ...flags } });
        const before = await tables(url);
        await upgrade(url, "head", { folder });
        expect(await tables(url)).not.to.deep.equal(before);
        await downgrade(url, "-1", { folder });
        const after = await tables(url);
        const sorted = (list: Table[]): unknown[] =>
          list.map((table) => ({
            ...table,
            columns: table.columns.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
          }));
        expect(sorted(after)).to.deep.equal(sorted(before));
      });
    }

    it("makes a table, and refuses to drop it with its rows", async () => {
      const { folder, url } = await prepared();
      await newRevision({
        folder,
        managers: ["app"],
        flags: { table: ["v"], "create-table": ["id"], "add-column": ["id bigint", "doc text"] },
      });
      await upgrade(url, "head", { folder });
      const repository = await openRepository(url);
      await repository.database.session((session) =>
        session.execute(sql.raw("INSERT INTO v VALUES (1, 'x')")),
      );
      await repository.close();
      expect((await rejection(downgrade(url, "-1", { folder }))).code).to.equal("data-loss");
      await downgrade(url, "-1", { folder, dataLoss: "allow" });
    });

    it("runs from the implementation that two classes share", async () => {
      const { folder, url } = await prepared();
      await newRevision({ folder, managers: ["app"], kind: "root" });
      const flags = { table: ["t"], "add-column": ["doc text"] };
      await newRevision({ folder, managers: ["app"], branches: ["One", "Two"], version: "1.0", flags });
      await upgrade(url, "app-One@head", { folder });
      expect((await tables(url))[0]?.columns.map(({ name }) => name)).to.include("doc");
    });
  });
}
