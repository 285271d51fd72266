/** The indexes that find, for a pixel, what overlaps it. */
import type { RevisionContext } from "../run/context.js";
import { readUniverse } from "./universe/change.js";
import { spatialElements } from "./universe/elements.js";

/** Makes the index of every spatial element's table that has none yet. */
export async function addOverlapIndexes(context: RevisionContext): Promise<void> {
  for (const { table: name, columns, indexName } of await overlapTables(context)) {
    if (indexName !== null) continue;
    await context.schema.alter(name, (table) => {
      table.addIndex(columns);
    });
  }
}

export async function dropOverlapIndexes(context: RevisionContext): Promise<void> {
  for (const { table: name, indexName } of await overlapTables(context)) {
    if (indexName === null) continue;
    await context.schema.alter(name, (table) => {
      table.dropIndex({ name: indexName });
    });
  }
}

interface OverlapTable {
  readonly table: string;
  /** The pixel, then the element. */
  readonly columns: readonly string[];
  /** The index on just these columns, if there is one. */
  readonly indexName: string | null;
}

async function overlapTables(context: RevisionContext): Promise<OverlapTable[]> {
  const found: OverlapTable[] = [];
  for (const element of spatialElements(await readUniverse(context))) {
    const name = `${element}_skypix_overlap`;
    if (!(await context.schema.hasTable(name))) continue;
    const { columns: all, indexes } = await context.schema.table(name);
    const pixel = ["skypix_system", "skypix_level", "skypix_index"];
    const dimensions = all.map((column) => column.name).filter((column) => !pixel.includes(column));
    const columns = [...pixel, ...dimensions];
    const index = indexes.find((one) => one.keys.map((key) => key.column).join() === columns.join());
    found.push({ table: name, columns, indexName: index?.name ?? null });
  }
  return found;
}
