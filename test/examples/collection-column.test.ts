/** The worked example of a column for two classes, written by `revision new --branch A --branch B`. */
import { expect } from "chai";
import { readFile, readdir, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { newRevision } from "../../lib/catalog/new-revision.js";
import {
  check,
  current,
  downgrade,
  GodwitError,
  openRepository,
  plan,
  sql,
  upgrade,
} from "../../lib/index.js";
import type { Session } from "../../lib/database/database.js";
import type { Row, Sql } from "../../lib/index.js";
import { climb } from "../../lib/testing/index.js";
import { rejection } from "../catalog/files.js";
import { databases } from "../support/databases.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";

const place = fileURLToPath(new URL("../../../examples/collection-column", import.meta.url));
const revisions = [place];

async function opened<T>(fixture: Fixture, work: (session: Session) => Promise<T>): Promise<T> {
  const repository = await openRepository(fixture.folder);
  try {
    return await repository.database.transaction({ mode: "write" }, work);
  } finally {
    await repository.close();
  }
}

const rowsOf = (fixture: Fixture, query: Sql): Promise<Row[]> =>
  opened(fixture, (session) => session.query(query));

const run = (fixture: Fixture, statement: Sql): Promise<number> =>
  opened(fixture, (session) => session.execute(statement));

async function versions(fixture: Fixture): Promise<Record<string, string>> {
  const { managers } = await current(fixture.folder, { revisions });
  return Object.fromEntries(managers.map((one) => [one.manager, `${one.class} ${one.version}`]));
}

async function scaffoldFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, "column"));
  await writeFile(path.join(folder, "godwit.config.json"), JSON.stringify({ revisions: ["./column"] }));
  return folder;
}

describe("A column for two classes", () => {
  it("is written by one command: two revisions that share one implementation (S4.1)", async () => {
    const folder = await scaffoldFolder();
    await newRevision({
      folder,
      managers: ["collections"],
      branches: ["NameKeyCollectionManager", "SynthIntKeyCollectionManager"],
      version: "2.0.1",
      summary: "Let people write notes on collections",
      flags: { table: ["collection"], "add-column": ["note text null"] },
    });
    const written = path.join(folder, "column", "collections");
    const files = (await readdir(written)).toSorted();
    expect(files).to.deep.equal((await readdir(path.join(place, "collections"))).toSorted());
    for (const file of files) {
      const own = await readFile(path.join(place, "collections", file), "utf8");
      expect(await readFile(path.join(written, file), "utf8"), file).to.equal(own);
    }
  });

  it("of a table that grows is declared as breaking, as Butler looks at its columns (S4.5)", async () => {
    const folder = await scaffoldFolder();
    const { files } = await newRevision({
      folder,
      managers: ["datasets"],
      branches: ["ByDimensionsDatasetRecordStorageManagerUUID"],
      version: "3.0.0",
      kind: "dynamic-tables",
      flags: { family: ["dataset_tags_*"], "add-column": ["note text null"] },
    });
    const fixture = await copyFixture("uuid-c7-synth", "sqlite");
    const { steps } = await plan(fixture.folder, "up", "datasets@head", { folder });
    expect(files).to.have.length(1);
    expect(steps.map(({ compatibility }) => compatibility?.forward)).to.deep.equal(["none"]);
    const [file = ""] = files;
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace('forward: "none"', 'forward: "full"'));
    const climbing = climb(fixture.folder, { folder, target: "datasets@head", emptyTables: "allow" });
    expect((await rejection(climbing)).message).to.match(
      /declares compatibility\.forward "full", but column "note" is new in "dataset_tags_\d+"/,
    );
  });
});

