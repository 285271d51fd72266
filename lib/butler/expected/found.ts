/** Reads the whole schema of a repository's database. */
import type { Session } from "../../database/database.js";
import { views } from "../../database/views.js";
import { freeSequences } from "../../database/sequences.js";
import { butlerConventions } from "../conventions.js";
import type { FoundSchema } from "./compare.js";

/**
 * All tables and sequences.
 * @throws InputError for a table whose definition cannot be represented, naming it
 */
export async function readSchema(session: Session): Promise<FoundSchema> {
  const schema = session.schema(butlerConventions);
  const tables = await schema.tables(await schema.tableNames());
  const ofUsers = (await views(session)).map(({ name }) => ({ name, text: "a view" }));
  return { tables, sequences: await freeSequences(session), views: ofUsers };
}
