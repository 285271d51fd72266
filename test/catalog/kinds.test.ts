import { execFile } from "node:child_process";
import { readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { format } from "prettier";
import { initProject } from "../../lib/catalog/init.js";
import { describeTemplates, mergeRevision, newRevision } from "../../lib/catalog/new-revision.js";
import type { NewRevisionOptions } from "../../lib/catalog/new-revision.js";
import { openCatalog } from "../../lib/catalog/open.js";
import { checkRevisions } from "../../lib/catalog/check-revisions.js";
import { current, downgrade, openRepository, sql, upgrade } from "../../lib/index.js";
import type { Row } from "../../lib/index.js";
import { databases } from "../support/databases.js";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { rejection, writeFiles } from "./files.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../", import.meta.url));

async function project(): Promise<string> {
  const folder = await temporaryFolder();
  await initProject({ folder, managers: ["app"] });
  return folder;
}

const uuidClass = "ByDimensionsDatasetRecordStorageManagerUUID";
const everyKind: readonly Partial<NewRevisionOptions>[] = [
  { kind: "static-table" },
  {
    kind: "static-table",
    flags: {
      table: ['a "b" `${c}`'],
      "add-column": [`"it's" string(4) default 'x'`, "u bigint"],
      "drop-column": ["old text"],
      "rename-column": ["x: y"],
      "add-index": ["u, y unique", "mine: y"],
      "drop-index": ["z"],
      "add-unique": ["y"],
      "add-foreign-key": ["u -> other(id)", "y -> other(name)"],
      "add-check": ["positive: u > 0"],
    },
  },
  {
    kind: "static-table",
    summary:
      "What is said in so many words that it has to stand in a line of its own below the name of the field",
    flags: {
      table: ["a_table_with_a_long_name"],
      "add-column": ["a_column_with_a_long_name text not null default 'some long default value'"],
      "add-foreign-key": [
        "first_column, second_column -> other_table(first_column, second_column) on delete cascade",
      ],
      "add-check": [
        "a_check_with_a_long_name: a_column_with_a_long_name > 0 and a_column_with_a_long_name < 100",
      ],
      "drop-column": [
        "one text default 'a long value that goes on for quite some time, as it is a long value'",
      ],
    },
  },
  { kind: "static-table", flags: { table: ["new"], "create-table": ["id"], "add-column": ["id bigint"] } },
  { kind: "data" },
  { kind: "data", flags: { table: ["t"], column: ["doc"], key: ["id"] } },
  {
    kind: "data",
    flags: { table: ["t"], column: ["doc"], key: ["a_long_name_of_a_key, and_another_one, and_a_third"] },
  },
  { kind: "data", flags: { table: ["t"], column: ["doc"], value: ["a"], "undo-value": ["b"] } },
  { managers: ["datasets"], branches: [uuidClass], version: "2.1.0", kind: "dynamic-tables" },
  {
    managers: ["datasets"],
    branches: [uuidClass, "Another"],
    version: "2.2.0",
    kind: "dynamic-tables",
    flags: { family: ["dataset_tags_*"], "add-column": ["doc text"], "add-index": ["doc"] },
  },
  { managers: ["dimensions-config"], branches: ["daf_butler"], version: "9", kind: "dimension-config" },
  {
    managers: ["dimensions-config"],
    branches: ["daf_butler"],
    version: "10",
    kind: "dimension-config",
    flags: { dimension: ["target"], key: ["name string(32)"], metadata: ["priority bigint"] },
  },
  {
    managers: ["dimensions-config"],
    branches: ["daf_butler"],
    version: "11",
    kind: "dimension-config",
    flags: {
      dimension: ["amplifier"],
      key: ["id bigint"],
      "alternate-key": ["name string(32)", "another_name string(64)"],
      requires: ["instrument", "detector"],
      implies: ["physical_filter"],
      metadata: ["priority bigint", "weight double"],
      spatial: ["amplifiers"],
      temporal: ["odd-name"],
      provider: ["amplifiers"],
    },
  },
  {
    managers: ["collections"],
    kind: "class-switch",
    flags: { from: ["SynthIntKeyCollectionManager"], to: ["NameKeyCollectionManager"] },
  },
  {
    managers: ["datasets"],
    kind: "class-switch",
    flags: { from: [uuidClass], to: ["Another"], table: ["dataset"], key: ["id uuid"] },
  },
];

