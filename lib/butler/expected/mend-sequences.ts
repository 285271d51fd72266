/** Sequences that are missing on PostgreSQL. */
import { numberOf, sql } from "../../database/sql.js";
import type { Mend, SchemaDifference } from "../../repository/verification.js";
import { butlerConventions } from "../conventions.js";
import type { SchemaPair } from "./verification.js";

/** Makes a missing sequence go on after the largest id; null for anything else. */
export function mendSequence({ found }: SchemaPair, difference: SchemaDifference): Mend | null {
  const { kind, name, found: there } = difference;
  if (kind !== "sequence" || name === null || there !== null) return null;
  const owner = found.tables.flatMap((table) =>
    table.columns.flatMap((column) =>
      butlerConventions.objectName("postgres", {
        kind: "sequence",
        table: table.name,
        columns: [column.name],
      }) === name
        ? [{ table: table.name, column: column.name }]
        : [],
    ),
  )[0];
  if (owner === undefined) return null;
  return {
    subject: name,
    summary: `make it, to go on after the largest ${owner.column} of ${owner.table}`,
    settles: [difference],
    apply: async (context) => {
      const rows = await context.query(
        sql`SELECT coalesce(max(${sql.id(owner.column)}), 0) AS n FROM ${sql.table(owner.table)}`,
      );
      await context.schema.createSequence(name, numberOf(rows) + 1n);
    },
  };
}
