/** Indexes and foreign keys of the tables that hold which datasets belong to which collections: for datasets with integers and with UUIDs. */
import { danglingRows, RefusedError } from "godwit";
import type { ForeignKey, Index, RevisionContext, Table } from "godwit";
import { datasetTableKeys, datasetTableNames } from "godwit/butler";
import type { DatasetTableKeys } from "godwit/butler";

/** What a table lacks. */
interface Missing {
  readonly table: string;
  readonly foreignKeys: readonly ForeignKey[];
  /** Columns, and the name where it is not the one that the conventions give. */
  readonly indexes: readonly { readonly columns: readonly string[]; readonly name?: string }[];
}

/**
 * Adds what each table lacks while others use it, a table at a time or, with `--jobs`, several; what is there under another name is left alone.
 * @throws RefusedError `orphan-rows` before anything is added
 */
export async function addIndexesAndKeys(context: RevisionContext): Promise<void> {
  const missing: Missing[] = [];
  for (const name of await datasetTableNames(context)) {
    const found = await findMissing(context, name);
    if (found.foreignKeys.length + found.indexes.length > 0) missing.push(found);
  }
  await refuseOrphans(context, missing);
  const byTable = new Map(missing.map((one) => [one.table, one]));
  let done = 0n;
  await context.substeps(
    [...byTable.keys()],
    async (own, table) => {
      const found = byTable.get(table);
      if (found !== undefined) await addMissing(own, found);
      done += 1n;
      context.progress({ what: "tables of datasets", rows: done, total: BigInt(missing.length) });
    },
    { autocommit: true },
  );
}

/** Drops the indexes by data id again. Foreign keys stay: every version has them. */
export async function dropIndexes(context: RevisionContext): Promise<void> {
  for (const name of await datasetTableNames(context)) {
    const index = context.repository.conventions.objectName(context.dialect, {
      kind: "index",
      table: name,
      columns: byDataId(await datasetTableKeys(context, name)),
    });
    const { indexes } = await context.schema.table(name);
    if (index === null || !isMembers(name) || !indexes.some((one) => one.name === index)) continue;
    await context.substep(
      name,
      async () => {
        await context.schema.alter(name, (table) => {
          table.dropIndex({ name: index, concurrently: true });
        });
      },
      { autocommit: true },
    );
  }
}

async function findMissing(context: RevisionContext, name: string): Promise<Missing> {
  const keys = await datasetTableKeys(context, name);
  const table = await context.schema.table(name);
  const wanted: { columns: readonly string[]; name?: string }[] = keys.indexes.map((index) => ({
    columns: columnsOf(index),
    name: index.name,
  }));
  if (isMembers(name)) wanted.push({ columns: byDataId(keys) });
  return {
    table: name,
    foreignKeys: keys.foreignKeys.filter((key) => !hasForeignKey(table, key)),
    indexes: wanted.filter(({ columns }) => !hasIndex(table, columns)),
  };
}

/** Calibrations are found by time, for which they have an index already. */
function isMembers(table: string): boolean {
  return table.startsWith("dataset_tags_");
}

/** The collection, then what identifies a dataset in it. */
function byDataId({ collection, dimensions }: DatasetTableKeys): string[] {
  return [collection, ...dimensions];
}

function columnsOf({ keys }: Index): string[] {
  return keys.map(({ column, expression }) => column ?? expression ?? "");
}

function hasIndex({ indexes }: Table, columns: readonly string[]): boolean {
  return indexes.some(
    // One that an interrupted build left behind is not valid, and serves nobody.
    (index) => index.valid !== false && index.where === null && columnsOf(index).join() === columns.join(),
  );
}

function hasForeignKey({ foreignKeys }: Table, wanted: ForeignKey): boolean {
  return foreignKeys.some((key) => referenceOf(key) === referenceOf(wanted));
}

function referenceOf({ columns, referencedTable, referencedColumns }: ForeignKey): string {
  return [referencedTable, ...columns, ...referencedColumns].join();
}

async function refuseOrphans(context: RevisionContext, missing: readonly Missing[]): Promise<void> {
  const faults: string[] = [];
  for (const { table, foreignKeys } of missing) {
    for (const key of foreignKeys) {
      const found = await danglingRows(context, table, key);
      if (found === null) continue;
      faults.push(
        `${found.count} rows of "${table}" refer to no row of "${key.referencedTable}", such as ${found.examples[0] ?? ""}`,
      );
    }
  }
  if (faults.length === 0) return;
  throw new RefusedError("orphan-rows", `Foreign keys cannot be added: ${faults.join("; ")}.`, {
    hint: "Remove these rows, or add what they refer to, and run the same command again.",
  });
}

async function addMissing(context: RevisionContext, { table: name, foreignKeys, indexes }: Missing) {
  await context.schema.alter(name, (table) => {
    for (const { columns, referencedTable, referencedColumns, name: own, onDelete } of foreignKeys) {
      table.addForeignKey(
        columns,
        { table: referencedTable, columns: referencedColumns },
        { onDelete, index: "none", validation: "separate", ...(own === null ? {} : { name: own }) },
      );
    }
    for (const { columns, name: own } of indexes) {
      table.addIndex(columns, { concurrently: true, ...(own === undefined ? {} : { name: own }) });
    }
  });
}
