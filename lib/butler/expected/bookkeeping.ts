/** What no constraint says: how datasets, collections, locations and records belong together. */
import type { Session } from "../../database/database.js";
import { findRows } from "../../database/integrity.js";
import { freeSequences } from "../../database/sequences.js";
import { sql } from "../../database/sql.js";
import type { Sql } from "../../database/sql.js";
import type { RowFinding } from "../../repository/verification.js";
import { butlerConventions } from "../conventions.js";
import type { Datastore } from "../config/datastores.js";
import { associationRules } from "./association-rules.js";
import { collectionTypes } from "./bookkeeping-rule.js";
import type { BookkeepingRule } from "./bookkeeping-rule.js";
import { datasetTypeRules } from "./dataset-type-rules.js";
import { collectionColumn } from "./registry-tables.js";
import { finding } from "./rows.js";
import type { SchemaPair } from "./verification.js";

const { run: runType, chained: chainType } = collectionTypes;

/** Looks at what the registry keeps in several tables at once. */
export async function checkBookkeeping(
  session: Session,
  pair: SchemaPair,
  datastores: readonly Datastore[],
  onTable: (name: string) => void,
): Promise<RowFinding[]> {
  const findings: RowFinding[] = [];
  for (const rule of [
    ...collectionRules(pair),
    ...datasetRules(pair),
    ...associationRules(pair),
    ...datasetTypeRules,
    ...recordRules(pair, datastores),
  ]) {
    if (!isReadable(rule, pair)) continue;
    onTable(rule.table);
    const rows = await findRows(session, rule.table, rule.columns, rule.broken);
    if (rows !== null) findings.push(finding(rule.code, rule.table, rule.object ?? null, rule.what, rows));
  }
  return [...findings, ...(await lateSequences(session, pair))];
}

/** Where a column is missing, the schema is at fault, and the comparison says so. */
function isReadable({ table, columns, needs }: BookkeepingRule, { found }: SchemaPair): boolean {
  const all = [...columns.map((column) => [table, column] as const), ...needs];
  return all.every(([name, column]) =>
    found.tables.some(
      (one) => one.name === name && one.columns.some((candidate) => candidate.name === column),
    ),
  );
}

function collectionRules({ expected: { traits } }: SchemaPair): BookkeepingRule[] {
  const { key } = collectionColumn(traits);
  const column = sql.id(key);
  const shown = key === "name" ? [key] : [key, "name"];
  return [
    {
      code: "run-without-row",
      table: "collection",
      what: 'are RUNs without a row in "run"',
      columns: [key, "type"],
      broken: sql`t.type = ${runType} AND NOT EXISTS (SELECT 1 FROM ${sql.table("run")} r WHERE r.${column} = t.${column})`,
      needs: [["run", key]],
    },
    {
      code: "run-of-other-type",
      table: "run",
      what: "belong to collections that are no RUNs",
      columns: [key],
      broken: sql`EXISTS (SELECT 1 FROM ${sql.table("collection")} c WHERE c.${column} = t.${column} AND c.type <> ${runType})`,
      needs: [
        ["collection", key],
        ["collection", "type"],
      ],
    },
    {
      code: "chain-of-other-type",
      table: "collection_chain",
      what: "have a parent that is no CHAINED collection",
      columns: ["parent", "position"],
      broken: sql`EXISTS (SELECT 1 FROM ${sql.table("collection")} c WHERE c.${column} = t.parent AND c.type <> ${chainType})`,
      needs: [
        ["collection", key],
        ["collection", "type"],
      ],
    },
    {
      code: "chain-in-circle",
      table: "collection",
      what: "are chains that contain themselves",
      columns: shown,
      broken: sql`t.${column} IN (${chainsInCircles})`,
      needs: [
        ["collection_chain", "parent"],
        ["collection_chain", "child"],
      ],
    },
    {
      code: "unknown-collection-type",
      table: "collection",
      what: "have a type that no collection has",
      columns: [...shown, "type"],
      broken: sql`t.type NOT IN (${sql.join(Object.values(collectionTypes).map((type) => sql`${type}`))})`,
      needs: [],
    },
  ];
}

/** Everything below a chain, with the chain that it was reached from. */
const chainsInCircles = sql`WITH RECURSIVE below (top, child) AS (
    SELECT parent, child FROM ${sql.table("collection_chain")}
    UNION SELECT b.top, c.child FROM below b JOIN ${sql.table("collection_chain")} c ON c.parent = b.child)
  SELECT top FROM below WHERE top = child`;

