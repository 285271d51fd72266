import { expect } from "chai";
import { appendFile, readFile, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { Client } from "pg";
import { check, compareRepositories, dumpSchema, planRepair, repair, repairScript } from "../../lib/index.js";
import type { CheckReport, LogicalType, RowFinding } from "../../lib/index.js";
import { butlerConventions } from "../../lib/butler/conventions.js";
import type { DialectName, Session } from "../../lib/database/database.js";
import { sql } from "../../lib/database/sql.js";
import { type } from "../../lib/database/schema/types.js";
import type { SchemaEditor } from "../../lib/database/schema/editor.js";
import { objectText } from "../../lib/database/schema/differences.js";
import { openRepository } from "../../lib/repository/open.js";
import type { Repository } from "../../lib/repository/repository.js";
import type { SchemaDifference } from "../../lib/repository/verification.js";
import { copyFixture, fixtureNames } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";

/** Changes a repository behind its back. */
async function change(fixture: Fixture, work: (session: Session) => Promise<unknown>): Promise<void> {
  const repository = await openRepository(fixture.folder);
  try {
    await repository.database.transaction({ mode: "write" }, async (session) => {
      await work(session);
    });
  } finally {
    await repository.close();
  }
}

function alterations({ drift }: CheckReport): string[] {
  return lines(drift);
}

function lines(
  differences: readonly Pick<SchemaDifference, "table" | "kind" | "name" | "property" | "class">[],
) {
  return differences
    .filter((one) => one.class !== "variation")
    .map((one) => `${one.table}: ${objectText(one)}: ${one.property}`);
}

/** The first set of dimensions once more. */
const twice = [
  "INSERT INTO dimension_graph_key (id) VALUES (99)",
  "INSERT INTO dimension_graph_definition (dimension_graph_id, dimension_name) SELECT 99, dimension_name FROM dimension_graph_definition WHERE dimension_graph_id = 1",
];

/** One change of one object, and the one difference that it makes. */
interface Mutation {
  readonly title: string;
  readonly dialect?: DialectName;
  readonly difference: string;
  readonly change: (schema: SchemaEditor, session: Session) => Promise<unknown>;
}

const mutations: readonly Mutation[] = [
  {
    title: "a dynamic table is gone",
    difference: "dataset_tags_00000001: table: presence",
    change: (schema) => schema.drop("dataset_tags_00000001"),
  },
  {
    title: "a dynamic table is there that nothing records",
    difference: "dataset_tags_00000099: table: presence",
    change: (schema) => schema.create("dataset_tags_00000099", (table) => table.column("a", type.text())),
  },
  {
    title: "a table is too much",
    difference: "surplus: table: presence",
    change: (schema) => schema.create("surplus", (table) => table.column("a", type.text())),
  },
  {
    title: "a column of a dimension is gone",
    difference: 'exposure: column "can_see_sky": presence',
    change: (schema) => schema.alter("exposure", (table) => table.dropColumn("can_see_sky")),
  },
  {
    title: "a dimension table has a column too much",
    difference: 'visit: column "surplus": presence',
    change: (schema) =>
      schema.alter("visit", (table) => table.addColumn("surplus", type.text(), { nullable: true })),
  },
  {
    title: "a column has another type",
    difference: 'exposure: column "exposure_time": type',
    change: (schema) =>
      schema.alter("exposure", (table) => table.changeColumn("exposure_time", { type: type.text() })),
  },
  {
    title: "a column of records has another type",
    difference: 'file_datastore_records: column "file_size": type',
    change: (schema) =>
      schema.alter("file_datastore_records", (table) =>
        table.changeColumn("file_size", { type: type.text() }),
      ),
  },
  {
    title: "a column may be NULL",
    difference: 'dataset: column "dataset_type_id": nullable',
    change: (schema) =>
      schema.alter("dataset", (table) => table.changeColumn("dataset_type_id", { nullable: true })),
  },
  {
    title: "a column lost its default",
    dialect: "sqlite",
    difference: 'dataset_calibs_00000004: column "timespan_end": default',
    change: (schema) =>
      schema.alter("dataset_calibs_00000004", (table) =>
        table.changeColumn("timespan_end", { default: null }),
      ),
  },
  {
    title: "a column lost its default",
    dialect: "postgres",
    difference: 'dataset_calibs_00000004: column "timespan": default',
    change: (schema) =>
      schema.alter("dataset_calibs_00000004", (table) => table.changeColumn("timespan", { default: null })),
  },
  {
    title: "a primary key has another order",
    dialect: "sqlite",
    difference: "visit_definition: primary key: definition",
    change: (schema) =>
      schema.alter("visit_definition", (table) => table.setPrimaryKey(["instrument", "visit", "exposure"])),
  },
  {
    title: "a primary key has another order",
    dialect: "postgres",
    difference: 'visit_definition: primary key "visit_definition_pkey": definition',
    change: (schema) =>
      schema.alter("visit_definition", (table) => table.setPrimaryKey(["instrument", "visit", "exposure"])),
  },
  {
    title: "a primary key has another name",
    dialect: "postgres",
    difference: 'run: primary key "run_pkey": name',
    change: (schema) => schema.alter("run", (table) => table.renameConstraint("run_pkey", "other")),
  },
  {
    title: "a unique constraint is gone",
    difference: 'dataset_type: unique "dataset_type_unq_name": presence',
    change: (schema) =>
      schema.alter("dataset_type", (table) => table.dropConstraint({ name: "dataset_type_unq_name" })),
  },
  {
    title: "a foreign key is gone",
    difference: 'run: foreign key "fkey_run_collection_collection_id_collection_id": presence',
    change: (schema) =>
      schema.alter("run", (table) =>
        table.dropConstraint({ name: "fkey_run_collection_collection_id_collection_id" }),
      ),
  },
  {
    title: "a foreign key of a dynamic table is gone",
    difference:
      'dataset_tags_00000001: foreign key "fkey_dataset_tags_00000001_dataset_id_dataset_id": presence',
    change: (schema) =>
      schema.alter("dataset_tags_00000001", (table) =>
        table.dropConstraint({ name: "fkey_dataset_tags_00000001_dataset_id_dataset_id" }),
      ),
  },
  {
    title: "a foreign key does not cascade any more",
    difference: 'run: foreign key "fkey_run_collection_collection_id_collection_id": definition',
    change: (schema) =>
      schema.alter("run", (table) => {
        const name = "fkey_run_collection_collection_id_collection_id";
        table.dropConstraint({ name });
        table.addForeignKey(
          ["collection_id"],
          { table: "collection", columns: ["collection_id"] },
          { name, index: "none" },
        );
      }),
  },
  {
    title: "an index is gone",
    difference: 'dataset: index "dataset_fkidx_run_id": presence',
    change: (schema) => schema.alter("dataset", (table) => table.dropIndex({ name: "dataset_fkidx_run_id" })),
  },
  {
    title: "an index of an overlap table is gone",
    difference: 'visit_skypix_overlap: index "visit_skypix_overlap_fkidx_instrument": presence',
    change: (schema) =>
      schema.alter("visit_skypix_overlap", (table) =>
        table.dropIndex({ name: "visit_skypix_overlap_fkidx_instrument" }),
      ),
  },
  {
    title: "an index has another name",
    difference: 'dataset: index "dataset_fkidx_run_id": name',
    change: (schema) =>
      schema.alter("dataset", (table) => table.renameIndex("dataset_fkidx_run_id", "other")),
  },
  {
    title: "an index is too much",
    difference: 'dataset_calibs_00000004: index "surplus": presence',
    change: (schema) =>
      schema.alter("dataset_calibs_00000004", (table) => table.addIndex(["detector"], { name: "surplus" })),
  },
  {
    title: "a check is gone",
    dialect: "sqlite",
    difference: 'detector: check "detector_len_purpose": presence',
    change: (schema) =>
      schema.alter("detector", (table) => table.dropConstraint({ name: "detector_len_purpose" })),
  },
  {
    title: "a check is another one",
    dialect: "sqlite",
    difference: 'detector: check "detector_len_purpose": definition',
    change: (schema) =>
      schema.alter("detector", (table) => {
        table.dropConstraint({ name: "detector_len_purpose" });
        table.addCheck({
          name: "detector_len_purpose",
          expression: 'length("purpose")<=64 AND length("purpose")>=1',
        });
      }),
  },
  {
    title: "a primary key is gone",
    dialect: "sqlite",
    difference: "subfilter: primary key: presence",
    change: (schema) => schema.alter("subfilter", (table) => table.dropPrimaryKey()),
  },
  {
    title: "a unique constraint is too much",
    difference: 'run: unique "surplus": presence',
    change: (schema) => schema.alter("run", (table) => table.addUnique(["host"], { name: "surplus" })),
  },
  {
    title: "a foreign key is too much",
    difference: 'dataset: foreign key "surplus": presence',
    change: (schema) =>
      schema.alter("dataset", (table) =>
        table.addForeignKey(
          ["run_id"],
          { table: "collection", columns: ["collection_id"] },
          { name: "surplus", index: "none" },
        ),
      ),
  },
  {
    title: "a check is too much",
    difference: 'run: check "surplus": presence',
    change: (schema) =>
      schema.alter("run", (table) => table.addCheck({ name: "surplus", expression: "host <> ''" })),
  },
  {
    title: "an index is on other columns",
    difference: 'dataset: index "dataset_fkidx_run_id": definition',
    change: (schema) =>
      schema.alter("dataset", (table) => {
        table.dropIndex({ name: "dataset_fkidx_run_id" });
        table.addIndex(["run_id", "id"], { name: "dataset_fkidx_run_id", unique: true });
      }),
  },
  {
    title: "a foreign key acts on updates, and later",
    difference: 'run: foreign key "fkey_run_collection_collection_id_collection_id": definition',
    change: (schema) =>
      schema.alter("run", (table) => {
        const name = "fkey_run_collection_collection_id_collection_id";
        table.dropConstraint({ name });
        table.addForeignKey(
          ["collection_id"],
          { table: "collection", columns: ["collection_id"] },
          {
            name,
            index: "none",
            onDelete: "CASCADE",
            onUpdate: "CASCADE",
            deferrable: "initially-deferred",
          },
        );
      }),
  },
  {
    title: "an exclusion constraint is too much",
    dialect: "postgres",
    difference: 'run: exclusion "surplus": presence',
    change: (schema) =>
      schema.alter("run", (table) =>
        table.addExclusion("surplus", "EXCLUDE USING gist (collection_id WITH =, timespan WITH &&)"),
      ),
  },
  {
    title: "a sequence is gone",
    dialect: "postgres",
    difference: 'dataset_type: sequence "dataset_type_seq_id": presence',
    change: (schema) => schema.dropSequence("dataset_type_seq_id"),
  },
  {
    title: "a sequence counts in tens",
    dialect: "postgres",
    difference: 'dataset_type: sequence "dataset_type_seq_id": definition',
    change: (_schema, session) => session.execute(sql`ALTER SEQUENCE dataset_type_seq_id INCREMENT BY 10`),
  },
  {
    title: "the extension that Butler needs is gone",
    dialect: "postgres",
    difference: ': extension "btree_gist": presence',
    change: (_schema, session) => session.execute(sql`DROP EXTENSION btree_gist`),
  },
  {
    title: "a trigger is too much",
    dialect: "sqlite",
    difference: 'run: trigger "surplus": presence',
    change: (_schema, session) =>
      session.execute(sql`CREATE TRIGGER surplus AFTER DELETE ON run BEGIN SELECT 1; END`),
  },
];

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`A check of the schema, ${dialect}`, () => {
    let repository: Repository;
    before(async () => {
      repository = await openRepository((await copyFixture("current", dialect)).folder);
    });
    after(() => repository.close());

    for (const mutation of mutations.filter((one) => (one.dialect ?? dialect) === dialect)) {
      it(`names just that ${mutation.title}`, async () => {
        const verification = await repository.verification();
        let differences: readonly SchemaDifference[] = [];
        // Each mutation is taken back, so that all have the same repository.
        const work = repository.database.transaction({ mode: "write" }, async (session) => {
          await mutation.change(session.schema(butlerConventions), session);
          differences = (await verification?.compareSchema(session)) ?? [];
          throw new Error("taken back");
        });
        await work.catch((error: unknown) => expect(error).to.have.property("message", "taken back"));
        expect(lines(differences)).to.deep.equal([mutation.difference]);
      });
    }

    it("takes views for what users made", async () => {
      const fixture = await copyFixture("current", dialect);
      await change(fixture, (session) => session.execute(sql`CREATE VIEW nightly AS SELECT * FROM run`));
      const report = await check(fixture.folder);
      expect(report.drift.map(({ object, reason }) => [object, reason])).to.deep.equal([
        ['view "nightly"', "own-view"],
      ]);
      expect(report.ok).to.equal(true);
      const other = await copyFixture("current", dialect);
      await change(other, async (session) => {
        if (dialect === "postgres") await session.execute(sql`DROP SEQUENCE dataset_type_seq_id`);
      });
      const { drift } = await compareRepositories(other.folder, fixture.folder);
      expect(drift.map(({ object }) => object)).to.deep.equal([
        ...(dialect === "postgres" ? ['sequence "dataset_type_seq_id"'] : []),
        'view "nightly"',
      ]);
      const dump = await dumpSchema(fixture.folder);
      expect(dump.views.map(({ name }) => name)).to.deep.equal(["nightly"]);
    });

    it("is not passed by a repository in which something is missing", async () => {
      const fixture = await copyFixture("current", dialect);
      await change(fixture, (session) => session.schema(butlerConventions).drop("dataset_tags_00000001"));
      const report = await check(fixture.folder);
      expect(alterations(report)).to.deep.equal(["dataset_tags_00000001: table: presence"]);
      expect(report.ok).to.equal(false);
    });
  });

  const names = await fixtureNames(dialect);
  describe(`A check of real repositories, ${dialect}`, () => {
    for (const name of names) {
      it(`finds in ${name} what releases made without a version, and nothing else`, async () => {
        const report = await check((await copyFixture(name, dialect)).folder);
        expect(report.problems).to.deep.equal([]);
        expect(alterations(report)).to.deep.equal([]);
      });
    }

    it("is clean for a repository that the newest release made", async () => {
      const fixture = await copyFixture("current", dialect);
      expect(await check(fixture.folder)).to.deep.equal({
        ok: true,
        pending: [],
        problems: [],
        drift: [],
        rows: null,
      });
    });
  });

  describe(`A check of rows, ${dialect}`, () => {
    let repository: Repository;
    before(async () => {
      repository = await openRepository((await copyFixture("uuid-c6-synth", dialect)).folder);
    });
    after(() => repository.close());

    for (const { title, statements, found } of damages(dialect)) {
      it(`names just ${title}`, async () => {
        const verification = await repository.verification();
        let rows: readonly RowFinding[] = [];
        // Each damage is taken back, so that all have the same repository, of which nothing is found.
        const work = repository.database.transaction({ mode: "write" }, async (session) => {
          if (dialect === "postgres")
            await session.execute(sql`SET LOCAL session_replication_role = replica`);
          for (const statement of statements) await session.execute(sql.raw(statement));
          rows = (await verification?.checkAll(session, { files: "skip" }))?.rows ?? [];
          throw new Error("taken back");
        });
        await work.catch((error: unknown) => expect(error).to.have.property("message", "taken back"));
        expect(linesOf(rows)).to.deep.equal(found);
      });
    }

    it("finds a NULL where the column lost its NOT NULL", async () => {
      const fixture = await copyFixture("current", dialect);
      await change(fixture, async (session) => {
        await session
          .schema(butlerConventions)
          .alter("dataset_type", (table) => table.changeColumn("storage_class", { nullable: true }));
        await session.execute(sql`UPDATE dataset_type SET storage_class = NULL WHERE name = 'raw'`);
      });
      const report = await check(fixture.folder, { rows: "check" });
      expect(rowsOf(report)).to.include("null-value dataset_type storage_class 1");
    });

    it("finds names twice where the constraint is gone", async () => {
      const fixture = await copyFixture("current", dialect);
      await change(fixture, async (session) => {
        await session
          .schema(butlerConventions)
          .alter("collection", (table) => table.dropConstraint({ name: "collection_unq_name" }));
        await session.execute(sql`UPDATE collection SET name = 'tagged/empty' WHERE name = 'chain/empty'`);
      });
      const report = await check(fixture.folder, { rows: "check" });
      expect(rowsOf(report)).to.include("duplicate collection collection_unq_name 1");
      expect(report.drift.map((one) => one.reason)).to.deep.equal(["collection-name-not-unique"]);
    });
  });
}

