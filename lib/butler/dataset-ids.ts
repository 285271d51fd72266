/** The ids of datasets: integers, or UUIDs. */
import { v5 as uuidv5, validate } from "uuid";
import { type } from "../database/schema/types.js";
import { numberOf, sql } from "../database/sql.js";
import type { Row, Sql, SqlValue } from "../database/sql.js";
import { RefusedError } from "../errors.js";
import type { RevisionContext } from "../run/context.js";
import { answerOf, badProvider } from "./bad-provider.js";
import { looseIdColumns } from "./record-tables.js";
import type { IdColumn } from "./record-tables.js";
import { lsstNamespace } from "./revision-id.js";

/** A dataset, as far as its id may follow from it. */
export interface DatasetReference {
  readonly datasetType: string;
  readonly run: string;
  /** Values of the required dimensions by their names, as text. */
  readonly dataId: Readonly<Record<string, string>>;
}

/** The provider `datasetIds`: which dataset types have ids that follow from what a dataset is, and how. */
export interface DatasetIds {
  /** Whether the ids of this type follow from what its datasets are; the next provider is asked otherwise. */
  deterministic(datasetType: string): boolean;
  /** The UUID of a dataset. */
  id(reference: DatasetReference): string;
}

/** Datasets of type `raw` have ids that are the same wherever they are ingested into a run of the same name. */
const rawDatasetIds: DatasetIds = {
  deterministic: (datasetType) => datasetType === "raw",
  id: ({ datasetType, run, dataId }) => {
    const values = Object.keys(dataId)
      .toSorted()
      .map((dimension) => `${dimension}=${dataId[dimension]}`);
    return uuidv5([`dataset_type=${datasetType}`, `run=${run}`, ...values].join(","), lsstNamespace);
  },
};

const assigned = sql.id("_godwit_dataset_ids");
const random = sql.id("_godwit_random_ids");
const sequence = "dataset_seq_id";
/** SQLite takes at most 32,766 values in a statement. */
const rowsAStatement = 1000;

/** At most so many ids are compared before a plan begins; the step compares all of them, in the database. */
const comparedBeforehand = 200_000;

/**
 * What is asked before a plan begins. Ids that follow from what a key keeps apart are not compared, as they cannot be the same; those of
 * providers, which may take long, are compared once they are made, before the step changes anything.
 * @throws InputError `bad-provider`
 * @throws RefusedError `duplicate-ids` with the datasets concerned
 */
export async function uuidConditions(context: RevisionContext): Promise<void> {
  if (context.direction === "down") {
    context.losesData("UUIDs of datasets", await countIds(context, await looseIdColumns(context)));
    return;
  }
  const providers = idProviders(context);
  const seen = new Map<string, string>();
  for (const datasetType of await datasetTypes(context)) {
    if (providers.find((one) => isDeterministic(one, datasetType.name)) !== rawDatasetIds) continue;
    const dimensions = await requiredDimensions(context, datasetType.tags);
    if (await areKeptApart(context, datasetType, dimensions)) continue;
    await compareIds(context, datasetType, dimensions, seen);
  }
}

/** Whether a unique key allows one dataset of a type, collection and data id. */
async function areKeptApart(
  { schema }: RevisionContext,
  { tags }: DatasetType,
  dimensions: readonly string[],
): Promise<boolean> {
  const { uniques } = await schema.table(tags);
  const allowed = new Set([...dimensions, "dataset_type_id", "collection_id", "collection_name"]);
  return uniques.some(({ columns }) => columns.every((column) => allowed.has(column)));
}

async function compareIds(
  context: RevisionContext,
  datasetType: DatasetType,
  dimensions: readonly string[],
  seen: Map<string, string>,
): Promise<void> {
  const statement = await references(context, datasetType, dimensions);
  for (let last: SqlValue = -1n; seen.size < comparedBeforehand;) {
    const batch: Row[] = await context.query(
      sql`SELECT * FROM (${statement}) AS found WHERE _id > ${last} ORDER BY _id LIMIT ${rowsAStatement}`,
    );
    for (const row of batch) {
      const uuid = idOf(rawDatasetIds, datasetType.name, dimensions, row);
      const shown = `dataset ${String(row["_id"])} (${datasetType.name}): ${uuid}`;
      const other = seen.get(uuid);
      if (other !== undefined) throw duplicates([other, shown]);
      seen.set(uuid, shown);
    }
    if (batch.length < rowsAStatement) return;
    last = batch.at(-1)?.["_id"] ?? null;
  }
}