describe("Scaffolded revisions of every kind", () => {
  it("are laid out as prettier does it in a hundred and ten columns", async () => {
    const folder = await project();
    const places = [path.join(folder, "godwit.config.json")];
    for (const options of everyKind) {
      const { files, tests } = await newRevision({ folder, managers: ["app"], ...options });
      places.push(...files, ...tests);
    }
    for (const filepath of places) {
      const text = await readFile(filepath, "utf8");
      expect(text).to.equal(await format(text, { filepath, printWidth: 110 }));
    }
  });

  it("compile under strict, pass the linter, and are read as revisions", async function () {
    this.timeout(120_000);
    const folder = await project();
    for (const options of everyKind) await newRevision({ folder, managers: ["app"], ...options });
    await writeFiles(folder, {
      "tsconfig.json": JSON.stringify({
        extends: path.join(root, "tsconfig.json"),
        compilerOptions: {
          noEmit: true,
          rootDir: "/",
          typeRoots: [path.join(root, "node_modules/@types")],
          types: ["node"],
          paths: {
            godwit: [path.join(root, "dist/lib/index.d.ts")],
            "godwit/butler": [path.join(root, "dist/lib/butler/public.d.ts")],
            "godwit/testing": [path.join(root, "dist/lib/testing/index.d.ts")],
          },
        },
        include: ["revisions", "test"],
        exclude: [],
      }),
      "package.json": JSON.stringify({ type: "module" }),
      ".oxlintrc.json": await readFile(path.join(root, ".oxlintrc.json"), "utf8"),
    });
    await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    const tool = (name: string): string => path.join(root, "node_modules/.bin", name);
    await run(tool("tsc"), ["-p", folder], { cwd: folder });
    await run(tool("oxlint"), ["--deny-warnings", "revisions", "test"], { cwd: folder });
    const { revisions } = await checkRevisions({ folder, trees: "shipped" });
    expect(revisions).to.be.greaterThan(everyKind.length);
  });

  it("are described with their flags", async () => {
    const kinds = await describeTemplates({ folder: await project() });
    expect(kinds.map(({ kind }) => kind)).to.deep.equal([
      "class-switch",
      "data",
      "diff",
      "dimension-config",
      "dynamic-tables",
      "merge",
      "root",
      "static-table",
    ]);
    for (const { flags, description } of kinds) {
      expect([description, ...Object.values(flags).map((flag) => flag.description)]).not.to.include("");
    }
  });

  it("merge the tips of a branch", async () => {
    const folder = await project();
    const add = (options: Partial<NewRevisionOptions>) =>
      newRevision({ folder, managers: ["app"], ...options });
    expect((await rejection(mergeRevision({ folder, managers: ["app"] }))).code).to.equal("nothing-to-merge");
    await add({ revisionId: "aaaaaaaaaaaa" });
    await add({ revisionId: "bbbbbbbbbbbb" });
    await add({ revisionId: "cccccccccccc", head: "aaaaaaaaaaaa", secondTip: "allow" });
    await mergeRevision({ folder, managers: ["app"], revisionId: "dddddddddddd" });
    const { catalog } = await openCatalog({ folder, trees: "own" });
    expect(catalog.revision("dddddddddddd")?.parents).to.have.members(["bbbbbbbbbbbb", "cccccccccccc"]);
  });

  it("find a syntax error in code when all revisions are checked", async () => {
    const folder = await project();
    const { files } = await newRevision({ folder, managers: ["app"] });
    const text = await readFile(files[0] ?? "", "utf8");
    const name = path.relative(folder, files[0] ?? "");
    await writeFiles(folder, { [name]: text.replace("// await", "const x = ; // await") });
    const error = await rejection(checkRevisions({ folder, trees: "own" }));
    expect(error.code).to.equal("revision-syntax");
    expect(error.message).to.match(/:1\d: /);
  });

  it("find what is wrong with files that revisions import", async () => {
    const folder = await project();
    const { files } = await newRevision({ folder, managers: ["app"] });
    const name = path.relative(folder, files[0] ?? "");
    const text = await readFile(files[0] ?? "", "utf8");
    await writeFiles(folder, { [name]: `import { help } from "../../helpers/help.js";\n${text}\nhelp();\n` });
    const check = () => rejection(checkRevisions({ folder, trees: "own" }));
    const missing = await check();
    expect(missing.code).to.equal("missing-import");
    expect(missing.message)
      .to.contain(`${files[0] ?? ""}:1: `)
      .and.contain("../../helpers/help.js");
    await writeFiles(folder, { "helpers/help.ts": "\nexport const help = (;\n" });
    const wrong = await check();
    expect(wrong.code).to.equal("revision-syntax");
    expect(wrong.message).to.contain(`${path.join(folder, "helpers/help.ts")}:2: `);
    await writeFiles(folder, { "helpers/help.ts": "export const help = (): void => {};\n" });
    expect((await checkRevisions({ folder, trees: "own" })).revisions).to.equal(2);
  });
});

