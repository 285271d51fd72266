import { expect } from "chai";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  copy,
  current,
  defineRevision,
  downgrade,
  GodwitError,
  openRepository,
  sql,
  type,
  upgrade,
} from "../../lib/index.js";
import type { RevisionDefinition } from "../../lib/index.js";
import { openDatabase } from "../../lib/database/open.js";
import { databases } from "../support/databases.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { compare } from "../support/normalize/compare.js";
import { describeFixture } from "../support/normalize/describe.js";
import { hostileNames, impossibleNames } from "./names.js";

async function failure(work: Promise<unknown>): Promise<GodwitError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("did not fail");
}

/** Revisions that use a name for everything that a revision can name. */
function revisionsNaming(name: string): RevisionDefinition[] {
  return [
    defineRevision({
      id: "aaaaaaaaaaaa",
      parent: null,
      manager: "app",
      summary: `Make ${name}`,
      async up({ schema, data }) {
        await schema.create(name, (table) => {
          table.column(name, type.text());
          table.column("n", type.bigint());
          table.primaryKey([name]);
        });
        await data.insert(name, { columns: [name, "n"], rows: [[name, 9007199254740993n]] });
      },
      async down({ schema }) {
        await schema.drop(name);
      },
    }),
    defineRevision({
      id: "bbbbbbbbbbbb",
      parent: "aaaaaaaaaaaa",
      manager: "app",
      summary: "Change it",
      async up({ schema }) {
        await schema.alter(name, (table) => {
          table.addColumn("more", type.text(), { nullable: true });
          table.changeColumn("n", { nullable: true });
        });
      },
      async down({ schema }) {
        await schema.alter(name, (table) => {
          table.dropColumn("more");
          table.changeColumn("n", { nullable: false });
        });
      },
    }),
  ];
}

for (const kind of databases) {
  describe(`Hostile names, ${kind.title}`, () => {
    for (const name of hostileNames) {
      it(`of tables and columns are only names: ${JSON.stringify(name)}`, async () => {
        const { url } = await kind.create();
        const revisions = revisionsNaming(name);
        await upgrade(url, "head", { revisions });
        await downgrade(url, "aaaaaaaaaaaa", { revisions });
        const repository = await openRepository(url);
        const { tables, rows } = await repository.database.transaction({ mode: "read" }, async (session) => ({
          tables: await session.schema(repository.conventions).tableNames(),
          rows: await session.query(sql`SELECT * FROM ${sql.table(name)}`),
        }));
        await repository.close();
        expect(tables).to.include.members([name, "godwit_log", "revision_app"]);
        expect(Object.entries(rows[0] ?? {})).to.deep.equal([
          [name, name],
          ["n", 9007199254740993n],
        ]);
      });
    }

    for (const { name, codes } of impossibleNames) {
      it(`that cannot be are refused: ${JSON.stringify(name)}`, async () => {
        if (kind.dialect === "sqlite" && name !== "nul\0byte") return;
        const { url } = await kind.create();
        const error = await failure(upgrade(url, "head", { revisions: revisionsNaming(name) }));
        expect(error.code).to.be.oneOf(codes);
        expect(
          (await current(url, { revisions: revisionsNaming(name) })).managers[0]?.revisions,
        ).to.deep.equal([]);
      });
    }
  });
}

/** Gives what users name in a repository other names: dataset types, collections and runs. */
async function renameContents(fixture: Fixture): Promise<void> {
  const database = await openDatabase(
    fixture.dialect === "sqlite"
      ? { dialect: "sqlite", path: path.join(fixture.folder, "gen3.sqlite3") }
      : { dialect: "postgres", url: fixture.databaseUrl },
  );
  await database.transaction({ mode: "write" }, async (session) => {
    for (const [table, column] of [
      ["dataset_type", "name"],
      ["collection", "name"],
    ] as const) {
      const rows = await session.query(
        sql`SELECT ${sql.id(column)} AS name FROM ${sql.table(table)} ORDER BY 1`,
      );
      for (const [index, name] of hostileNames.entries()) {
        const old = rows[index]?.["name"];
        if (old === undefined) continue;
        await session.execute(
          sql`UPDATE ${sql.table(table)} SET ${sql.id(column)} = ${name} WHERE ${sql.id(column)} = ${old}`,
        );
      }
    }
  });
  await database.close();
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`Hostile names in repositories, ${dialect}`, () => {
    it("of dataset types and collections survive a migration up and down", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      await renameContents(fixture);
      const before = await describeFixture(fixture);
      await upgrade(fixture.folder, "352c30854bb0");
      await downgrade(fixture.folder, "1fae088c80b6", { dataLoss: "allow" });
      const differences = compare(before, await describeFixture(fixture), {
        ignorePrefixes: ["revision_", "godwit_"],
      });
      expect(differences.filter((one) => !one.startsWith("butler_attributes"))).to.deep.equal([]);
    });

    it("of files are copied as they are", async () => {
      const fixture = await copyFixture("uuid-c6-synth", dialect);
      const names = [
        ...hostileNames.map((name) => name.replaceAll("/", "_")),
        "a#b.fits",
        "50%25.fits",
        "....x",
      ];
      await mkdir(path.join(fixture.folder, "odd"));
      const database = await openDatabase(
        dialect === "sqlite"
          ? { dialect, path: path.join(fixture.folder, "gen3.sqlite3") }
          : { dialect, url: fixture.databaseUrl },
      );
      await database.transaction({ mode: "write" }, async (session) => {
        const rows = await session.query(
          sql`SELECT dataset_id FROM ${sql.table("file_datastore_records")} ORDER BY dataset_id, component`,
        );
        for (const [index, name] of names.entries()) {
          await writeFile(path.join(fixture.folder, "odd", name), `content of ${name}`);
          await session.execute(
            sql`UPDATE ${sql.table("file_datastore_records")} SET path = ${`odd/${name}`} WHERE dataset_id = ${rows[index]?.["dataset_id"] ?? null}`,
          );
        }
      });
      await database.close();
      const folder = path.join(await temporaryFolder(), "copy");
      await copy(fixture.folder, folder, dialect === "sqlite" ? {} : { schema: "copy" });
      for (const name of names) {
        expect(await readFile(path.join(folder, "odd", name), "utf8")).to.equal(`content of ${name}`);
      }
    });
  });
}

describe("Hostile names of schemas in PostgreSQL", () => {
  for (const name of hostileNames.filter((one) => !/[\n\r]/.test(one))) {
    it(`are only names: ${JSON.stringify(name)}`, async () => {
      const fixture = await copyFixture("uuid-c6-synth", "postgres");
      const database = await openDatabase({ dialect: "postgres", url: fixture.databaseUrl });
      await database.session(async (session) => {
        await session.execute(sql`ALTER SCHEMA public RENAME TO ${sql.id(name)}`);
        await session.execute(sql`CREATE SCHEMA public`);
      });
      await database.close();
      const file = path.join(fixture.folder, "butler.yaml");
      const text = await readFile(file, "utf8");
      await writeFile(
        file,
        text.replace("registry:\n", () => `registry:\n  namespace: ${JSON.stringify(name)}\n`),
      );
      await upgrade(fixture.folder, "datasets@head");
      const report = await current(fixture.folder);
      expect(report.problems).to.deep.equal([]);
      expect(report.repository.namespace).to.equal(name);
    });
  }
});