function idProviders(context: RevisionContext): DatasetIds[] {
  return [...context.providers("datasetIds").map(requireProvider), rawDatasetIds];
}

/** Gives each dataset a UUID: the one that follows from it, or a random one; records of deleted datasets too. */
export async function assignUuids(context: RevisionContext): Promise<void> {
  const loose = await looseIdColumns(context);
  await assignDeterministic(context);
  const isLoose = new Set(loose.map(({ table }) => table));
  await context.schema.rekey("dataset", "id", {
    type: type.uuid(),
    values: await newIds(context, loose),
    alsoIn: loose,
    onProgress: (done) => context.progress({ what: "rows with ids of datasets", ...done }),
    alsoAlter: (table, alteration) => {
      // SQLite takes NULL in a key that is not an integer unless it is told not to.
      if (table === "dataset") alteration.changeColumn("id", { nullable: false });
      else if (!isLoose.has(table) || loose.some((one) => one.table === table && one.column === "dataset_id"))
        alteration.changeColumn("dataset_id", { nullable: false });
    },
  });
  await context.execute(sql`DROP TABLE ${assigned}`, { table: "dataset", cost: "metadata" });
  if (context.dialect === "sqlite")
    await context.execute(sql`DROP TABLE ${random}`, { table: "dataset", cost: "metadata" });
  await context.schema.dropSequence(sequence);
}

/** Numbers the datasets in the order in which they were ingested; records of deleted datasets come last. */
export async function assignIntegers(context: RevisionContext): Promise<void> {
  const loose = await looseIdColumns(context);
  const count = await countIds(context, loose);
  context.losesData("UUIDs of datasets", count);
  const dataset = sql.table("dataset");
  const columnOf = new Map(loose.map(({ table, column }) => [table, column]));
  await context.schema.rekey("dataset", "id", {
    type: type.serial(),
    values: sql`SELECT ids.id AS old, row_number() OVER (ORDER BY (dataset.id IS NULL), dataset.ingest_date, ids.id) AS new FROM (${allIds(loose)}) AS ids LEFT JOIN ${dataset} AS dataset ON dataset.id = ids.id`,
    alsoIn: loose,
    onProgress: (done) => context.progress({ what: "rows with ids of datasets", ...done }),
    alsoAlter: (table, alteration) => {
      if (table === "dataset") return;
      alteration.changeColumn(columnOf.get(table) ?? "dataset_id", { type: type.bigint() });
    },
  });
  await context.schema.createSequence(sequence, count + 1n);
}

async function countIds(context: RevisionContext, loose: readonly IdColumn[]): Promise<bigint> {
  return numberOf(await context.query(sql`SELECT count(*) AS n FROM (${allIds(loose)}) AS ids`));
}

/** The ids of all datasets, and those that only records still know. */
function allIds(loose: readonly IdColumn[]): Sql {
  const dataset = sql.table("dataset");
  const others = loose.map(
    ({ table, column }) =>
      sql`SELECT record.${sql.id(column)} FROM ${sql.table(table)} AS record WHERE NOT EXISTS (SELECT 1 FROM ${dataset} AS known WHERE known.id = record.${sql.id(column)})`,
  );
  const registered = sql`SELECT id FROM ${dataset}`;
  if (others.length === 0) return registered;
  return sql`${registered} UNION ALL SELECT * FROM (${sql.join(others, " UNION ")}) AS records`;
}

/**
 * Old and new ids. SQLite writes tables in the order of their rows: random ids are given out in their own order, so that a key is not read
 * and written in another place for each row, which takes several times as long once it is larger than the cache.
 */