function datasetRules({ expected: { traits, content } }: SchemaPair): BookkeepingRule[] {
  const { name: collection } = collectionColumn(traits);
  const run = traits.collections === "name" ? "run_name" : "run_id";
  const dataset = sql.table("dataset");
  const type = sql.table("dataset_type");
  const ofOtherType: (table: string) => BookkeepingRule = (table) => ({
    code: "dataset-type-differs",
    table,
    what: "have another dataset type than their dataset",
    columns: ["dataset_id", "dataset_type_id"],
    broken: sql`EXISTS (SELECT 1 FROM ${dataset} d WHERE d.id = t.dataset_id AND d.dataset_type_id <> t.dataset_type_id)`,
    needs: [
      ["dataset", "id"],
      ["dataset", "dataset_type_id"],
    ],
  });
  return content.datasets.flatMap(({ tags, calibs }): BookkeepingRule[] => [
    {
      code: "dataset-without-data-id",
      table: "dataset",
      object: tags,
      what: `are not in "${tags}" with their run`,
      columns: ["id", "dataset_type_id", run],
      broken: sql`EXISTS (SELECT 1 FROM ${type} y WHERE y.id = t.dataset_type_id AND y.tag_association_table = ${tags})
        AND NOT EXISTS (SELECT 1 FROM ${sql.table(tags)} g WHERE g.dataset_id = t.id AND g.${sql.id(collection)} = t.${sql.id(run)})`,
      needs: [
        ["dataset_type", "id"],
        ["dataset_type", "tag_association_table"],
        [tags, "dataset_id"],
        [tags, collection],
      ],
    },
    ofOtherType(tags),
    ...(calibs === null ? [] : [ofOtherType(calibs)]),
    {
      code: "wrong-dataset-table",
      table: tags,
      what: "belong to a dataset type that has another table",
      columns: ["dataset_id", "dataset_type_id"],
      broken: sql`EXISTS (SELECT 1 FROM ${type} y WHERE y.id = t.dataset_type_id AND y.tag_association_table <> ${tags})`,
      needs: [
        ["dataset_type", "id"],
        ["dataset_type", "tag_association_table"],
      ],
    },
  ]);
}

/** Each file that is located has a record, and each record is located, or waits in the trash. */
function recordRules(
  { expected: { content } }: SchemaPair,
  datastores: readonly Datastore[],
): BookkeepingRule[] {
  const tables = new Map<string, string[]>();
  for (const { name, recordTable } of datastores) {
    if (content.opaque.includes(recordTable))
      tables.set(recordTable, [...(tables.get(recordTable) ?? []), name]);
  }
  const locationColumns = ["datastore_name", "dataset_id"];
  const location = (table: string): readonly (readonly [string, string])[] =>
    locationColumns.map((column) => [table, column] as const);
  const rules = [...tables].flatMap(([table, names]): BookkeepingRule[] => {
    const own = sql.join(names.map((name) => sql`${name}`));
    const there = (place: string): Sql =>
      sql`EXISTS (SELECT 1 FROM ${sql.table(place)} l WHERE l.dataset_id = t.dataset_id AND l.datastore_name IN (${own}))`;
    return [
      {
        code: "location-without-record",
        table: "dataset_location",
        object: table,
        what: `have no record in "${table}"`,
        columns: locationColumns,
        broken: sql`t.datastore_name IN (${own}) AND NOT EXISTS (SELECT 1 FROM ${sql.table(table)} r WHERE r.dataset_id = t.dataset_id)`,
        needs: [[table, "dataset_id"]],
      },
      {
        code: "trash-without-record",
        table: "dataset_location_trash",
        object: table,
        what: `have no record in "${table}"`,
        columns: locationColumns,
        broken: sql`t.datastore_name IN (${own}) AND NOT EXISTS (SELECT 1 FROM ${sql.table(table)} r WHERE r.dataset_id = t.dataset_id)`,
        needs: [[table, "dataset_id"]],
      },
      {
        code: "record-without-location",
        table,
        what: "are of no dataset that a datastore has or had",
        columns: ["dataset_id", "path"],
        broken: sql`NOT ${there("dataset_location")} AND NOT ${there("dataset_location_trash")}`,
        needs: [...location("dataset_location"), ...location("dataset_location_trash")],
      },
    ];
  });
  const located: BookkeepingRule = {
    code: "located-in-trash",
    table: "dataset_location_trash",
    what: "wait to be removed from a datastore that still has them",
    columns: locationColumns,
    broken: sql`EXISTS (SELECT 1 FROM ${sql.table("dataset_location")} l WHERE l.dataset_id = t.dataset_id AND l.datastore_name = t.datastore_name)`,
    needs: location("dataset_location"),
  };
  if (datastores.length === 0) return [...rules, located];
  const known = sql.join(datastores.map(({ name }) => sql`${name}`));
  const ofUnknown = (table: string): BookkeepingRule => ({
    code: "unknown-datastore",
    table,
    what: "are of a datastore that butler.yaml does not name",
    columns: locationColumns,
    broken: sql`t.datastore_name NOT IN (${known})`,
    needs: [],
  });
  return [...rules, located, ofUnknown("dataset_location"), ofUnknown("dataset_location_trash")];
}

/** PostgreSQL: a sequence that has not gone as far as the ids would give one of them again. */
async function lateSequences(session: Session, { expected, found }: SchemaPair): Promise<RowFinding[]> {
  const findings: RowFinding[] = [];
  for (const { name, lastValue } of await freeSequences(session)) {
    const owner = found.tables.flatMap((table) =>
      table.columns.flatMap((column) =>
        sequenceName(table.name, column.name) === name ? [{ table: table.name, column: column.name }] : [],
      ),
    )[0];
    if (owner === undefined || lastValue === null || !expected.sequences.includes(name)) continue;
    const rows = await findRows(
      session,
      owner.table,
      [owner.column],
      sql`t.${sql.id(owner.column)} > ${lastValue}`,
    );
    if (rows !== null)
      findings.push(
        finding("sequence-behind", owner.table, name, `have ids that "${name}" will give again`, rows),
      );
  }
  return findings;
}

function sequenceName(table: string, column: string): string | null {
  return butlerConventions.objectName("postgres", { kind: "sequence", table, columns: [column] });
}
