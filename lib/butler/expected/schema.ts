/** The complete schema of a Butler repository, as its versions and its dimension configuration say. */
import type { DialectName } from "../../database/database.js";
import type { Table } from "../../database/schema/table.js";
import { type } from "../../database/schema/types.js";
import { butlerConventions } from "../conventions.js";
import { tableOf } from "./definitions.js";
import type { Definition } from "./definitions.js";
import { datasetTables } from "./dataset-tables.js";
import { dimensionTables } from "./dimension-tables.js";
import { traitsOf } from "./format.js";
import type { ButlerFormat, RepositoryContent, Traits } from "./format.js";
import { obscoreTables } from "./obscore-table.js";
import { registryTables } from "./registry-tables.js";
import { UniverseModel } from "./universe-model.js";

/** What should be in the database, and what may be. */
export interface ExpectedSchema {
  readonly dialect: DialectName;
  /** Sorted by name. */
  readonly tables: readonly Table[];
  /** Tables that need not be there. */
  readonly optional: readonly Table[];
  /** PostgreSQL: names, sorted. */
  readonly sequences: readonly string[];
  readonly traits: Traits;
  readonly universe: UniverseModel;
  readonly content: RepositoryContent;
}

/**
 * The schema that a repository should have.
 * @throws RefusedError `unknown-format`; InputError `bad-dimensions`, `unknown-dimension`
 */
export function expectedSchema(
  dialect: DialectName,
  format: ButlerFormat,
  content: RepositoryContent,
): ExpectedSchema {
  const traits = traitsOf(format);
  const universe = new UniverseModel(format.universe);
  const definitions: Definition[] = [
    ...registryTables(dialect, traits, content),
    ...dimensionTables(traits, universe),
    ...datasetTables(dialect, traits, universe, content),
    ...(traits.obscore === "table" ? obscoreTables(dialect, format.obscore, traits) : []),
  ];
  const tables = definitions.map((definition) => tableOf(dialect, definition));
  return {
    dialect,
    tables: tables.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    optional: [alembicTable(dialect)],
    sequences: dialect === "postgres" ? sequencesOf(traits, content) : [],
    traits,
    universe,
    content,
  };
}

/** The table in which the Python tool records revisions. */
function alembicTable(dialect: DialectName): Table {
  return tableOf(dialect, {
    name: "alembic_version",
    define: (table) => {
      // It is not of Butler's making, and its length is not checked.
      const name = type.native({ sqlite: "VARCHAR(32)", postgres: "character varying(32)" });
      table.column("version_num", name);
      table.primaryKey(["version_num"], { name: "alembic_version_pkc" });
    },
  });
}

function sequencesOf(traits: Traits, { datasets }: RepositoryContent): string[] {
  const owners: (readonly [table: string, column: string])[] = [
    ["dataset_type", "id"],
    ["dimension_graph_key", "id"],
    ...datasets.flatMap(({ calibs }) => (calibs === null ? [] : [[calibs, "id"] as const])),
  ];
  if (traits.collections === "integer") owners.push(["collection", "collection_id"]);
  if (traits.datasetIds === "integer") owners.push(["dataset", "id"]);
  const names = owners.map(([table, column]) =>
    butlerConventions.objectName("postgres", { kind: "sequence", table, columns: [column] }),
  );
  return names.filter((name) => name !== null).toSorted();
}
