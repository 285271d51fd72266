/** The families of tables that a repository makes as it grows. */
import type { Session } from "../database/database.js";
import { sql } from "../database/sql.js";
import type { TableFamily } from "../repository/repository.js";
import { dimensionsAttribute, readAttributes } from "./attributes.js";
import { butlerConventions } from "./conventions.js";
import { parseAttribute } from "./managers.js";
import { elementsOf, spatialElements } from "./universe/elements.js";

interface Naming extends Pick<TableFamily, "growsWith"> {
  readonly name: string;
  /** Which tables belong to the family by their name. */
  readonly pattern: RegExp;
}

const tags: Naming = { name: "dataset_tags_*", pattern: /^dataset_tags_/, growsWith: "content" };
const calibs: Naming = { name: "dataset_calibs_*", pattern: /^dataset_calibs_/, growsWith: "content" };
const summaries: Naming = {
  name: "collection_summary_*",
  pattern: /^collection_summary_/,
  growsWith: "format",
};
const overlaps: Naming = { name: "*_skypix_overlap", pattern: /_skypix_overlap$/, growsWith: "format" };
const overlapSummaries: Naming = {
  name: "*_skypix_overlap_summary",
  pattern: /_skypix_overlap_summary$/,
  growsWith: "format",
};
const opaque: Naming = { name: "opaque", pattern: /^(?!)/, growsWith: "content" };

/** All families, with the tables that the repository records. */
export async function butlerFamilies(session: Session): Promise<TableFamily[]> {
  const existing = await session.schema(butlerConventions).tableNames();
  const family = (naming: Naming, names: readonly (string | null)[]): TableFamily =>
    familyOf(naming, [...new Set(names.filter((name) => name !== null))].toSorted(), existing);
  const types = existing.includes("dataset_type")
    ? await session.query(
        sql`SELECT tag_association_table, calibration_association_table FROM ${sql.table("dataset_type")}`,
      )
    : [];
  const named = (column: string): (string | null)[] =>
    types.map((row) => (typeof row[column] === "string" ? row[column] : null));
  const text = (await readAttributes(session)).get(dimensionsAttribute);
  const universe = text === undefined ? {} : parseAttribute(dimensionsAttribute, text);
  const governors = elementsOf(universe).filter(({ governor }) => governor);
  const spatial = spatialElements(universe);
  const opaqueTables = existing.includes("opaque_meta")
    ? await session.query(sql`SELECT table_name FROM ${sql.table("opaque_meta")}`)
    : [];
  return [
    family(tags, named("tag_association_table")),
    family(calibs, named("calibration_association_table")),
    family(
      summaries,
      ["dataset_type", ...governors.map(({ name }) => name)].map((name) => `collection_summary_${name}`),
    ),
    family(
      overlaps,
      spatial.map((name) => `${name}_skypix_overlap`),
    ),
    family(
      overlapSummaries,
      spatial.map((name) => `${name}_skypix_overlap_summary`),
    ),
    family(
      opaque,
      opaqueTables.map((row) => String(row["table_name"])),
    ),
  ];
}

function familyOf(
  { name, pattern, growsWith }: Naming,
  recorded: readonly string[],
  existing: readonly string[],
): TableFamily {
  return {
    name,
    recorded,
    missing: recorded.filter((table) => !existing.includes(table)),
    unrecorded: existing.filter((table) => pattern.test(table) && !recorded.includes(table)),
    growsWith,
  };
}
