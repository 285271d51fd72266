/** Rows that a repair would remove: counted, and listed for whoever has to allow it. */
import { findIn } from "../../database/integrity.js";
import type { Sql } from "../../database/sql.js";
import type { RevisionContext } from "../../run/context.js";

/** How many rows are listed. */
const listed = 100;

/**
 * Says which rows are about to be lost.
 * @param origin what stands after FROM; its columns are those of `t`
 * @param columns what is shown of a row
 */
export async function lose(
  context: RevisionContext,
  what: string,
  origin: Sql,
  columns: readonly string[],
): Promise<void> {
  const rows = await findIn(context, origin, columns, listed);
  if (rows !== null) context.losesData(what, BigInt(rows.count), rows.examples);
}