/** Findings in a line each. */
function rowsOf({ rows }: CheckReport): string[] {
  return linesOf(rows ?? []);
}

function linesOf(rows: readonly RowFinding[]): string[] {
  return rows.map((one) => `${one.code} ${one.table} ${one.object ?? "-"} ${one.count}`);
}

/** Something that is wrong with rows, and what is found of it. */
interface Damage {
  readonly title: string;
  readonly statements: readonly string[];
  readonly found: readonly string[];
}

/** Each is damage to `uuid-c6-synth`, with nothing to keep rows from being wrong. */
function damages(dialect: DialectName): readonly Damage[] {
  const nowhere = "00000000000000000000000000000001";
  const store = "'FileDatastore@<butlerRoot>'";
  const calibs = "dataset_calibs_00000004";
  const first = `WHERE id = (SELECT min(id) FROM ${calibs})`;
  const always =
    dialect === "sqlite"
      ? "timespan_begin = 0, timespan_end = 4102444800000000000"
      : "timespan = '(,)'::int8range";
  const emptyRun = "(SELECT collection_id FROM collection WHERE name = 'empty/run')";
  const common: readonly Damage[] = [
    {
      title: "a location without dataset and record",
      statements: [
        `INSERT INTO dataset_location (datastore_name, dataset_id) VALUES (${store}, '${nowhere}')`,
      ],
      found: [
        "foreign-key dataset_location fkey_dataset_location_dataset_id_dataset_id 1",
        "location-without-record dataset_location file_datastore_records 1",
      ],
    },
    {
      title: "a record that nothing locates",
      statements: [
        `INSERT INTO file_datastore_records (dataset_id, path, formatter, storage_class, component) VALUES ('${nowhere}', 'nowhere', 'f', 's', 'c')`,
      ],
      found: ["record-without-location file_datastore_records - 1"],
    },
    {
      title: "trash without a record",
      statements: [
        `INSERT INTO dataset_location_trash (datastore_name, dataset_id) VALUES (${store}, '${nowhere}')`,
      ],
      found: ["trash-without-record dataset_location_trash file_datastore_records 1"],
    },
    {
      title: "trash of a datastore that nobody knows",
      statements: [
        `INSERT INTO dataset_location_trash (datastore_name, dataset_id) VALUES ('elsewhere', '${nowhere}')`,
      ],
      found: ["unknown-datastore dataset_location_trash - 1"],
    },
    {
      title: "a dataset that is in its place and in the trash",
      statements: [
        "INSERT INTO dataset_location_trash (datastore_name, dataset_id) SELECT datastore_name, dataset_id FROM dataset_location LIMIT 1",
      ],
      found: ["located-in-trash dataset_location_trash - 1"],
    },
    {
      title: "an exposure of a day that is not there",
      statements: ["UPDATE exposure SET day_obs = 19990101 WHERE instrument = 'HSC' AND seq_num = 1"],
      found: ["foreign-key exposure fkey_exposure_day_obs_instrument_id_instrument_day_obs 1"],
    },
    {
      title: "a run that is recorded as a tagged collection",
      statements: ["UPDATE collection SET type = 2 WHERE name = 'empty/run'"],
      found: ["run-of-other-type run - 1"],
    },
    {
      title: "a tagged collection that is recorded as a run",
      statements: ["UPDATE collection SET type = 1 WHERE name = 'tagged/empty'"],
      found: ["run-without-row collection - 1"],
    },
    {
      title: "a collection of no type",
      statements: ["UPDATE collection SET type = 7 WHERE name = 'tagged/empty'"],
      found: ["unknown-collection-type collection - 1"],
    },
    {
      title: "a chain with a link that is gone",
      statements: [
        "UPDATE collection_chain SET child = 4711 WHERE position = 0 AND parent = (SELECT min(parent) FROM collection_chain)",
      ],
      found: ["foreign-key collection_chain fkey_collection_chain_collection_collection_id_child 1"],
    },
    {
      title: "a chain that contains itself",
      statements: [
        "INSERT INTO collection_chain (parent, position, child) SELECT collection_id, 99, collection_id FROM collection WHERE name = 'chain/empty'",
      ],
      found: ["chain-in-circle collection - 1"],
    },
    {
      title: "chains that contain each other",
      statements: [
        "INSERT INTO collection_chain (parent, position, child) SELECT c.collection_id, 0, p.collection_id FROM collection c, collection p WHERE c.name = 'chain/empty' AND p.name = 'HSC/defaults'",
        "INSERT INTO collection_chain (parent, position, child) SELECT p.collection_id, 99, c.collection_id FROM collection c, collection p WHERE c.name = 'chain/empty' AND p.name = 'HSC/defaults'",
      ],
      found: ["chain-in-circle collection - 2"],
    },
    {
      title: "a dataset that its run does not hold",
      statements: [
        "DELETE FROM dataset_tags_00000000 WHERE dataset_id = (SELECT dataset_id FROM dataset_tags_00000000 LIMIT 1)",
      ],
      found: ["dataset-without-data-id dataset dataset_tags_00000000 1"],
    },
    {
      title: "a dataset in a run that is not its own",
      statements: [
        `UPDATE dataset SET run_id = ${emptyRun} WHERE id = (SELECT dataset_id FROM dataset_tags_00000000 LIMIT 1)`,
      ],
      found: [
        "dataset-without-data-id dataset dataset_tags_00000000 1",
        "tagged-in-other-run dataset_tags_00000000 - 1",
      ],
    },
    {
      title: "datasets in a chain",
      statements: [
        "UPDATE collection SET type = 3 WHERE collection_id = (SELECT g.collection_id FROM dataset_tags_00000000 g JOIN collection c ON c.collection_id = g.collection_id WHERE c.type = 2)",
      ],
      found: [
        "tagged-in-other-type dataset_tags_00000000 - 1",
        "tagged-in-other-type dataset_tags_00000001 - 4",
        "tagged-in-other-type dataset_tags_00000002 - 2",
        "tagged-in-other-type dataset_tags_00000003 - 8",
      ],
    },
    {
      title: "a certification of a dataset that is gone",
      statements: [`UPDATE ${calibs} SET dataset_id = '${nowhere}' ${first}`],
      found: [`foreign-key ${calibs} fkey_${calibs}_dataset_id_dataset_id 1`],
    },
    {
      title: "certifications that hold at the same time",
      statements: [`UPDATE ${calibs} SET ${always} ${first}`],
      found: [`overlapping-validity ${calibs} - 1`],
    },
    {
      title: "a certification in a collection that is no calibration",
      statements: [
        `INSERT INTO collection_summary_dataset_type (collection_id, dataset_type_id) SELECT ${emptyRun}, dataset_type_id FROM ${calibs} ${first}`,
        `INSERT INTO collection_summary_instrument (collection_id, instrument) SELECT ${emptyRun}, instrument FROM ${calibs} ${first}`,
        `UPDATE ${calibs} SET collection_id = ${emptyRun} ${first}`,
      ],
      found: [`certified-in-other-type ${calibs} - 1`],
    },
    {
      title: "a dataset type whose dimensions are not there",
      statements: ["UPDATE dataset_type SET dimensions_key = 99 WHERE name = 'raw'"],
      found: ["unknown-dimensions dataset_type - 1"],
    },
    {
      title: "a dataset type that names the table of others",
      statements: [
        "UPDATE dataset_type SET tag_association_table = 'dataset_tags_00000000' WHERE name = 'raw'",
      ],
      found: [
        "dataset-without-data-id dataset dataset_tags_00000000 49",
        "shared-dataset-table dataset_type - 3",
      ],
    },
  ];
  const ofDialect: Readonly<Record<DialectName, readonly Damage[]>> = {
    sqlite: [
      {
        title: "the same dimensions under two numbers",
        statements: twice,
        found: ["dimensions-twice dimension_graph_key - 1"],
      },
      {
        title: "a text where a number belongs",
        statements: ["UPDATE exposure SET exposure_time = 'long' WHERE instrument = 'HSC' AND seq_num = 1"],
        found: ["wrong-value exposure exposure_time 1"],
      },
      {
        title: "a UUID that is written otherwise",
        statements: [
          "UPDATE dataset_location_trash SET dataset_id = 'A' || substr(dataset_id, 2)",
          "UPDATE file_datastore_records SET dataset_id = 'A' || substr(dataset_id, 2) WHERE dataset_id NOT IN (SELECT dataset_id FROM dataset_location)",
        ],
        found: [
          "wrong-value dataset_location_trash dataset_id 2",
          "wrong-value file_datastore_records dataset_id 2",
        ],
      },
      {
        title: "a timespan with one end",
        statements: ["UPDATE exposure SET timespan_end = NULL WHERE instrument = 'HSC' AND seq_num = 1"],
        found: ["half-timespan exposure timespan 1"],
      },
    ],
    postgres: [
      {
        title: "the same dimensions under two numbers",
        statements: [...twice, "SELECT setval('dimension_graph_key_seq_id', 99)"],
        found: ["dimensions-twice dimension_graph_key - 1"],
      },
      {
        title: "ids that a sequence would give again",
        statements: ["SELECT setval('dataset_type_seq_id', 2)"],
        found: ["sequence-behind dataset_type dataset_type_seq_id 11"],
      },
    ],
  };
  return [...common, ...ofDialect[dialect]];
}

