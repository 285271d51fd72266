/** Dataset types, the sets of dimensions that they name by number, and the tables of their datasets: one to one. */
import { sql } from "../../database/sql.js";
import type { Sql } from "../../database/sql.js";
import type { BookkeepingRule } from "./bookkeeping-rule.js";

const [graph, definition, type] = [
  sql.table("dimension_graph_key"),
  sql.table("dimension_graph_definition"),
  sql.table("dataset_type"),
];

export const datasetTypeRules: readonly BookkeepingRule[] = [
  {
    code: "unknown-dimensions",
    table: "dataset_type",
    what: "have a set of dimensions that is not there",
    columns: ["name", "dimensions_key"],
    // Number 0, the set without dimensions, is never stored.
    broken: sql`t.dimensions_key <> 0 AND NOT EXISTS (SELECT 1 FROM ${graph} g WHERE g.id = t.dimensions_key)`,
    needs: [["dimension_graph_key", "id"]],
  },
  {
    code: "shared-dataset-table",
    table: "dataset_type",
    what: "share a table with dataset types of other dimensions, or do not share it with those of the same",
    columns: ["name", "dimensions_key", "tag_association_table", "calibration_association_table"],
    broken: sql`EXISTS (SELECT 1 FROM ${type} o WHERE o.id <> t.id AND (
      (o.dimensions_key = t.dimensions_key) <> (o.tag_association_table = t.tag_association_table)
      OR (o.dimensions_key = t.dimensions_key) <> (o.calibration_association_table = t.calibration_association_table)))`,
    needs: [],
  },
  {
    code: "dimensions-twice",
    table: "dimension_graph_key",
    what: "are the same set of dimensions as an earlier one",
    columns: ["id"],
    broken: sql`EXISTS (SELECT 1 FROM ${graph} o WHERE o.id < t.id AND NOT EXISTS (${only(sql`t`, sql`o`)}) AND NOT EXISTS (${only(sql`o`, sql`t`)}))`,
    needs: [
      ["dimension_graph_definition", "dimension_graph_id"],
      ["dimension_graph_definition", "dimension_name"],
    ],
  },
];

/** Dimensions that one set has and another has not. */
function only(one: Sql, other: Sql): Sql {
  return sql`SELECT 1 FROM ${definition} a WHERE a.dimension_graph_id = ${one}.id AND NOT EXISTS (SELECT 1 FROM ${definition} b WHERE b.dimension_graph_id = ${other}.id AND b.dimension_name = a.dimension_name)`;
}
