/** Foreign keys of other tables stand on a key of this one, and have to step aside while it is replaced by another on the same columns. */
import type { PlannedAlteration } from "../../schema/planning.js";
import { sql } from "../../sql.js";
import { literal, quoteName } from "../literals.js";
import { Clauses } from "./clauses.js";
import type { PostgresSchemaEditor } from "./editor.js";

/** Statements that take the keys away before an alteration, and make them again afterwards; and the tables that have them. */
export async function referringKeys(
  editor: PostgresSchemaEditor,
  name: string,
  { table, gone }: PlannedAlteration,
): Promise<{ readonly tables: string[]; readonly before: string[]; readonly after: string[] }> {
  const [before, after]: [string[], string[]] = [[], []];
  const tables = new Set<string>();
  if (gone === undefined || gone.constraints.length === 0) return { tables: [], before, after };
  const { namespace } = editor.session;
  const clauses = new Clauses(namespace);
  const rows = await editor.session.query(sql`
    SELECT c.relname::text AS referring, f.conname::text AS name
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class t ON t.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
      JOIN pg_catalog.pg_constraint f ON f.contype = 'f' AND f.confrelid = t.oid AND f.conindid = k.conindid AND f.conparentid = 0
      JOIN pg_catalog.pg_class c ON c.oid = f.conrelid AND c.relnamespace = t.relnamespace AND c.oid <> t.oid
    WHERE n.nspname = ${namespace} AND t.relname = ${name} AND k.contype IN ('p', 'u')
      AND k.conname IN (${sql.join(gone.constraints.map((one) => sql`${one}`))}) ORDER BY 1, 2`);
  for (const row of rows) {
    const { foreignKeys } = await editor.table(String(row["referring"]));
    const key = foreignKeys.find((one) => one.name === row["name"]);
    if (key === undefined) continue;
    const relation = clauses.relation(String(row["referring"]));
    const constraint = quoteName(String(row["name"]));
    const referencedColumns = key.referencedColumns.map((column) => gone.newNames.get(column) ?? column);
    tables.add(String(row["referring"]));
    before.push(`ALTER TABLE ${relation} DROP CONSTRAINT ${constraint}`);
    after.push(
      `ALTER TABLE ${relation} ADD ${clauses.foreignKey({ ...key, referencedTable: table.name, referencedColumns })}`,
    );
    if (key.comment !== undefined)
      after.push(`COMMENT ON CONSTRAINT ${constraint} ON ${relation} IS ${literal(key.comment).trim()}`);
  }
  return { tables: [...tables], before, after };
}
