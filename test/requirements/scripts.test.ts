/** How migration scripts are organized, and what one is. */
import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import path from "node:path";
import { Client } from "pg";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  check,
  compareFormats,
  copy,
  current,
  defineRevision,
  downgrade,
  format,
  openRepository,
  plan,
  sql,
  upgrade,
} from "../../lib/index.js";
import type { GodwitError, RunOptions } from "../../lib/index.js";
import { numberedText, readStatements } from "../support/butler-statements.js";
import type { RecordedStatement } from "../support/butler-statements.js";
import { databases } from "../support/databases.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { runGodwit } from "../support/program.js";
import { rowsOf, runStatements } from "../support/rows.js";

async function refusal(work: Promise<unknown>): Promise<GodwitError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error, "nothing was refused").not.to.equal(null);
  return error as GodwitError;
}

const indexes = fileURLToPath(new URL("../../../examples/datasets-indexes", import.meta.url));

async function writeConfiguration(fixture: Fixture, change: (text: string) => string): Promise<void> {
  const repository = await openRepository(fixture.folder);
  try {
    await repository.database.transaction({ mode: "write" }, async (session) => {
      const [row] = await session.query(
        sql`SELECT value FROM butler_attributes WHERE name = 'config:dimensions.json'`,
      );
      await session.execute(
        sql`UPDATE butler_attributes SET value = ${change(String(row?.["value"]))} WHERE name = 'config:dimensions.json'`,
      );
    });
  } finally {
    await repository.close();
  }
}

/** The same with keys in the opposite order, at every depth. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, turned(inner)]),
  );
}

/** Takes user and password out of `butler.yaml`, so that they have to be looked up. */
function withCredentials(folder: string): readonly [string, RunOptions] {
  const file = path.join(folder, "butler.yaml");
  const text = readFileSync(file, "utf8");
  const [url = "", user = "", password = "", server = ""] =
    /postgresql:\/\/([^:]+):([^@]+)@([^/]+)\/\S+/.exec(text) ?? [];
  writeFileSync(file, text.replace(url, url.replace(`${user}:${password}@`, "")));
  const entry = {
    url: `postgresql://${server}/*`,
    username: user,
    password: decodeURIComponent(password),
  };
  const credentials = path.join(folder, "db-auth.yaml");
  writeFileSync(credentials, JSON.stringify([entry]), { mode: 0o600 });
  return [folder, { environment: { LSST_DB_AUTH: credentials } }];
}

