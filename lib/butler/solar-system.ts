/** The tables of the solar system processing dimensions. */
import { type } from "../database/schema/types.js";
import { sql } from "../database/sql.js";
import type { RevisionContext } from "../run/context.js";
import { countRows } from "./counting.js";
import { requireUnused } from "./observing-days.js";

const root = "ssp_hypothesis_table";
const parts: readonly string[] = ["ssp_hypothesis_bundle", "ssp_balanced_index"];

export async function createSolarSystemTables({ schema }: RevisionContext): Promise<void> {
  await schema.create(root, (table) => {
    table.column("name", type.string(64));
    table.primaryKey(["name"]);
  });
  for (const part of parts) {
    await schema.create(part, (table) => {
      table.column(root, type.string(64));
      table.column("id", type.bigint());
      table.primaryKey([root, "id"]);
      table.foreignKey([root], { table: root, columns: ["name"] });
    });
  }
}

/**
 * Drops the tables; their rows are counted as lost.
 * @throws RefusedError `dimensions-in-use` while dataset types have these dimensions
 */
export async function dropSolarSystemTables(context: RevisionContext): Promise<void> {
  const names = [root, ...parts];
  await requireUnused(context, names);
  for (const name of names.toReversed()) {
    context.losesData(`rows of "${name}"`, await countRows(context, name, sql`1 = 1`));
  }
  for (const name of names.toReversed()) await context.schema.drop(name);
}
