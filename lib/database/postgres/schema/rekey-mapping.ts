/** The table of old and new values of a key. */
import { pipeline } from "node:stream/promises";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { StepError } from "../../../errors.js";
import type { Rekey } from "../../schema/editor.js";
import type { KeyHolder } from "../../schema/rekey.js";
import { PostgresDataEditor } from "../data.js";
import { quoteName } from "../literals.js";
import type { PostgresSession } from "../session.js";
import { Clauses } from "./clauses.js";
import type { PostgresSchemaEditor } from "./editor.js";
import { surely } from "../../../known.js";

/** Where new values come from, as text that the server reads, or as batches made here. */
export type MappingSource = string | Exclude<Rekey["values"], { readonly parts: unknown }>;

/** What a mapping is made of. */
export interface Mapping {
  /** The declarations of its columns. */
  readonly columns: string;
  readonly values: MappingSource;
}

/** The mapping that a change asks for. */
export function mappingOf(
  { rules }: PostgresSchemaEditor,
  holders: readonly KeyHolder[],
  tableName: string,
  column: string,
  { type, values }: Rekey,
): Mapping {
  const key = holders
    .find(({ table }) => table.name === tableName)
    ?.table.columns.find(({ name }) => name === column);
  const newType = rules.conventions.columnType("postgres", type);
  return {
    columns: `old ${surely(key).type} NOT NULL, new ${newType} NOT NULL`,
    values: typeof values === "function" ? values : rules.render(values),
  };
}

/** Makes the mapping in the session's own temporary schema. */
export async function makeOwnMapping(
  session: PostgresSession,
  mapping: Mapping,
  name: string,
): Promise<void> {
  await session.run(`CREATE TEMPORARY TABLE ${quoteName(name)} (${mapping.columns})`);
  const relation = `pg_temp.${quoteName(name)}`;
  if (typeof mapping.values === "function") {
    await new PostgresDataEditor(session).copyInto(relation, ["old", "new"], mapping.values());
  } else {
    await session.run(
      `INSERT INTO ${relation} (old, new) SELECT "old", "new" FROM (${mapping.values}) AS pairs`,
    );
  }
  await index(session, relation);
}

/**
 * Makes the mapping where other connections see it.
 * @param session is asked for the values: they may come from what only this transaction sees
 * @param builder makes the table
 */
export async function makeSharedMapping(
  session: PostgresSession,
  builder: PostgresSession,
  mapping: Mapping,
  name: string,
): Promise<void> {
  const relation = new Clauses(builder.namespace).relation(name);
  await builder.run(`CREATE TABLE ${relation} (${mapping.columns})`);
  if (typeof mapping.values === "function") {
    await new PostgresDataEditor(builder).copyInto(relation, ["old", "new"], mapping.values());
  } else {
    const source = session.client.query(
      copyTo(`COPY (SELECT "old", "new" FROM (${mapping.values}) AS pairs) TO STDOUT`),
    );
    const target = builder.client.query(copyFrom(`COPY ${relation} (old, new) FROM STDIN`));
    await pipeline(source, target);
  }
  await index(builder, relation);
}

async function index(session: PostgresSession, relation: string): Promise<void> {
  await session.run(`ALTER TABLE ${relation} ADD PRIMARY KEY (old), ADD UNIQUE (new)`);
  await session.run(`ANALYZE ${relation}`);
}

/**
 * @param mapping quoted already
 * @throws StepError `unmapped-key` with some of the values
 */
export async function requireMapped(
  { session }: PostgresSchemaEditor,
  { table, columns }: KeyHolder,
  mapping: string,
): Promise<void> {
  const relation = new Clauses(session.namespace).relation(table.name);
  for (const { name } of columns) {
    const column = quoteName(name);
    const [answer] = await session.send(
      `SELECT o.${column}::text AS value FROM ${relation} AS o WHERE o.${column} IS NOT NULL AND NOT EXISTS (SELECT FROM ${mapping} AS m WHERE m.old = o.${column}) LIMIT 5`,
    );
    const missing = surely(answer).rows.map(([value]) => String(value));
    if (missing.length > 0) {
      throw new StepError(
        "unmapped-key",
        `Column "${name}" of "${table.name}" holds values that are not mapped: ${missing.join(", ")}.`,
      );
    }
  }
}