for (const { title, dialect } of databases) {
  describe(`The format of a repository, ${title}`, function () {
    this.timeout(120_000);

    it("depends on classes, versions and dimensions, not on layout, order and documentation (S5.1)", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      const { digest } = await format(fixture.folder);
      await writeConfiguration(fixture, (text) => JSON.stringify(turned(JSON.parse(text)), null, 3));
      expect((await format(fixture.folder)).digest).to.equal(digest);
      await writeConfiguration(fixture, (text) =>
        text.replace(/"instrument": \{/, '"instrument": { "doc": "anew",'),
      );
      expect((await format(fixture.folder)).digest).to.equal(digest);
      await writeConfiguration(fixture, (text) => text.replace('"length": 32', '"length": 33'));
      expect((await format(fixture.folder)).digest).not.to.equal(digest);
    });

    it("is printed, compared, and leads to what can be applied (S5.2)", async () => {
      const [one, other] = [
        await copyFixture("uuid-c6-synth", dialect),
        await copyFixture("uuid-c7-synth", dialect),
      ];
      const { status, stdout } = await runGodwit(["format", "--repo", one.folder]);
      expect(status).to.equal(0);
      expect(stdout).to.include((await format(one.folder)).digest);
      const difference = await compareFormats(one.folder, other.folder);
      expect(difference.same).to.equal(false);
      expect(difference.managers.map(({ manager }) => manager)).to.include.members([
        "datasets",
        "dimensions-config",
      ]);
      const { managers } = await current(one.folder);
      expect(managers.find(({ manager }) => manager === "datasets")?.pending).to.deep.equal(["4e2d7a28475b"]);
    });

    it("counts a changed rule for content, though no table changes (S5.3)", async () => {
      const fixture = await copyFixture("uuid-c7-ds021", dialect);
      const { digest } = await format(fixture.folder);
      const changed = defineRevision({
        id: "5bc3dd974b32",
        parent: "8c57494cabcc",
        manager: "collections",
        branch: "SynthIntKeyCollectionManager",
        version: "2.0.1",
        summary: "Write documentation in capitals",
        compatibility: { backward: "full", forward: "full" },
        async up(context) {
          await context.execute(sql`UPDATE ${sql.table("collection")} SET doc = upper(doc)`, {
            table: "collection",
            cost: "rewrite",
          });
        },
        irreversible: "The former texts are not kept.",
      });
      const revisions = [changed];
      const { steps } = await plan(fixture.folder, "up", "collections@head", { revisions });
      expect(steps.map(({ toVersion, changes }) => [toVersion, changes])).to.deep.equal([
        ["2.0.1", "content"],
      ]);
      expect(
        steps.flatMap(({ statements }) => statements).filter((text) => /ALTER|CREATE/.test(text)),
      ).to.deep.equal([]);
      await upgrade(fixture.folder, "collections@head", { revisions });
      expect((await format(fixture.folder)).digest).not.to.equal(digest);
    });

    it("is checked where a migration of content needs to be told something (S5.3)", async () => {
      const fixture = await copyFixture("uuid-c7-ds021", dialect);
      const revisions = [
        defineRevision({
          id: "5bc3dd974b32",
          parent: "8c57494cabcc",
          manager: "collections",
          branch: "SynthIntKeyCollectionManager",
          version: "2.0.1",
          summary: "Write documentation anew",
          options: { author: { type: "string", description: "who writes it", required: true } },
          needs: { texts: "the documentation" },
          async up(context) {
            const [text] = context.providers("texts") as ((author: unknown) => string)[];
            // A check tells it nothing, and has to live with a statement that fails.
            if (text === undefined) await context.query(sql`SELECT nosuch FROM ${sql.table("collection")}`);
            const doc = text?.(context.option("author")) ?? null;
            await context.execute(sql`UPDATE ${sql.table("collection")} SET doc = ${doc}`, {
              table: "collection",
              cost: "rewrite",
            });
          },
          irreversible: "The former texts are not kept.",
        }),
      ];
      const texts = (author: unknown) => `by ${String(author)}`;
      await upgrade(fixture.folder, "collections@head", {
        revisions,
        options: { author: "me" },
        providers: { texts },
      });
      const report = await check(fixture.folder, { revisions, rows: "check" });
      expect(report.problems).to.deep.equal([]);
      expect(report.drift.filter((one) => one.class === "drift")).to.deep.equal([]);
      await runStatements(fixture.databaseUrl, ["ALTER TABLE collection ADD COLUMN more BIGINT"]);
      const [problem] = (await check(fixture.folder, { revisions })).problems;
      expect(problem?.code).to.equal("unknown-format");
      expect(problem?.message).to.include("Write documentation anew").and.include("nosuch");
    });

    it("is reached only over edges that there are; otherwise what is near is named (S5.4)", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      const none = await refusal(
        plan(fixture.folder, "up", "collections-NameKeyCollectionManager@2.0.0", { revisions: [] }).then(() =>
          upgrade(fixture.folder, "datasets-ByDimensionsDatasetRecordStorageManager@1.0.0"),
        ),
      );
      expect(none.code).to.equal("no-switch");
      expect(none.hint).to.include("2101fbf51ad3");
      const latest = await upgrade(fixture.folder, "defaults@latest");
      expect(latest.current.repository.defaults).to.equal("30.0.8");
    });
  });

  describe(`What a migration is, ${title}`, function () {
    this.timeout(120_000);

    it("is run by a call with nothing but the URI, in every form that there is of it (S6.1)", async () => {
      const forms: readonly ((folder: string) => readonly [uri: string, options?: RunOptions])[] = [
        (folder) => [folder],
        (folder) => [path.join(folder, "butler.yaml")],
        (folder) => [`${pathToFileURL(folder).href}/`],
        (folder) => [path.basename(folder), { folder: path.dirname(folder) }],
        (folder) => ["main", { environment: { DAF_BUTLER_REPOSITORIES: `main: ${folder}` } }],
        (folder) => {
          const index = path.join(folder, "index.yaml");
          writeFileSync(index, `main: ${path.join(folder, "butler.yaml")}\n`);
          return ["main", { environment: { DAF_BUTLER_REPOSITORY_INDEX: pathToFileURL(index).href } }];
        },
        ...(dialect === "sqlite" ? [] : [withCredentials]),
      ];
      for (const form of forms) {
        const fixture = await copyFixture("uuid-c7-ds021", dialect);
        const [uri, options] = form(fixture.folder);
        const { steps } = await upgrade(uri, "head", options);
        expect(
          steps.map(({ revision }) => revision),
          uri,
        ).to.deep.equal(["aa7a2f893cba"]);
      }
    });

    it("tells all that is missing before anything is changed (S6.2)", async () => {
      const fixture = await copyFixture("uuid-c1-synth", dialect);
      const { steps } = await plan(fixture.folder, "up", ["bf6308af80aa", "4fe28ef5030f"]);
      const missing = steps.flatMap((step) => step.missing);
      expect(missing.join()).to.include("has_simulated").and.include("obscore_config");
      const error = await refusal(upgrade(fixture.folder, ["bf6308af80aa", "4fe28ef5030f"]));
      expect(error.message).to.include("has_simulated").and.include("obscore_config");
      expect(
        (await current(fixture.folder)).managers.find(({ manager }) => manager === "dimensions-config")
          ?.version,
      ).to.equal("1");
    });

    // A copy on PostgreSQL is a schema of its own: its tests are in test/copy.
    if (dialect === "sqlite")
      it("changes a repository in its place, or a copy that a helper makes (S6.3)", async () => {
        const fixture = await copyFixture("uuid-c7-synth", dialect);
        const folder = path.join(await temporaryFolder(), "copy");
        await copy(fixture.folder, folder);
        await upgrade(folder, "head");
        expect((await current(folder)).managers.flatMap(({ pending }) => pending)).to.deep.equal([]);
        expect((await current(fixture.folder)).managers.flatMap(({ pending }) => pending)).not.to.deep.equal(
          [],
        );
        expect((await stat(path.join(folder, "butler.yaml"))).isFile()).to.equal(true);
      });

    it("keeps a second runner out while it runs (S6.4)", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      let second: GodwitError | null = null;
      await upgrade(fixture.folder, "head", {
        onPause: async (point) => {
          if (second !== null || !point.startsWith("step:commit ")) return;
          second = await refusal(upgrade(fixture.folder, "head", { lockTimeoutMs: 300 }));
        },
      });
      expect(second).to.have.property("exitCode", 4);
    });

    it("says what it declares in its plan (S6.5)", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const { stdout } = await runGodwit(["plan", "--repo", fixture.folder, "datasets@head"]);
      expect(stdout).to.include(
        "needs the repository for itself, one transaction, can be undone, newer code on an older repository: full, older code on the result: none",
      );
      const { steps } = await plan(fixture.folder, "up", "datasets@head");
      expect(
        steps.map(({ live, transactional, reversible, compatibility }) => ({
          live,
          transactional,
          reversible,
          compatibility,
        })),
      ).to.deep.equal([
        {
          live: false,
          transactional: true,
          reversible: true,
          compatibility: { backward: "full", forward: "none" },
        },
      ]);
    });

    it("lets others read in each of its phases, and write: on PostgreSQL in each of them, on SQLite between sub-steps (S6.6)", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      let phases = 0;
      let writes = 0;
      await upgrade(fixture.folder, "datasets@head", {
        revisions: [indexes],
        onPause: async (point) => {
          phases += 1;
          const rows = await rowsOf(fixture.databaseUrl, "SELECT count(*) AS n FROM dataset_tags_00000001");
          expect(rows[0]?.["n"], point).to.not.equal(0n);
          // SQLite has one lock for all writers, which is held until a sub-step is committed.
          if (dialect === "sqlite" && !point.startsWith("substep:")) return;
          writes += 1;
          await runStatements(fixture.databaseUrl, [
            `UPDATE collection SET doc = 'written ${writes} times' WHERE collection_id = 1`,
          ]);
        },
      });
      expect(phases).to.be.above(5);
      const [row] = await rowsOf(fixture.databaseUrl, "SELECT doc FROM collection WHERE collection_id = 1");
      expect(writes).to.be.above(3);
      expect(row?.["doc"]).to.equal(`written ${writes} times`);
    });
  });
}

