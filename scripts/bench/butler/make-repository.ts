/** Blows a Butler repository up to many datasets: consistent exposures, datasets, tags, calibrations, locations and records. */
import type { Session } from "../../../lib/database/database.js";
import { sql } from "../../../lib/database/sql.js";
import { openRepository } from "../../../lib/repository/open.js";

/** One dataset type is `raw`, whose ids follow from what the datasets are; of ten datasets three are of it. */
const rawOfTen = 3;
const firstExposure = 5_000_000_000;
const firstDataset = 1_000_000;
const processedType = 1000;

interface Shape {
  readonly sqlite: boolean;
  readonly byName: boolean;
  readonly integers: boolean;
  readonly rawType: string;
  readonly tags: string;
  readonly instrument: string;
  readonly detectors: number;
  readonly calibs: string;
  readonly run: string;
}

/**
 * Adds datasets to the largest instrument of a repository.
 * @param url the database itself
 * @param datasets how many are added
 */
export async function makeRepository(url: string, datasets: number): Promise<void> {
  const repository = await openRepository(url);
  try {
    await repository.database.transaction({ mode: "write" }, async (session) => {
      const shape = await shapeOf(session);
      for (const text of statements(
        shape,
        datasets,
        await columnsOf(session, "exposure"),
        await datesOf(session),
      ))
        await session.execute(sql.raw(text));
    });
  } finally {
    await repository.close();
  }
}

async function value(session: Session, text: string): Promise<string> {
  const [row] = await session.query(sql.raw(text));
  return String(Object.values(row ?? {})[0]);
}

async function columnsOf(session: Session, table: string): Promise<string[]> {
  const statement =
    session.dialect === "sqlite"
      ? `SELECT name FROM pragma_table_info('${table}')`
      : `SELECT column_name AS name FROM information_schema.columns WHERE table_name = '${table}' AND table_schema = current_schema()`;
  return (await session.query(sql.raw(statement))).map((row) => String(row["name"]));
}

/** Ingest dates are times, or nanoseconds. */
async function datesOf(session: Session): Promise<string> {
  const type =
    session.dialect === "sqlite"
      ? await value(session, "SELECT type FROM pragma_table_info('dataset') WHERE name = 'ingest_date'")
      : await value(
          session,
          "SELECT data_type FROM information_schema.columns WHERE table_name = 'dataset' AND column_name = 'ingest_date'",
        );
  if (type.toUpperCase() === "BIGINT") return "1500000000000000000 + ids.value * 1000000000";
  return session.dialect === "sqlite"
    ? "datetime(1500000000 + ids.value, 'unixepoch')"
    : "timestamp 'epoch' + (1500000000 + ids.value) * interval '1 second'";
}

async function shapeOf(session: Session): Promise<Shape> {
  const columns = await columnsOf(session, "dataset");
  const byName = columns.includes("run_name");
  const instrument = await value(
    session,
    "SELECT instrument FROM detector GROUP BY instrument ORDER BY count(*) DESC, instrument LIMIT 1",
  );
  const run = byName ? "run_name" : "run_id";
  return {
    sqlite: session.dialect === "sqlite",
    byName,
    integers: /^\d+$/.test(await value(session, "SELECT id FROM dataset LIMIT 1")),
    rawType: await value(session, "SELECT id FROM dataset_type WHERE name = 'raw'"),
    tags: await value(session, "SELECT tag_association_table FROM dataset_type WHERE name = 'raw'"),
    calibs: await value(
      session,
      "SELECT calibration_association_table FROM dataset_type WHERE name = 'bias'",
    ),
    instrument,
    detectors: Number(
      await value(session, `SELECT count(*) FROM detector WHERE instrument = '${instrument}'`),
    ),
    run: await value(
      session,
      `SELECT ${run} FROM dataset WHERE dataset_type_id = (SELECT id FROM dataset_type WHERE name = 'raw') LIMIT 1`,
    ),
  };
}

/** The beginning of a query over the numbers from 1. */
function series(last: number): string {
  return `WITH RECURSIVE series(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM series WHERE value < ${last})`;
}

function statements(
  shape: Shape,
  datasets: number,
  exposureColumns: readonly string[],
  date: string,
): string[] {
  const { instrument, detectors, tags, calibs, rawType } = shape;
  const exposures = Math.ceil(datasets / detectors) + 1;
  const run = shape.byName ? `'${shape.run}'` : shape.run;
  const [runColumn, collection] = shape.byName
    ? ["run_name", "collection_name"]
    : ["run_id", "collection_id"];
  const randomId = shape.sqlite ? "lower(hex(randomblob(16)))" : "gen_random_uuid()";
  const exposureValues = exposureColumns.map((name) => {
    if (name === "id") return `${firstExposure} + series.value`;
    return name === "obs_id" ? "'bench ' || series.value" : `one."${name}"`;
  });
  const begin = "1000000000000000000 + series.value * 1000";
  const timespan = shape.sqlite
    ? ["timespan_begin, timespan_end", `${begin}, ${begin} + 1000`]
    : ["timespan", `int8range(${begin}, ${begin} + 1000)`];
  const calibRows = Math.max(1, Math.floor(datasets / 20));
  return [
    `INSERT INTO exposure (${exposureColumns.map((name) => `"${name}"`).join(", ")})
      ${series(exposures)} SELECT ${exposureValues.join(", ")} FROM series, (SELECT * FROM exposure WHERE instrument = '${instrument}' LIMIT 1) AS one`,
    `INSERT INTO dataset_type SELECT ${processedType}, 'processed', storage_class, dimensions_key, tag_association_table, NULL FROM dataset_type WHERE id = ${rawType}`,
    `INSERT INTO collection_summary_dataset_type (${collection}, dataset_type_id) VALUES (${run}, ${processedType})`,
    `CREATE TEMPORARY TABLE ids AS ${series(datasets)}
      SELECT value, ${shape.integers ? `${firstDataset} + value` : randomId} AS id,
        CASE WHEN value % 10 < ${rawOfTen} THEN ${rawType} ELSE ${processedType} END AS type,
        ${firstExposure} + 1 + value / ${detectors} AS exposure, value % ${detectors} AS position FROM series`,
    `INSERT INTO dataset (id, dataset_type_id, ingest_date, ${runColumn}) SELECT id, type, ${date}, ${run} FROM ids`,
    `INSERT INTO ${tags} (dataset_type_id, dataset_id, ${collection}, instrument, detector, exposure)
      SELECT ids.type, ids.id, ${run}, '${instrument}', detectors.id, ids.exposure FROM ids
      JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS position FROM detector WHERE instrument = '${instrument}') AS detectors
      ON detectors.position = ids.position`,
    "INSERT INTO dataset_location (datastore_name, dataset_id) SELECT 'FileDatastore@<butlerRoot>', id FROM ids",
    `INSERT INTO file_datastore_records (dataset_id, path, formatter, storage_class, component, checksum, file_size)
      SELECT id, 'run/processed/' || value || '.fits', 'lsst.obs.base.formatters.fitsExposure.FitsExposureFormatter', 'ExposureF', '__NULL_STRING__', NULL, 12345678 FROM ids`,
    `INSERT INTO ${calibs} (id, dataset_type_id, dataset_id, ${collection}, instrument, detector, ${timespan[0]})
      ${series(calibRows)} SELECT ${firstDataset} + series.value, one.dataset_type_id, one.dataset_id, one.${collection}, one.instrument, one.detector, ${timespan[1]}
      FROM series, (SELECT * FROM ${calibs} LIMIT 1) AS one`,
    "DROP TABLE ids",
  ];
}