for (const { title, dialect } of databases) {
  describe(`A column of the table of collections, ${title}`, function () {
    this.timeout(120_000);

    for (const [repository, name, other] of [
      ["uuid-c3-name", "NameKeyCollectionManager", "name"],
      ["uuid-c7-synth", "SynthIntKeyCollectionManager", "collection_id"],
    ] as const) {
      it(`raises the version of ${name}, and of nothing else (S4.1)`, async () => {
        const fixture = await copyFixture(repository, dialect);
        const before = await versions(fixture);
        await upgrade(fixture.folder, "collections@head", { revisions });
        expect(await versions(fixture)).to.deep.equal({ ...before, collections: `${name} 2.0.1` });
        const rows = await rowsOf(fixture, sql`SELECT ${sql.id(other)} FROM collection WHERE note IS NULL`);
        expect(rows.length).to.be.above(10);
        expect(
          (await check(fixture.folder, { revisions })).drift.filter((one) => one.class === "drift"),
        ).to.deep.equal([]);
      });
    }

    it("costs no more than an entry of the catalog (S4.2)", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      const { steps } = await plan(fixture.folder, "up", "collections@head", { revisions });
      expect(steps.flatMap(({ tables }) => tables.map(({ name, cost }) => [name, cost]))).to.deep.equal([
        ["collection", "metadata"],
      ]);
      expect(steps[0]?.statements).to.have.length(1);
      expect(steps[0]?.statements[0]).to.match(
        /^ALTER TABLE \S*"collection" ADD COLUMN "?note"? (TEXT|text)$/,
      );
    });

    it("is not there for code that does not know it: it reads, inserts, replaces and deletes (S4.3, S4.6)", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      await upgrade(fixture.folder, "collections@head", { revisions });
      const old = "godwit/old";
      // The number of a new collection comes from a sequence that the code names itself.
      const [column, number] =
        dialect === "sqlite"
          ? [sql``, sql``]
          : [sql`collection_id, `, sql`nextval('collection_seq_collection_id'), `];
      const insert = (doc: Sql): Sql =>
        sql`INSERT INTO collection (${column}name, type, doc) VALUES (${number}${old}, 1, ${doc})`;
      await run(fixture, insert(sql`NULL`));
      await run(fixture, sql`UPDATE collection SET note = 'kept' WHERE name = ${old}`);
      await run(fixture, sql`${insert(sql`'text'`)} ON CONFLICT (name) DO UPDATE SET doc = excluded.doc`);
      expect(
        await rowsOf(fixture, sql`SELECT name, doc, note FROM collection WHERE name = ${old}`),
      ).to.deep.equal([{ name: old, doc: "text", note: "kept" }]);
      await run(fixture, sql`DELETE FROM collection WHERE name = ${old}`);
      expect(await rowsOf(fixture, sql`SELECT name FROM collection WHERE name = ${old}`)).to.deep.equal([]);
    });

    it("is refused where rows would have no value, unless it has a default (S4.4)", async () => {
      for (const [column, outcome] of [
        ["note text not null", "refused"],
        ["note text not null default 'none'", "added"],
      ] as const) {
        const folder = await scaffoldFolder();
        const fixture = await copyFixture("uuid-c7-synth", dialect);
        let refused: unknown = null;
        try {
          await newRevision({
            folder,
            managers: ["collections"],
            branches: ["SynthIntKeyCollectionManager"],
            version: "2.0.1",
            flags: { table: ["collection"], "add-column": [column] },
          });
          await upgrade(fixture.folder, "collections@head", { folder });
        } catch (error) {
          refused = error;
        }
        if (outcome === "added") expect(refused).to.equal(null);
        else expect(refused, column).to.be.instanceOf(GodwitError);
        const { managers } = await current(fixture.folder, { folder });
        const { version } = managers.find(({ manager }) => manager === "collections") ?? {};
        expect(version).to.equal(outcome === "added" ? "2.0.1" : "2.0.0");
      }
    });

    it("is not dropped with notes in it unless that is allowed (S4.7)", async () => {
      const fixture = await copyFixture("uuid-c7-synth", dialect);
      await upgrade(fixture.folder, "collections@head", { revisions });
      await run(fixture, sql`UPDATE collection SET note = 'mine' WHERE collection_id = 1`);
      const back = "collections-SynthIntKeyCollectionManager@2.0.0";
      const error = await downgrade(fixture.folder, back, { revisions }).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(GodwitError);
      expect((error as GodwitError).code).to.equal("data-loss");
      expect((error as GodwitError).message)
        .to.include('"note"')
        .and.include("1");
      await downgrade(fixture.folder, back, { revisions, dataLoss: "allow" });
      expect((await check(fixture.folder)).problems).to.deep.equal([]);
    });
  });
}
