import { readFile, writeFile } from "node:fs/promises";
import { expect } from "chai";
import { initProject } from "../../lib/catalog/init.js";
import { newRevision } from "../../lib/catalog/new-revision.js";
import { diffRepositories } from "../../lib/catalog/scaffold/diff/diff.js";
import { downgrade, openRepository, sql, upgrade } from "../../lib/index.js";
import { databases } from "../support/databases.js";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { rejection } from "./files.js";

async function execute(url: string, statements: readonly string[]): Promise<void> {
  const repository = await openRepository(url);
  try {
    for (const text of statements) {
      await repository.database.session((session) => session.execute(sql.raw(text)));
    }
  } finally {
    await repository.close();
  }
}

const common = ["CREATE TABLE u (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(8))"];
const old = [
  ...common,
  "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, a BIGINT, b TEXT)",
  "CREATE INDEX t_a_idx ON t (a)",
];
const fresh = [
  ...common,
  `CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, a BIGINT NOT NULL, b TEXT, c VARCHAR(16), "d e" BIGINT DEFAULT 5,
    CONSTRAINT t_a_key UNIQUE (a), CONSTRAINT positive CHECK (id > 0), CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES u (id))`,
  "CREATE INDEX other ON t (b, c)",
  "CREATE TABLE v (id BIGINT NOT NULL, u BIGINT, PRIMARY KEY (id), CONSTRAINT v_u_fkey FOREIGN KEY (u) REFERENCES u (id))",
];

for (const kind of databases) {
  describe(`The revision that turns one repository into another, ${kind.title}`, () => {
    async function pair(
      before: readonly string[],
      after: readonly string[],
    ): Promise<[string, string, string]> {
      const folder = await temporaryFolder();
      await initProject({ folder, managers: ["app"] });
      const [{ url: from }, { url: to }] = [await kind.create(), await kind.create()];
      await execute(from, before);
      await execute(to, after);
      return [folder, from, to];
    }

    it("makes the schemas equal, and goes back", async () => {
      const [folder, from, to] = await pair(old, fresh);
      const { files } = await newRevision({ folder, managers: ["app"], diff: [from, to] });
      const text = await readFile(files[0] ?? "", "utf8");
      expect(text).to.contain("unanswered(");
      const refused = await rejection(
        upgrade(from, "head", { folder }).then(() => downgrade(from, "-1", { folder })),
      );
      expect(refused.code).to.equal("unanswered-question");
      await writeFile(files[0] ?? "", text.replace(/^ *unanswered\(.*\n/gm, "").replace(", unanswered", ""));
      await upgrade(from, "head", { folder });
      expect(
        await diffRepositories(from, to, {}).then(
          ({ up }) => up.join("\n"),
          (error: { code: string }) => error.code,
        ),
      ).to.equal("no-difference");
      await downgrade(from, "-1", { folder, dataLoss: "allow" });
      const { url: original } = await kind.create();
      await execute(original, old);
      expect(
        await diffRepositories(from, original, {}).then(
          ({ up }) => up.join("\n"),
          (error: { code: string }) => error.code,
        ),
      ).to.equal("no-difference");
    });

    it("asks whether a column was renamed, and never guesses", async () => {
      const [, from, to] = await pair(["CREATE TABLE t (a TEXT)"], ["CREATE TABLE t (b TEXT)"]);
      const { up } = await diffRepositories(from, to, {});
      expect(up[0]).to.match(/^unanswered\(.*renameColumn/);
    });

    it("finds the indexes that a migration of a real repository adds", async () => {
      const [{ folder: from }, { folder: to }] = [
        await copyFixture("uuid-c0-name", kind.dialect),
        await copyFixture("uuid-c0-name", kind.dialect),
      ];
      await upgrade(to, "dimensions-StaticDimensionRecordStorageManager@6.0.1");
      const { up } = await diffRepositories(from, to, {});
      expect(up.join("\n")).to.contain("table.addIndex([");
    });
  });
}

describe("Two repositories of different databases", () => {
  it("are not compared", async () => {
    const urls = await Promise.all(databases.map(async (kind) => (await kind.create()).url));
    const error = await rejection(diffRepositories(urls[0] ?? "", urls[1] ?? "", {}));
    expect(error.code).to.equal("different-databases");
  });
});
