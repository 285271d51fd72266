/** Which collections may hold which datasets. */
import { sql } from "../../database/sql.js";
import type { Sql } from "../../database/sql.js";
import type { BookkeepingRule } from "./bookkeeping-rule.js";
import { collectionTypes } from "./bookkeeping-rule.js";
import type { DatasetTables } from "./format.js";
import { collectionColumn } from "./registry-tables.js";
import type { SchemaPair } from "./verification.js";

export function associationRules({ expected }: SchemaPair): BookkeepingRule[] {
  const { traits, content, dialect } = expected;
  const { name: column, key } = collectionColumn(traits);
  const run = traits.collections === "name" ? "run_name" : "run_id";
  const collection = sql.table("collection");
  const { run: ofRun, tagged, calibration } = collectionTypes;
  const holder = (types: Sql): Sql =>
    sql`EXISTS (SELECT 1 FROM ${collection} c WHERE c.${sql.id(key)} = t.${sql.id(column)} AND c.type ${types})`;
  const needs = [
    ["collection", key],
    ["collection", "type"],
  ] as const;
  const rulesOf = ({ tags, calibs, dimensions }: DatasetTables): BookkeepingRule[] => [
    {
      code: "tagged-in-other-type",
      table: tags,
      what: "are in collections that are neither RUN nor TAGGED",
      columns: ["dataset_id", column],
      broken: holder(sql`NOT IN (${ofRun}, ${tagged})`),
      needs,
    },
    {
      code: "tagged-in-other-run",
      table: tags,
      what: "are in a RUN that is not that of their dataset",
      columns: ["dataset_id", column],
      broken: sql`${holder(sql`= ${ofRun}`)} AND EXISTS (SELECT 1 FROM ${sql.table("dataset")} d WHERE d.id = t.dataset_id AND d.${sql.id(run)} <> t.${sql.id(column)})`,
      needs: [...needs, ["dataset", "id"], ["dataset", run]],
    },
    ...(calibs === null
      ? []
      : [
          {
            code: "certified-in-other-type",
            table: calibs,
            what: "are in collections that are no CALIBRATION",
            columns: ["id", "dataset_id", column],
            broken: holder(sql`<> ${calibration}`),
            needs,
          },
          {
            code: "overlapping-validity",
            table: calibs,
            what: "are valid at times at which another dataset with the same data id is",
            columns: ["id", "dataset_id", column],
            broken: overlapping(calibs, ["dataset_type_id", column, ...dimensions], dialect),
            needs: [
              "dataset_type_id",
              ...dimensions,
              ...(dialect === "sqlite" ? ["timespan_begin", "timespan_end"] : ["timespan"]),
            ].map((name) => [calibs, name] as const),
          },
        ]),
  ];
  return content.datasets.flatMap(rulesOf);
}

/** The later of two certifications that hold at the same time. */
function overlapping(table: string, same: readonly string[], dialect: "sqlite" | "postgres"): Sql {
  const equal = same.map((name) => sql`o.${sql.id(name)} = t.${sql.id(name)}`);
  const both =
    dialect === "sqlite"
      ? sql`o.timespan_begin < o.timespan_end AND t.timespan_begin < t.timespan_end AND o.timespan_begin < t.timespan_end AND t.timespan_begin < o.timespan_end`
      : sql`o.timespan && t.timespan`;
  return sql`EXISTS (SELECT 1 FROM ${sql.table(table)} o WHERE ${sql.join(equal, " AND ")} AND o.id < t.id AND ${both})`;
}