async function newIds(context: RevisionContext, loose: readonly IdColumn[]): Promise<Sql> {
  const ids = sql`SELECT ids.id AS id, assigned.new AS new FROM (${allIds(loose)}) AS ids LEFT JOIN ${assigned} AS assigned ON assigned.old = ids.id`;
  if (context.dialect === "postgres")
    return sql`SELECT id AS old, COALESCE(new, ${randomUuid(context)}) AS new FROM (${ids}) AS known`;
  const effect = { table: "dataset", cost: "scan" } as const;
  await context.execute(
    sql`CREATE TEMPORARY TABLE ${random} (number INTEGER PRIMARY KEY, new CHAR(32) NOT NULL)`,
    effect,
  );
  await context.execute(
    sql`INSERT INTO ${random} (new) SELECT ${randomUuid(context)} AS made FROM (${ids}) AS known WHERE new IS NULL ORDER BY made`,
    effect,
  );
  return sql`SELECT id AS old, new FROM (${ids}) AS known WHERE new IS NOT NULL UNION ALL SELECT numbered.id AS old, random.new AS new FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM (${ids}) AS known WHERE new IS NULL) AS numbered JOIN ${random} AS random ON random.number = numbered.number`;
}

/** A UUID of version 4, made by the database. */
function randomUuid({ dialect }: RevisionContext): Sql {
  if (dialect === "postgres") return sql.raw("gen_random_uuid()");
  return sql.raw(
    `${digits(6)} || '4' || substr(${digits(2)}, 2) || substr('89ab', 1 + (random() & 3), 1) || substr(${digits(2)}, 2) || ${digits(6)}`,
  );
}

/** Random hexadecimal digits in SQLite. */
function digits(bytes: number): string {
  return `lower(hex(randomblob(${bytes})))`;
}

/** A promise would count as yes for every type. */
function isDeterministic(provider: DatasetIds, datasetType: string): boolean {
  const answer = answerOf("datasetIds", `dataset type "${datasetType}"`, () =>
    provider.deterministic(datasetType),
  );
  if (typeof answer === "boolean") return answer;
  throw badProvider(
    "datasetIds",
    `gave ${JSON.stringify(answer)} for dataset type "${datasetType}", which is neither true nor false`,
  );
}

interface DatasetType {
  readonly id: bigint;
  readonly name: string;
  readonly tags: string;
}

/** Fills a table of the session's own with the ids that follow from what the datasets are. */
async function assignDeterministic(context: RevisionContext): Promise<void> {
  const created = context.dialect === "sqlite" ? sql.raw("CHAR(32)") : sql.raw("uuid");
  await context.execute(
    sql`CREATE TEMPORARY TABLE ${assigned} (old BIGINT PRIMARY KEY NOT NULL, new ${created} NOT NULL)`,
    { table: "dataset", cost: "scan" },
  );
  const providers = idProviders(context);
  for (const datasetType of await datasetTypes(context)) {
    const provider = providers.find((one) => isDeterministic(one, datasetType.name));
    if (provider !== undefined) await assignIdsOfType(context, datasetType, provider);
  }
  await requireUnique(context);
}

async function datasetTypes(context: RevisionContext): Promise<DatasetType[]> {
  const rows = await context.query(
    sql`SELECT id, name, tag_association_table FROM ${sql.table("dataset_type")} ORDER BY id`,
  );
  return rows.map((row) => ({
    id: BigInt(String(row["id"])),
    name: String(row["name"]),
    tags: String(row["tag_association_table"]),
  }));
}

async function assignIdsOfType(
  context: RevisionContext,
  datasetType: DatasetType,
  provider: DatasetIds,
): Promise<void> {
  const dimensions = await requiredDimensions(context, datasetType.tags);
  const statement = await references(context, datasetType, dimensions);
  const what = `ids of ${datasetType.name}`;
  let rows = 0n;
  for await (const batch of context.data.stream(statement, { key: ["_id"], batchSize: rowsAStatement })) {
    // An integer and a UUID need no quoting; as values of a statement, millions of them would be millions of objects.
    const pairs = batch.map((row) => {
      const uuid = idOf(provider, datasetType.name, dimensions, row);
      return `(${BigInt(String(row["_id"]))},'${context.dialect === "sqlite" ? uuid.replaceAll("-", "") : uuid}')`;
    });
    await context.execute(sql`INSERT INTO ${assigned} (old, new) VALUES ${sql.raw(pairs.join(","))}`, {
      table: "dataset",
      cost: "scan",
    });
    rows += BigInt(batch.length);
    context.progress({ what, rows, total: null });
  }
}

