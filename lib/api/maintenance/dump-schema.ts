import { InputError } from "../../errors.js";
import type { Session } from "../../database/database.js";
import { freeSequences } from "../../database/sequences.js";
import type { Table } from "../../database/schema/table.js";
import { views } from "../../database/views.js";
import type { View } from "../../database/views.js";
import { withButler } from "./butler.js";
import type { ProjectOptions } from "../options.js";

export interface SchemaDump {
  /** Sorted by name. */
  readonly tables: readonly Table[];
  /** PostgreSQL: sequences that belong to no column, sorted. */
  readonly sequences: readonly string[];
  /** Sorted by name. */
  readonly views: readonly View[];
}

/**
 * The complete definitions of tables of a Butler.
 * @param names of tables; none: all
 * @throws InputError `unknown-table` naming all that do not exist
 */
export function dumpSchema(
  uri: string,
  names: readonly string[] = [],
  options: ProjectOptions = {},
): Promise<SchemaDump> {
  return withButler(uri, options, ({ database, conventions }) =>
    database.transaction({ mode: "read" }, async (session: Session) => {
      const schema = session.schema(conventions);
      const all = await schema.tableNames();
      const unknown = names.filter((name) => !all.includes(name));
      if (unknown.length > 0) {
        throw new InputError(
          "unknown-table",
          `There is no table ${unknown.map((name) => `"${name}"`).join(", ")}.`,
          {
            hint: "`godwit butler dump-schema` without names shows all.",
          },
        );
      }
      const tables = await schema.tables(all.filter((one) => names.length === 0 || names.includes(one)));
      const sequences = names.length === 0 ? await freeSequences(session) : [];
      return {
        tables,
        sequences: sequences.map(({ name }) => name),
        views: names.length === 0 ? await views(session) : [],
      };
    }),
  );
}
