/** New values for a key and all that refers to it: one mapping table, each table written once, as a set. */
import { StepError } from "../../../errors.js";
import type { Rekey, SchemaEffect } from "../../schema/editor.js";
import { RekeyMeter, keyHolders } from "../../schema/rekey.js";
import type { KeyHolder } from "../../schema/rekey.js";
import type { ForeignKey } from "../../schema/table.js";
import { literal, quoteName } from "../literals.js";
import { PostgresDataEditor } from "../data.js";
import { Clauses } from "./clauses.js";
import type { PostgresSchemaEditor } from "./editor.js";
import { rebuildPlan } from "./rebuild.js";
import type { RebuildPlan } from "./rebuild.js";
import { readCounters } from "./sequences.js";

const mapping = "pg_temp._godwit_mapping";

export async function rekeyTables(
  editor: PostgresSchemaEditor,
  tableName: string,
  column: string,
  change: Rekey,
): Promise<SchemaEffect[]> {
  const holders = await keyHolders(editor, tableName, column, change);
  const names = new Set(holders.map(({ table }) => table.name));
  for (const name of names) await editor.requireFree(name, { kind: "whole" });
  await makeMapping(editor, holders, tableName, column, change);
  const plans: RebuildPlan[] = [];
  for (const holder of holders) {
    const counters = await readCounters(editor.session, holder.table);
    plans.push(rebuildPlan(editor, holder, holders, change, mapping, counters));
  }
  const detached = await detachForeignKeys(editor, names);
  const effects: SchemaEffect[] = [];
  const meter = await RekeyMeter.of(editor.session, holders, change);
  for (const plan of plans) {
    await requireMapped(editor, plan.holder);
    await editor.runAll(plan.statements);
    effects.push({ table: plan.target.name, cost: "rewrite", statements: plan.statements });
    meter.done(plan.holder.table.name);
  }
  const own = plans.flatMap(({ target }) => target.foreignKeys.map((key) => ({ table: target.name, key })));
  await editor.runAll(foreignKeyStatements(editor, [...own, ...detached]));
  await editor.session.run(`DROP TABLE ${mapping}`);
  return effects;
}

async function makeMapping(
  editor: PostgresSchemaEditor,
  holders: readonly KeyHolder[],
  tableName: string,
  column: string,
  { type, values }: Rekey,
): Promise<void> {
  const { session, rules } = editor;
  const key = holders
    .find(({ table }) => table.name === tableName)
    ?.table.columns.find(({ name }) => name === column);
  const newType = rules.conventions.columnType("postgres", type);
  await session.run(
    `CREATE TEMPORARY TABLE _godwit_mapping (old ${key?.type ?? "bigint"} NOT NULL, new ${newType} NOT NULL)`,
  );
  if (typeof values === "function") {
    await new PostgresDataEditor(session).copyInto(mapping, ["old", "new"], values());
  } else {
    await session.run(
      `INSERT INTO ${mapping} (old, new) SELECT "old", "new" FROM (${rules.render(values)}) AS pairs`,
    );
  }
  await session.run(`ALTER TABLE ${mapping} ADD PRIMARY KEY (old), ADD UNIQUE (new)`);
  await session.run(`ANALYZE ${mapping}`);
}

async function requireMapped(
  { session }: PostgresSchemaEditor,
  { table, columns }: KeyHolder,
): Promise<void> {
  const relation = new Clauses(session.namespace).relation(table.name);
  for (const { name } of columns) {
    const column = quoteName(name);
    const [answer] = await session.send(
      `SELECT o.${column}::text AS value FROM ${relation} AS o WHERE o.${column} IS NOT NULL AND NOT EXISTS (SELECT FROM ${mapping} AS m WHERE m.old = o.${column}) LIMIT 5`,
    );
    const missing = answer?.rows.map(([value]) => String(value)) ?? [];
    if (missing.length > 0) {
      throw new StepError(
        "unmapped-key",
        `Column "${name}" of "${table.name}" holds values that are not mapped: ${missing.join(", ")}.`,
      );
    }
  }
}

interface Detached {
  readonly table: string;
  readonly key: ForeignKey;
}

/** Foreign keys from other tables to those that are written anew; the ones between these go with the tables. */
async function detachForeignKeys(
  editor: PostgresSchemaEditor,
  names: ReadonlySet<string>,
): Promise<Detached[]> {
  const clauses = new Clauses(editor.session.namespace);
  const detached: Detached[] = [];
  for (const { name, foreignKeys } of await editor.tables(await editor.tableNames())) {
    for (const key of foreignKeys) {
      if (!names.has(key.referencedTable)) continue;
      await editor.session.run(
        `ALTER TABLE ${clauses.relation(name)} DROP CONSTRAINT ${quoteName(key.name ?? "")}`,
      );
      if (!names.has(name)) detached.push({ table: name, key });
    }
  }
  return detached;
}

function foreignKeyStatements({ session }: PostgresSchemaEditor, keys: readonly Detached[]): string[] {
  const clauses = new Clauses(session.namespace);
  return keys.flatMap(({ table, key }) => {
    const relation = clauses.relation(table);
    const comment = `COMMENT ON CONSTRAINT ${quoteName(key.name ?? "")} ON ${relation} IS ${literal(key.comment ?? null).trim()}`;
    return [
      `ALTER TABLE ${relation} ADD ${clauses.foreignKey(key)}`,
      ...(key.comment === undefined ? [] : [comment]),
    ];
  });
}
