/** The differences that have a known cause: debts of migrations, and changes that releases made without a version. */
import type { TableDifference } from "../../database/schema/differences.js";
import type { Table } from "../../database/schema/table.js";
import type { SchemaDifference } from "../../repository/verification.js";
import type { ExpectedSchema } from "./schema.js";

/** What is needed to judge a difference. */
interface Circumstances {
  readonly expected: ExpectedSchema;
  readonly found: ReadonlyMap<string, Table>;
}

type Explanation = Pick<SchemaDifference, "class" | "reason" | "explanation">;

interface Cause {
  readonly class: "debt" | "variation";
  readonly reason: string;
  readonly explanation: string;
  explains(difference: TableDifference, circumstances: Circumstances): boolean;
}

/** What is known about a difference. */
export function explain(difference: TableDifference, circumstances: Circumstances): Explanation {
  const cause = causes.find((one) => one.explains(difference, circumstances));
  if (cause === undefined) return { class: "drift", reason: null, explanation: null };
  return { class: cause.class, reason: cause.reason, explanation: cause.explanation };
}

const causes: readonly Cause[] = [
  {
    class: "debt",
    reason: "collection-name-not-unique",
    explanation: "the Python tool's step from names to integers as keys of collections forgets it",
    explains: ({ table, kind, property, found }) =>
      table === "collection" && kind === "unique" && property === "presence" && found === null,
  },
  {
    class: "debt",
    reason: "implied-dimension-nullable",
    explanation: "the Python tool's step to dimensions 6.0.2 leaves out dimensions without a table",
    explains: (difference, { expected }) => {
      if (!allowsNull(difference)) return false;
      const element = elementOf(difference, expected);
      return (
        element?.implies.some(
          (name) => name === difference.name && !expected.universe.element(name).hasTable,
        ) === true
      );
    },
  },
  {
    class: "debt",
    reason: "instrument-length-check",
    explanation: "the Python tool's step to dimension configuration 5 widens only the check of instrument",
    explains: ({ kind, property, expected, found }, { expected: { dialect } }) =>
      dialect === "sqlite" &&
      kind === "check" &&
      property === "definition" &&
      expected !== null &&
      expected.includes("<=32 ") &&
      expected.replace("<=32 ", "<=16 ") === found,
  },
  {
    class: "debt",
    reason: "visit-day-obs",
    explanation: "the Python tool's step to dimension configuration 6 forgets visit.day_obs",
    explains: (difference) =>
      difference.table === "visit" &&
      ((difference.name === "day_obs" && allowsNull(difference)) ||
        (["foreign-key", "index"].includes(difference.kind) &&
          difference.found === null &&
          difference.expected?.startsWith("(instrument, day_obs)") === true)),
  },
  {
    class: "debt",
    reason: "leftover-table",
    explanation: "a run of the Python tool that failed left it behind",
    explains: ({ table, kind, expected }, { found }) =>
      kind === "table" && expected === null && isLeftover(table, found.get(table)),
  },
  {
    class: "debt",
    reason: "leftover-column",
    explanation: "a run of the Python tool that failed on SQLite left it behind",
    explains: ({ table, kind, property, name, expected, found }) =>
      kind === "column" &&
      property === "presence" &&
      expected === null &&
      !/\bNOT NULL\b/.test(found ?? "") &&
      isLeftoverColumn(table, name ?? ""),
  },
  {
    class: "debt",
    reason: "leftover-index",
    explanation: "a run of the Python tool that failed on SQLite left it behind",
    explains: ({ kind, property, expected, found, name, table }) =>
      kind === "index" &&
      property === "presence" &&
      expected === null &&
      name?.startsWith(`${table}_idx_skypix_system_`) === true &&
      found?.startsWith("(skypix_system, skypix_level, skypix_index, ") === true,
  },
  {
    class: "debt",
    reason: "obscore-table-left",
    explanation: "the Python tool takes back an ObsCore configuration without its table",
    explains: ({ table, kind, expected }, { found }) =>
      kind === "table" &&
      expected === null &&
      found.get(table)?.columns.some(({ name }) => name === "registry_dataset_id") === true,
  },
  {
    class: "variation",
    reason: "key-nullable",
    explanation: "SQLite repositories made before June 2022 do not say NOT NULL for columns of primary keys",
    explains: (difference, { expected: { dialect }, found }) =>
      dialect === "sqlite" &&
      allowsNull(difference) &&
      found.get(difference.table)?.primaryKey?.columns.includes(difference.name ?? "") === true,
  },
  {
    class: "variation",
    reason: "alternate-key-required",
    explanation: "releases before 2024 made alternate keys and some other columns NOT NULL",
    explains: (difference, { expected }) => {
      if (!refusesNull(difference)) return false;
      const element = elementOf(difference, expected);
      if (element === undefined) return false;
      return (
        element.alternateKeys.some(({ name }) => name === difference.name) ||
        element.metadata.some(({ name, declaredNullable }) => name === difference.name && !declaredNullable)
      );
    },
  },
  {
    class: "variation",
    reason: "implied-dimension-required",
    explanation: "newer dimensions come with NOT NULL, whatever the version of the manager",
    explains: (difference, { expected }) =>
      refusesNull(difference) &&
      elementOf(difference, expected)?.implies.includes(difference.name ?? "") === true,
  },
  {
    class: "variation",
    reason: "path-not-indexed",
    explanation: "repositories made before June 2021 have no index on the paths of files",
    explains: ({ kind, expected, found }) => kind === "index" && expected === "(path)" && found === null,
  },
  {
    class: "variation",
    reason: "validity-exclusion",
    explanation: "PostgreSQL repositories made before 20 November 2020 exclude overlapping validity ranges",
    explains: ({ table, kind, expected, found }, { found: tables }) => {
      const exclusions = tables.get(table)?.exclusions ?? [];
      if (!table.startsWith("dataset_calibs_") || exclusions.length === 0) return false;
      if (kind === "exclusion") return expected === null;
      return kind === "index" && found === null && expected?.endsWith(", timespan)") === true;
    },
  },
  {
    class: "variation",
    reason: "own-view",
    explanation: "views are no part of a repository's format",
    explains: ({ kind }) => kind === "view",
  },
  {
    class: "variation",
    reason: "unused-dataset-table",
    explanation: "no dataset type uses it any more",
    explains: ({ table, kind, expected }, { expected: { content } }) => {
      const number = /^dataset_(?:tags|calibs)_(\d{8})$/.exec(table)?.[1];
      return (
        (kind === "table" || kind === "sequence") &&
        expected === null &&
        number !== undefined &&
        content.graphs.has(number)
      );
    },
  },
];

function allowsNull({ kind, property, found }: TableDifference): boolean {
  return kind === "column" && property === "nullable" && found === "NULL";
}

function refusesNull({ kind, property, found }: TableDifference): boolean {
  return kind === "column" && property === "nullable" && found === "NOT NULL";
}

function elementOf({ table }: TableDifference, { universe }: ExpectedSchema) {
  return universe.elements.find(({ name }) => name === table);
}

/** Columns that a step adds before it begins its transaction: new ids of datasets, and columns of the next configuration. */
function isLeftoverColumn(table: string, name: string): boolean {
  if (name === "id_uuid") return table === "dataset";
  if (name === "dataset_id_uuid") return true;
  return ["instrument.visit_system", "exposure.can_see_sky"].includes(`${table}.${name}`);
}

/** Copies that a rebuild left, mapping tables, and tables of a configuration that was not reached. */
function isLeftover(name: string, table: Table | undefined): boolean {
  if (/^(_alembic_tmp_|_godwit_beside_)/.test(name) || name === "migration_id2uuid") return true;
  const halfMade = ["day_obs", "group", "visit_system_membership"];
  return halfMade.includes(name) && table?.columns.some((column) => column.name === "instrument") === true;
}
