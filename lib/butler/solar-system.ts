/** The tables of the solar system processing dimensions. */
import { type } from "../database/schema/types.js";
import type { RevisionContext } from "../run/context.js";
import { countTable } from "./counting.js";
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
 * What is asked before a plan leaves this version: rows are counted as lost.
 * @throws RefusedError `dimensions-in-use` while dataset types have these dimensions
 */
export async function solarSystemConditions(context: RevisionContext): Promise<void> {
  if (context.direction === "up") return;
  const names = [root, ...parts];
  await requireUnused(context, names);
  for (const name of names) context.losesData(`rows of "${name}"`, await countTable(context, name));
}

/** Drops the tables. @throws as `solarSystemConditions` */
export async function dropSolarSystemTables(context: RevisionContext): Promise<void> {
  if (context.mode === "run") await solarSystemConditions(context);
  for (const name of [...parts, root]) await context.schema.drop(name);
}