/** The columns of a tags table that are no ids are dimensions. */
async function requiredDimensions({ schema }: RevisionContext, tags: string): Promise<string[]> {
  const others = new Set(["dataset_id", "dataset_type_id", "collection_id", "collection_name"]);
  const { columns } = await schema.table(tags);
  return columns.map(({ name }) => name).filter((name) => !others.has(name));
}

/** The datasets of a type with the name of their run and their data id, which the tags table holds for the run itself. */
async function references(
  { schema, dialect }: RevisionContext,
  { id, tags }: DatasetType,
  dimensions: readonly string[],
): Promise<Sql> {
  const text = dialect === "sqlite" ? sql.raw("TEXT") : sql.raw("text");
  const values = dimensions.map(
    (name) => sql`CAST(tags.${sql.id(name)} AS ${text}) AS ${sql.id(`_dimension_${name}`)}`,
  );
  const { columns } = await schema.table("dataset");
  const byName = columns.some(({ name }) => name === "run_name");
  const [key, run] = byName
    ? [sql`tags.collection_name = dataset.run_name`, sql`dataset.run_name`]
    : [sql`tags.collection_id = dataset.run_id`, sql`collection.name`];
  const collections = byName
    ? sql``
    : sql` JOIN ${sql.table("collection")} AS collection ON collection.collection_id = dataset.run_id`;
  return sql`SELECT ${sql.join([sql`dataset.id AS _id`, sql`${run} AS _run`, ...values])} FROM ${sql.table("dataset")} AS dataset JOIN ${sql.table(tags)} AS tags ON tags.dataset_id = dataset.id AND ${key}${collections} WHERE dataset.dataset_type_id = ${id}`;
}

function idOf(provider: DatasetIds, datasetType: string, dimensions: readonly string[], row: Row): string {
  const dataId = Object.fromEntries(dimensions.map((name) => [name, String(row[`_dimension_${name}`])]));
  const reference = { datasetType, run: String(row["_run"]), dataId };
  const question = JSON.stringify(reference);
  const uuid = answerOf("datasetIds", question, () => provider.id(reference));
  if (typeof uuid === "string" && validate(uuid)) return uuid.toLowerCase();
  throw badProvider("datasetIds", `gave ${JSON.stringify(uuid)} for ${question}, which is no UUID`);
}

function requireProvider(provider: unknown): DatasetIds {
  const { deterministic, id } = (provider ?? {}) as Partial<Record<keyof DatasetIds, unknown>>;
  if (typeof deterministic === "function" && typeof id === "function") return provider as DatasetIds;
  throw badProvider("datasetIds", "has no functions `deterministic(datasetType)` and `id(reference)`");
}

/** @throws RefusedError `duplicate-ids` with the datasets concerned */
async function requireUnique(context: RevisionContext): Promise<void> {
  if (context.mode === "plan") return;
  const rows = await context.query(
    sql`SELECT CAST(assigned.new AS ${sql.raw(context.dialect === "sqlite" ? "TEXT" : "text")}) AS new, dataset.id AS id, type.name AS type FROM ${assigned} AS assigned JOIN ${sql.table("dataset")} AS dataset ON dataset.id = assigned.old JOIN ${sql.table("dataset_type")} AS type ON type.id = dataset.dataset_type_id WHERE assigned.new IN (SELECT new FROM ${assigned} GROUP BY new HAVING count(*) > 1) ORDER BY assigned.new, dataset.id LIMIT 10`,
  );
  if (rows.length === 0) return;
  const shown = rows.map(
    (row) => `dataset ${String(row["id"])} (${String(row["type"])}): ${String(row["new"])}`,
  );
  throw duplicates(shown);
}

function duplicates(shown: readonly string[]): RefusedError {
  return new RefusedError("duplicate-ids", `Several datasets would get the same UUID:\n${shown.join("\n")}`, {
    hint: "Remove the duplicates, or give a provider `datasetIds` that tells them apart.",
  });
}