describe("A check of files", () => {
  const file =
    "HSC/raw/all/raw/20210504/HSC_O_20210504_000001/raw_HSC_HSC-R2_HSC_O_20210504_000001_R00_S00_HSC_raw_all.yaml";

  it("finds nothing where all are there", async () => {
    const fixture = await copyFixture("uuid-c6-synth", "sqlite");
    expect(rowsOf(await check(fixture.folder, { rows: "check" }))).to.deep.equal([]);
  });

  it("finds a file that is gone", async () => {
    const fixture = await copyFixture("uuid-c6-synth", "sqlite");
    await unlink(path.join(fixture.folder, file));
    const report = await check(fixture.folder, { rows: "check" });
    expect(rowsOf(report)).to.deep.equal([
      "missing-file file_datastore_records FileDatastore@<butlerRoot> 1",
    ]);
    expect(report.rows?.[0]?.examples).to.deep.equal([file]);
    expect(report.ok).to.equal(false);
  });

  it("finds a file of another size", async () => {
    const fixture = await copyFixture("uuid-c6-synth", "sqlite");
    await appendFile(path.join(fixture.folder, file), "more");
    const report = await check(fixture.folder, { rows: "check" });
    expect(rowsOf(report)).to.deep.equal(["file-size file_datastore_records FileDatastore@<butlerRoot> 1"]);
  });
});

