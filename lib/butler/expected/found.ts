/** Reads the whole schema of a repository's database. */
import type { Session } from "../../database/database.js";
import { views } from "../../database/views.js";
import { freeSequences } from "../../database/sequences.js";
import { butlerConventions } from "../conventions.js";
import { InputError } from "../../errors.js";
import { emptyTable } from "../../database/schema/apply.js";
import type { Table } from "../../database/schema/table.js";
import type { FoundSchema } from "./compare.js";

/**
 * All tables, sequences and views.
 * @param mayHide whether a table may stand without its parts where its definition cannot be represented: one that is not expected
 * @throws InputError for another table whose definition cannot be represented, naming it
 */
export async function readSchema(
  session: Session,
  mayHide: (table: string) => boolean = () => false,
): Promise<FoundSchema> {
  const tables = await readTables(session, mayHide);
  const ofUsers = (await views(session)).map(({ name }) => ({ name, text: "a view" }));
  return { tables, sequences: await freeSequences(session), views: ofUsers };
}

/** All at once; one by one only where a table cannot be represented. */
async function readTables(session: Session, mayHide: (table: string) => boolean): Promise<readonly Table[]> {
  const schema = session.schema(butlerConventions);
  const names = await schema.tableNames();
  try {
    return await schema.tables(names);
  } catch (error) {
    if (!isUnrepresentable(error)) throw error;
  }
  const tables: Table[] = [];
  for (const name of names) {
    try {
      tables.push(await schema.table(name));
    } catch (error) {
      if (!isUnrepresentable(error) || !mayHide(name)) throw error;
      tables.push(emptyTable(name));
    }
  }
  return tables;
}

function isUnrepresentable(error: unknown): boolean {
  return error instanceof InputError && error.code === "unrepresentable-table";
}
