/** New keys for datasets, with tags, locations and records, on PostgreSQL. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { testBegins, testEnds } from "../../../test/support/cleanup.js";
import { createPostgresDatabase, createPostgresTemplate } from "../../../test/support/postgres.js";
import type { PostgresDatabase } from "../../../test/support/postgres.js";

const rekeying = fileURLToPath(new URL("rekey.js", import.meta.url));

const filled = (rows: bigint): readonly string[] => [
  "CREATE TABLE dataset (id bigint PRIMARY KEY, dataset_type_id bigint NOT NULL, run_id bigint NOT NULL, ingest_date bigint NOT NULL)",
  `CREATE TABLE tags (dataset_type_id bigint NOT NULL, dataset_id bigint NOT NULL REFERENCES dataset ON DELETE CASCADE, collection_id bigint NOT NULL,
    instrument varchar(32) NOT NULL, detector bigint NOT NULL, exposure bigint NOT NULL)`,
  "CREATE TABLE location (datastore_name text NOT NULL, dataset_id bigint NOT NULL REFERENCES dataset)",
  "CREATE TABLE records (dataset_id bigint NOT NULL, path text NOT NULL, formatter text NOT NULL, storage_class text NOT NULL, component varchar(32) NOT NULL, checksum text, file_size bigint)",
  `INSERT INTO dataset SELECT n, n % 50, n % 20, 1500000000000000000 + n FROM generate_series(1, ${rows}) AS n`,
  "INSERT INTO tags SELECT dataset_type_id, id, run_id, 'LSSTCam', id % 189, id / 189 FROM dataset",
  "INSERT INTO location SELECT 'FileDatastore@<butlerRoot>', id FROM dataset",
  `INSERT INTO records SELECT id, 'run/type/' || id || '.fits', 'lsst.obs.base.formatters.fitsExposure.FitsExposureFormatter', 'ExposureF', '__NULL_STRING__', NULL, id * 7 FROM dataset`,
  ...keys("tags").map((key) => `ALTER TABLE tags ADD ${key}`),
  ...keys("location").map((key) => `ALTER TABLE location ADD ${key}`),
  ...keys("records").map((key) => `ALTER TABLE records ADD ${key}`),
  ...indexes,
  "VACUUM ANALYZE",
];

const tables = ["dataset", "tags", "location", "records"] as const;
type Table = (typeof tables)[number];

const indexes = [
  "CREATE INDEX tags_dataset_id_idx ON tags (dataset_id)",
  "CREATE INDEX location_dataset_id_idx ON location (dataset_id)",
  "CREATE INDEX records_path_idx ON records (path)",
];

function keys(table: Table): readonly string[] {
  switch (table) {
    case "dataset":
      return ["PRIMARY KEY (id)"];
    case "tags":
      return [
        "PRIMARY KEY (dataset_id, collection_id)",
        "UNIQUE (dataset_type_id, collection_id, instrument, detector, exposure)",
      ];
    case "location":
      return ["PRIMARY KEY (datastore_name, dataset_id)"];
    case "records":
      return ["PRIMARY KEY (dataset_id, component)"];
  }
}

const references = [
  "ALTER TABLE tags ADD FOREIGN KEY (dataset_id) REFERENCES dataset ON DELETE CASCADE",
  "ALTER TABLE location ADD FOREIGN KEY (dataset_id) REFERENCES dataset",
];

const others: Readonly<Record<Table, readonly string[]>> = {
  dataset: ["dataset_type_id", "run_id", "ingest_date"],
  tags: ["dataset_type_id", "collection_id", "instrument", "detector", "exposure"],
  location: ["datastore_name"],
  records: ["path", "formatter", "storage_class", "component", "checksum", "file_size"],
};

/** The best that a skilled hand writes: a mapping, new tables beside the old, keys and indexes, swap. */
const bySets: readonly string[] = [
  "CREATE TEMPORARY TABLE m AS SELECT id AS old, gen_random_uuid() AS new FROM dataset",
  "ALTER TABLE m ADD PRIMARY KEY (old)",
  "ANALYZE m",
  ...tables.map((table) => {
    const key = table === "dataset" ? "id" : "dataset_id";
    return `CREATE TABLE new_${table} AS SELECT m.new AS ${key}, ${others[table].map((name) => `o.${name}`).join(", ")} FROM ${table} AS o JOIN m ON m.old = o.${key}`;
  }),
  "DROP TABLE tags, location, records, dataset",
  ...tables.map((table) => `ALTER TABLE new_${table} RENAME TO ${table}`),
  ...tables.map((table) => {
    const nullable = new Set(["checksum", "file_size"]);
    const required = others[table]
      .filter((name) => !nullable.has(name))
      .map((name) => `ALTER ${name} SET NOT NULL`);
    return `ALTER TABLE ${table} ${[...required, ...keys(table).map((one) => `ADD ${one}`)].join(", ")}`;
  }),
  ...indexes,
  ...references,
];

