/** Projects and records that are not as they should be: what commands make of them, and what they say. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { temporaryFolder } from "../support/folders.js";
import { runHere } from "../support/printed.js";
import { runGodwit } from "../support/program.js";
import { rowsOf, runStatements } from "../support/rows.js";

interface Written {
  readonly manager?: string;
  readonly fields?: string;
  readonly up?: string;
}

class Project {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<Project> {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, "data.sqlite3"), "");
    await writeFile(
      path.join(folder, "godwit.config.json"),
      JSON.stringify({ repo: "sqlite:///data.sqlite3", revisions: ["revisions"] }),
    );
    return new Project(folder);
  }

  get url(): string {
    return `sqlite:///${path.join(this.#folder, "data.sqlite3")}`;
  }

  async write(
    id: string,
    parent: string | null,
    { manager = "app", fields = "", up = "" }: Written = {},
  ): Promise<void> {
    const folder = path.join(this.#folder, "revisions", manager);
    await mkdir(folder, { recursive: true });
    await writeFile(
      path.join(folder, `${id}.js`),
      `import { defineRevision } from "godwit";
export default defineRevision({
  id: ${JSON.stringify(id)}, parent: ${JSON.stringify(parent)}, manager: ${JSON.stringify(manager)}, summary: "Make ${id}", ${fields}
  async up(context) { ${up} },
  async down() {},
});
`,
    );
  }

  removeRevisions(): Promise<void> {
    return rm(path.join(this.#folder, "revisions"), { recursive: true });
  }

  sql(...statements: string[]): Promise<void> {
    return runStatements(this.url, statements);
  }

  get configuration(): string {
    return path.join(this.#folder, "godwit.config.json");
  }

  run(...[command = "", ...args]: readonly string[]): ReturnType<typeof runHere> {
    return runHere(command, "--config", this.configuration, ...args);
  }
}

async function chain(...ids: readonly string[]): Promise<Project> {
  const project = await Project.make();
  for (const [at, id] of ids.entries()) await project.write(id, ids[at - 1] ?? null);
  return project;
}

describe("Revisions that one replaces", () => {
  it("stand for it together, and are recorded as it with the next step", async () => {
    const project = await chain("aaaa", "bbbb", "cccc");
    await project.run("upgrade");
    await project.removeRevisions();
    await project.write("ssss", null, { fields: 'replaces: ["aaaa", "bbbb", "cccc"],' });
    await project.write("dddd", "ssss");
    const { out } = await project.run("history", "-i");
    expect(out).to.equal("app\n+ dddd  Make dddd\n@ ssss  Make ssss\n");
    const upgraded = await project.run("upgrade");
    expect([upgraded.out, upgraded.err]).to.deep.equal([
      "Applied 1 step: dddd\n",
      "up app dddd: Make dddd\n",
    ]);
    expect((await project.run("current", "--check")).status).to.equal(0);
    expect((await project.run("downgrade", "-1")).out).to.equal("Undone 1 step: dddd\n");
    const rows = await rowsOf(project.url, "SELECT revision FROM revision_app");
    expect(rows.map(({ revision }) => revision)).to.deep.equal(["ssss"]);
  });
});

describe("A database of Alembic", () => {
  it("is at what its rows depend on, in other trees too", async () => {
    const project = await Project.make();
    await project.write("bbbb", null);
    await project.write("llll", null, { manager: "lib", fields: 'dependsOn: ["bbbb"],' });
    await project.sql(
      "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
      "INSERT INTO alembic_version VALUES ('llll')",
    );
    const { out } = await project.run("current");
    expect(out)
      .to.match(/app +- +- +bbbb +up to date/)
      .and.to.match(/lib +- +- +llll +up to date/);
    expect((await project.run("upgrade")).out).to.match(/^Nothing to do/);
    await project.write("cccc", "bbbb");
    expect((await project.run("upgrade")).out).to.equal("Applied 1 step: cccc\n");
    expect((await project.run("current", "--check")).status).to.equal(0);
  });
});

describe("A tree of two lines", () => {
  it("may be at both, and at one that no file has", async () => {
    const project = await chain("aaaa", "bbbb");
    await project.write("cccc", "aaaa");
    await project.run("upgrade", "heads");
    const { out, err } = await project.run("current");
    expect(out).to.match(/app +- +- +bbbb, cccc +up to date/);
    expect(err).to.equal("");
    await project.sql("UPDATE revision_app SET revision = 'gone' WHERE revision = 'cccc'");
    const told = await project.run("current", "--check");
    expect(told.status).to.equal(3);
    expect(told.out + told.err)
      .to.include('The repository is at revision gone of "app", which no revision file has.')
      .and.to.not.include("rows between them");
  });
});

describe("A stamp", () => {
  it("warns of what is needed and not recorded", async () => {
    const project = await chain("aaaa", "bbbb");
    await project.write("llll", null, { manager: "lib", fields: 'dependsOn: ["bbbb"],' });
    expect((await project.run("stamp", "lib@head")).err).to.equal(
      "warning: What is recorded depends on bbbb of app, which is not recorded as applied.\n",
    );
    expect((await project.run("stamp", "lib@head", "app@head")).err).to.equal("");
  });
});

describe("A version table", () => {
  it("of which a row is missing is told, and written only by a stamp", async () => {
    const project = await chain("aaaa", "bbbb", "cccc");
    await project.run("upgrade");
    await project.sql("DELETE FROM revision_app WHERE revision = 'bbbb'");
    const told =
      'The version table says that "app" is at aaaa and at cccc, but aaaa is below what else it is at: rows between them are missing or wrong.';
    const checked = await project.run("current", "--check");
    expect([checked.status, (checked.out + checked.err).includes(told)]).to.deep.equal([3, true]);
    const refused = await project.run("downgrade", "-1");
    expect([refused.status, refused.err.includes(told)]).to.deep.equal([4, true]);
    expect((await project.run("stamp", "cccc")).status).to.equal(0);
    expect((await project.run("current", "--check")).status).to.equal(0);
  });

  for (const [column, value] of [
    ["seq", "abc"],
    ["duration_ms", "huge"],
  ] as const)
    it(`that has a text as ${column} is named with the row`, async () => {
      const project = await chain("aaaa");
      await project.run("upgrade");
      await project.sql(`UPDATE revision_app SET ${column} = '${value}'`);
      const { status, err } = await project.run("current");
      expect(status).to.equal(4);
      expect(err).to.include(
        `Table "revision_app" has "${value}" as ${column} of revision aaaa, which is no number.`,
      );
    });

  it("that is somebody else's is named", async () => {
    const project = await chain("aaaa");
    await project.sql("CREATE TABLE revision_app (id INTEGER)");
    const { status, err } = await project.run("current");
    expect(status).to.equal(4);
    expect(err).to.include('Table "revision_app" cannot be read as the version table of "app"');
  });

  it("whose name two trees would share is refused where files are checked", async () => {
    const project = await Project.make();
    await project.write("aaaa", null, { manager: "app-x" });
    await project.write("bbbb", null, { manager: "app_x" });
    const { status, err } = await project.run("revision", "check");
    expect(status).to.equal(2);
    expect(err).to.include('Managers "app-x" and "app_x" would share the version table "revision_app_x".');
  });
});

describe("Code of a revision that fails", () => {
  for (const [what, up, reason] of [
    ["with an error", 'throw new Error("no luck")', "no luck"],
    ["with a text", 'throw "no luck"', "no luck"],
    ["at a method that is not there", "context.nothing()", "context.nothing is not a function"],
  ] as const)
    it(`${what} before anything is changed is named with its file`, async () => {
      const project = await Project.make();
      await project.write("aaaa", null, { up });
      for (const command of ["upgrade", "plan"]) {
        const { status, err } = await project.run(command);
        expect(status, command).to.equal(1);
        expect(err).to.match(/^error: app root \(aaaa\) fails before anything is changed \(.*aaaa\.js:2\): /);
        expect(err)
          .to.include(`: ${reason}\n`)
          .and.to.include("The repository is as it was.")
          .and.to.not.include("defect");
      }
    });

  it("at a query before anything is changed is named with its file", async () => {
    const project = await Project.make();
    await project.write("aaaa", null, {
      up: 'const { sql } = await import("godwit"); await context.query(sql`SELECT 1 FROM nowhere`)',
    });
    const { status, err } = await project.run("upgrade");
    expect(status).to.equal(1);
    expect(err).to.match(
      /^error: app root \(aaaa\) fails before anything is changed \(.*aaaa\.js:2\): .*no such table: nowhere/,
    );
  });

  it("without a statement is not logged as stopped at one", async () => {
    const project = await Project.make();
    await project.write("aaaa", null, { up: 'if (context.mode === "run") throw new Error("no luck")' });
    expect((await project.run("upgrade")).status).to.equal(1);
    const [entry] = await rowsOf(project.url, "SELECT outcome, statement FROM godwit_log");
    expect(entry).to.deep.equal({ outcome: "failed", statement: null });
  });

  it("waits for what never comes ends with an error", async () => {
    const project = await Project.make();
    await project.write("aaaa", null, {
      up: 'if (context.mode === "run") await new Promise(() => {})',
    });
    const { status, stderr } = await runGodwit(["upgrade", "--config", project.configuration]);
    expect(status).to.equal(1);
    expect(stderr).to.include("waits for something that never comes");
    expect((await project.run("current", "--check")).status).to.equal(0);
    await project.write("aaaa", null);
    expect((await project.run("upgrade")).out).to.equal("Applied 1 step: aaaa\n");
  });

  it("at a statement is named, with where the repository is", async () => {
    const project = await Project.make();
    await project.sql("CREATE TABLE t (id INTEGER PRIMARY KEY)");
    await project.write("aaaa", null, {
      up: 'const { sql } = await import("godwit"); await context.execute(sql`INSERT INTO t VALUES (1), (1)`, { table: "t", cost: "scan" })',
    });
    const { status, err } = await project.run("upgrade");
    expect(status).to.equal(1);
    expect(err)
      .to.match(/^error: app root \(aaaa\) failed and was rolled back: .*UNIQUE constraint failed: t\.id/m)
      .and.to.include("hint: The repository is as it was before this step.");
  });
});

describe("Names that stand for something else", () => {
  for (const name of ["head", "heads", "base", "current"]) {
    it(`${name} is no id and no label`, async () => {
      const project = await chain("aaaa");
      expect((await project.run("revision", "new", "app", "-m", "x", "--rev-id", name)).status).to.equal(2);
      await project.write("bbbb", "aaaa", { fields: `labels: ["${name}"],` });
      const labelled = await project.run("revision", "check");
      expect([labelled.status, labelled.err.includes(`has the label '${name}'`)]).to.deep.equal([2, true]);
      await project.removeRevisions();
      await project.write(name, null);
      const named = await project.run("revision", "check");
      expect([named.status, named.err.includes(`has the id '${name}'`)]).to.deep.equal([2, true]);
    });
  }

  it("of a manager is no label of another's revision", async () => {
    const project = await chain("aaaa");
    await project.write("bbbb", null, { manager: "lib", fields: 'labels: ["app"],' });
    const { status, err } = await project.run("revision", "check");
    expect(status).to.equal(2);
    expect(err).to.match(/^error: The label 'app' of bbbb \(.*\) is the name of a manager\./);
  });

  it("may be those of managers", async () => {
    const project = await Project.make();
    await project.write("aaaa", null, { manager: "head" });
    expect((await project.run("upgrade", "head@head")).out).to.equal("Applied 1 step: aaaa\n");
  });
});

describe("What is typed in error", () => {
  it("is refused: no repository behind --repo, two of them, a range without --sql", async () => {
    const project = await chain("aaaa");
    for (const [args, message] of [
      [["upgrade", "--repo="], "--repo names no repository: what stands behind it is empty."],
      [["upgrade", "--repo", "a", "--repo", "b"], "--repo names several repositories: a, b."],
      [["upgrade", "--sql", "--json"], "Arguments sql and json are mutually exclusive"],
      [["history", "--graph", "svg", "--json"], "Arguments graph and json are mutually exclusive"],
      [["upgrade", "base:head"], "'base:head' is a range, which only a script can be written for."],
    ] as const) {
      const { status, out, err } = await project.run(...args);
      expect(status).to.equal(2);
      expect(err === "" ? out : err).to.include(message);
    }
    expect(await rowsOf(project.url, "SELECT name FROM sqlite_master")).to.deep.equal([]);
  });
});

describe("What a terminal would obey", () => {
  it("is shown as text, whatever summaries and records hold", async () => {
    const project = await Project.make();
    await project.write("aaaa", null, { fields: 'labels: ["odd\\u001b[2J"],' });
    await project.run("upgrade");
    const drawn = await project.run("history");
    expect(drawn.out).to.equal("app\no aaaa [odd\\x1b[2J]  Make aaaa\n");
    await project.sql("UPDATE revision_app SET revision = 'zz' || char(27) || '[2J' || char(8238)");
    const { out, err } = await project.run("current");
    // oxlint-disable-next-line no-control-regex
    expect(out + err).to.not.match(/[\u001b\u202e]/u);
    expect(out + err).to.include("zz\\x1b[2J\\u202e");
  });
});
