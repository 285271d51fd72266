/** What migrations must not change, as queries whose rows are compared: grouped, so that few rows stand for many. */
import { sql } from "../database/sql.js";
import type { Row, Sql } from "../database/sql.js";
import type { Invariant } from "../revision.js";
import type { RevisionContext } from "../run/context.js";
import { attributesTable } from "./attributes.js";
import { opaqueTables } from "./record-tables.js";

type Question = (context: RevisionContext) => Promise<unknown>;

/** The same question before and after, or one for each side where tables or columns are called differently. */
export function unchanged(
  description: string,
  before: Question | Sql,
  after: Question | Sql = before,
): Invariant {
  return { description, before: asQuestion(before), after: asQuestion(after) };
}

function asQuestion(asked: Question | Sql): Question {
  return typeof asked === "function" ? asked : (context) => context.query(asked);
}

/** How many rows of a table have the same values in some columns; none where a configuration of its own has no such table. */
export function grouped(table: string, columns: readonly string[]): Question {
  const list = sql.ids(columns);
  return async (context) =>
    (await context.schema.hasTable(table))
      ? context.query(sql`SELECT ${list}, count(*) AS n FROM ${sql.table(table)} GROUP BY ${list}`)
      : [];
}

/** All that the repository says of itself, except for names that match a pattern of LIKE. */
export function otherAttributes(except: string): Invariant {
  return unchanged(
    `attributes other than ${except}`,
    sql`SELECT name, value FROM ${sql.table(attributesTable)} WHERE name NOT LIKE ${except}`,
  );
}

/** Exposures and visits of each instrument. */
export const observations: readonly Invariant[] = ["exposure", "visit"].map((table) =>
  unchanged(`the number of rows of "${table}" by instrument`, grouped(table, ["instrument"])),
);

const membership = /^dataset_(tags|calibs)_/;

/** Which datasets there are, where they are, and what is known of their files. */
export const datasets: readonly Invariant[] = [
  unchanged("the number of datasets by type", grouped("dataset", ["dataset_type_id"])),
  unchanged("the number of members of collections by dataset type", (context) =>
    ofTables(
      context,
      membershipTables,
      (name) => sql`SELECT dataset_type_id, count(*) AS n FROM ${sql.table(name)} GROUP BY dataset_type_id`,
    ),
  ),
  unchanged(
    "the number of locations of datasets by datastore",
    grouped("dataset_location", ["datastore_name"]),
  ),
  unchanged(
    "the number of rows of the trash by datastore",
    grouped("dataset_location_trash", ["datastore_name"]),
  ),
  unchanged("the number of records of files", (context) =>
    ofTables(context, opaqueTables, (name) => sql`SELECT count(*) AS n FROM ${sql.table(name)}`),
  ),
];

/** What collections are, and what belongs to each of them by its name. */
export const collections: readonly Invariant[] = [
  unchanged(
    "names, types and documentation of collections",
    sql`SELECT name, type, doc FROM ${sql.table("collection")}`,
  ),
  unchanged("the members of chains", chains),
  unchanged("the number of datasets by run", (context) =>
    byCollection(context, "dataset", ["run_id", "run_name"]),
  ),
  unchanged("the number of rows by collection", async (context) => {
    const names = (await context.schema.tableNames()).filter(
      (name) => membership.test(name) || name.startsWith("collection_summary_"),
    );
    const found: unknown[] = [];
    for (const table of names)
      for (const row of await byCollection(context, table, ["collection_id", "collection_name"]))
        found.push({ table, ...row });
    return found;
  }),
];

async function membershipTables({ schema }: RevisionContext): Promise<string[]> {
  return (await schema.tableNames()).filter((name) => membership.test(name));
}

async function ofTables(
  context: RevisionContext,
  tables: (context: RevisionContext) => Promise<readonly string[]>,
  question: (table: string) => Sql,
): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const table of await tables(context)) {
    if (!(await context.schema.hasTable(table))) continue;
    for (const row of await context.query(question(table))) found.push({ table, ...row });
  }
  return found;
}

/** Counts by the name of a collection, which the table holds itself or refers to by an integer. */
async function byCollection(
  context: RevisionContext,
  table: string,
  [byNumber, byName]: readonly [string, string],
): Promise<Row[]> {
  const { columns } = await context.schema.table(table);
  const has = (column: string): boolean => columns.some(({ name }) => name === column);
  if (has(byName))
    return context.query(
      sql`SELECT ${sql.id(byName)} AS name, count(*) AS n FROM ${sql.table(table)} GROUP BY ${sql.id(byName)}`,
    );
  if (!has(byNumber)) return [];
  return context.query(
    sql`SELECT c.name AS name, g.n AS n FROM (SELECT ${sql.id(byNumber)} AS id, count(*) AS n FROM ${sql.table(table)} GROUP BY ${sql.id(byNumber)}) g LEFT JOIN ${sql.table("collection")} c ON c.collection_id = g.id`,
  );
}

async function chains(context: RevisionContext): Promise<Row[]> {
  const chain = sql.table("collection_chain");
  const { columns } = await context.schema.table("collection");
  if (!columns.some(({ name }) => name === "collection_id"))
    return context.query(sql`SELECT parent, position, child FROM ${chain}`);
  const collection = sql.table("collection");
  return context.query(
    sql`SELECT p.name AS parent, m.position AS position, c.name AS child FROM ${chain} m LEFT JOIN ${collection} p ON p.collection_id = m.parent LEFT JOIN ${collection} c ON c.collection_id = m.child`,
  );
}