describe("What revisions declare", () => {
  it("is told by show and history -v, of switches too (S6.5)", async () => {
    const declared =
      /compatibility: backward full, forward none\s+execution: needs the repository for itself, one transaction, can be undone/;
    const shown = await runGodwit(["show", "4e2d7a28475b"]);
    expect(shown.stdout).to.match(declared);
    const history = await runGodwit(["history", "-v"], { env: { LANG: "C" } });
    const [, below = ""] = history.stdout.split("4e2d7a28475b ByDimensions");
    expect(below.split(" ByDimensions")[0]?.replaceAll("|", " ")).to.match(declared);
    expect(history.stdout.split("\nswitches\n")[1]).to.match(
      /635083325f20 -> 2101fbf51ad3 .*\s+compatibility: backward none, forward none\s+execution: needs/,
    );
    const { status, stdout } = await runGodwit(["history", "-v", "--json"]);
    expect(status).to.equal(0);
    expect(stdout).to.include('"forward": "none"');
  });
});

/** Titles of tests, and texts that become part of them. */
function titlesOf(text: string): string[] {
  const titles = /\bit\(\s*[`"'](.*)[`"'],|^\s*\[?"(.*\(S\d.*\).*)",$/gm;
  return [...text.matchAll(titles)].map(([, title, part]) => title ?? part ?? "");
}

describe("The table of requirements", () => {
  it("has a line for every requirement, and names tests that there are", async () => {
    const page = await readFile(
      fileURLToPath(new URL("../../../docs/requirements.md", import.meta.url)),
      "utf8",
    );
    const counts: Readonly<Record<string, number>> = { S1: 10, S2: 8, S3: 9, S4: 7, S5: 6, S6: 6 };
    const lines = page.split("\n").filter((line) => /^\| S\d\.\d+ /.test(line));
    const wanted = Object.entries(counts).flatMap(([group, count]) =>
      Array.from({ length: count }, (_, at) => `${group}.${at + 1}`),
    );
    expect(lines.map((line) => line.split(" ")[1])).to.deep.equal(wanted);
    for (const line of lines) {
      const [, id = "", , , tests = ""] = line.split("|").map((cell) => cell.trim());
      const files = [...tests.matchAll(/`(test\/[\w./-]+)`/g)].map(([, file]) => file ?? "");
      expect(files, id).not.to.deep.equal([]);
      const texts = await Promise.all(
        files.map((file) => readFile(fileURLToPath(new URL(`../../../${file}`, import.meta.url)), "utf8")),
      );
      expect(
        texts.some((text) => titlesOf(text).some((title) => title.match(/S\d\.\d+/g)?.includes(id) === true)),
        id,
      ).to.equal(true);
    }
  });
});

describe("A live migration on PostgreSQL", function () {
  this.timeout(120_000);

  it("fails no statement of the real Butler, which wait for nothing, in any of its phases (S6.6)", async () => {
    const fixture = await copyFixture("current", "postgres");
    const recorded = await readStatements("postgres", "datasets");
    const isMember = ({ sql: text }: RecordedStatement): boolean =>
      /^(INSERT INTO|DELETE FROM) public\.(dataset_tags_|collection_summary_)/.test(text);
    const first = recorded.findIndex(isMember);
    const reads = recorded.filter(({ sql: text }) => /^(SELECT|WITH)/.test(text)).slice(3, 20);
    const stop = new AbortController();
    const faults: string[] = [];
    const rounds = [0, 0];
    const work = async (at: 0 | 1, statements: readonly RecordedStatement[]): Promise<void> => {
      const client = new Client({ connectionString: fixture.databaseUrl });
      await client.connect();
      // Each statement has a timeout of its own, so that a lock that is held would fail it.
      await client.query("SET statement_timeout = 2000; SET lock_timeout = 500");
      while (!stop.signal.aborted && faults.length === 0) {
        for (const one of statements) {
          try {
            await client.query(numberedText(one), [...one.parameters]);
          } catch (error) {
            faults.push(`${String(error)}: ${one.sql}`);
          }
        }
        rounds[at] = (rounds[at] ?? 0) + 1;
      }
      await client.end();
    };
    await runStatements(fixture.databaseUrl, [
      "INSERT INTO collection (collection_id, name, type) VALUES (nextval('collection_seq_collection_id'), 'godwit/tagged', 2)",
    ]);
    const others = [work(0, recorded.slice(first).filter(isMember)), work(1, reads)];
    const goRound = async (): Promise<void> => {
      const before = [...rounds];
      const patience = Date.now() + 5000;
      while (rounds.some((count, at) => count === before[at]) && faults.length === 0 && Date.now() < patience)
        await setTimeout(5);
    };
    try {
      // Held at each point until the others have gone round.
      await upgrade(fixture.folder, "datasets@head", { revisions: [indexes], onPause: goRound });
      await downgrade(fixture.folder, "datasets@-1", { revisions: [indexes], onPause: goRound });
    } finally {
      stop.abort();
      await Promise.all(others);
    }
    expect(faults).to.deep.equal([]);
    expect(Math.min(...rounds)).to.be.above(5);
  });
});