/** What is written without thinking of sets: a column beside the old, a correlated update, drop, rename. */
const byUpdates: readonly string[] = [
  "ALTER TABLE dataset ADD COLUMN new_id uuid",
  "UPDATE dataset SET new_id = gen_random_uuid()",
  ...tables
    .slice(1)
    .flatMap((table) => [
      `ALTER TABLE ${table} ADD COLUMN new_id uuid`,
      `UPDATE ${table} SET new_id = (SELECT d.new_id FROM dataset AS d WHERE d.id = ${table}.dataset_id)`,
      `ALTER TABLE ${table} DROP COLUMN dataset_id`,
      `ALTER TABLE ${table} RENAME COLUMN new_id TO dataset_id`,
    ]),
  "ALTER TABLE dataset DROP COLUMN id",
  "ALTER TABLE dataset RENAME COLUMN new_id TO id",
  "ALTER TABLE dataset ADD PRIMARY KEY (id)",
  "ALTER TABLE tags ADD PRIMARY KEY (dataset_id, collection_id)",
  "ALTER TABLE location ADD PRIMARY KEY (datastore_name, dataset_id)",
  "ALTER TABLE records ADD PRIMARY KEY (dataset_id, component)",
  ...indexes.slice(0, 2),
  ...references,
];

const template = "schema_bench";

/** Something on a fresh copy of the tables, which is removed afterwards. */
async function onCopy<T>(work: (database: PostgresDatabase) => Promise<T>): Promise<T> {
  testBegins();
  try {
    return await work(await createPostgresDatabase(template));
  } finally {
    await testEnds();
  }
}

function secondsByHand(statements: readonly string[]): Promise<number> {
  return onCopy(async (database) => {
    const client = await database.connect();
    const start = performance.now();
    await client.query("BEGIN");
    for (const text of statements) await client.query(text);
    await client.query("COMMIT");
    return (performance.now() - start) / 1000;
  });
}

/** In a process of its own, so that its memory is its own. */
function rekeyed(jobs: number): Promise<{ readonly seconds: number; readonly megabytes: number }> {
  return onCopy(async ({ url }) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [rekeying, url, `${jobs}`], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as { readonly seconds: number; readonly megabytes: number };
  });
}

export async function benchPostgres(rows: bigint): Promise<void> {
  await createPostgresTemplate(template, async (client) => {
    for (const text of filled(rows)) await client.query(text);
  });
  const best = { sets: Infinity, updates: Infinity, own: Infinity, two: Infinity, megabytes: 0 };
  for (let round = 0; round < 2; round += 1) {
    best.sets = Math.min(best.sets, await secondsByHand(bySets));
    const one = await rekeyed(1);
    const two = await rekeyed(2);
    best.own = Math.min(best.own, one.seconds);
    best.two = Math.min(best.two, two.seconds);
    best.megabytes = Math.max(best.megabytes, one.megabytes, two.megabytes);
  }
  best.updates = await secondsByHand(byUpdates);
  console.log("PostgreSQL: UUIDs for datasets with tags, locations and records; best of 2, seconds");
  console.log(`set SQL by hand          ${best.sets.toFixed(1)}`);
  console.log(`column, update, rename   ${best.updates.toFixed(1)}`);
  console.log(
    `rekey                    ${best.own.toFixed(1)}  (${(best.own / best.sets).toFixed(2)} of sets, at most 1.3; ${(best.own / best.updates).toFixed(2)} of updates, at most 0.45; ${best.megabytes.toFixed(0)} MB, at most 150)`,
  );
  console.log(
    `rekey --jobs 2           ${best.two.toFixed(1)}  (${(best.two / best.own).toFixed(2)} of one job, less than 1)`,
  );
}