describe("A check of what only some repositories have", () => {
  it("takes exclusion constraints of the first repositories for what they are", async () => {
    const fixture = await copyFixture("uuid-c7-synth", "postgres");
    await change(fixture, (session) =>
      session.schema(butlerConventions).alter("dataset_calibs_00000004", (table) => {
        table.dropIndex({
          columns: ["dataset_type_id", "collection_id", "instrument", "detector", "timespan"],
        });
        table.addExclusion(
          "excl_dataset_type_id_collection_id_instrument_detector_timespan",
          "EXCLUDE USING gist (dataset_type_id WITH =, collection_id WITH =, instrument WITH =, detector WITH =, timespan WITH &&)",
        );
      }),
    );
    const { drift } = await check(fixture.folder);
    expect(drift.map((one) => [one.class, one.reason])).to.deep.equal([
      ["variation", "validity-exclusion"],
      ["variation", "validity-exclusion"],
    ]);
  });

  it("D16: knows the record tables of every datastore", async () => {
    const fixture = await copyFixture("current", "sqlite");
    await change(fixture, async (session) => {
      const schema = session.schema(butlerConventions);
      const records = await schema.table("file_datastore_records");
      await schema.create("other_records", (table) => {
        for (const { name, nullable } of records.columns) table.column(name, columnType(name), { nullable });
        table.primaryKey(["dataset_id", "component"]);
      });
      await session.execute(sql`INSERT INTO opaque_meta (table_name) VALUES ('other_records')`);
    });
    const { drift } = await check(fixture.folder);
    // The table was made without its index, and everything else of it is compared too.
    expect(drift.map(({ table, object }) => [table, object])).to.deep.equal([
      ["other_records", 'index "other_records_idx_path"'],
    ]);
  });

  it("D19: finds its way in a schema whose name needs quotes", async () => {
    const fixture = await copyFixture("ns-c0-name", "postgres");
    const client = new Client({ connectionString: fixture.databaseUrl });
    await client.connect();
    await client.query(`ALTER SCHEMA "${fixture.namespace}" RENAME TO "Sel""ect"`);
    await client.end();
    const file = path.join(fixture.folder, "butler.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(/namespace: .*/, "namespace: 'Sel\"ect'"));
    const report = await check(fixture.folder, { rows: "check" });
    expect(alterations(report)).to.deep.equal([]);
    expect(rowsOf(report).filter((one) => !one.startsWith("missing-file"))).to.deep.equal([]);
  });

  it("tells that butler.yaml names other classes than the database", async () => {
    const fixture = await copyFixture("uuid-c7-synth", "sqlite");
    const file = path.join(fixture.folder, "butler.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(
      file,
      text.replace("synthIntKey.SynthIntKeyCollectionManager", "nameKey.NameKeyCollectionManager"),
    );
    const before = await check(fixture.folder);
    expect(before.problems.map(({ code }) => code)).to.deep.equal(["configuration-disagrees"]);
    const wanted =
      "set registry.managers.collections to lsst.daf.butler.registry.collections.synthIntKey.SynthIntKeyCollectionManager";
    const foreseen = [{ file, description: wanted, outcome: "done", backup: null }];
    expect((await planRepair(fixture.folder)).edits).to.deep.equal(foreseen);
    expect(await repairScript(fixture.folder)).to.include(`-- Not part of the script: ${file}: ${wanted}`);
    const { edits, check: after } = await repair(fixture.folder);
    expect(edits).to.deep.equal([{ ...foreseen[0], backup: `${file}.backup-1` }]);
    expect(after.problems).to.deep.equal([]);
    expect(await readFile(file, "utf8")).to.equal(text);
    expect((await planRepair(fixture.folder)).edits).to.deep.equal([]);
  });
});

function columnType(name: string): LogicalType {
  if (name === "dataset_id") return type.uuid();
  if (name === "file_size") return type.bigint();
  return name === "component" ? type.string(32) : type.text();
}

describe("A check of a table that cannot be represented", () => {
  it("names it where it is too much, and compares the others", async () => {
    const fixture = await copyFixture("current", "sqlite");
    await change(fixture, async (session) => {
      await session.execute(sql`CREATE VIRTUAL TABLE places USING rtree (id, low, high)`);
      await session.execute(sql`DROP INDEX dataset_fkidx_run_id`);
    });
    const found = (await check(fixture.folder)).drift.map(({ table, object }) => `${table}: ${object}`);
    expect(found).to.include.members(["places: table", 'dataset: index "dataset_fkidx_run_id"']);
    expect(found.filter((one) => !one.startsWith("places"))).to.have.length(1);
    expect((await repair(fixture.folder)).mended.map(({ subject }) => subject)).to.deep.equal(["dataset"]);
  });
});

describe("A comparison of two repositories", () => {
  it("names what one has and the other has not", async () => {
    const one = await copyFixture("uuid-c7-synth", "sqlite");
    const other = await copyFixture("uuid-c7-synth", "sqlite");
    expect((await compareRepositories(one.folder, other.folder)).ok).to.equal(true);
    await change(one, (session) =>
      session.schema(butlerConventions).alter("exposure", (table) => table.dropColumn("can_see_sky")),
    );
    const report = await compareRepositories(one.folder, other.folder);
    expect(alterations(report)).to.deep.equal(['exposure: column "can_see_sky": presence']);
    expect(report.drift[0]).to.include({ expected: "BOOLEAN", found: null });
  });

  it("is refused where the databases are of different kinds", async () => {
    const one = await copyFixture("current", "sqlite");
    const other = await copyFixture("current", "postgres");
    const error: unknown = await compareRepositories(one.folder, other.folder).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.have.property("code", "other-dialect");
  });
});
