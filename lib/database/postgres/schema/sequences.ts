/** Where the sequences of identity columns are. */
import { sql } from "../../sql.js";
import type { Table } from "../../schema/table.js";
import { quoteName } from "../literals.js";
import type { PostgresSession } from "../session.js";
import { Clauses } from "./clauses.js";

export interface Counter {
  readonly column: string;
  readonly value: bigint;
  /** Whether the value was given out already. */
  readonly isCalled: boolean;
}

/** The counters of a table's identity columns. */
export async function readCounters(
  session: PostgresSession,
  { name, columns }: Table,
): Promise<readonly Counter[]> {
  const relation = new Clauses(session.namespace).relation(name);
  const counters: Counter[] = [];
  for (const column of columns) {
    if (column.identity === null) continue;
    const [sequence] = await session.query(
      sql`SELECT n.nspname::text AS schema, c.relname::text AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = pg_get_serial_sequence(${relation}, ${column.name})::regclass`,
    );
    if (sequence === undefined) continue;
    const from = `${quoteName(String(sequence["schema"]))}.${quoteName(String(sequence["name"]))}`;
    const [row] = await session.query(
      sql`SELECT last_value AS value, is_called AS called FROM ${sql.raw(from)}`,
    );
    if (row === undefined) continue;
    counters.push({
      column: column.name,
      value: BigInt(String(row["value"])),
      isCalled: row["called"] === true,
    });
  }
  return counters;
}
