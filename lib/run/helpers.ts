/** What the code of revisions often needs. */
import { dangling, findRows } from "../database/integrity.js";
import type { FoundRows } from "../database/integrity.js";
import type { ForeignKey } from "../database/schema/table.js";
import { numberOf, sql } from "../database/sql.js";
import { RefusedError } from "../errors.js";
import type { SqlValue } from "../database/sql.js";
import type { RevisionContext } from "./context.js";

/**
 * Says that the values of a column are about to be lost: the step is refused unless the user allowed it. NULL is no loss, nor is
 * the value that is given again when the column is added again.
 *
 * @param unless the value that every row gets when the column is added again
 */
export async function losesValues(
  context: RevisionContext,
  table: string,
  column: string,
  unless: SqlValue = null,
): Promise<void> {
  const name = sql.id(column);
  const rows = await context.query(
    unless === null
      ? sql`SELECT count(*) AS n FROM ${sql.table(table)} WHERE ${name} IS NOT NULL`
      : sql`SELECT count(*) AS n FROM ${sql.table(table)} WHERE ${name} <> ${unless}`,
  );
  context.losesData(`values of "${column}" in "${table}"`, numberOf(rows));
}

/** Says that the rows of a table are about to be lost: the step is refused unless the user allowed it, or there are none. */
export async function losesRows(context: RevisionContext, table: string): Promise<void> {
  const rows = await context.query(sql`SELECT count(*) AS n FROM ${sql.table(table)}`);
  context.losesData(`rows of "${table}"`, numberOf(rows));
}

/** The name of the index that was made together with a foreign key, or null where there is none. */
export async function foreignKeyIndex(
  context: RevisionContext,
  table: string,
  columns: readonly string[],
): Promise<string | null> {
  const name = context.repository.conventions.objectName(context.dialect, {
    kind: "foreign-key-index",
    table,
    columns,
  });
  const { indexes } = await context.schema.table(table);
  return indexes.some((index) => index.name === name) ? name : null;
}

/**
 * Rows of a table that a foreign key would not allow, whether or not it is there: they refer to nothing.
 * @returns how many, and some of them; null where there are none
 */
export function danglingRows(
  context: RevisionContext,
  table: string,
  foreignKey: ForeignKey,
): Promise<FoundRows | null> {
  return findRows(context, table, foreignKey.columns, dangling(foreignKey));
}

/**
 * A question that only the author can answer: the revision refuses to run until the call is removed.
 * @throws RefusedError `unanswered-question`
 */
export function unanswered(question: string): void {
  throw new RefusedError("unanswered-question", `The revision asks its author: ${question}`, {
    hint: "Answer it in the file of the revision, and remove the call of `unanswered`.",
  });
}
