/** The key of collections: their names, or integers. */
import { findDuplicates } from "../database/integrity.js";
import type { TableAlteration } from "../database/schema/editor.js";
import type { Table } from "../database/schema/table.js";
import { type } from "../database/schema/types.js";
import type { LogicalType } from "../database/schema/types.js";
import { numberOf, sql } from "../database/sql.js";
import type { Sql } from "../database/sql.js";
import { RefusedError } from "../errors.js";
import type { RevisionContext } from "../run/context.js";
import { renameColumns } from "./renamed-columns.js";
import type { ColumnRenames } from "./renamed-columns.js";

const sequence = "collection_seq_collection_id";

/** Where names and integers are called differently; a table that is not listed calls them `byName` and `byNumber`. */
const special: Readonly<Record<string, readonly [byName: string, byNumber: string]>> = {
  collection: ["name", "collection_id"],
  run: ["name", "collection_id"],
  dataset: ["run_name", "run_id"],
};
const byName = "collection_name";
const byNumber = "collection_id";

/** Names of runs and of members of chains have a type of their own. */
const unlimited = type.native({ sqlite: "VARCHAR", postgres: "character varying" });

/** Refers to collections by integers; the names become unique values of theirs. */
export async function numberCollections(context: RevisionContext): Promise<void> {
  const { schema } = context;
  const renames = await columnRenames(context, (names) => names);
  const tables = await definitions(context, renames);
  const count = numberOf(await context.query(sql`SELECT count(*) AS n FROM ${sql.table("collection")}`));
  await schema.rekey("collection", "name", {
    type: type.serial(),
    values: sql`SELECT name AS old, row_number() OVER (ORDER BY ${storedOrder(context)}) AS new FROM ${sql.table("collection")}`,
    onProgress: (done) => context.progress({ what: "rows with keys of collections", ...done }),
    alsoIn: [{ table: "dataset", column: "run_name" }],
    alsoAlter: (name, alteration) => {
      const table = tables.get(name);
      if (table === undefined) return;
      if (name !== "collection") setTypes(table, alteration, type.bigint());
      renameColumns(naming(context), table, renames, alteration);
      if (name !== "collection") return;
      alteration.addColumn("name", type.text(), { using: sql.id("name") });
      alteration.addUnique(["name"]);
    },
  });
  await schema.createSequence(sequence, count + 1n);
}

/**
 * What is asked before a plan begins. The Python tool left names of collections without the key that keeps them apart.
 * @throws RefusedError `duplicate-names`
 */
export async function collectionConditions(context: RevisionContext): Promise<void> {
  if (context.direction === "up") return;
  const found = await findDuplicates(context, "collection", ["name"]);
  if (found === null) return;
  throw new RefusedError(
    "duplicate-names",
    `Several collections have the same name, by which they could not be told apart: ${found.examples.join("; ")}.`,
    { hint: "Rename or remove all but one of each first." },
  );
}

/** Refers to collections by their names. @throws as `collectionConditions` */
export async function nameCollections(context: RevisionContext): Promise<void> {
  if (context.mode === "run") await collectionConditions(context);
  const { schema } = context;
  const renames = await columnRenames(context, ([from, to]) => [to, from]);
  const tables = await definitions(context, renames);
  await schema.rekey("collection", "collection_id", {
    type: type.text(),
    values: sql`SELECT collection_id AS old, name AS new FROM ${sql.table("collection")}`,
    onProgress: (done) => context.progress({ what: "rows with keys of collections", ...done }),
    alsoIn: [{ table: "dataset", column: "run_id" }],
    alsoAlter: (name, alteration) => {
      const table = tables.get(name);
      if (table === undefined) return;
      if (name === "collection") alteration.dropColumn("name");
      if (name === "run" || name === "collection_chain") setTypes(table, alteration, unlimited);
      renameColumns(naming(context), table, renames, alteration);
    },
  });
  await schema.dropSequence(sequence);
}

/** Collections are numbered in the order in which they are stored, as the Python tool does, so that both give the same numbers. */
function storedOrder({ dialect }: RevisionContext): Sql {
  return sql.raw(dialect === "sqlite" ? "rowid" : "ctid");
}

function naming({ dialect, repository }: RevisionContext): Parameters<typeof renameColumns>[0] {
  return { dialect, conventions: repository.conventions };
}

/** The renames of all tables that refer to collections, in the direction asked for. */
async function columnRenames(
  { schema }: RevisionContext,
  directed: (names: readonly [string, string]) => readonly [string, string],
): Promise<ColumnRenames> {
  const renames = new Map<string, ReadonlyMap<string, string>>();
  for (const { name, columns, foreignKeys } of await schema.tables(await schema.tableNames())) {
    const [from, to] = directed(special[name] ?? [byName, byNumber]);
    if (!columns.some((column) => column.name === from)) continue;
    const refers = foreignKeys.some((key) => key.referencedTable === "collection");
    if (special[name] !== undefined || refers) renames.set(name, new Map([[from, to]]));
  }
  return renames;
}

/** The tables that hold keys of collections, as they are before. */
async function definitions(
  { schema }: RevisionContext,
  renames: ColumnRenames,
): Promise<ReadonlyMap<string, Table>> {
  const tables = new Map<string, Table>();
  for (const name of [...renames.keys(), "collection_chain"]) tables.set(name, await schema.table(name));
  return tables;
}

/** Columns that refer to collections have a type other than that of the key itself. */
function setTypes({ name, foreignKeys }: Table, alteration: TableAlteration, to: LogicalType): void {
  const columns = foreignKeys
    .filter((key) => key.referencedTable === "collection" && key.columns.length === 1)
    .flatMap((key) => key.columns);
  for (const column of name === "dataset" ? ["run_name"] : columns) {
    alteration.changeColumn(column, { type: to });
  }
}
