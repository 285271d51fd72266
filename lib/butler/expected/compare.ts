/** How a repository differs from its expected schema, and what is known about each difference. */
import { compareOthers, compareTables } from "../../database/schema/differences.js";
import type { OtherObject } from "../../database/schema/differences.js";
import { usualSequence } from "../../database/sequences.js";
import type { Table } from "../../database/schema/table.js";
import type { SchemaDifference } from "../../repository/verification.js";
import { explain } from "./explanations.js";
import type { ExpectedSchema } from "./schema.js";

/** What is in the database. */
export interface FoundSchema {
  readonly tables: readonly Table[];
  /** PostgreSQL: sequences that belong to no column. */
  readonly sequences: readonly OtherObject[];
  readonly views: readonly OtherObject[];
}

/** All differences with what is known about them, those that matter first in each table. */
export function compareSchema(expected: ExpectedSchema, found: FoundSchema): SchemaDifference[] {
  const ours = found.tables.filter(({ name }) => !isOwn(name));
  const optional = expected.optional.filter(({ name }) => ours.some((table) => table.name === name));
  const differences = [
    ...compareTables([...expected.tables, ...optional], ours),
    ...compareOthers(
      "sequence",
      expected.sequences.map((name) => ({ name, text: usualSequence })),
      found.sequences.filter(({ name }) => !isOwn(name)),
      tableOf,
    ),
    ...compareOthers("view", [], found.views),
  ];
  const explained = { expected, found: new Map(ours.map((table) => [table.name, table])) };
  return differences.map((difference) => ({ ...difference, ...explain(difference, explained) }));
}

/** Tables and sequences of godwit itself, but for what a run that was killed has built and not used. */
function isOwn(name: string): boolean {
  return /^(revision_|godwit_|_godwit_(?!beside_))/.test(name);
}

function tableOf(sequence: string): string {
  return sequence.replace(/_seq_.*$/, "");
}