for (const kind of databases) {
  describe(`Scaffolded revisions on ${kind.title}`, () => {
    async function rowsOf(uri: string, text: string): Promise<Row[]> {
      const repository = await openRepository(uri);
      try {
        return await repository.database.session((session) => session.query(sql.raw(text)));
      } finally {
        await repository.close();
      }
    }

    it("change data as a set, and in batches", async () => {
      const folder = await project();
      const { url } = await kind.create();
      await upgrade(url, "head", { folder });
      const repository = await openRepository(url);
      for (const text of [
        "CREATE TABLE t (id BIGINT PRIMARY KEY, doc TEXT)",
        "INSERT INTO t VALUES (1, 'a'), (2, NULL)",
      ]) {
        await repository.database.session((session) => session.execute(sql.raw(text)));
      }
      await repository.close();
      const flags = { table: ["t"], column: ["doc"] };
      await newRevision({
        folder,
        managers: ["app"],
        kind: "data",
        flags: { ...flags, value: ["doc || '!'"] },
      });
      const { files } = await newRevision({
        folder,
        managers: ["app"],
        kind: "data",
        flags: { ...flags, key: ["id"] },
      });
      const text = await readFile(files[0] ?? "", "utf8");
      const changed = text.replace('return row["doc"] ?? null;', 'return `${row["doc"] ?? "none"}?`;');
      await writeFiles(folder, { [path.relative(folder, files[0] ?? "")]: changed });
      await upgrade(url, "head", { folder });
      expect(await rowsOf(url, "SELECT doc FROM t ORDER BY id")).to.deep.equal([
        { doc: "a!?" },
        { doc: "none?" },
      ]);
    });

    it("change every table of a family of a Butler repository, and go back", async () => {
      const folder = await project();
      const { folder: uri } = await copyFixture("current", kind.dialect);
      await newRevision({
        folder,
        managers: ["datasets"],
        branches: [uuidClass],
        version: "2.2.0",
        kind: "dynamic-tables",
        flags: { family: ["dataset_tags_*"], "add-column": ["doc text"], "add-index": ["doc"] },
      });
      await upgrade(uri, "head", { folder });
      const report = await current(uri, { folder });
      expect(report.managers.find(({ manager }) => manager === "datasets")?.version).to.equal("2.2.0");
      await downgrade(uri, "-1", { folder });
    });

    it("are checked against the names of a repository, with near matches", async () => {
      const folder = await project();
      const { folder: uri } = await copyFixture("current", kind.dialect);
      const attempt = (flags: Readonly<Record<string, readonly string[]>>, of = "static-table") =>
        newRevision({
          folder,
          managers: ["collections"],
          branches: ["SynthIntKeyCollectionManager"],
          version: "2.1.0",
          kind: of,
          flags,
          fromRepository: uri,
        });
      const faults = [
        [{ table: ["colection"] }, "static-table", "unknown-table", '"collection"'],
        [{ table: ["collection"], "drop-column": ["docs"] }, "static-table", "unknown-column", '"doc"'],
        [
          { table: ["collection"], "add-column": ["doc text"] },
          "static-table",
          "duplicate-column",
          undefined,
        ],
        [{ family: ["dataset_tag_*"] }, "dynamic-tables", "unknown-family", '"dataset_tags_*"'],
        [
          { table: ["collection"], "add-foreign-key": ["type -> run(collection)"] },
          "static-table",
          "unknown-column",
          '"collection_id"',
        ],
      ] as const;
      for (const [flags, of, code, hint] of faults) {
        const error = await rejection(attempt(flags, of));
        expect(error.code).to.equal(code);
        if (hint !== undefined) expect(error.hint).to.contain(hint);
      }
      const { files } = await attempt({ table: ["collection"], "drop-column": ["doc"] });
      expect(await readFile(files[0] ?? "", "utf8")).to.contain(
        'addColumn("doc", type.text(), { nullable: true })',
      );
    });

    it("name dimensions that a repository has", async () => {
      const folder = await project();
      const { folder: uri } = await copyFixture("current", kind.dialect);
      const attempt = (flags: Readonly<Record<string, readonly string[]>>) =>
        newRevision({
          folder,
          managers: ["dimensions-config"],
          branches: ["daf_butler"],
          version: "9",
          kind: "dimension-config",
          flags: { dimension: ["target"], key: ["name string(32)"], ...flags },
          fromRepository: uri,
        });
      for (const flag of ["requires", "implies"]) {
        const error = await rejection(attempt({ [flag]: ["instrument", "physical_filters"] }));
        expect(error.code).to.equal("unknown-dimension");
        expect(error.hint).to.contain('Did you mean "physical_filter"?').and.contain("band, day_obs, ");
      }
      // A combination of dimensions has no key that another one could refer to.
      const combined = await rejection(attempt({ requires: ["visit_definition"] }));
      expect(combined.code).to.equal("unknown-dimension");
      const taken = await rejection(attempt({ dimension: ["visit_definition"] }));
      expect(taken.code).to.equal("duplicate-dimension");
      const { files } = await attempt({ requires: ["instrument"], implies: ["physical_filter"] });
      expect(files).to.have.length(1);
    });

    it("add a dimension to a Butler repository, and take it away again", async () => {
      const folder = await project();
      const { folder: uri } = await copyFixture("current", kind.dialect);
      await newRevision({
        folder,
        managers: ["dimensions-config"],
        branches: ["daf_butler"],
        version: "9",
        kind: "dimension-config",
        flags: { dimension: ["target"], key: ["name string(32)"], metadata: ["priority bigint"] },
      });
      const before = await rowsOf(
        uri,
        "SELECT value FROM butler_attributes WHERE name = 'config:dimensions.json'",
      );
      await upgrade(uri, "head", { folder });
      expect(await rowsOf(uri, "SELECT name, priority FROM target")).to.deep.equal([]);
      const report = await current(uri, { folder });
      expect(report.managers.find(({ manager }) => manager === "dimensions-config")?.version).to.equal("9");
      await downgrade(uri, "-1", { folder });
      const parsed = (rows: Row[]): unknown => JSON.parse(String(rows[0]?.["value"]));
      const after = await rowsOf(
        uri,
        "SELECT value FROM butler_attributes WHERE name = 'config:dimensions.json'",
      );
      expect(parsed(after)).to.deep.equal(parsed(before));
    });
  });
}
