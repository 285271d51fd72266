/** The length of instrument names, in every table that holds one. */
import { type } from "../database/schema/types.js";
import type { RevisionContext } from "../run/context.js";

/** Gives `instrument.name` and all columns that refer to it another length, together with what checks it. */
export async function resizeInstrumentNames(context: RevisionContext, length: number): Promise<void> {
  const { schema } = context;
  for (const { name, foreignKeys } of await schema.tables(await schema.tableNames())) {
    const referring = foreignKeys
      .filter((key) => key.referencedTable === "instrument" && key.columns.length === 1)
      .flatMap((key) => key.columns);
    const columns = name === "instrument" ? ["name"] : [...new Set(referring)];
    if (columns.length === 0) continue;
    await schema.alter(name, (table) => {
      for (const column of columns) table.changeColumn(column, { type: type.string(length) });
    });
  }
}
